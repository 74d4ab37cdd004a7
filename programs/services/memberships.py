"""Memberships: pausing members of a program, letting them leave, setting them aside, and taking
them back; one of them, or all that are meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Update,
    any_,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_out
from core.errors import Conflict, Invalid, NotFound
from core.words import _
from geo.queries.reach import within_reach
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState, Voucher, VoucherState
from programs.models.memberships import (
    CycleMember,
    LeftOut,
    MembershipState,
    ProgramMembership,
)
from programs.models.payments import Payment
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.cycles import reason_given
from programs.queries.memberships import STEPS, Asked, members_exported, members_meant
from programs.queries.programs import locked_program
from programs.queries.reach import program_seen, within_programs
from programs.services.funds import set_free
from registry.permissions import May as Registry
from registry.queries.vocabularies import codes

UNSIGNED = (CycleState.DRAFT, CycleState.TO_APPROVE)
OVER = (CycleState.ENDED, CycleState.CANCELLED)
UNBOUND = (EntitlementState.DRAFT, EntitlementState.PENDING_VALIDATION)
WAITING = (*UNBOUND, EntitlementState.APPROVED, EntitlementState.SENT)
EXIT_REASONS = "exit_reason"  # the list of words
TWIN = "twin"  # the cause of who is found to be the same as another
REASONS = {
    MembershipState.PAUSED: LeftOut.PAUSED,
    MembershipState.EXITED: LeftOut.EXITED,
    MembershipState.NOT_ELIGIBLE: LeftOut.RULE,
    MembershipState.DUPLICATED: LeftOut.TWIN,
}
VERBS = {
    MembershipState.PAUSED: "paused",
    MembershipState.EXITED: "exited",
    MembershipState.NOT_ELIGIBLE: "set_aside",
    MembershipState.DUPLICATED: "duplicated",
    MembershipState.DRAFT: "take_back",
}


class MemberElsewhere(Conflict):
    """In this program it is {state}; that can only be done with who is {wanted}."""


class NobodyMeant(Conflict):
    """Nobody of those is {wanted}, so nothing was changed; look at who is listed."""


class CauseUnknown(Invalid):
    """{cause} is no reason of the list; choose one of it."""


@dataclass(frozen=True)
class Step:
    """What an act does to members: where it brings them, why, and by which word of a list."""

    to: MembershipState
    reason: str = ""
    cause: str | None = None


@dataclass(frozen=True)
class Moved:
    """How many members an act moved, and how much money that freed."""

    households: int
    freed: Decimal


def pause_member(
    session: Session, program_id: int, registrant_id: int, reason: str, *, actor: Actor
) -> Decimal:
    """Pause a household: it is given nothing more until it is taken back. Answers what is freed.

    What it was due and has not received is cancelled, its card made void, and the money of it set
    free. A pay order that was already made stays with its provider.

    Raises:
        Forbidden, NotFound, ReasonMissing, MemberElsewhere
    """
    actor.require(May.WRITE_PROGRAMS)
    step = Step(MembershipState.PAUSED, reason)
    return _move_one(session, program_id, registrant_id, step, actor)


def exit_member(
    session: Session,
    program_id: int,
    registrant_id: int,
    reason: str,
    *,
    actor: Actor,
    cause: str = "other",
) -> Decimal:
    """Let a household leave a program, as `pause_member` pauses it. Answers what is freed.

    `cause` is a word of the list `exit_reason`.

    Raises:
        Forbidden, NotFound, ReasonMissing, CauseUnknown, MemberElsewhere
    """
    actor.require(May.WRITE_PROGRAMS)
    step = Step(MembershipState.EXITED, reason, cause)
    return _move_one(session, program_id, registrant_id, step, actor)


def take_back_member(
    session: Session, program_id: int, registrant_id: int, *, actor: Actor
) -> None:
    """Let the next cycle judge a household again that was paused, had left or was found a twin.

    Raises:
        Forbidden, NotFound, MemberElsewhere
    """
    actor.require(May.WRITE_PROGRAMS)
    _move_one(session, program_id, registrant_id, Step(MembershipState.DRAFT), actor)


def move_members(
    session: Session, program_id: int, asked: Asked, step: Step, *, actor: Actor
) -> Moved:
    """Do with all members that are meant what the acts above do with one; those who stand where the
    act takes nobody from are passed over. As many statements for a thousand as for one.

    Raises:
        Forbidden, NotFound, ReasonMissing, CauseUnknown; NobodyMeant: the act takes none of them.
    """
    actor.require(May.WRITE_PROGRAMS)
    actor.require(Registry.READ_REGISTRANTS)
    program, said = _hold(session, program_id, actor), _said(session, step)
    where = members_meant(session, program, asked, actor=actor)
    with audit.act(session, actor, f"memberships.{VERBS[step.to]}_many", program) as figures:
        moved = _move(session, program, where, said, actor)
        if not moved.households:
            raise NobodyMeant(wanted=_wanted(step.to))
        figures.update(households=moved.households, freed=moved.freed)
        figures.update(reason=said.reason, cause=said.cause, check=asked.check)
    return moved


def export_members(
    session: Session, program_id: int, asked: Asked, stream: IO[bytes], *, actor: Actor
) -> int:
    """Write the members that are meant as CSV; answers the rows.

    Raises:
        Forbidden, NotFound, and what `members_meant` refuses.
    """
    actor.require(Registry.READ_REGISTRANTS)
    program = program_seen(session, program_id, actor=actor)
    lines = members_exported(session, program, asked, actor=actor)
    with audit.act(session, actor, "memberships.export", program) as figures:
        rows = copy_out(session, lines, stream)
        figures.update(rows=rows)
    return rows


def _move_one(
    session: Session, program_id: int, registrant_id: int, step: Step, actor: Actor
) -> Decimal:
    program = _hold(session, program_id, actor)
    membership = _membership(session, program_id, registrant_id, actor)
    said = _said(session, step)
    if membership.state not in STEPS[step.to]:
        raise MemberElsewhere(state=member_state_said(membership.state), wanted=_wanted(step.to))
    with audit.act(session, actor, f"memberships.{VERBS[step.to]}", membership) as figures:
        where = [ProgramMembership.id == membership.id]
        moved = _move(session, program, where, said, actor)
        if step.to in REASONS:
            figures.update(reason=said.reason, freed=moved.freed)
    session.expire(membership)
    return moved.freed


def _said(session: Session, step: Step) -> Step:
    """A step with its reason as it is kept; the cause of leaving is a word of the list."""
    if step.to not in REASONS:
        return Step(step.to)
    why = reason_given(step.reason)
    if step.to is MembershipState.DUPLICATED:
        return Step(step.to, why, TWIN)
    if step.to is not MembershipState.EXITED:
        return Step(step.to, why)
    if step.cause not in codes(session).get(EXIT_REASONS, frozenset()):
        raise CauseUnknown(cause=step.cause)
    return Step(step.to, why, step.cause)


def _hold(session: Session, program_id: int, actor: Actor) -> Program:
    """Lock a program and its cycles: who signs, pays or issues one at this moment comes first.

    Without it, what they bind or send meanwhile would not be seen, and be freed or left bound.
    """
    program = locked_program(session, program_id, actor=actor)
    cycles = select(Cycle.id).where(Cycle.program_id == program_id, Cycle.state.not_in(OVER))
    session.execute(cycles.order_by(Cycle.id).with_for_update())
    return program


def _membership(
    session: Session, program_id: int, registrant_id: int, actor: Actor
) -> ProgramMembership:
    asked = select(ProgramMembership).where(
        ProgramMembership.program_id == program_id,
        ProgramMembership.registrant_id == registrant_id,
        within_reach(actor, ProgramMembership.area_id),
        within_programs(actor, ProgramMembership.program_id),
    )
    options = {"populate_existing": True}
    membership = session.scalar(asked.with_for_update(), execution_options=options)
    if membership is None:
        raise NotFound(program=program_id, registrant=registrant_id)
    return membership


def _move(
    session: Session,
    program: Program,
    where: Sequence[ColumnElement[bool]],
    step: Step,
    actor: Actor,
) -> Moved:
    """Move members, take them out of what is not signed, and cancel what they have not received."""
    session.flush()
    found = (
        update(ProgramMembership)
        .where(*where, ProgramMembership.state.in_(STEPS[step.to]))
        .values(
            state=step.to,
            reason=step.reason or None,
            cause=step.cause,
            cycle_id=None,
            changed_at=func.now(),
        )
        .returning(ProgramMembership.registrant_id)
    )
    in_bulk = {"synchronize_session": False}
    ids = list(session.scalars(found, execution_options=in_bulk))
    freed = Decimal(0)
    if ids and step.to in REASONS:
        session.execute(_left(program, ids, step), execution_options=in_bulk)
        session.execute(_voided(program, ids), execution_options=in_bulk)
        for cycle, amount in session.execute(_cancelled(program, ids)).all():
            set_free(session, session.get_one(Cycle, cycle), amount, made_by=actor.id)
            freed += amount
    session.expire_all()
    return Moved(len(ids), freed)


def _left(program: Program, ids: Sequence[int], step: Step) -> Update:
    """Take them out of cycles nobody has signed for; a request to sign them goes back."""
    return (
        update(CycleMember)
        .where(
            CycleMember.cycle_id == Cycle.id,
            Cycle.program_id == program.id,
            Cycle.state.in_(UNSIGNED),
            _one_of(CycleMember.registrant_id, ids),
            CycleMember.state == MembershipState.ENROLLED,
        )
        .values(state=step.to, reason=REASONS[step.to])
    )


def _voided(program: Program, ids: Sequence[int]) -> Update:
    """Make their cards void that nobody used; who reads one just now comes first."""
    return (
        update(Voucher)
        .where(
            Voucher.entitlement_id == Entitlement.id,
            Entitlement.cycle_id == Cycle.id,
            Cycle.program_id == program.id,
            _one_of(Entitlement.registrant_id, ids),
            Voucher.state == VoucherState.ISSUED,
        )
        .values(state=VoucherState.VOID)
    )


def _cancelled(program: Program, ids: Sequence[int]) -> Select[int, Decimal]:
    """Cancel what they were due and have no order for; by cycle, what an approval had bound of
    it, fees among it."""
    paid = select(Payment.id).where(Payment.entitlement_id == Entitlement.id).exists()
    cost = Entitlement.amount + Entitlement.fee
    due = (
        select(Entitlement.id, Entitlement.cycle_id, cost.label("cost"), Entitlement.state)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(
            Cycle.program_id == program.id,
            _one_of(Entitlement.registrant_id, ids),
            Entitlement.state.in_(WAITING),
            ~paid,
        )
        .with_for_update(of=Entitlement)
        .cte("due")
    )
    gone = (
        update(Entitlement)
        .where(Entitlement.id == due.c.id)
        .values(state=EntitlementState.CANCELLED)
        .returning(due.c.cycle_id, due.c.cost, due.c.state.label("was"))
        .cte("gone")
    )
    bound = gone.c.was.not_in(UNBOUND)
    return (
        select(gone.c.cycle_id, func.sum(gone.c.cost))
        .where(bound)
        .group_by(gone.c.cycle_id)
        .order_by(gone.c.cycle_id)
    )


def _one_of(column: SQLColumnExpression[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether a key is among these, sent as one array however many they are."""
    return column == any_(literal(ids, ARRAY(BigInteger)))


def _wanted(to: MembershipState) -> str:
    """The states an act takes members from, in words."""
    kept = [member_state_said(state) for state in MembershipState if state in STEPS[to]]
    return _(" or ").join(kept)


def member_state_said(state: MembershipState) -> str:
    """What a member's state is called."""
    return {
        MembershipState.DRAFT: _("to be judged"),
        MembershipState.ENROLLED: _("enrolled"),
        MembershipState.PAUSED: _("paused"),
        MembershipState.EXITED: _("left"),
        MembershipState.NOT_ELIGIBLE: _("not eligible"),
        MembershipState.DUPLICATED: _("served elsewhere"),
        MembershipState.NON_COMPLIANT: _("conditions not met"),
    }[state]
