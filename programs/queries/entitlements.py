"""What a cycle gives: in all, by how far it has come, and one by one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.paging import Page, page_of
from geo.models.areas import Area
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.payments import Payment
from programs.models.programs import Benefit
from programs.models.sums import cycle_sums, entitlement_sums
from programs.queries.reach import cycle_seen
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.reach import people_within_reach


@dataclass(frozen=True)
class Total:
    """How many households a cycle gives to, by how many entitlements, their sum, and what that
    costs with its fees."""

    households: int
    entitlements: int
    amount: Decimal
    cost: Decimal


def still_good(on: date) -> ColumnElement[bool]:
    """Whether an entitlement is given on a day: one that is over is not."""
    return or_(Entitlement.valid_until.is_(None), Entitlement.valid_until >= on)


def total_of(session: Session, cycle_id: int) -> Total:
    """What a cycle gives in all; a decision rests on it, so it is never filtered by reach."""
    sums = cycle_sums.c
    asked = select(sums.households, sums.entitlements, sums.total, sums.cost)
    found = session.execute(asked.where(sums.cycle_id == cycle_id)).one_or_none()
    return Total(*found) if found else Total(0, 0, Decimal(0), Decimal(0))


def rest_of(session: Session, cycle_id: int) -> Decimal:
    """What was not given of that which was given in part; nobody takes it once a cycle ends."""
    rest = func.coalesce(func.sum(Entitlement.amount - Entitlement.redeemed), 0)
    asked = select(rest).where(
        Entitlement.cycle_id == cycle_id, Entitlement.state == EntitlementState.PARTLY_REDEEMED
    )
    return Decimal(session.scalars(asked).one())


def states_of(session: Session, cycle: Cycle) -> dict[EntitlementState, tuple[int, Decimal]]:
    """How many amounts of a cycle stand in which state, and their sum: of the whole cycle."""
    sums = entitlement_sums.c
    counted = (
        select(sums.state, func.sum(sums.entitlements), func.sum(sums.total))
        .where(sums.cycle_id == cycle.id)
        .group_by(sums.state)
    )
    return {state: (int(number), total) for state, number, total in session.execute(counted)}


def amounts_page(
    session: Session,
    cycle_id: int,
    *,
    actor: Actor,
    state: EntitlementState | None = None,
    after: str | None = None,
) -> Page[Any]:
    """The amounts of a cycle within reach, by their number: `registrant_id, number, area, benefit,
    amount, fee, redeemed, state, rejected_for, valid_until, order, ern`; `order` is the state of
    the pay order.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_REGISTRANTS)
    cycle_seen(session, cycle_id, actor=actor)
    e = Entitlement
    listed = (
        select(
            *(e.registrant_id, Registrant.number, Area.pcode.label("area")),
            Benefit.name.label("benefit"),
            *(e.amount, e.fee, e.redeemed, e.state, e.rejected_for, e.valid_until),
            Payment.state.label("order"),
            e.ern,
        )
        .join(Registrant, Registrant.id == e.registrant_id)
        .join(Benefit, Benefit.id == e.benefit_id)
        .outerjoin(Payment, Payment.entitlement_id == e.id)
        .outerjoin(Area, Area.id == e.area_id)
        .where(e.cycle_id == cycle_id, people_within_reach(actor, e.registrant_id, e.area_id))
    )
    if state is not None:
        listed = listed.where(e.state == state)
    return page_of(session, listed, e.ern, after)
