"""What depends on the merge of a file: whom it brought or changed, and who uses them by now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, text, union
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from core.country import country
from core.db import Base
from core.words import _, figure_said
from programs.models.cycles import Cycle
from programs.models.memberships import CycleMember
from registry.models.duplicates import DuplicatePair, PairState
from registry.models.imports import Import, ImportBefore
from registry.models.registrants import Registrant
from registry.permissions import May

SHOWN = 3  # numbers that are named of those who stand in the way
ROOM = text("set local work_mem = '128MB'")  # to join whole files without the disk
PEOPLE = Registrant.__tablename__
# What merging writes itself, what follows who it is about, and what is reckoned from it.
OWN = frozenset(
    {
        *("registrants", "groups", "individuals", "memberships", "identifiers", "contacts"),
        *("former_places", "group_fields", "individual_fields", "scores"),
    }
)


@dataclass(frozen=True)
class Depends:
    """Something that stands in the way of undoing a merge: of how many records, and of which."""

    what: str
    records: int
    numbers: Sequence[str]

    @property
    def said(self) -> str:
        """In words, with the numbers of some."""
        named = ", ".join(self.numbers)
        more = _("{numbers} and others", numbers=named) if self.records > SHOWN else named
        return f"{self.what}: {figure_said(self.records)} ({more})"


def lasting() -> timedelta:
    """For how long what a merge changed is kept, so that it can be undone."""
    return timedelta(days=country().undo_days)


def undone_until(found: Import) -> datetime | None:
    """Until when a merge can be undone; None of a file that was not merged."""
    return None if found.merged_at is None else found.merged_at + lasting()


def is_too_late(found: Import) -> bool:
    """Whether what the merge changed is forgotten by now."""
    until = undone_until(found)
    return until is None or datetime.now(UTC) > until


def depending(session: Session, found: Import, *, actor: Actor) -> list[Depends]:
    """What depends on a merge, so that it is not undone: nothing of it may be lost. On a file that
    was not merged nothing does.

    Raises:
        Forbidden
    """
    actor.require(May.UNDO_IMPORTS)
    if found.merged_at is None:
        return []
    session.execute(ROOM)
    ways = [
        *((what, select(column).where(of)) for what, column, of in _using(found)),
        (_("taken into a cycle since"), _served_since(found)),
        (_("changed again since"), _changed_since(found)),
    ]
    together: dict[str, list[Select[Any]]] = {}
    for what, ids in ways:
        together.setdefault(what, []).append(ids)
    return [told for what, ids in together.items() if (told := _told(session, what, ids))]


def made_by_merge(found: Import) -> Select[int]:
    """The keys of those a merge brought."""
    return select(Registrant.id).where(Registrant.import_id == found.id)


def befores_over() -> Select[int]:
    """The imports whose merges are not undone any more, and of which befores are still kept."""
    kept = exists().where(ImportBefore.import_id == Import.id)
    over = func.now() - Import.merged_at > lasting()
    return select(Import.id).where(over, kept)


def _told(session: Session, what: str, ids: Collection[Select[Any]]) -> Depends | None:
    theirs = union(*ids).subquery("theirs")
    records = session.scalar(select(func.count()).select_from(theirs)) or 0
    if not records:
        return None
    named = select(Registrant.number).where(Registrant.id.in_(select(theirs.c[0])))
    return Depends(what, records, session.scalars(named.order_by(Registrant.id).limit(SHOWN)).all())


def _using(found: Import) -> Iterator[tuple[str, ColumnElement[int], ColumnElement[bool]]]:
    """By table that points at registrants: what it is called, its column, and which of its rows
    speak of those a file made."""
    words, made = _words(), made_by_merge(found)
    for table in Base.metadata.sorted_tables:
        for column in table.columns if table.name not in OWN else ():
            if any(
                key.column.table.name == Registrant.__tablename__ for key in column.foreign_keys
            ):
                of: ColumnElement[bool] = column.in_(made)
                if table.name == DuplicatePair.__tablename__:  # nobody has looked at an open one
                    of &= table.c.state != PairState.OPEN
                yield words.get(table.name, _("in other use")), column, of


def _words() -> Mapping[str, str]:
    """What it is to stand in a table."""
    said = {
        _("in a program"): ("program_memberships",),
        _("in a cycle"): ("cycle_members", "entitlements", "payments"),
        _("named by an order or a message"): ("payment_events", "left_unpaid", "messages"),
        _("in a request to sign that came back"): ("approval_lines",),
        _("asked whether they were paid"): ("verification_samples",),
        _("judged by the rules of a program"): ("targeting_list_members", "targeting_changes"),
        _("on a list"): ("roster_members",),
        _("in a request to change them"): ("change_requests", "change_lines"),
        _("with papers"): ("documents", "consents"),
        _("with an account"): ("accounts",),
        _("tagged"): ("registrant_tags",),
        _("told of in a visit or a form"): ("visits", "visit_answers", "submissions"),
        _("tied to somebody"): ("relationships",),
        _("with land"): ("holdings",),
        _("moved by a new map"): ("moved_registrants",),
        _("decided about as duplicates"): ("duplicate_pairs", "merges"),
    }
    return {table: words for words, tables in said.items() for table in tables}


def _touched(found: Import) -> Select[int]:
    """The keys of those who were there before, and whom a merge changed."""
    return select(ImportBefore.registrant_id).where(
        ImportBefore.import_id == found.id, ImportBefore.table_name == Registrant.__tablename__
    )


def _served_since(found: Import) -> Select[int]:
    return (
        select(CycleMember.registrant_id)
        .join(Cycle, Cycle.id == CycleMember.cycle_id)
        .where(Cycle.created_at > found.merged_at, CycleMember.registrant_id.in_(_touched(found)))
    )


def _changed_since(found: Import) -> Select[Any]:
    """Those who were changed after the act that merged a file."""
    merged = select(func.max(AuditEntry.id)).where(
        AuditEntry.action == "imports.merge",
        AuditEntry.subject == Import.__tablename__,
        AuditEntry.subject_id == found.id,
    )
    ours = union(made_by_merge(found), _touched(found))
    return select(FieldChange.registrant_id).where(
        FieldChange.entry_id > merged.scalar_subquery(), FieldChange.registrant_id.in_(ours)
    )
