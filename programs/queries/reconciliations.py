"""Asking what providers answered: files, their rows, what waits, the money from each side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Select, cast, func, literal, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import NotFound
from core.paging import Page, page_of
from geo.models.areas import Area
from geo.queries.reach import within_reach
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from programs.models.payments import Payment, PaymentState
from programs.models.programs import Program
from programs.models.reconciliations import (
    Finding,
    Reconciliation,
    ReconciliationRow,
    ReconciliationState,
)
from programs.models.sums import answer_sums
from programs.models.verifications import Confirmation
from programs.permissions import May
from programs.queries.cycles import CycleBeyondReach, sees_part_only
from programs.queries.entitlements import Total, total_of
from programs.queries.reach import cycle_seen, within_programs
from programs.queries.verdicts import APPLIED, UNANSWERED
from programs.queries.verifications import confirmed_in

AGES = (2, 7, 14, 30)
"""Days up to which an unanswered order counts into one band; the last band has no end."""
WAITING_SHOWN = 50
ZERO = Decimal(0)
MOST_FILES = 100
WORDS_ASKED = 40


@dataclass(frozen=True)
class Age:
    """Orders sent `since` to `until` days ago that nobody answered; the last band has no end."""

    since: int
    until: int | None
    orders: int
    total: Decimal


@dataclass(frozen=True)
class Sum:
    """How many, and how much in all."""

    orders: int
    total: Decimal


@dataclass(frozen=True)
class Answered:
    """What was ordered of a cycle, what the provider says of it, and how long the rest waits."""

    entitled: Total
    instructed: Sum
    says: dict[PaymentState, Sum]
    paid: Decimal
    ages: list[Age]
    confirmed: dict[Confirmation, int]

    @property
    def waiting(self) -> Sum:
        """The orders that nobody answered yet."""
        return Sum(sum(age.orders for age in self.ages), sum((a.total for a in self.ages), ZERO))

    @property
    def oldest(self) -> int | None:
        """The least number of days of the oldest band that waits."""
        return max((age.since for age in self.ages if age.orders), default=None)


@dataclass(frozen=True)
class Room:
    """The reconciliation of one cycle: its money from four sides, its files, what waits longest."""

    cycle: Cycle
    program: Program
    answered: Answered
    files: Sequence[Reconciliation]
    waiting: Sequence[Any]


@dataclass(frozen=True)
class FilePage:
    """One file: its cycle and program, the words in it nobody explained, and one like it."""

    file: Reconciliation
    cycle: Cycle
    program: Program
    unclear: list[tuple[str, int]]
    same: Reconciliation | None


@dataclass(frozen=True)
class Open:
    """A cycle whose orders are answered in part, as a row of the page of all."""

    cycle: Cycle
    program: Program
    orders: int
    waiting: int
    total: Decimal
    oldest: date | None

    @property
    def days(self) -> int | None:
        """Since how many days the oldest order waits."""
        return (today() - self.oldest).days if self.oldest else None


def cycles_open(session: Session, *, actor: Actor) -> list[Open]:
    """The cycles in which something was ordered, those first that wait longest."""
    actor.require(May.READ_PROGRAMS)
    sums = answer_sums.c
    unanswered = sums.state.in_(UNANSWERED)
    oldest = func.min(sums.sent_on).filter(unanswered)
    counted = (
        select(
            Cycle,
            Program,
            func.sum(sums.orders),
            func.coalesce(func.sum(sums.orders).filter(unanswered), 0),
            func.coalesce(func.sum(sums.total).filter(unanswered), 0),
            oldest,
        )
        .join(Program, Program.id == Cycle.program_id)
        .join(answer_sums, sums.cycle_id == Cycle.id)
        .where(within_programs(actor, Program.id))
        .group_by(Cycle.id, Program.id)
        .order_by(oldest.nulls_last(), Cycle.id.desc())
        .limit(MOST_FILES)
    )
    return [Open(*row) for row in session.execute(counted)]


def room_of(session: Session, cycle_id: int, *, actor: Actor) -> Room:
    """The reconciliation of a cycle. Its sums are of the whole cycle and name nobody; of what waits
    longest the actor sees what is within reach.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    files = (
        select(Reconciliation)
        .where(
            Reconciliation.cycle_id == cycle.id,
            Reconciliation.state != ReconciliationState.DISCARDED,
        )
        .order_by(Reconciliation.id.desc())
    )
    return Room(
        cycle=cycle,
        program=session.get_one(Program, cycle.program_id),
        answered=answered_of(session, cycle),
        files=session.scalars(files.limit(MOST_FILES)).all(),
        waiting=session.execute(_waiting(cycle, actor)).all(),
    )


