"""Verifying the audit trail: every entry, its place in the chain, what it changed, and the heads.

A break is told by a sentence that names the place. Entries are walked through in their order;
field changes are checked by the database, a set at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row as Found
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.audit import AuditEntry, FieldChange, digest_of, keys
from core.seals import START, Head, link
from core.words import _

RETIRE = "audit.retire"
SEALED_WITHIN = timedelta(minutes=1)
MOST_NAMED = 100  # breaks of one kind that are told one by one
ROWS_AT_ONCE = 5000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# Materialized: all rows are read as they lie, instead of in the order of an index.
ALTERED = text("""
    with altered as materialized (
        select entry_id, id, table_name, row_id from field_changes
        where case when salt is null then before is not null or after is not null else
            digest <> change_digest(salt, entry_id, table_name, row_id, registrant_id, kind,
                                    before::text, after::text) end
    )
    select * from altered order by entry_id, id limit :most
""")
# Digests take time, of which the planner knows nothing: without this one process makes them all.
IN_PARALLEL = text("""
    select set_config('work_mem', '128MB', true), set_config('parallel_setup_cost', '0', true),
           set_config('parallel_tuple_cost', '0', true)
""")
# Entries whose changes are not the ones they were signed with, and changes no entry speaks of.
UNSUMMED = text("""
    with blocks as (
        select entry_id, at, id / 65536 as block, count(*) as n,
               sha256(string_agg(digest, ''::bytea order by id)) as digest
        from field_changes where entry_id > 0 group by 1, 2, 3
    ), summed as (
        select entry_id, at, sum(n)::bigint as n,
               sha256(string_agg(digest, ''::bytea order by block)) as digest
        from blocks group by 1, 2
    ), signed as (
        select * from audit_entries where changes > 0 and created_at >= :changes_since
    )
    select coalesce(e.id, s.entry_id) as id, e.position, coalesce(e.changes, 0) as said,
           coalesce(s.n, 0) as found, e.id is not null as signed
    from signed e full join summed s on s.entry_id = e.id and s.at = e.created_at
    where e.id is null and s.at >= greatest(:changes_since, :entries_since)
       or s.entry_id is null
       or s.n <> e.changes or s.digest <> e.changes_digest
    order by 1 limit :most
""")
# Fields may be empty where an act of erasing says that it emptied so many.
EMPTIED = text("""
    select f.erased_by as id, f.n as found,
           coalesce((e.figures->>'fields_emptied')::bigint, 0) as said
    from (select erased_by, count(*) as n from field_changes where salt is null group by 1) f
    left join audit_entries e on e.id = f.erased_by
    where f.n > coalesce((e.figures->>'fields_emptied')::bigint, 0)
    order by 1 limit :most
