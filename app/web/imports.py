"""Imports of households and people: the five steps from a file to the registry."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.intake import FileNotChosen
from app.looks import look_through
from app.request import actor, db
from app.web.import_files import rows_sent
from app.web.import_mapping import mapping_page
from app.web.import_pages import (
    address_of,
    noticed,
    row_shown,
    rows_wanted,
    state_said,
    steps_of,
    verdict_said,
)
from core.jobs import defer
from core.storage import keep_personal
from core.words import _
from programs.jobs.imports import undo_import
from programs.queries.imports import depending, is_too_late, undone_until
from programs.services.imports import ask_undo
from registry.jobs.imports import merge_import
from registry.models.imports import ImportKind, ImportState, Verdict
from registry.queries.import_rows import (
    corrected_in,
    failed_rows,
    rows_page,
    waiting_corrections,
)
from registry.queries.imports import (
    ImportPage,
    import_page,
    imports_page,
    made_by,
)
from registry.queries.own_columns import template_of
from registry.queries.registered_rows import columns_offered
from registry.services import imports
from registry.services.exports import SEALED, own_of_rows

bp = Blueprint("imports", __name__, url_prefix="/registry/imports")

UNMERGED = (ImportState.UPLOADED, ImportState.MAPPED, ImportState.CHECKED, ImportState.REFUSED)


@bp.get("/")
def index() -> str:
    page = imports_page(db(), actor=actor(), before=request.args.get("before", type=int))
    kind = request.args.get("kind", "households")
    offered = {
        each: columns_offered(each, own_of_rows(db(), each), actor=actor()) for each in SEALED
    }
    return render_template(
        "imports/index.html",
        page=page,
        kind=kind,
        state_said=state_said,
        offered=offered,
    )


@bp.post("/")
def upload() -> Response:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileNotChosen
    kind = ImportKind(request.form["kind"])
    made = imports.upload(db(), keep_personal(file.stream), file.filename, kind, actor=actor())
    return redirect(url_for(".show", import_id=made.id), 303)


@bp.get("/template/<kind>.csv")
def headings(kind: str) -> Response:
    """A file that needs no mapping, with one row to show how it is filled in."""
    return rows_sent(template_of(db(), ImportKind(kind)), "csv", kind)


@bp.get("/<int:import_id>")
def show(import_id: int) -> str:
    page = import_page(db(), import_id, actor=actor())
    asked = page.file.state is ImportState.UPLOADED or "change" in request.args
    if asked and page.file.state in UNMERGED:
        return mapping_page(page)
    return _rows(page)


@bp.post("/<int:import_id>/accept")
def accept(import_id: int) -> Response:
    """Take the rows with one warning, or one row, as they are; or leave their cells out again."""
    form, accepted = request.form, request.form["take"] == "yes"
    if number := form.get("row", type=int):
        imports.accept_row(db(), import_id, number, actor=actor(), accepted=accepted)
    else:
        imports.accept(db(), import_id, actor=actor(), finding=form["finding"], accepted=accepted)
    seen, after = form.get("finding") or None, form.get("after") or None
    return redirect(url_for(".show", import_id=import_id, finding=seen, after=after), 303)


@bp.post("/<int:import_id>/rows")
def leave_out(import_id: int) -> Response:
    """Leave one row out, or take it after all."""
    form, left_out = request.form, request.form["take"] != "yes"
    imports.leave_out(db(), import_id, int(form["row"]), actor=actor(), left_out=left_out)
    seen, verdict = form.get("finding") or None, form.get("verdict") or None
    return redirect(url_for(".show", import_id=import_id, finding=seen, verdict=verdict), 303)


@bp.post("/<int:import_id>/review")
def review(import_id: int) -> Response:
    """Say that the verdicts were looked at; whoever may, has them merged at once."""
    imports.review(db(), import_id, actor=actor())
    if "merge" in request.form:
        _merge_later(import_id)
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<int:import_id>/merge")
def merge(import_id: int) -> Response:
    """Have a reviewed import merged."""
    _merge_later(import_id)
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<int:import_id>/discard")
def discard(import_id: int) -> Response:
    imports.discard(db(), import_id, actor=actor())
    flash(_("The import was discarded; the registry is as it was."))
    return redirect(url_for(".index"), 303)


@bp.get("/<int:import_id>/failed.<kind>")
def failed(import_id: int, kind: str) -> Response:
    """The rows that were left out, with the reasons, to be corrected and sent again."""
    page = import_page(db(), import_id, actor=actor())
    rows = failed_rows(db(), page.file, actor=actor())
    look_through(page.file, page.file.counts.get("error", 0))
    return rows_sent(rows, kind, f"left-out-{import_id}")


@bp.post("/<int:import_id>/undo")
def undo(import_id: int) -> Response:
    """Have a merge undone, where nothing depends on it."""
    file = ask_undo(db(), import_id, actor=actor())
    only = f"undo {import_id}"
    defer(db(), undo_import, actor=actor(), about=file, dedupe=only, import_id=import_id)
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.get("/<int:import_id>/depending")
def depending_on(import_id: int) -> str:
    """The part of a page that says what stands in the way of undoing a merge, if anything does."""
    page = import_page(db(), import_id, actor=actor())
    late, stands = is_too_late(page.file), depending(db(), page.file, actor=actor())
    look_through(page.file, sum(each.records for each in stands))
    return render_template("imports/_depending.html", late=late, stands=stands)


def _merge_later(import_id: int) -> None:
    """Let a worker bring the registry up to the file; once, however often it is asked."""
    file = imports.ask_merge(db(), import_id, actor=actor())
    only = f"import {import_id}"
    defer(db(), merge_import, actor=actor(), about=file, dedupe=only, import_id=import_id)


def _rows(page: ImportPage) -> str:
    """The page of the rows: what was found, what merging will do or did."""
    wanted, after = rows_wanted(request.args), request.args.get("after", type=int)
    found = rows_page(db(), page.file, wanted, actor=actor(), after=after)
    look_through(page.file, len(found.rows))
    corrected = corrected_in(db(), page.file, [number for _row, number in found.rows])
    rows = [row_shown(page.file, row, page.cells, corrected.get(n, ())) for row, n in found.rows]
    return render_template(
        "imports/show.html",
        page=page,
        steps=steps_of(page.file),
        rows=rows,
        after=found.after,
        wanted=wanted,
        asked=address_of(wanted),
        noticed=noticed(page),
        waiting=waiting_corrections(db(), page.file),
        made=made_by(db(), page.file),
        until=undone_until(page.file),
        verdicts=[each for each in Verdict if page.file.counts.get(each)],
        field_name=page.called,
        verdict_said=verdict_said,
    )