def answered_of(session: Session, cycle: Cycle) -> Answered:
    """What was ordered of a cycle and what became of it, in sums of the whole cycle."""
    sums = answer_sums.c
    rows = session.execute(select(answer_sums).where(sums.cycle_id == cycle.id)).all()
    says = {
        state: Sum(
            sum(row.orders for row in rows if row.state is state),
            sum((row.total for row in rows if row.state is state), ZERO),
        )
        for state in PaymentState
    }
    return Answered(
        entitled=total_of(session, cycle.id),
        instructed=Sum(sum(row.orders for row in rows), sum((row.total for row in rows), ZERO)),
        says={state: each for state, each in says.items() if each.orders},
        paid=sum((row.paid for row in rows), ZERO),
        ages=_ages([row for row in rows if row.state in UNANSWERED]),
        confirmed=confirmed_in(session, cycle.id),
    )


def file_page(session: Session, reconciliation_id: int, *, actor: Actor) -> FilePage:
    """One provider's file.

    Raises:
        Forbidden, NotFound; CycleBeyondReach: the actor does not see the whole of its cycle.
    """
    actor.require(May.RECONCILE)
    file = session.get(Reconciliation, reconciliation_id)
    if file is None:
        raise NotFound(reconciliation=reconciliation_id)
    cycle = cycle_seen(session, file.cycle_id, actor=actor)
    if sees_part_only(session, cycle.roster_id, actor=actor):
        raise CycleBeyondReach
    return FilePage(
        file=file,
        cycle=cycle,
        program=session.get_one(Program, cycle.program_id),
        unclear=_unclear(session, file),
        same=_same(session, file),
    )


def rows_of(
    session: Session, file: Reconciliation, *, actor: Actor, finding: Finding | None, after: int
) -> Page[Any]:
    """The rows of a file in their order, of one finding or of all, each with what we ordered."""
    actor.require(May.RECONCILE)
    listed = _rows(file, finding).add_columns(ReconciliationRow.row_number.label("key"))
    return page_of(session, listed, ReconciliationRow.row_number, after)


def all_rows(session: Session, file: Reconciliation, *, actor: Actor) -> list[list[str]]:
    """The rows of a file that were not used, for a file to be sent back to the provider."""
    actor.require(May.RECONCILE)
    row = ReconciliationRow
    listed = (
        _rows(file, None)
        .where(row.finding.not_in([*APPLIED, Finding.ALREADY]))
        .order_by(row.row_number)
    )
    return [
        [str(r.row_number), r.reference, r.said, _plain(r.amount), _plain(r.due), r.finding.value]
        for r in session.execute(listed)
    ]


def _rows(file: Reconciliation, finding: Finding | None) -> Select[*tuple[Any, ...]]:
    row = ReconciliationRow
    listed = (
        select(
            row.row_number,
            row.reference,
            row.said,
            row.amount,
            row.reason,
            row.their_number,
            row.finding,
            Payment.amount.label("due"),
            Payment.state,
        )
        .outerjoin(Payment, Payment.id == row.payment_id)
        .where(row.reconciliation_id == file.id)
    )
    return listed if finding is None else listed.where(row.finding == finding)


def _unclear(session: Session, file: Reconciliation) -> list[tuple[str, int]]:
    """The words of a file of which nobody has said what they mean, and in how many rows."""
    row = ReconciliationRow
    asked = (
        select(row.said, func.count())
        .where(row.reconciliation_id == file.id, row.finding == Finding.UNCLEAR)
        .group_by(row.said)
        .order_by(func.count().desc(), row.said)
    )
    return [(said, n) for said, n in session.execute(asked.limit(WORDS_ASKED))]


def _same(session: Session, file: Reconciliation) -> Reconciliation | None:
    """A file of the cycle that was applied and whose rows say the same, if there is one."""
    if file.rows_digest is None:
        return None
    alike = select(Reconciliation).where(
        Reconciliation.cycle_id == file.cycle_id,
        Reconciliation.rows_digest == file.rows_digest,
        Reconciliation.state == ReconciliationState.APPLIED,
        Reconciliation.id != file.id,
    )
    return session.scalars(alike.order_by(Reconciliation.id).limit(1)).one_or_none()


def _waiting(cycle: Cycle, actor: Actor) -> Select[*tuple[Any, ...]]:
    """The orders that wait longest, by what a provider calls them; they name nobody."""
    sent_on = cast(Payment.created_at, Date)
    return (
        select(
            Entitlement.ern,
            Payment.amount,
            Payment.state,
            Area.name.label("area"),
            (literal(today()) - sent_on).label("days"),
        )
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .outerjoin(Area, Area.id == Payment.area_id)
        .where(
            Entitlement.cycle_id == cycle.id,
            Payment.state.in_(UNANSWERED),
            within_reach(actor, Payment.area_id),
        )
        .order_by(sent_on, Entitlement.ern)
        .limit(WAITING_SHOWN)
    )


def _ages(rows: Sequence[Any]) -> list[Age]:
    """Unanswered orders by how long they wait, in bands of days."""
    now, sinces = today(), (0, *(until + 1 for until in AGES))
    bands = []
    for since, until in zip(sinces, (*AGES, None), strict=True):
        last = until if until is not None else (now - date.min).days
        within = [row for row in rows if since <= (now - row.sent_on).days <= last]
        total = sum((row.total for row in within), ZERO)
        bands.append(Age(since, until, sum(row.orders for row in within), total))
    return bands


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"
