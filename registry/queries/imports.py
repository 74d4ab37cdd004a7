"""What the pages about imports ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from core.jobs import LIVE, Job, JobState
from core.paging import Page, page_of
from registry.checking.fields import called
from registry.models.imports import (
    Import,
    ImportBefore,
    ImportKind,
    ImportRow,
    ImportState,
)
from registry.models.registrants import Registrant, RegistrantKind
from registry.parsing.days import DaysSeen, seen_in
from registry.parsing.fields import Field
from registry.parsing.findings import finding_said
from registry.permissions import May
from registry.queries.import_files import columns_of, table_of
from registry.queries.own_columns import fields_of_file

EXAMPLES = 3  # rows of the file shown while its columns are mapped
SAMPLE = 5000  # rows of the file looked at for how its days are written
ROW = "row_of_the_file"
"""The column of rows that are taken along which says where they stand; it means nothing else."""
WHY = "why_not_taken"  # the column added to rows that are sent back; it means nothing to an import


@dataclass(frozen=True)
class ImportPage:
    """One import and what is going on with it: the key and name of its running work, or its
    trouble."""

    file: Import
    running: int | None
    work: str
    trouble: str | None
    fields: Sequence[Field] = ()

    @property
    def cells(self) -> list[str]:
        """The fields its rows are shown with: those that were mapped."""
        return [field.name for field in self.fields if field.name in self.file.mapping]

    def has(self, name: str) -> bool:
        """Whether a file of its kind may say a field."""
        return any(field.name == name for field in self.fields)

    def called(self, name: str) -> str:
        """What a field of the file is called."""
        own = {field.name: field.label for field in self.fields if field.label}
        return own.get(name) or called(name)


def imports_page(session: Session, *, actor: Actor, before: int | None = None) -> Page[Any]:
    """Imports, newest first; a file may be of the whole country, so of others' only who sees it."""
    actor.require(May.IMPORT_REGISTRANTS)
    listed = select(Import, (-Import.id).label("key")).where(imports_seen(actor))
    return page_of(session, listed, -Import.id, before)


def import_page(session: Session, import_id: int, *, actor: Actor) -> ImportPage:
    """One import.

    Raises:
        Forbidden
        NotFound: there is none, or it is somebody else's and may hold who stands out of reach.
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = session.scalar(select(Import).where(Import.id == import_id, imports_seen(actor)))
    if found is None:
        raise NotFound(imports=import_id)
    about = select(Job).where(Job.subject == Import.__tablename__, Job.subject_id == found.id)
    job = session.scalars(about.order_by(Job.id.desc()).limit(1)).first()
    return ImportPage(
        found,
        job.id if job and job.state in LIVE else None,
        job.work.rpartition(".")[2] if job else "",
        job.refusal if job and job.state is JobState.FAILED else None,
        fields_of_file(session, found.kind),
    )


@dataclass(frozen=True)
class Made:
    """What a merge did to the registry: whom it brought, and how many records it changed."""

    households: int
    people: int
    changed: int


def made_by(session: Session, found: Import) -> Made | None:
    """What undoing a merge would take away and put back; None unless a file is merged."""
    if found.state is not ImportState.MERGED:
        return None
    kinds = select(Registrant.kind, func.count()).where(Registrant.import_id == found.id)
    brought = dict(session.execute(kinds.group_by(Registrant.kind)).tuples().all())
    changed = select(func.count()).where(
        ImportBefore.import_id == found.id, ImportBefore.table_name == Registrant.__tablename__
    )
    return Made(
        brought.get(RegistrantKind.GROUP, 0),
        brought.get(RegistrantKind.INDIVIDUAL, 0),
        session.scalar(changed) or 0,
    )


def first_rows(found: Import) -> dict[str, list[str]]:
    """The first cells of each column of the file, so that one sees what the column holds."""
    shown: dict[str, list[str]] = {column: [] for column in columns_of(found)}
    with table_of(found) as table:
        for _number, (_row, cells, _over) in zip(range(EXAMPLES), table.rows, strict=False):
            for column, cell in zip(table.columns, cells, strict=True):
                shown[column].append(cell or "")
    return shown


def days_seen(session: Session, found: Import, mapping: Mapping[str, str]) -> DaysSeen:
    """What the first rows of the file tell of how its days are written, by the mapped columns."""
    fields = fields_of_file(session, found.kind)
    days = {mapping.get(field.name) for field in fields if field.is_day}
    with table_of(found) as table:
        places = [place for place, column in enumerate(table.columns) if column and column in days]
        rows = islice(table.rows, SAMPLE if places else 0)
        return seen_in(cells[place] or "" for _number, cells, _over in rows for place in places)


def imports_seen(actor: Actor) -> ColumnElement[bool]:
    """Which imports an actor may look into: all, or one's own."""
    return true() if actor.sees_all else Import.uploaded_by == actor.id


def cells_of(found: Import, row: ImportRow) -> dict[str, str | None]:
    """The cells of a row by field, those something was found in as they stand in the file."""
    by_people = found.kind is ImportKind.PEOPLE or found.kind is ImportKind.ROSTER
    return {
        **dict(zip(found.fields, row.cells, strict=False)),
        "code": row.person_key if by_people else row.household_key,
        "household_code": row.household_key,
        "id_number": row.id_number,
        **row.faulted,
    }


def reasons_of(row: ImportRow, found: Import) -> str:
    """Why a row is left out, in sentences."""
    cells = cells_of(found, row)
    return " ".join(finding_said(error, cells) for error in row.errors)
