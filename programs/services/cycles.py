"""Cycles: starting one from a frozen list, enrolling its households, and closing it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    Select,
    String,
    Subquery,
    case,
    cast,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from programs.models.approvals import Approval, ApprovalState
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState, Voucher
from programs.models.memberships import CycleMember, MembershipState, ProgramMembership
from programs.models.programs import Program, ProgramState
from programs.models.targeting import TargetingRun
from programs.permissions import May
from programs.queries.closing import open_ends
from programs.queries.conditions import held_to
from programs.queries.cycles import (
    CycleBeyondReach,
    locked_cycle,
    reason_given,
    sees_part_only,
)
from programs.queries.double_cover import drafted_elsewhere
from programs.queries.eligibility import judged, round_of
from programs.queries.entitlements import rest_of
from programs.queries.programs import locked_program
from programs.services.asked_before import keep_asked
from programs.services.entitlements import Prepared, move_entitlements, prepare_entitlements
from programs.services.expiry import cards_expired
from programs.services.funds import set_free
from programs.services.reissues import give_up
from programs.services.targeting_runs import begin_run, changes_written
from registry.models.rosters import Roster, RosterState

KEPT = (MembershipState.PAUSED, MembershipState.EXITED)
RUNNING = (CycleState.APPROVED, CycleState.DISTRIBUTED)
SIGNABLE = {
    CycleState.TO_APPROVE: (ApprovalState.PENDING, EntitlementState.PENDING_VALIDATION),
    CycleState.APPROVED: (ApprovalState.APPROVED, EntitlementState.APPROVED),
}
"""What becomes a draft again: its request, and what is due in it."""


class ProgramNotActive(Conflict):
    """The program is not open; open it before a cycle starts in it."""


class RosterNotFrozen(Conflict):
    """This list is still a draft; keep it, so that it cannot change, and start from it then."""


class CycleUnnamed(Invalid):
    """A cycle needs a name; give it one, such as its month."""


class AlreadyOut(Conflict):
    """Some of this cycle is already on its way; end it instead, and start another."""


class NotReconciled(Conflict):
    """This cycle is not done yet: {found}. See to them, or let what nobody used expire."""


class NoOverlap(Conflict):
    """No draft of another program of this purpose has anybody of this cycle; go on without."""


@dataclass(frozen=True)
class Start:
    """What is said of a cycle when it starts; `starts_on` is the day ages are counted on.

    The others say what it comes from: see `programs.models.cycles`.
    """

    roster_id: int
    name: str
    starts_on: date
    with_probable: bool = False
    rechecks: bool = True
    follows_id: int | None = None
    tops_up_id: int | None = None
    takes_over: bool = False
    due_on: date | None = None


@dataclass(frozen=True)
class Enrolled:
    """How many households a cycle asked about, and how many of them it enrolled."""

    asked: int
    households: int


@dataclass(frozen=True)
class Begun:
    """A cycle that was started with its amounts: whom it enrolled, and what they are due."""

    cycle_id: int
    enrolled: Enrolled
    prepared: Prepared


def start_cycle(session: Session, program_id: int, start: Start, *, actor: Actor) -> Cycle:
    """Start a cycle of a program from a frozen roster; nobody is enrolled yet.

    Raises:
        Forbidden, NotFound, ProgramNotActive, RosterNotFrozen, CycleUnnamed, CycleBeyondReach
    """
    actor.require(May.PREPARE_CYCLES)
    program = locked_program(session, program_id, actor=actor)
    roster = session.get(Roster, start.roster_id)
    if roster is None:
        raise NotFound(roster=start.roster_id)
    _may_start(program, roster, start)
    if sees_part_only(session, roster.id, actor=actor):
        raise CycleBeyondReach
    last = select(func.coalesce(func.max(Cycle.number), 0)).where(Cycle.program_id == program.id)
    number = session.scalars(last).one() + 1
    cycle = Cycle(program_id=program.id, number=number, made_by=actor.id, **vars(start))
    with audit.act(session, actor, "cycles.start", cycle) as figures:
        session.add(cycle)
        figures.update(program=program.number, number=number, list=roster.name)
    return cycle


def start_with_amounts(session: Session, program_id: int, start: Start, *, actor: Actor) -> Begun:
    """Start a cycle, enrol its list and prepare the amounts: all that comes before the signatures.

    Each is the act it is on its own; where one is refused nothing of the others is left.

    Raises:
        What `start_cycle`, `enrol` and `prepare_entitlements` refuse.
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = start_cycle(session, program_id, start, actor=actor)
    enrolled = enrol(session, cycle.id, actor=actor)
    return Begun(cycle.id, enrolled, prepare_entitlements(session, cycle.id, actor=actor))


