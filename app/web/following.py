"""What comes of a cycle: closing it, what came back, and the cycles after it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, confirmed, db
from app.web.cycles import tell_enrolled
from app.web.days import day_typed
from core.clock import today
from core.words import _, counted
from programs.queries.following import returned_page
from programs.queries.standing import standing_of
from programs.services.closing import confirm_paid
from programs.services.cycles import accept_overlap, close_cycle
from programs.services.following import (
    Named,
    start_follow_up,
    start_next,
    start_top_up,
    start_top_up_with_amounts,
)
from programs.services.reissues import reissue_entitlement, reject_entitlement
from programs.statements.words import Rejection

bp = Blueprint("following", __name__, url_prefix="/cycles")


@bp.get("/<int:cycle_id>/returned")
def returned(cycle_id: int) -> str:
    page = returned_page(db(), cycle_id, actor=actor(), after=request.args.get("after"))
    look_at(row.registrant_id for row in page.rows)
    return render_template(
        "cycles/returned.html",
        at=standing_of(db(), cycle_id, actor=actor()),
        page=page,
        causes=_causes(),
    )


@bp.post("/<int:cycle_id>/returned")
@confirmed
def reject(cycle_id: int) -> Response:
    cause = request.form.get("cause", Rejection.OTHER, type=Rejection)
    reject_entitlement(db(), request.form["ern"], cause, actor=actor())
    flash(_("It is written down; its money is free again."))
    return redirect(url_for(".returned", cycle_id=cycle_id), 303)


@bp.post("/<int:cycle_id>/reissue")
def reissue(cycle_id: int) -> Response:
    new = reissue_entitlement(db(), request.form["ern"], actor=actor())
    flash(_("It is given again, under the number {ern}.", ern=new.ern))
    return redirect(url_for(".returned", cycle_id=cycle_id), 303)


@bp.post("/<int:cycle_id>/follow-up")
def follow_up(cycle_id: int) -> Response:
    return _to(start_follow_up(db(), cycle_id, _named(), actor=actor()).id)


@bp.post("/<int:cycle_id>/top-up")
def top_up(cycle_id: int) -> Response:
    form = request.form
    meant = (db(), form.get("program_id", 0, type=int), cycle_id, _named())
    hit = form.get("roster_id", type=int)
    if form.get("then") != "amounts":
        return _to(start_top_up(*meant, actor=actor(), hit_id=hit).id)
    begun = start_top_up_with_amounts(*meant, actor=actor(), hit_id=hit)
    tell_enrolled(begun.enrolled, meant[1])
    return _to(begun.cycle_id)


@bp.post("/next")
def start() -> Response:
    program_id, rechecks = request.form.get("program_id", 0, type=int), "rechecks" in request.form
    return _to(start_next(db(), program_id, _named(), actor=actor(), rechecks=rechecks).id)


@bp.post("/<int:cycle_id>/overlap")
def overlap(cycle_id: int) -> Response:
    accept_overlap(db(), cycle_id, request.form["reason"], actor=actor())
    flash(_("It is written down why both programs may serve them."))
    return _to(cycle_id)


@bp.post("/<int:cycle_id>/paid")
@confirmed
def paid(cycle_id: int) -> Response:
    orders = confirm_paid(db(), cycle_id, request.form["reference"], actor=actor())
    flash(counted("{count} order was paid.", "{count} orders were paid.", orders))
    return _to(cycle_id)


@bp.post("/<int:cycle_id>/close")
def close(cycle_id: int) -> Response:
    close_cycle(db(), cycle_id, actor=actor())
    flash(_("The cycle is closed."))
    return _to(cycle_id)


def _named() -> Named:
    """What the form calls a new cycle, and its day; without one it starts today."""
    return Named(request.form["name"], day_typed(request.form["starts_on"]) or today())


def _causes() -> dict[Any, str]:
    return {
        Rejection.REFUSED: _("Refused by whom it was for"),
        Rejection.ACCOUNT_UNKNOWN: _("Account unknown"),
        Rejection.OTHER: _("Other"),
    }


def _to(cycle_id: int) -> Response:
    return redirect(url_for("cycles.show", cycle_id=cycle_id), 303)
