"""Verification: drawing whom to ask, the list for the phone, and what they said."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_at, look_through
from app.request import actor, db
from app.web.import_files import rows_sent
from app.web.targets import called
from core.errors import Invalid
from core.money import amount_of
from core.words import _
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.models.verifications import Confirmation, StratifiedBy
from programs.queries.samples import UNKNOWN
from programs.queries.verifications import (
    HEADINGS,
    as_rows,
    samples_room,
    teams_of,
    verified,
    whom_to_ask,
)
from programs.sampling.sizes import Z, sample_size
from programs.services import verifications
from programs.services.verifications import Asked
from registry.permissions import May as Registry

bp = Blueprint("verifications", __name__, url_prefix="/verifications")

MARGINS = (3, 5, 10)


class AnswerMissing(Invalid):
    """Say what they answered; choose one of the four."""


@bp.get("/cycles/<int:cycle_id>")
def room(cycle_id: int) -> str:
    found = samples_room(db(), cycle_id, actor=actor())
    sizes = [
        (confidence, [sample_size(found.population, confidence, m / 100) for m in MARGINS])
        for confidence in Z
    ]
    return render_template(
        "verifications/room.html", room=found, sizes=sizes, margins=MARGINS, ways=[*StratifiedBy]
    )


@bp.post("/cycles/<int:cycle_id>")
def draw(cycle_id: int) -> Response:
    form = request.form
    asked = Asked(
        StratifiedBy(form.get("by", StratifiedBy.NOTHING)),
        form.get("confidence", 0, type=int),
        form.get("margin", 0, type=int),
        form.get("cluster", 0, type=int),
        form.get("seed", type=int),
    )
    made = verifications.draw(db(), cycle_id, asked, actor=actor())
    program_id = db().get_one(Cycle, cycle_id).program_id
    flash(called(db().get_one(Program, program_id).target)["drawn"](made.drawn))
    return redirect(url_for(".show", verification_id=made.id), 303)


@bp.get("/<int:verification_id>")
def show(verification_id: int) -> str:
    found, reads = verified(db(), verification_id, actor=actor()), _reads()
    names = whom_to_ask(db(), found.verification.id, actor=actor(), differing=True) if reads else []
    look_at(row.registrant_id for row in names)
    teams = teams_of(db(), verification_id, actor=actor()) if reads else []
    return render_template(
        "verifications/show.html", at=found, differing=names, teams=teams, unknown=UNKNOWN
    )


@bp.get("/<int:verification_id>/teams/<int:team>")
def team(verification_id: int, team: int) -> str:
    """The households one team asks, in the order of its walk, to be held in a hand."""
    found = verified(db(), verification_id, actor=actor())
    listed = whom_to_ask(db(), verification_id, actor=actor(), team=team)
    look_at(row.registrant_id for row in listed)
    return render_template("verifications/team.html", at=found, team=team, listed=listed)


@bp.get("/<int:verification_id>/list.<kind>")
def listed(verification_id: int, kind: str) -> Response:
    found = verified(db(), verification_id, actor=actor())
    rows = as_rows(whom_to_ask(db(), verification_id, actor=actor()))
    look_through(found.verification, len(rows))
    return rows_sent([HEADINGS, *rows], kind, f"{found.program.number}-verification")


@bp.post("/<int:verification_id>/answers")
def record(verification_id: int) -> Response:
    form = request.form
    if form.get("result") not in set(Confirmation):
        raise AnswerMissing
    received = amount_of(form["received"]) if form.get("received") else None
    said = (Confirmation(form["result"]), received, form.get("note", ""))
    sample = verifications.record(db(), verification_id, form["number"], said, actor=actor())
    flash(_("It is written down."))
    return redirect(url_for(".team", verification_id=verification_id, team=sample.team), 303)


@bp.post("/<int:verification_id>/settled")
def settle(verification_id: int) -> Response:
    number, why = request.form["number"], request.form["because"]
    verifications.settle(db(), verification_id, number, why, actor=actor())
    return redirect(url_for(".show", verification_id=verification_id), 303)


@bp.post("/<int:verification_id>/close")
def close(verification_id: int) -> Response:
    verifications.close(db(), verification_id, actor=actor())
    return redirect(url_for(".show", verification_id=verification_id), 303)


def _reads() -> bool:
    return actor().may(Registry.READ_REGISTRANTS)
