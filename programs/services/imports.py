"""Undoing what a file brought into the registry, while nothing depends on it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, exists, func, select, text, union
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from core.db import Base
from core.errors import Conflict, Forbidden
from core.jobs import Progress
from core.words import _
from programs.models.cycles import Cycle
from programs.models.memberships import CycleMember
from registry.models.imports import Import, ImportBefore, ImportState
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.services.import_undoing import take_back
from registry.services.imports import ALONE, merged_import

LASTING = timedelta(days=90)  # a merge can be undone
# What merging writes itself, and what follows who it is about.
OWN = frozenset(
    {
        *("registrants", "groups", "individuals", "memberships", "identifiers", "contacts"),
        *("former_places", "group_fields", "individual_fields", "scores"),
    }
)
ROOM = text("set local work_mem = '128MB'")  # to join whole files without the disk


class MergedLongAgo(Conflict):
    """This file was merged more than {days} days ago and is not undone any more."""


class DependedOn(Conflict):
    """Of those this file brought, some are in a program, on a list or in a request by now; the
    merge is not undone any more."""


class ServedSince(Conflict):
    """Of those this file changed, some were taken into a cycle since; the merge is not undone any
    more."""


class ChangedSince(Conflict):
    """{count} of the records this file made or changed were changed again since; the merge is not
    undone any more."""


def ask_undo(session: Session, import_id: int, *, actor: Actor) -> Import:
    """Whether a merge can be undone now, before the work of it is put off.

    Raises:
        Forbidden, NotFound, ImportElsewhere, MergedLongAgo, DependedOn, ServedSince, ChangedSince
    """
    actor.require(May.UNDO_IMPORTS)
    if not actor.national:
        raise Forbidden
    found = merged_import(session, import_id, actor=actor)
    if found.merged_at is None or datetime.now(UTC) - found.merged_at > LASTING:
        raise MergedLongAgo(days=LASTING.days)
    session.execute(ROOM)
    made, touched = _made(found), _touched(found)
    if any(session.scalar(select(asked)) for asked in _speaking_of(made)):
        raise DependedOn
    if session.scalar(select(_served_since(found, touched))):
        raise ServedSince
    if count := session.scalar(_changed_since(found, union(made, touched))):
        raise ChangedSince(count=count)
    return found


def undo(session: Session, import_id: int, *, actor: Actor, progress: Progress) -> Import:
    """Take away whom a file brought and put back what it changed, by a fixed few statements.

    Raises:
        as `ask_undo`, and Cancelled
    """
    actor.require(May.UNDO_IMPORTS)
    session.execute(ALONE)
    found = ask_undo(session, import_id, actor=actor)
    with audit.act(session, actor, "imports.undo", found) as figures:
        progress.report(0, 1, _("putting the registry back"))
        figures.update(take_back(session, found))
        found.state = ImportState.UNDONE
    return found


def _made(found: Import) -> Select[int]:
    return select(Registrant.id).where(Registrant.import_id == found.id)


def _touched(found: Import) -> Select[int]:
    return select(ImportBefore.registrant_id).where(
        ImportBefore.import_id == found.id, ImportBefore.table_name == Registrant.__tablename__
    )


def _speaking_of(made: Select[int]) -> list[ColumnElement[bool]]:
    """By table that points at registrants: whether it speaks of those a file made."""
    return [
        exists().where(column.in_(made))
        for table in Base.metadata.sorted_tables
        if table.name not in OWN
        for column in table.columns
        if any(key.column.table.name == Registrant.__tablename__ for key in column.foreign_keys)
    ]


def _served_since(found: Import, touched: Select[int]) -> ColumnElement[bool]:
    return exists().where(
        CycleMember.cycle_id == Cycle.id,
        Cycle.created_at > found.merged_at,
        CycleMember.registrant_id.in_(touched),
    )


def _changed_since(found: Import, ours: CompoundSelect[int]) -> Select[Any]:
    """How many of some records were changed after the act that merged a file."""
    merged = select(func.max(AuditEntry.id)).where(
        AuditEntry.action == "imports.merge",
        AuditEntry.subject == Import.__tablename__,
        AuditEntry.subject_id == found.id,
    )
    return select(func.count(FieldChange.registrant_id.distinct())).where(
        FieldChange.entry_id > merged.scalar_subquery(), FieldChange.registrant_id.in_(ours)
    )
