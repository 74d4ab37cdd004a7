"""One row of an import: its cells to correct, whom it may be, and what somebody decided."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.intake import FileNotChosen
from app.looks import look_at, look_through
from app.request import actor, db
from app.web.import_pages import row_shown, steps_of, verdict_said
from app.web.side_by_side import reasons
from core.jobs import defer
from core.storage import keep_personal
from core.words import _, counted
from registry.checking.fields import WORD_LISTS
from registry.jobs.imports import check_import, correct_import
from registry.models.imports import Import, ImportState
from registry.permissions import May
from registry.queries.import_rows import row_asked
from registry.queries.imports import import_page
from registry.queries.registrants import registrants_page
from registry.queries.vocabularies import labels
from registry.services import import_correcting as correcting

bp = Blueprint("import_rows", __name__, url_prefix="/registry/imports/<int:import_id>")

AT_ONCE = 20_000  # rows of a file that is checked anew whenever one of them was corrected
MOST = 10  # registrants a search shows


@bp.get("/rows/<int:number>")
def show(import_id: int, number: int) -> str:
    page = import_page(db(), import_id, actor=actor())
    asked = row_asked(db(), page.file, number, actor=actor())
    text = request.args.get("q", "").strip()
    searched = text and actor().may(May.READ_REGISTRANTS)
    hits = registrants_page(db(), text, actor=actor()).rows[:MOST] if searched else []
    look_through(page.file, 1)
    look_at(each.id for each in (*asked.like, *hits))
    return render_template(
        "imports/row.html",
        page=page,
        steps=steps_of(page.file),
        asked=asked,
        row=row_shown(page.file, asked.row, page.cells, asked.corrected),
        hits=hits,
        text=text,
        words=labels(db()),
        lists=WORD_LISTS,
        reasons=reasons(),
        field_name=page.called,
        verdict_said=verdict_said,
        open=page.file.state is ImportState.CHECKED and not page.running,
    )


@bp.post("/rows/<int:number>/cells")
def correct(import_id: int, number: int) -> Response:
    """Write into its cells what they should have said."""
    changed = correcting.correct(db(), import_id, number, request.form, actor=actor())
    if changed:
        _check_again(import_id)
    return redirect(url_for(".show", import_id=import_id, number=number), 303)


@bp.post("/rows/<int:number>/as-sent")
def as_sent(import_id: int, number: int) -> Response:
    """Forget what was corrected in it."""
    correcting.as_sent(db(), import_id, number, actor=actor())
    _check_again(import_id)
    return redirect(url_for(".show", import_id=import_id, number=number), 303)


@bp.post("/rows/<int:number>/link")
def link(import_id: int, number: int) -> Response:
    """Take it for somebody registered."""
    whom = request.form["whom"]
    meant = correcting.link(db(), import_id, number, whom, actor=actor())
    flash(_("Row {row} is taken for {number}.", row=number, number=meant.number))
    _check_again(import_id)
    return redirect(url_for(".show", import_id=import_id, number=number), 303)


@bp.post("/rows/<int:number>/new")
def new(import_id: int, number: int) -> Response:
    """Take it for somebody new, or leave open again whom it tells of."""
    decided = request.form["take"] == "yes"
    correcting.is_new(db(), import_id, number, actor=actor(), decided=decided)
    if not decided:
        _check_again(import_id)
    return redirect(url_for(".show", import_id=import_id, number=number), 303)


@bp.post("/check")
def check(import_id: int) -> Response:
    """Check a long file anew, once all that was to be corrected is."""
    page = import_page(db(), import_id, actor=actor())
    defer(db(), check_import, actor=actor(), about=page.file, import_id=import_id)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@bp.post("/corrected")
def corrected(import_id: int) -> Response:
    """Take rows that were taken along and corrected, and check the file anew."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileNotChosen
    page = import_page(db(), import_id, actor=actor())
    kept = keep_personal(file.stream)
    defer(
        db(),
        correct_import,
        actor=actor(),
        about=page.file,
        import_id=import_id,
        sha256=kept.sha256,
        name=file.filename,
    )
    return redirect(url_for("imports.show", import_id=import_id), 303)


def _check_again(import_id: int) -> None:
    """Check a file anew at once; a long one when somebody says that they are done."""
    file: Import = import_page(db(), import_id, actor=actor()).file
    if file.counts["rows"] <= AT_ONCE:
        defer(db(), check_import, actor=actor(), about=file, import_id=import_id)
    else:
        waits = counted(
            "Kept. The file has {count} row: check it anew when you are done.",
            "Kept. The file has {count} rows: check it anew when you are done.",
            file.counts["rows"],
        )
        flash(waits)