""")


@dataclass(frozen=True)
class Retired:
    """What acts of retention took away: entries through a position, and changes before a day."""

    through: int = 0
    chain: bytes = START
    entries_since: datetime = LONG_AGO
    changes_since: datetime = LONG_AGO


@dataclass(frozen=True)
class Proof:
    """What verifying found: how much there is, where the chain ends, and every break."""

    entries: int
    changes: int
    outside: dict[str, int]  # changes made outside any act, by table
    position: int
    heads: int
    breaks: list[str]


@dataclass
class _Walk:
    """Goes through the entries in their order and notes what does not follow."""

    retired: Retired
    heads: dict[int, bytes]
    entries: int = 0
    position: int = 0
    keyed: bool = False
    breaks: list[str] = field(default_factory=list)
    chain: bytes = START
    misplaced: int = 0

    def __post_init__(self) -> None:
        self.position, self.chain = self.retired.through, self.retired.chain

    def step(self, entry: Found[Any]) -> None:
        """One entry; what is wrong with it is told once, and the chain taken up again from it."""
        self.entries += 1
        fault = self._of_digest(entry)
        if entry.position is not None:
            fault = self._of_place(entry) or fault
        if fault:
            self.breaks.append(fault)

    def _of_digest(self, entry: Found[Any]) -> str | None:
        told = {"position": entry.position or "-", "entry": entry.id}
        if entry.key_id is None and self.keyed:
            return _("Position {position}, entry {entry}: appended, not by the platform.", **told)
        self.keyed = self.keyed or entry.key_id is not None
        if entry.key_id is not None and entry.key_id not in keys():
            return _("Position {position}, entry {entry}: its key is not here.", **told)
        if digest_of(entry) != entry.digest:
            return _("Position {position}, entry {entry}: altered.", **told)
        return None

    def _of_place(self, entry: Found[Any]) -> str | None:
        told = {"position": entry.position, "entry": entry.id}
        gap = entry.position - self.position - 1
        known = entry.key_id is None or entry.key_id in keys()
        linked = known and link(self.chain, entry.position, entry.digest, entry.key_id)
        self.position, self.chain = entry.position, entry.chain
        self._look_at_head(entry)
        if gap:
            return _(
                "Position {position}, entry {entry}: {gap} before it removed.", gap=gap, **told
            )
        if known and linked != entry.chain:
            return _("Position {position}, entry {entry}: does not follow the one before.", **told)
        return None

    def _look_at_head(self, entry: Found[Any]) -> None:
        kept = self.heads.pop(entry.position, entry.chain)
        if kept != entry.chain:
            self.misplaced += 1
            if self.misplaced == 1:
                told = {"position": entry.position, "entry": entry.id}
                self.breaks.append(
                    _("Position {position}, entry {entry}: the head kept was another.", **told)
                )

    def end(self) -> None:
        """The heads nobody met: those of retired entries, or of a tail that was cut."""
        beyond = max(self.heads, default=0)
        if beyond > self.position:
            told = {"position": self.position, "head": beyond}
            self.breaks.append(
                _("Tail cut after position {position}: a head was kept of {head}.", **told)
            )


def verify(session: Session, heads: Iterable[Head] = ()) -> Proof:
    """Recompute everything the trail says of itself, and hold it against heads kept outside."""
    kept: dict[int, bytes] = {}
    for head in heads:
        kept.setdefault(head.position, head.chain)  # what was kept first counts
    walk = _Walk(retired(session), dict(kept))
    columns = AuditEntry.__table__.c
    inorder = select(*columns).order_by(columns.position.nulls_last(), columns.id)
    for entry in session.execute(inorder.execution_options(yield_per=ROWS_AT_ONCE)):
        walk.step(entry)
    walk.end()
    walk.breaks += [*_late(session), *_of_changes(session, walk.retired)]
    outside = select(FieldChange.table_name, func.count()).where(FieldChange.entry_id == 0)
    return Proof(
        entries=walk.entries,
        changes=session.scalars(select(func.count()).select_from(FieldChange)).one(),
        outside=dict(session.execute(outside.group_by(FieldChange.table_name)).all()),
        position=walk.position,
        heads=len(kept),
        breaks=walk.breaks,
    )


def retired(session: Session) -> Retired:
    """What the newest act of retention says, if it is the platform's own."""
    acts = select(AuditEntry.__table__).where(AuditEntry.action == RETIRE)
    for entry in session.execute(acts.order_by(AuditEntry.id.desc())):
        if entry.key_id is not None and digest_of(entry) == entry.digest:
            said = entry.figures
            return Retired(
                int(said["through"]),
                bytes.fromhex(said["chain"]),
                datetime.fromisoformat(said["entries_since"]),
                datetime.fromisoformat(said["changes_since"]),
            )
    return Retired()


def _late(session: Session) -> Iterator[str]:
    late = select(func.count(), func.min(AuditEntry.id)).where(
        AuditEntry.position.is_(None), AuditEntry.at < datetime.now(UTC) - SEALED_WITHIN
    )
    n, first = session.execute(late).one()
    if n:
        yield _("Not sealed: {n} from entry {entry} on, for over a minute.", n=n, entry=first)


def _of_changes(session: Session, retired: Retired) -> Iterator[str]:
    most = {"most": MOST_NAMED}
    session.execute(IN_PARALLEL)
    for change in session.execute(ALTERED, most):
        told = {"entry": change.entry_id, "table": change.table_name, "row": change.row_id}
        yield _("Entry {entry}, change of {table} {row}: altered.", **told)
    since = {"changes_since": retired.changes_since, "entries_since": retired.entries_since}
    for entry in session.execute(UNSUMMED, most | since):
        yield _unsummed(entry)
    for emptied in session.execute(EMPTIED, most):
        told = {"entry": emptied.id or "-", "found": emptied.found, "said": emptied.said}
        yield _("Entry {entry}: {found} changes emptied, the act speaks of {said}.", **told)


def _unsummed(entry: Found[Any]) -> str:
    told = {"entry": entry.id, "said": entry.said, "found": entry.found}
    if not entry.signed:
        return _("Entry {entry}: removed, or never had the {found} changes under its key.", **told)
    if entry.said != entry.found:
        told["position"] = entry.position or "-"
        return _("Position {position}, entry {entry}: {found} changes, signed with {said}.", **told)
    return _("Entry {entry}: other changes than it was signed with.", **told)
