"""Files of registrants, written row by row and taken in."""

import io
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep, keep_file, keep_personal_file
from registry.models.imports import Import, ImportKind, ImportRow
from registry.parsing.findings import WARNINGS
from registry.services import imports
from tests.make.jobs import Silent

HOUSEHOLD = {
    "code": "H1",
    "area_pcode": "X11",
    "settlement": "Lower Quay",
    "longitude": "0.5",
    "latitude": "1.5",
    "accuracy_m": "6",
    "location_source": "gps",
    "located_on": "2026-06-02",
    "size": "5",
    "roster": "complete",
    "address": "12 River Street",
    "phone": "+000 55",
}
PERSON = {
    "code": "P1",
    "household_code": "H1",
    "name": "Amina Doro",
    "name_local": "أمينة دورو",
    "sex": "female",
    "birth_date": "1992-03-14",
    "birth_date_exact": "yes",
    "relation": "head",
    "id_type": "national ID",
    "id_number": "N123",
    "disability": "no",
}


def household(**cells: object) -> str:
    """The row of a household of five in X11, with some cells written otherwise."""
    return ",".join(str(cell) for cell in (HOUSEHOLD | cells).values())


def person(**cells: object) -> str:
    """The row of the head of the household H1, with some cells written otherwise."""
    return ",".join(str(cell) for cell in (PERSON | cells).values())


def csv_file(folder: Path, text: str, name: str = "list.csv") -> Path:
    """A file of these lines."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def households_file(folder: Path, *rows: str) -> Path:
    """A file of households."""
    return csv_file(folder, "\n".join([",".join(HOUSEHOLD), *rows]))


def people_file(folder: Path, *rows: str) -> Path:
    """A file of people."""
    return csv_file(folder, "\n".join([",".join(PERSON), *rows]))


def take_households(
    session: Session, folder: Path, actor: Actor, *rows: str, accept: bool = False
) -> Import:
    """Take a file of households in, all flagged cells left out or all used."""
    return take(session, households_file(folder, *rows), ImportKind.HOUSEHOLDS, actor, accept)


def take_people(
    session: Session, folder: Path, actor: Actor, *rows: str, accept: bool = False
) -> Import:
    """Take a file of people in, all flagged cells left out or all used."""
    file = people_file(folder, *rows)
    return take(session, file, ImportKind.PEOPLE, actor, accept)


def checked(session: Session, file: Path, actor: Actor) -> Import:
    """An import of households that waits for its review."""
    made = imports.upload(session, keep_file(file), file.name, ImportKind.HOUSEHOLDS, actor=actor)
    imports.map_columns(session, made.id, made.mapping, actor=actor)
    return imports.check(session, made.id, actor=actor, progress=Silent())


def make_import(session: Session, actor: Actor, text: str, mapping: dict[str, str]) -> Import:
    """A checked import of households of which these are the lines."""
    kept = keep(io.BytesIO(text.encode()))
    made = imports.upload(session, kept, "list.csv", ImportKind.HOUSEHOLDS, actor=actor)
    imports.map_columns(session, made.id, mapping, actor=actor)
    return imports.check(session, made.id, actor=actor, progress=Silent())


def rows_of(session: Session, made: Import) -> list[Any]:
    """The rows of an import in the order of the file."""
    row = ImportRow
    rows = select(row).where(row.import_id == made.id).order_by(row.row_number)
    return list(session.scalars(rows))


def take(
    session: Session, file: Path, kind: ImportKind, actor: Actor, accept: bool = False
) -> Import:
    """Take a file in, all flagged cells left out or all used."""
    kept = keep_personal_file(file)
    made = imports.upload(session, kept, file.name, kind, actor=actor)
    imports.map_columns(session, made.id, made.mapping, actor=actor)
    imports.check(session, made.id, actor=actor, progress=Silent())
    for finding in made.counts["findings"].keys() & (WARNINGS if accept else set()):
        imports.accept(session, made.id, actor=actor, finding=finding)
    imports.review(session, made.id, actor=actor)
    imports.merge(session, made.id, actor=actor, progress=Silent())
    session.expire_all()
    return made
