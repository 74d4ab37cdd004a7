"""Reconciliation: what providers answer is held against our orders, looked at, and applied."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_into
from core.clock import day_of, day_said
from core.errors import Conflict, Invalid, NotFound
from core.storage import Kept, readable
from geo import tables
from geo.tables import Table
from programs.models.cycles import Cycle, CycleState
from programs.models.payments import PaymentBatch
from programs.models.reconciliations import (
    Finding,
    ProviderMap,
    Reconciliation,
    ReconciliationRow,
    ReconciliationState,
)
from programs.permissions import May
from programs.queries.cycles import locked_cycle
from programs.queries.verdicts import APPLIED, judged_rows
from programs.services.answers import hold_orders, settle
from programs.services.funds import set_free
from programs.statements.lines import Line, lines_of
from programs.statements.words import (
    FIELDS,
    HEADINGS,
    REFERENCE,
    Told,
    columns_meant,
    outcome_meant,
    plainly,
)

ANSWERED = (CycleState.APPROVED, CycleState.DISTRIBUTED, CycleState.ENDED)
REPORT_EVERY = 5000
COLUMNS = (
    *("row_number", "reference", "said", "word", "amount", "has_amount", "reason"),
    *("rejection", "their_number"),
)
# COPY is not for tables behind the wall: rows come in here first.
STAGE = text("""
    create temporary table if not exists told_lines (
        row_number integer, reference text, said text, word text, amount numeric(20, 4),
        has_amount boolean, reason text, rejection text, their_number text) on commit drop
""")
EMPTY = text("truncate told_lines")
KEEP = text("""
    insert into reconciliation_rows (
        reconciliation_id, row_number, reference, said, word, amount, has_amount, reason,
        rejection, their_number, finding, made_by)
    select :reconciliation_id, row_number, reference, said, word, amount, has_amount, reason,
           rejection, their_number, 'unknown', :made_by
    from told_lines
""")
FORGET = text("delete from reconciliation_rows where reconciliation_id = :reconciliation_id")
SAME_ROWS = text("""
    select encode(sha256(convert_to(coalesce(string_agg(
               concat_ws('|', reference, word, amount), E'\\n'
               order by reference, word, amount, row_number), ''), 'UTF8')), 'hex')
    from reconciliation_rows where reconciliation_id = :reconciliation_id
