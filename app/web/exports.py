"""Tables to take along: the answer of a question by area, and what a release says of areas."""

import tempfile
from pathlib import Path

from flask import Blueprint, Response, request, send_file
from sqlalchemy import Select

from app.looks import take_all
from app.request import actor, db
from app.web.asking import question_asked
from core.clock import today
from core.errors import Invalid, NotFound
from core.words import _
from geo.files.tables import MEDIA_TYPES, FileKind, Table, write
from geo.permissions import May
from geo.queries.releases import table_level_of
from geo.queries.selections import question_of, selection_by_code
from geo.queries.situation import ongoing, release_meant
from programs.queries.queryables import widest_terms
from registry.models.imports import ImportKind
from registry.queries.filters import filter_by_code
from registry.queries.subjects import matching
from registry.queries.tables import table_asked, table_of_release, table_of_shapes
from registry.services.exports import SEALED, Taking, Written, write_registered

bp = Blueprint("exports", __name__)


class KindUnknown(NotFound):
    """There is no file of the kind {asked}; take {known}."""


class FilterOfOthers(Invalid):
    """{name} is a filter over {subject}; take those along, or choose another filter."""


@bp.get("/select/table.<kind>")
def asked(kind: str) -> Response:
    """The question of an address, as the page of this address answers it."""
    actor().require(May.SELECT)
    events = ongoing(db(), actor=actor())
    release = release_meant(db(), events, request.args.get("r", type=int))
    question = question_asked(db(), request.args, release)
    title = _("Households by area")
    return sent(table_asked(db(), question, title, actor=actor()), kind)


@bp.get("/selections/<code>/table.<kind>")
def kept(code: str, kind: str) -> Response:
    actor().require(May.SELECT)
    selection = selection_by_code(db(), code)
    question = question_of(db(), selection)
    return sent(table_asked(db(), question, selection.name, actor=actor()), kind, code)


@bp.get("/hazards/<int:release_id>/areas.<kind>")
def areas_hit(release_id: int, kind: str) -> Response:
    version = request.args.get("map", "")
    level = request.args.get("level", table_level_of(db(), version), type=int)
    table = table_of_release(db(), release_id, level, version, actor=actor())
    return sent(table, kind, f"release-{release_id}")


@bp.get("/hazards/<int:release_id>/shapes.<kind>")
def shapes(release_id: int, kind: str) -> Response:
    table = table_of_shapes(db(), release_id, actor=actor())
    return sent(table, kind, f"release-{release_id}")


@bp.get("/registry/exports/<kind>.<ending>")
def registered(kind: str, ending: str) -> Response:
    """All households, or all people, or those a kept filter means, as a file that an import
    understands."""
    if kind not in SEALED:
        raise KindUnknown(asked=kind, known=", ".join(SEALED))
    if ending not in set(Written):
        raise KindUnknown(asked=ending, known=", ".join(Written))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}.{ending}"
        take_all(_write(path, ImportKind(kind), Written(ending)))
        stream = path.open("rb")  # reads on when the folder is gone
    media = {**MEDIA_TYPES, FileKind.CSV: "text/csv"}[FileKind(ending)]
    return send_file(stream, media, as_attachment=True, download_name=f"{kind}.{ending}")


def _met(kind: ImportKind) -> Select[int] | None:
    """Whom the kept filter of the address means today; None where it names none."""
    code = request.args.get("filter", "")
    if not code:
        return None
    kept = filter_by_code(db(), code, actor=actor())
    if kept.subject.value != kind.value:
        raise FilterOfOthers(name=kept.name, subject=kept.subject)
    terms = widest_terms(db(), today(), actor=actor(), subject=kept.subject)
    return matching(kept.written, today(), actor=actor(), terms=terms, subject=kept.subject)


def _write(path: Path, kind: ImportKind, written: Written) -> int:
    """Write the rows and columns that are asked for; answers the number of rows."""
    taking = Taking(request.args.getlist("column"), written, _met(kind))
    with path.open("wb") as file:
        return write_registered(db(), kind, file, taking, actor=actor())


def sent(table: Table, kind: str, about: str = "select") -> Response:
    """A table as a file that is gone from here once it was sent."""
    if kind not in set(FileKind):
        raise KindUnknown(asked=kind, known=", ".join(FileKind))
    file = FileKind(kind)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{table.name}-{about}{file.ending}"
        write(table, file, path)
        stream = path.open("rb")  # reads on when the folder is gone
    return send_file(stream, file.media_type, as_attachment=True, download_name=path.name)
