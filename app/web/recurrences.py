"""When the cycles of a program begin, and starting the one that is due."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.days import day_typed
from core.clock import month_said, today
from core.words import _, bare
from programs.queries.following import last_cycle
from programs.queries.reach import program_seen
from programs.queries.recurrences import Every, composed, day_due, next_days, recurrence_of
from programs.services.recurrences import Rhythm, set_recurrence, start_due

bp = Blueprint("recurrences", __name__, url_prefix="/programs/<int:program_id>/recurrence")
MOST = 120  # weeks, months or years between two cycles


@bp.get("/")
def show(program_id: int) -> str:
    recurrence = recurrence_of(db(), program_id, actor=actor())
    return render_template(
        "programs/recurrence.html",
        program=program_seen(db(), program_id, actor=actor()),
        recurrence=recurrence,
        days=next_days(recurrence, today()) if recurrence else [],
        due=day_due(db(), recurrence, today()) if recurrence else None,
        before=last_cycle(db(), program_id),
        every=_every(),
        today=today(),
        name=bare(month_said(today())),
    )


@bp.post("/")
def keep(program_id: int) -> Response:
    form = request.form
    first = day_typed(form["first_day"]) or today()
    rule = form["rule"].strip() or _composed(first)
    flags = {"rechecks": "rechecks" in form, "is_nightly": "is_nightly" in form}
    set_recurrence(db(), program_id, Rhythm(rule, first, **flags), actor=actor())
    flash(_("It is kept when cycles begin."))
    return redirect(url_for(".show", program_id=program_id), 303)


@bp.post("/due")
def start(program_id: int) -> Response:
    made = start_due(db(), program_id, actor=actor())
    flash(_("Cycle {number} was drafted.", number=made.number))
    return redirect(url_for("cycles.show", cycle_id=made.id), 303)


def _composed(first: date) -> str:
    """The rule of what was chosen; of nothing, none: cycles do not recur."""
    form = request.form
    every = form.get("every", type=Every)
    number = min(max(form.get("interval", 1, type=int), 1), MOST)
    return composed(every, number, first, day_typed(form["until"])) if every else ""


def _every() -> list[tuple[str, str]]:
    return [
        ("", _("never: each cycle is started by hand")),
        (Every.WEEKLY, _("weeks")),
        (Every.MONTHLY, _("months")),
        (Every.YEARLY, _("years")),
    ]