""")


class ProviderUnnamed(Invalid):
    """Say which provider sent the file; how it writes its files is kept under that name."""


class NothingOrdered(Conflict):
    """Nothing of this cycle was ordered yet; make its payment list before its answers come."""


class SentBefore(Conflict):
    """This file was sent on {day} already, as {name}; look at it there, or discard it first."""


class ColumnsUnsaid(Invalid):
    """Say which column holds our reference; it is what a row is found by."""


class ColumnNotThere(Invalid):
    """The file has no column headed {column}; choose one of those it has."""


class FileElsewhere(Conflict):
    """This file has gone on meanwhile; reload the page to see how far it has come."""


class NothingToApply(Conflict):
    """No row of this file changes anything: what it says is known, or is not to be used."""


@dataclass(frozen=True)
class Applied:
    """What applying a file came to; `changed` says that it was not applied, as its rows come to
    something else by now than what was looked at."""

    changed: bool
    orders: int = 0
    freed: Decimal = Decimal(0)


def upload(
    session: Session, cycle_id: int, provider: str, kept: Kept, name: str, *, actor: Actor
) -> Reconciliation:
    """Take in a provider's file about a cycle, and guess what its columns hold.

    The columns are those said of the last file of this provider, where this one has them too.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, ProviderUnnamed, NothingOrdered,
        SentBefore; the refusals of `tables.opened`.
    """
    actor.require(May.RECONCILE)
    cycle = locked_cycle(session, cycle_id, *ANSWERED, actor=actor)
    who = " ".join(provider.split())
    if not who:
        raise ProviderUnnamed
    if session.scalar(select(PaymentBatch.id).where(PaymentBatch.cycle_id == cycle.id)) is None:
        raise NothingOrdered
    with readable(kept.sha256) as path:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        _refuse_known(session, cycle, digest)
        with tables.opened(path, name, known=_is_known) as table:
            columns = table.columns
    known = _map_of(session, who)
    found = Reconciliation(
        cycle_id=cycle.id,
        provider=who,
        original_name=name,
        original_sha256=kept.sha256,
        digest=digest,
        columns=columns,
        mapping=_fitting(known, columns),
        words=known.words if known else {},
        counts={},
        made_by=actor.id,
    )
    session.add(found)
    session.flush()
    with audit.act(session, actor, "reconciliations.upload", found) as figures:
        figures.update(provider=who, file=name, sha256=digest)
    return found


def map_columns(
    session: Session, reconciliation_id: int, mapping: Mapping[str, str], *, actor: Actor
) -> Reconciliation:
    """Say which column of a file holds what; it has to be checked after that.

    Raises:
        Forbidden, NotFound, FileElsewhere, ColumnsUnsaid, ColumnNotThere, CycleBeyondReach
    """
    actor.require(May.RECONCILE)
    found, _cycle = _locked(session, reconciliation_id, actor)
    chosen = {field: column for field, column in mapping.items() if field in FIELDS and column}
    if REFERENCE not in chosen:
        raise ColumnsUnsaid
    for column in chosen.values():
        if column not in found.columns:
            raise ColumnNotThere(column=column)
    with audit.act(session, actor, "reconciliations.map", found) as figures:
        found.mapping, found.counts = chosen, {}
        found.state = ReconciliationState.UPLOADED
        figures.update(fields=len(chosen))
    return found


def check(
    session: Session,
    reconciliation_id: int,
    *,
    actor: Actor,
    report: Callable[[int, int], None],
) -> Reconciliation:
    """Read the rows of a file and say of each what it comes to; nothing else is changed.

    Raises:
        Forbidden, NotFound, FileElsewhere, CycleBeyondReach; the refusals of `tables.opened`.
    """
    actor.require(May.RECONCILE)
    found, cycle = _locked(session, reconciliation_id, actor)
    at = {"reconciliation_id": found.id}
    with audit.act(session, actor, "reconciliations.check", found) as figures:
        for statement in (STAGE, EMPTY):
            session.execute(statement)
        with (
            readable(found.original_sha256) as path,
            tables.opened(path, found.original_name, known=_is_known) as table,
        ):
            copy_into(session, "told_lines", COLUMNS, _cells(table, found.mapping, report))
        session.execute(FORGET, at)
        session.execute(KEEP, at | {"made_by": actor.id})
        found.rows_digest = session.scalars(SAME_ROWS, at).one()
        found.words = _words(session, found)
        found.state = ReconciliationState.CHECKED
        _judge(session, found, cycle)
        _remember(session, found)
        figures.update(rows=sum(found.counts.values()))
    return found


def teach(
    session: Session, reconciliation_id: int, words: Mapping[str, str], *, actor: Actor
) -> None:
    """Say what a provider means by its words; its rows are judged anew, and its next files too.

    Raises:
        Forbidden, NotFound, FileElsewhere, CycleBeyondReach
    """
    actor.require(May.RECONCILE)
    found, cycle = _locked(session, reconciliation_id, actor, ReconciliationState.CHECKED)
    taught = {plainly(word): Told(told).value for word, told in words.items() if told}
    with audit.act(session, actor, "reconciliations.teach", found) as figures:
        found.words = {**found.words, **taught}
        _judge(session, found, cycle)
        _remember(session, found)
        figures.update(words=len(taught))


def apply(session: Session, reconciliation_id: int, *, actor: Actor) -> Applied:
    """Let a provider's answers count, all or none: orders, entitlements and the fund in one act.

    Rows are judged anew first. If they come to something else than what was looked at, because
    another file was applied meanwhile, nothing is applied; that is the answer, so that it is kept.

    Raises:
        Forbidden, NotFound, FileElsewhere, CycleBeyondReach, NothingToApply
    """
    actor.require(May.RECONCILE)
    found, cycle = _locked(session, reconciliation_id, actor, ReconciliationState.CHECKED)
    seen = dict(found.counts)
    hold_orders(session, found)
    _judge(session, found, cycle)
    if found.counts != seen:
        return Applied(changed=True)
    if not any(found.counts.get(finding) for finding in APPLIED):
        raise NothingToApply
    with audit.act(session, actor, "reconciliations.apply", cycle) as figures:
        settled = settle(session, found, cycle)
        set_free(session, cycle, settled.freed, made_by=actor.id)
        found.state, found.applied_by = ReconciliationState.APPLIED, actor.id
        found.applied_at = datetime.now(UTC)
        said = found.counts.get
        figures.update(provider=found.provider, freed=settled.freed, paid=said(Finding.PAID, 0))
        figures.update(partly_paid=said(Finding.PARTLY_PAID, 0), failed=said(Finding.FAILED, 0))
        figures.update(reversed=said(Finding.REVERSED, 0), confirmed=said(Finding.CONFIRMED, 0))
    return Applied(changed=False, orders=settled.orders, freed=settled.freed)


def discard(session: Session, reconciliation_id: int, *, actor: Actor) -> None:
    """Set a file aside that was not applied; the same one can be sent again.

    Raises:
        Forbidden, NotFound, FileElsewhere, CycleBeyondReach
    """
    actor.require(May.RECONCILE)
    found, _cycle = _locked(session, reconciliation_id, actor)
    with audit.act(session, actor, "reconciliations.discard", found) as figures:
        found.state = ReconciliationState.DISCARDED
        session.execute(FORGET, {"reconciliation_id": found.id})
        figures.update(provider=found.provider)


def _locked(
    session: Session, reconciliation_id: int, actor: Actor, *states: ReconciliationState
) -> tuple[Reconciliation, Cycle]:
    """A file that is not applied and its cycle, locked: who is at the same cycle comes after."""
    found = session.get(Reconciliation, reconciliation_id)
    if found is None:
        raise NotFound(reconciliation=reconciliation_id)
    cycle = locked_cycle(session, found.cycle_id, *ANSWERED, actor=actor)
    session.refresh(found)
    if found.state not in (states or (ReconciliationState.UPLOADED, ReconciliationState.CHECKED)):
        raise FileElsewhere
    return found, cycle


def _judge(session: Session, found: Reconciliation, cycle: Cycle) -> None:
    """Say of each row what it comes to now, and count."""
    session.flush()
    row, judged = ReconciliationRow, judged_rows(found, cycle).cte("judged")
    session.execute(
        update(row)
        .where(row.reconciliation_id == found.id, row.row_number == judged.c.row_number)
        .values(payment_id=judged.c.payment_id, area_id=judged.c.area_id, finding=judged.c.finding)
        .execution_options(synchronize_session=False)
    )
    counted = (
        select(row.finding, func.count())
        .where(row.reconciliation_id == found.id)
        .group_by(row.finding)
    )
    found.counts = {Finding(finding).value: n for finding, n in session.execute(counted)}


def _words(session: Session, found: Reconciliation) -> dict[str, str]:
    """What each word of a file means, as far as it is known; what was taught stays known."""
    row = ReconciliationRow
    there = select(row.word).where(row.reconciliation_id == found.id).distinct()
    meant = {word: outcome_meant(word, found.words) for word in session.scalars(there)}
    return {**found.words, **{word: told.value for word, told in meant.items() if told}}


def _remember(session: Session, found: Reconciliation) -> None:
    """Keep how this provider writes its files."""
    said = {"mapping": found.mapping, "words": found.words}
    new = insert(ProviderMap).values(provider=found.provider.casefold(), **said)
    session.execute(new.on_conflict_do_update(index_elements=["provider"], set_=said))


def _map_of(session: Session, provider: str) -> ProviderMap | None:
    known = select(ProviderMap).where(ProviderMap.provider == provider.casefold())
    return session.scalars(known.execution_options(populate_existing=True)).one_or_none()


def _fitting(known: ProviderMap | None, columns: list[str]) -> dict[str, str]:
    """What the columns hold: as it was said of the provider, else by their headings."""
    if known is not None and set(known.mapping.values()) <= set(columns):
        return known.mapping
    return columns_meant(columns)


def _refuse_known(session: Session, cycle: Cycle, digest: str) -> None:
    before = session.scalar(
        select(Reconciliation).where(
            Reconciliation.cycle_id == cycle.id,
            Reconciliation.digest == digest,
            Reconciliation.state != ReconciliationState.DISCARDED,
        )
    )
    if before is not None:
        raise SentBefore(day=day_said(day_of(before.created_at)), name=before.original_name)


def _is_known(heading: str) -> bool:
    return any(plainly(heading) in map(plainly, names) for names in HEADINGS.values())


def _cells(
    table: Table, mapping: Mapping[str, str], report: Callable[[int, int], None]
) -> Iterator[tuple[Any, ...]]:
    for done, line in enumerate(lines_of(table, mapping)):
        if done % REPORT_EVERY == 0:
            report(done, 0)
        yield _cells_of(line)


def _cells_of(line: Line) -> tuple[Any, ...]:
    return tuple(getattr(line, "number" if name == "row_number" else name) for name in COLUMNS)