def enrol(session: Session, cycle_id: int, *, actor: Actor) -> Enrolled:
    """Judge every household of the cycle's list: enrolled, or left out with the reason.

    One statement judges, writes and counts, however many households there are. Running it again
    judges anew, by the rule and the registry of now; amounts prepared before are dropped, as they
    may no longer fit. Who is paused in the program, or left it, stays so.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach; Invalid: the rule cannot be read.
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, CycleState.DRAFT, actor=actor)
    asked = round_of(session, cycle)
    with audit.act(session, actor, "cycles.enrol", cycle) as figures:
        session.execute(delete(Entitlement).where(Entitlement.cycle_id == cycle.id))
        run = begin_run(session, cycle, asked, actor=actor)
        judgement = judged(session, asked, actor=actor)
        verdicts = held_to(session, judgement, cycle.program_id, cycle.starts_on, actor=actor)
        enrolled = _enrolled(session, cycle, verdicts, run)
        cycle.rule, cycle.enrolled_at = _rule_of(session, cycle), func.now()
        cycle.prepared_at = cycle.prepared_by = cycle.overlap_reason = None
        figures.update(asked=enrolled.asked, households=enrolled.households, rule=asked.rule)
    return enrolled


def cancel_cycle(session: Session, cycle_id: int, reason: str, *, actor: Actor) -> None:
    """Give up a draft cycle; nothing of it will be given.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, ReasonMissing
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, CycleState.DRAFT, actor=actor)
    with audit.act(session, actor, "cycles.cancel", cycle) as figures:
        figures.update(reason=reason_given(reason))
        session.execute(delete(Entitlement).where(Entitlement.cycle_id == cycle.id))
        cycle.state = CycleState.CANCELLED


def reopen_cycle(session: Session, cycle_id: int, reason: str, *, actor: Actor) -> None:
    """Make a cycle a draft again that waits for signatures, or was approved and nothing of it is
    out; what was asked for or signed is returned, and money that was bound is set free.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, ReasonMissing, AlreadyOut
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, *SIGNABLE, actor=actor)
    if session.scalar(_out_of(cycle).limit(1)) is not None:
        raise AlreadyOut
    request, due = SIGNABLE[cycle.state]
    with audit.act(session, actor, "cycles.reopen", cycle) as figures:
        _take_back(session, cycle, request, reason_given(reason))
        moved = move_entitlements(session, cycle, due, EntitlementState.DRAFT)
        freed = moved if cycle.state is CycleState.APPROVED else Decimal(0)
        set_free(session, cycle, freed, made_by=actor.id)
        cycle.state = CycleState.DRAFT
        figures.update(reason=reason.strip(), freed=freed)


def close_cycle(session: Session, cycle_id: int, *, actor: Actor) -> None:
    """Close a cycle of which nothing is open any more; the money of what came back, and the rest of
    what was paid in part, is free again.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach
        NotReconciled: orders, cards or amounts of it have not come to their end.
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, *RUNNING, actor=actor)
    if found := open_ends(session, cycle).said():
        raise NotReconciled(found=found)
    with audit.act(session, actor, "cycles.close", cycle) as figures:
        rest = rest_of(session, cycle.id)
        set_free(session, cycle, rest, made_by=actor.id)
        figures.update(freed=rest + give_up(session, cycle, made_by=actor.id))
        cycle.state = CycleState.ENDED


def end_cycle(session: Session, cycle_id: int, *, actor: Actor) -> Decimal:
    """End a cycle: vouchers nobody used expire, and their money is set free. Answers how much.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach
        NotReconciled: orders of it have not come to their end; those do not expire.
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, *RUNNING, actor=actor)
    if found := replace(open_ends(session, cycle), vouchers=0, amounts=0).said():
        raise NotReconciled(found=found)
    with audit.act(session, actor, "cycles.end", cycle) as figures:
        _cards, expired = session.execute(cards_expired(cycle, None)).one()
        left = move_entitlements(
            session, cycle, EntitlementState.APPROVED, EntitlementState.EXPIRED
        )
        left += rest_of(session, cycle.id)
        set_free(session, cycle, expired + left, made_by=actor.id)
        freed = expired + left + give_up(session, cycle, made_by=actor.id)
        cycle.state = CycleState.ENDED
        figures.update(freed=freed)
    return freed


def accept_overlap(session: Session, cycle_id: int, reason: str, *, actor: Actor) -> None:
    """Say why a draft may have households that a draft of another program of its purpose has, too.

    It holds until its households are enrolled again.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, ReasonMissing
        NoOverlap: there are no such households.
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, CycleState.DRAFT, actor=actor)
    drafts = drafted_elsewhere(session, cycle)
    if not drafts:
        raise NoOverlap
    with audit.act(session, actor, "cycles.accept_overlap", cycle) as figures:
        cycle.overlap_reason = reason_given(reason)
        figures.update(reason=cycle.overlap_reason, households=sum(drafts.values()))


