"""Messages to people of a cycle: their texts, the outbox, handing it over."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_through
from app.request import actor, db
from app.web.cycles import DayUnreadable
from app.web.import_files import rows_sent
from core import jobs
from core.country import country
from core.settings import settings
from core.words import _, counted
from programs.jobs.messages import hand_messages
from programs.messaging.texts import PLACEHOLDERS
from programs.models.messages import Occasion
from programs.queries.messages import messages_room, run_of
from programs.services import messages
from programs.services.messages import Telling

bp = Blueprint("messages", __name__, url_prefix="/messages")

HEADINGS = ("reference", "to", "text")


@bp.get("/cycles/<int:cycle_id>")
def room(cycle_id: int) -> str:
    return render_template(
        "messages/room.html",
        room=messages_room(db(), cycle_id, actor=actor()),
        occasions=[*Occasion],
        spoken=country().languages,
        placeholders=PLACEHOLDERS,
        gateway=bool(settings().message_gateway),
        job=request.args.get("job", type=int),
    )


@bp.post("/cycles/<int:cycle_id>/texts")
def write(cycle_id: int) -> Response:
    form = request.form
    occasion, language = Occasion(form["occasion"]), form["language"]
    messages.write_text(db(), cycle_id, occasion, language, form["text"], actor=actor())
    flash(_("The text is kept for this program."))
    return _back(cycle_id)


@bp.post("/cycles/<int:cycle_id>/outbox")
def queue(cycle_id: int) -> Response:
    form = request.form
    telling = Telling(Occasion(form["occasion"]), form.get("place", ""), _day(form.get("day", "")))
    added = messages.queue(db(), cycle_id, telling, actor=actor())
    flash(
        counted(
            "{count} message waits in the outbox.", "{count} messages wait in the outbox.", added
        )
    )
    return _back(cycle_id)


@bp.post("/<int:run_id>/file")
def as_file(run_id: int) -> Response:
    """Say that what waits goes out as a file; the file is had from the run."""
    messages.hand_as_file(db(), run_id, actor=actor())
    return redirect(url_for(".letters", run_id=run_id), 303)


@bp.get("/<int:run_id>/letters.csv")
def letters(run_id: int) -> Response:
    """All messages of a run that went out, each under its reference, so that a gateway that is
    given them twice knows them."""
    run, _cycle, program = run_of(db(), run_id, actor=actor())
    rows = [
        (each.reference, each.phone, each.text)
        for each in messages.letters(db(), run_id, actor=actor())
    ]
    look_through(run, len(rows))
    return rows_sent([HEADINGS, *rows], "csv", f"{program.number}-messages-{run_id}")


@bp.post("/<int:run_id>/gateway")
def hand(run_id: int) -> Response:
    run, cycle, _program = run_of(db(), run_id, actor=actor())
    only = f"messages {run_id}"
    job = jobs.defer(db(), hand_messages, actor=actor(), about=run, dedupe=only, run_id=run_id)
    return redirect(url_for(".room", cycle_id=cycle.id, job=job), 303)


@bp.post("/<int:run_id>/doubt")
def settle(run_id: int) -> Response:
    arrived = request.form.get("became") == "sent"
    messages.settle_doubt(db(), run_id, actor=actor(), arrived=arrived)
    return _back(run_of(db(), run_id, actor=actor())[1].id)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise DayUnreadable from None


def _back(cycle_id: int) -> Response:
    return redirect(url_for(".room", cycle_id=cycle_id), 303)
