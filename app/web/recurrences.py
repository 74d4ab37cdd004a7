"""When the cycles of a program begin, and starting the one that is due."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.rhythms import rhythm_choices, rhythm_of
from core.clock import month_said, today
from core.words import _, bare
from programs.queries.following import last_cycle
from programs.queries.reach import program_seen
from programs.queries.recurrences import day_due, next_days, recurrence_of
from programs.services.recurrences import set_recurrence, start_due

bp = Blueprint("recurrences", __name__, url_prefix="/programs/<int:program_id>/recurrence")


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
        every=rhythm_choices(),
        today=today(),
        name=bare(month_said(today())),
    )


@bp.post("/")
def keep(program_id: int) -> Response:
    form = request.form
    said = replace(rhythm_of(form), rechecks="rechecks" in form, is_nightly="is_nightly" in form)
    set_recurrence(db(), program_id, said, actor=actor())
    flash(_("It is kept when cycles begin."))
    return redirect(url_for(".show", program_id=program_id), 303)


@bp.post("/due")
def start(program_id: int) -> Response:
    made = start_due(db(), program_id, actor=actor())
    flash(_("Cycle {number} was drafted.", number=made.number))
    return redirect(url_for("cycles.show", cycle_id=made.id), 303)