def _may_start(program: Program, roster: Roster, start: Start) -> None:
    if program.state is not ProgramState.ACTIVE:
        raise ProgramNotActive
    if roster.state is not RosterState.FROZEN:
        raise RosterNotFrozen
    if not start.name.strip():
        raise CycleUnnamed


def _rule_of(session: Session, cycle: Cycle) -> str:
    return session.get_one(Program, cycle.program_id).eligibility


def _enrolled(session: Session, cycle: Cycle, verdicts: Subquery, run: TargetingRun) -> Enrolled:
    """Write the members, their standing in the program and whom the run changed, and count."""
    members = _members(cycle, verdicts)
    changes = changes_written(run, cycle, members)
    changed = select(func.count().filter(changes.c.is_another)).scalar_subquery()
    tally = (
        select(members.c.reason, func.count(), changed)
        .group_by(members.c.reason)
        .add_cte(_standings(cycle, members))
    )
    rows = session.execute(tally).all()
    counts = {reason or MembershipState.ENROLLED: count for reason, count, _changed in rows}
    run.counts, run.changed = counts, rows[0][2] if rows else 0
    return Enrolled(sum(counts.values()), counts.get(MembershipState.ENROLLED, 0))


def _members(cycle: Cycle, verdicts: Subquery) -> CTE:
    kept = ["registrant_id", "area_id", "people", "state", "reason", "by_program_id", "rank"]
    verdict = select(literal(cycle.id), *(verdicts.c[name] for name in kept))
    new = insert(CycleMember).from_select(["cycle_id", *kept], verdict)
    judged_anew = {name: new.excluded[name] for name in kept[1:]}
    written = new.on_conflict_do_update(
        index_elements=["cycle_id", "registrant_id"], set_=judged_anew
    )
    return written.returning(*(getattr(CycleMember, name) for name in kept)).cte("members")


def _standings(cycle: Cycle, members: CTE) -> CTE:
    """Where those who were judged stand in the program: who only does not comply stays in it."""
    told = ["registrant_id", "area_id", "state", "reason", "cycle_id"]
    complies = members.c.state != MembershipState.NON_COMPLIANT
    state = case((complies, members.c.state), else_=MembershipState.ENROLLED)
    reason = case((complies, cast(members.c.reason, String)))
    stands = (members.c.registrant_id, members.c.area_id, state, reason, literal(cycle.id))
    standing = select(literal(cycle.program_id), *stands)
    new = insert(ProgramMembership).from_select(
        ["program_id", *told], standing.where(members.c.state.not_in(KEPT))
    )
    changed: dict[str, Any] = {name: new.excluded[name] for name in told[1:]}
    changed |= {"changed_at": func.now(), "cause": None}
    return new.on_conflict_do_update(
        index_elements=["program_id", "registrant_id"],
        set_=changed,
        where=ProgramMembership.state.not_in(KEPT)
        & (ProgramMembership.state != new.excluded.state),
    ).cte("standings")


def _out_of(cycle: Cycle) -> Select[int]:
    """The entitlements of a cycle that are on their way, in a hand, or had a card made for them.

    A card that was made void may still be read, and has to say what it was.
    """
    out = (EntitlementState.SENT, EntitlementState.REDEEMED, EntitlementState.PARTLY_REDEEMED)
    had_a_card = select(Voucher.id).where(Voucher.entitlement_id == Entitlement.id).exists()
    return select(Entitlement.id).where(
        Entitlement.cycle_id == cycle.id, Entitlement.state.in_(out) | had_a_card
    )


def _take_back(session: Session, cycle: Cycle, request: ApprovalState, reason: str) -> None:
    """Return what was asked for or signed; what it asked for is kept, for the next request."""
    asked = select(Approval).where(Approval.cycle_id == cycle.id, Approval.state == request)
    for approval in session.scalars(asked.with_for_update()):  # one, or none
        keep_asked(session, approval, cycle)
        approval.state, approval.comment = ApprovalState.RETURNED, reason
        approval.decided_at = approval.decided_at or datetime.now(UTC)
    session.flush()
