"""Memberships: pausing a household in a program, letting it leave, and taking it back."""

from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, NotFound
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
from programs.permissions import May
from programs.queries.cycles import reason_given
from programs.queries.programs import locked_program
from programs.queries.reach import within_programs
from programs.services.funds import set_free

UNSIGNED = (CycleState.DRAFT, CycleState.TO_APPROVE)
OVER = (CycleState.ENDED, CycleState.CANCELLED)
REASONS = {MembershipState.PAUSED: LeftOut.PAUSED, MembershipState.EXITED: LeftOut.EXITED}


class NotPaused(Conflict):
    """This household is neither paused nor has it left the program; there is nothing to undo."""


def pause_member(
    session: Session, program_id: int, registrant_id: int, reason: str, *, actor: Actor
) -> Decimal:
    """Pause a household: it is given nothing more until it is taken back. Answers what is freed.

    What it was due and has not received is cancelled, its card made void, and the money of it set
    free. A pay order that was already made stays with its provider.

    Raises:
        Forbidden, NotFound, ReasonMissing
    """
    actor.require(May.WRITE_PROGRAMS)
    return _stop(session, program_id, registrant_id, MembershipState.PAUSED, reason, actor)


def exit_member(
    session: Session, program_id: int, registrant_id: int, reason: str, *, actor: Actor
) -> Decimal:
    """Let a household leave a program, as `pause_member` pauses it. Answers what is freed.

    Raises:
        Forbidden, NotFound, ReasonMissing
    """
    actor.require(May.WRITE_PROGRAMS)
    return _stop(session, program_id, registrant_id, MembershipState.EXITED, reason, actor)


def take_back_member(
    session: Session, program_id: int, registrant_id: int, *, actor: Actor
) -> None:
    """Let the next cycle judge a household again that was paused or had left.

    Raises:
        Forbidden, NotFound, NotPaused
    """
    actor.require(May.WRITE_PROGRAMS)
    membership = _membership(session, program_id, registrant_id, actor)
    if membership.state not in REASONS:
        raise NotPaused
    with audit.act(session, actor, "memberships.take_back", membership):
        membership.state, membership.reason = MembershipState.DRAFT, None
        membership.changed_at = func.now()


def _stop(
    session: Session,
    program_id: int,
    registrant_id: int,
    state: MembershipState,
    reason: str,
    actor: Actor,
) -> Decimal:
    _hold(session, program_id, actor)
    membership = _membership(session, program_id, registrant_id, actor)
    why = reason_given(reason)
    with audit.act(session, actor, f"memberships.{state}", membership) as figures:
        membership.state, membership.reason, membership.changed_at = state, why, func.now()
        _leave_unsigned(session, membership)
        freed = _cancel(session, membership, actor)
        figures.update(reason=why, freed=freed)
    return freed


def _hold(session: Session, program_id: int, actor: Actor) -> None:
    """Lock a program and its cycles: who signs, pays or issues one at this moment comes first.

    Without it, what they bind or send meanwhile would not be seen, and be freed or left bound.
    """
    locked_program(session, program_id, actor=actor)
    cycles = select(Cycle.id).where(Cycle.program_id == program_id, Cycle.state.not_in(OVER))
    session.execute(cycles.order_by(Cycle.id).with_for_update())


def _membership(
    session: Session, program_id: int, registrant_id: int, actor: Actor
) -> ProgramMembership:
    asked = select(ProgramMembership).where(
        ProgramMembership.program_id == program_id,
        ProgramMembership.registrant_id == registrant_id,
        within_reach(actor, ProgramMembership.area_id),
        within_programs(actor, ProgramMembership.program_id),
    )
    membership = session.scalar(asked.with_for_update())
    if membership is None:
        raise NotFound(program=program_id, registrant=registrant_id)
    return membership


def _leave_unsigned(session: Session, membership: ProgramMembership) -> None:
    """Take the household out of cycles nobody has signed for; a request to sign them goes back."""
    members = (
        select(CycleMember)
        .join(Cycle, Cycle.id == CycleMember.cycle_id)
        .where(
            Cycle.program_id == membership.program_id,
            Cycle.state.in_(UNSIGNED),
            CycleMember.registrant_id == membership.registrant_id,
            CycleMember.state == MembershipState.ENROLLED,
        )
    )
    for member in session.scalars(members):
        member.state, member.reason = membership.state, REASONS[membership.state]


def _cancel(session: Session, membership: ProgramMembership, actor: Actor) -> Decimal:
    """Cancel what the household has not received; what an approval had bound of it is freed."""
    for voucher in session.scalars(_unused(membership)):
        voucher.state = VoucherState.VOID
    freed = Decimal(0)
    for entitlement, cycle in session.execute(_unreceived(membership)):
        if entitlement.state is not EntitlementState.DRAFT:
            held = entitlement.amount + entitlement.fee
            set_free(session, cycle, held, made_by=actor.id)
            freed += held
        entitlement.state = EntitlementState.CANCELLED
    return freed


def _unused(membership: ProgramMembership) -> Select[Voucher]:
    """The household's cards that nobody used, locked: who reads one just now comes after."""
    return (
        select(Voucher)
        .join(Entitlement, Entitlement.id == Voucher.entitlement_id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(*_of(membership), Voucher.state == VoucherState.ISSUED)
        .with_for_update(of=Voucher)
    )


def _unreceived(membership: ProgramMembership) -> Select[Entitlement, Cycle]:
    """What it was due and has no order and no live card for, with the cycle."""
    paid = select(Payment.id).where(Payment.entitlement_id == Entitlement.id).exists()
    waiting = (EntitlementState.DRAFT, EntitlementState.APPROVED, EntitlementState.SENT)
    return (
        select(Entitlement, Cycle)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(*_of(membership), Entitlement.state.in_(waiting), ~paid)
        .with_for_update(of=Entitlement)
    )


def _of(membership: ProgramMembership) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        Entitlement.registrant_id == membership.registrant_id,
        Cycle.program_id == membership.program_id,
    )
