"""Reconciliation: providers' files, from the upload to the answers that count."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.intake import FileNotChosen
from app.request import actor, confirmed, db
from app.web.import_files import rows_sent
from core import jobs
from core.money import said
from core.storage import keep_personal
from core.words import _, counted
from programs.jobs.reconciliations import check_reconciliation
from programs.models.reconciliations import Finding, Reconciliation, ReconciliationState
from programs.queries.cycles import sees_part_only
from programs.queries.reconciliations import (
    all_rows,
    cycles_open,
    file_page,
    room_of,
    rows_of,
)
from programs.services import reconciliations
from programs.statements.words import FIELDS

bp = Blueprint("reconciliations", __name__, url_prefix="/reconciliations")

WORD = "word:"  # begins the names of words whose meaning is asked for
LEFT = ("row", "reference", "status", "amount", "ordered", "finding")  # headings of a file


@bp.get("/")
def index() -> str:
    return render_template("reconciliations/index.html", cycles=cycles_open(db(), actor=actor()))


@bp.get("/cycles/<int:cycle_id>")
def room(cycle_id: int) -> str:
    found = room_of(db(), cycle_id, actor=actor())
    whole = not sees_part_only(db(), found.cycle.roster_id, actor=actor())
    return render_template("reconciliations/room.html", room=found, whole=whole)


@bp.post("/cycles/<int:cycle_id>")
@confirmed
def upload(cycle_id: int) -> Response:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileNotChosen
    kept, who = keep_personal(file.stream), request.form["provider"]
    made = reconciliations.upload(db(), cycle_id, who, kept, file.filename, actor=actor())
    return redirect(url_for(".show", reconciliation_id=made.id), 303)


@bp.get("/<int:reconciliation_id>")
def show(reconciliation_id: int) -> str:
    page = file_page(db(), reconciliation_id, actor=actor())
    asked, after = request.args.get("finding", ""), request.args.get("after", 0, type=int)
    finding = Finding(asked) if asked in set(Finding) else None
    return render_template(
        "reconciliations/show.html",
        page=page,
        rows=rows_of(db(), page.file, actor=actor(), finding=finding, after=after),
        finding=finding,
        findings=[each for each in Finding if page.file.counts.get(each)],
        fields=FIELDS,
        choices=[(column, column) for column in page.file.columns],
        asks=page.file.state is ReconciliationState.UPLOADED or "change" in request.args,
        job=request.args.get("job", type=int),
    )


@bp.post("/<int:reconciliation_id>/columns")
@confirmed
def map_columns(reconciliation_id: int) -> Response:
    """Take what the columns hold, and let a worker hold the rows against our orders."""
    chosen = {field: request.form.get(field, "") for field in FIELDS}
    found = reconciliations.map_columns(db(), reconciliation_id, chosen, actor=actor())
    only = f"reconciliation {found.id}"
    job = jobs.defer(
        db(), check_reconciliation, actor=actor(), about=found, dedupe=only,
        reconciliation_id=found.id,
    )  # fmt: skip
    return redirect(url_for(".show", reconciliation_id=found.id, job=job), 303)


@bp.post("/<int:reconciliation_id>/words")
@confirmed
def teach(reconciliation_id: int) -> Response:
    """Take what the provider means by its words."""
    meant = {name.removeprefix(WORD): told for name, told in request.form.items() if _is_word(name)}
    reconciliations.teach(db(), reconciliation_id, meant, actor=actor())
    return redirect(url_for(".show", reconciliation_id=reconciliation_id), 303)


@bp.post("/<int:reconciliation_id>/apply")
@confirmed
def apply(reconciliation_id: int) -> Response:
    done = reconciliations.apply(db(), reconciliation_id, actor=actor())
    if done.changed:
        flash(_("Nothing was applied: another file was meanwhile, and the rows come to less now."))
        return redirect(url_for(".show", reconciliation_id=reconciliation_id), 303)
    found = db().get_one(Reconciliation, reconciliation_id)
    freed = said(done.freed, file_page(db(), found.id, actor=actor()).program.currency)
    flash(
        counted(
            "{count} order was answered; {freed} is free again.",
            "{count} orders were answered; {freed} is free again.",
            done.orders,
            freed=freed,
        )
    )
    return redirect(url_for(".room", cycle_id=found.cycle_id), 303)


@bp.post("/<int:reconciliation_id>/discard")
@confirmed
def discard(reconciliation_id: int) -> Response:
    cycle = file_page(db(), reconciliation_id, actor=actor()).cycle
    reconciliations.discard(db(), reconciliation_id, actor=actor())
    flash(_("The file was discarded; nothing was changed."))
    return redirect(url_for(".room", cycle_id=cycle.id), 303)


@bp.get("/<int:reconciliation_id>/left.<kind>")
def left(reconciliation_id: int, kind: str) -> Response:
    """The rows that were not used, each with what was found, to be sent back to the provider."""
    page = file_page(db(), reconciliation_id, actor=actor())
    rows = all_rows(db(), page.file, actor=actor())
    return rows_sent([LEFT, *rows], kind, f"left-{reconciliation_id}")


def _is_word(name: str) -> bool:
    return name.startswith(WORD)
