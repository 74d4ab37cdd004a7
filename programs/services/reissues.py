"""What came back: rejecting an entitlement, giving it up, and issuing it again."""

from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import day_said, today
from core.db import changed
from core.errors import Conflict, NotFound
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import (
    Entitlement,
    EntitlementState,
    Voucher,
    VoucherState,
)
from programs.models.memberships import CycleMember, MembershipState, ProgramMembership
from programs.models.payments import Payment, PaymentState
from programs.permissions import May
from programs.queries.cycles import locked_cycle
from programs.queries.following import CAME_BACK, came_back
from programs.services.funds import bind, set_free
from programs.statements.words import Rejection

RUNNING = (CycleState.APPROVED, CycleState.DISTRIBUTED)


class NotSent(Conflict):
    """Only what is on its way can come back; look at what became of {ern}."""


class OrderOut(Conflict):
    """The order of {ern} is with its provider, who has not said what became of it; reconcile it
    before."""


class NotCameBack(Conflict):
    """{ern} did not come back, or is given again already; look at the page of whom it is for."""


class PastItsDay(Conflict):
    """{ern} was good until {day}, so it is not given again; start a cycle that follows up."""


class NotInProgram(Conflict):
    """They are not in the program any more; take them back before they are given anything."""


def reject_entitlement(
    session: Session, ern: str, cause: Rejection, *, actor: Actor
) -> Entitlement:
    """Say that what was on its way came back, and why; its card is void, its money free again.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, NotSent, OrderOut
    """
    actor.require(May.MAKE_PAYMENTS)
    entitlement, cycle = _of_ern(session, ern, actor)
    if entitlement.state is not EntitlementState.SENT:
        raise NotSent(ern=ern)
    _stop_order(session, entitlement)
    with audit.act(session, actor, "entitlements.reject", cycle) as figures:
        _void_card(session, entitlement)
        entitlement.state, entitlement.rejected_for = EntitlementState.REJECTED, cause
        freed = entitlement.amount + entitlement.fee
        set_free(session, cycle, freed, made_by=actor.id)
        figures.update(ern=ern, cause=cause, freed=freed)
    return entitlement


def reissue_entitlement(session: Session, ern: str, *, actor: Actor) -> Entitlement:
    """Issue again what came back: the same amount as another entitlement, its money bound anew.

    What was signed was the right to this amount, so it is not signed again.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, NotCameBack, NotInProgram,
        PastItsDay, FundShort
    """
    actor.require(May.PREPARE_CYCLES)
    old, cycle = _of_ern(session, ern, actor)
    _may_reissue(session, old, cycle)
    with audit.act(session, actor, "entitlements.reissue", cycle) as figures:
        if old.state is EntitlementState.SENT:
            old.state, old.rejected_for = EntitlementState.REJECTED, Rejection.OTHER
            set_free(session, cycle, old.amount + old.fee, made_by=actor.id)
        bind(session, cycle, old.amount + old.fee, made_by=actor.id)
        new = Entitlement(
            cycle_id=cycle.id,
            registrant_id=old.registrant_id,
            benefit_id=old.benefit_id,
            area_id=old.area_id,
            amount=old.amount,
            fee=old.fee,
            valid_until=old.valid_until,
            state=EntitlementState.APPROVED,
            reissues_id=old.id,
        )
        session.flush()
        session.add(new)
        cycle.state = CycleState.APPROVED
        session.flush()
        figures.update(ern=ern, amount=new.amount)
    session.refresh(new)
    return new


def give_up(session: Session, cycle: Cycle, *, made_by: int) -> Decimal:
    """Reject what of a cycle is still said to be on its way though its order came back, and set its
    money free; answers how much."""
    gone = (
        update(Entitlement)
        .where(Entitlement.id.in_(came_back(cycle)), Entitlement.state == EntitlementState.SENT)
        .values(state=EntitlementState.REJECTED, rejected_for=Rejection.OTHER)
        .returning((Entitlement.amount + Entitlement.fee).label("cost"))
        .cte("gone")
    )
    freed: Decimal = session.scalars(select(func.coalesce(func.sum(gone.c.cost), 0))).one()
    set_free(session, cycle, freed, made_by=made_by)
    return freed


def _of_ern(session: Session, ern: str, actor: Actor) -> tuple[Entitlement, Cycle]:
    """An entitlement and its cycle, locked."""
    found = session.scalar(select(Entitlement).where(Entitlement.ern == ern.strip().upper()))
    if found is None:
        raise NotFound(ern=ern)
    cycle = locked_cycle(session, found.cycle_id, *RUNNING, actor=actor)
    session.refresh(found, with_for_update=True)
    return found, cycle


def _stop_order(session: Session, entitlement: Entitlement) -> None:
    """An order that only stands on a list that was taken along has failed by this; one a provider
    holds is theirs to answer for."""
    of = select(Payment).where(Payment.entitlement_id == entitlement.id)
    order = session.scalar(of.with_for_update())
    if order is None or order.state in CAME_BACK:
        return
    if order.state is not PaymentState.ISSUED:
        raise OrderOut(ern=entitlement.ern)
    order.state = PaymentState.FAILED


def _void_card(session: Session, entitlement: Entitlement) -> None:
    card = update(Voucher).where(
        Voucher.entitlement_id == entitlement.id, Voucher.state == VoucherState.ISSUED
    )
    changed(session, card.values(state=VoucherState.VOID))


def _may_reissue(session: Session, old: Entitlement, cycle: Cycle) -> None:
    if session.scalar(came_back(cycle).where(Entitlement.id == old.id)) is None:
        raise NotCameBack(ern=old.ern)
    if old.valid_until is not None and old.valid_until < today():
        raise PastItsDay(ern=old.ern, day=day_said(old.valid_until))
    stands = (
        select(ProgramMembership.id)
        .join(CycleMember, CycleMember.registrant_id == ProgramMembership.registrant_id)
        .where(
            CycleMember.cycle_id == cycle.id,
            CycleMember.registrant_id == old.registrant_id,
            ProgramMembership.program_id == cycle.program_id,
            ProgramMembership.state == MembershipState.ENROLLED,
        )
    )
    if session.scalar(stands) is None:
        raise NotInProgram
