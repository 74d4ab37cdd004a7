"""The members of a program: who they are, where they stand, and acts with many of them."""

import io
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.looks import look_at, look_through
from app.request import actor, db
from core.money import said
from core.words import _, counted
from programs.models.conditions import ConditionKind
from programs.models.memberships import MembershipState
from programs.models.programs import Program
from programs.queries.conditions import conditions_of
from programs.queries.memberships import (
    STEPS,
    Asked,
    Check,
    member_counts,
    members_counted,
    members_listed,
    passed_by,
)
from programs.queries.reach import program_seen
from programs.services.conditions import set_condition
from programs.services.memberships import EXIT_REASONS, Step, export_members, move_members
from registry.models.registrants import Registrant
from registry.queries.vocabularies import labels, offered

FIRST: dict[Check | None, MembershipState] = {
    Check.RULE: MembershipState.NOT_ELIGIBLE,
    Check.GRADUATION: MembershipState.EXITED,
    Check.TWINS: MembershipState.DUPLICATED,
}
"""What is most often done with those a check finds."""

bp = Blueprint("members", __name__, url_prefix="/programs/<int:program_id>/members")


@bp.get("/")
def index(program_id: int) -> str:
    asked, after = _asked(request.args), request.args.get("after")
    page = members_listed(db(), program_id, asked, actor=actor(), after=after)
    look_at(row.registrant_id for row in page.rows)
    return render_template(
        "programs/members.html",
        page=page,
        asked=asked,
        number=members_counted(db(), program_id, asked, actor=actor()),
        **_about(program_id, asked),
    )


@bp.get("/members.csv")
def csv(program_id: int) -> Response:
    stream, asked = io.BytesIO(), _asked(request.args)
    rows = export_members(db(), program_id, asked, stream, actor=actor())
    program = db().get_one(Program, program_id)
    look_through(program, rows)
    stream.seek(0)
    name = f"{program.number}-members.csv"
    return send_file(stream, "text/csv", as_attachment=True, download_name=name)


@bp.get("/<int:registrant_id>")
def history(program_id: int, registrant_id: int) -> str:
    passed = passed_by(db(), program_id, registrant_id, actor=actor())
    look_at([registrant_id] if passed else [])
    return render_template(
        "programs/member.html",
        passed=passed,
        program=program_seen(db(), program_id, actor=actor()),
        registrant=db().get(Registrant, registrant_id) if passed else None,
        causes=labels(db()).get(EXIT_REASONS, {}),
    )


@bp.post("/")
def move(program_id: int) -> Response:
    form, asked = request.form, _meant(request.form)
    step = Step(MembershipState(form["to"]), form.get("reason", ""), form.get("cause"))
    moved = move_members(db(), program_id, asked, step, actor=actor())
    freed = said(moved.freed, db().get_one(Program, program_id).currency)
    flash(
        counted(
            "{count} household was moved; {freed} is free again.",
            "{count} households were moved; {freed} is free again.",
            moved.households,
            freed=freed,
        )
    )
    return redirect(url_for(".index", program_id=program_id), 303)


@bp.post("/conditions")
def condition(program_id: int) -> Response:
    kind = request.form.get("kind", ConditionKind.COMPLIANCE, type=ConditionKind)
    set_condition(db(), program_id, kind, request.form["rule"], actor=actor())
    flash(_("The condition was kept; it is asked from the next enrolment on."))
    return redirect(url_for(".index", program_id=program_id), 303)


def _asked(sent: MultiDict[str, str]) -> Asked:
    return Asked(sent.get("state", type=MembershipState), sent.get("check", type=Check))


def _meant(form: MultiDict[str, str]) -> Asked:
    """Those who were ticked, or all that the page lists."""
    asked = _asked(form)
    if form.get("whom") == "all":
        return asked
    ticked = form.getlist("registrant", type=int)
    return Asked(asked.state, asked.check, tuple(ticked))


def _about(program_id: int, asked: Asked) -> dict[str, Any]:
    state = MembershipState.ENROLLED if asked.check else asked.state
    return {
        "program": program_seen(db(), program_id, actor=actor()),
        "counts": member_counts(db(), program_id, actor=actor()),
        "conditions": conditions_of(db(), program_id),
        "kinds": list(ConditionKind),
        "causes": labels(db()).get(EXIT_REASONS, {}),
        "offered": offered(labels(db()).get(EXIT_REASONS, {})),
        "steps": [(to, words) for to, words in _acts() if state is None or state in STEPS[to]],
        "first": FIRST.get(asked.check, MembershipState.PAUSED),
        "here": {"state": asked.state, "check": asked.check},
    }


def _acts() -> list[tuple[MembershipState, str]]:
    """What can be done with members, by the state it brings them to."""
    return [
        (MembershipState.PAUSED, _("Pause them")),
        (MembershipState.EXITED, _("Let them leave")),
        (MembershipState.NOT_ELIGIBLE, _("Set them aside as not eligible")),
        (MembershipState.DUPLICATED, _("Set them aside as the same as another")),
        (MembershipState.DRAFT, _("Take them back")),
    ]
