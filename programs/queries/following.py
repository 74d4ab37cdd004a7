"""Cycles that come of others: for whom they are, and what of it is still to be given."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.paging import Page, page_of
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.memberships import CycleMember, MembershipState, ProgramMembership
from programs.models.payments import Payment, PaymentState
from programs.models.programs import Benefit, Program
from programs.queries.reach import cycle_seen, sees
from programs.queries.targets import Whom
from registry.models.registrants import Registrant
from registry.models.rosters import RosterMember
from registry.permissions import May
from registry.queries.reach import people_within_reach

CAME_BACK = (PaymentState.FAILED, PaymentState.REVERSED)
STAYS = (MembershipState.ENROLLED, MembershipState.DRAFT)


@dataclass(frozen=True)
class Kin:
    """A cycle another one comes of, or that comes of it; `program` is none of another's."""

    cycle: Cycle
    program: Program | None


@dataclass(frozen=True)
class Family:
    """What a cycle follows or tops up, what follows it and tops it up, and how many in it got
    nothing and are in no follow-up."""

    follows: Kin | None
    tops_up: Kin | None
    followed_by: list[Kin]
    topped_up_by: list[Kin]
    came_back: int


def still_to_give(cycle: Cycle, registrant_id: Any, benefit_id: Any) -> ColumnElement[bool]:
    """Whether somebody is to be given a benefit in a cycle: in one that follows another, what came
    back there, and not what was received."""
    if cycle.follows_id is None:
        return true()
    before = aliased(Entitlement)
    return exists().where(
        before.cycle_id == cycle.follows_id,
        before.registrant_id == registrant_id,
        before.benefit_id == benefit_id,
        before.state == EntitlementState.REJECTED,
    )


def came_back(cycle: Cycle) -> Select[int]:
    """The keys of the entitlements of a cycle that came back and were not issued again: rejected,
    or with an order that failed or was reversed."""
    again = aliased(Entitlement)
    order = exists().where(Payment.entitlement_id == Entitlement.id, Payment.state.in_(CAME_BACK))
    sent = Entitlement.state == EntitlementState.SENT
    return select(Entitlement.id).where(
        Entitlement.cycle_id == cycle.id,
        or_(Entitlement.state == EntitlementState.REJECTED, sent & order),
        ~exists().where(again.reissues_id == Entitlement.id),
        *(Entitlement.registrant_id.not_in(ids) for ids in _in_follow_ups(cycle)),
    )


def who_got_nothing(cycle: Cycle) -> Select[int]:
    """The ids of those of a cycle of whom something came back."""
    return select(Entitlement.registrant_id).where(Entitlement.id.in_(came_back(cycle)))


def who_is_enrolled(cycle: Cycle) -> Select[int]:
    """The ids of those a cycle enrolled."""
    return select(CycleMember.registrant_id).where(
        CycleMember.cycle_id == cycle.id, CycleMember.state == MembershipState.ENROLLED
    )


def who_stays(cycle: Cycle, whom: Whom) -> Select[int]:
    """The ids of those of a cycle's list who are in its program still, or may be again."""
    return (
        select(whom.key)
        .select_from(whom.listed)
        .join(ProgramMembership, ProgramMembership.registrant_id == whom.key)
        .where(
            RosterMember.roster_id == cycle.roster_id,
            ProgramMembership.program_id == cycle.program_id,
            ProgramMembership.state.in_(STAYS),
        )
    )


def last_cycle(session: Session, program_id: int) -> Cycle | None:
    """The latest regular cycle of a program: none that was cancelled, follows or tops up."""
    regular = select(Cycle).where(
        Cycle.program_id == program_id,
        Cycle.state != CycleState.CANCELLED,
        Cycle.follows_id.is_(None),
        Cycle.tops_up_id.is_(None),
    )
    return session.scalars(regular.order_by(Cycle.number.desc()).limit(1)).first()


def family_of(session: Session, cycle: Cycle, *, actor: Actor) -> Family:
    """What a cycle comes of, and what comes of it."""
    got_nothing = select(func.count(Entitlement.registrant_id.distinct())).where(
        Entitlement.id.in_(came_back(cycle))
    )
    return Family(
        follows=_kin(session, cycle.follows_id, actor),
        tops_up=_kin(session, cycle.tops_up_id, actor),
        followed_by=_children(session, Cycle.follows_id == cycle.id, actor),
        topped_up_by=_children(session, Cycle.tops_up_id == cycle.id, actor),
        came_back=session.scalars(got_nothing).one(),
    )


def _children(session: Session, which: ColumnElement[bool], actor: Actor) -> list[Kin]:
    keys = session.scalars(select(Cycle.id).where(which).order_by(Cycle.id)).all()
    return [kin for key in keys if (kin := _kin(session, key, actor))]


def _kin(session: Session, cycle_id: int | None, actor: Actor) -> Kin | None:
    if cycle_id is None:
        return None
    cycle = session.get_one(Cycle, cycle_id)
    seen = sees(actor, cycle.program_id)
    return Kin(cycle, session.get_one(Program, cycle.program_id) if seen else None)


def _in_follow_ups(cycle: Cycle) -> list[Select[int]]:
    """The ids of those for whom a cycle follows already, be anybody enrolled in it or not: the
    households on its list, the people who were written into it."""
    after = aliased(Cycle)
    follows = (after.follows_id == cycle.id, after.state != CycleState.CANCELLED)
    return [
        select(RosterMember.registrant_id)
        .join(after, after.roster_id == RosterMember.roster_id)
        .where(*follows),
        select(CycleMember.registrant_id)
        .join(after, after.id == CycleMember.cycle_id)
        .where(*follows),
    ]


def returned_page(
    session: Session, cycle_id: int, *, actor: Actor, after: str | None = None
) -> Page[Any]:
    """What of a cycle came back, by its number: `registrant_id, name, number, benefit, amount,
    rejected_for, waits, again, ern`; `again` is the number it was issued again under.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_REGISTRANTS)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    again, e = aliased(Entitlement), Entitlement
    waits = e.id.in_(came_back(cycle))
    listed = (
        select(
            e.registrant_id,
            Registrant.name,
            Registrant.number,
            Benefit.name.label("benefit"),
            e.amount,
            e.rejected_for,
            waits.label("waits"),
            again.ern.label("again"),
            e.ern,
        )
        .join(Registrant, Registrant.id == e.registrant_id)
        .join(Benefit, Benefit.id == e.benefit_id)
        .outerjoin(again, again.reissues_id == e.id)
        .where(e.cycle_id == cycle.id, or_(e.state == EntitlementState.REJECTED, waits))
        .where(people_within_reach(actor, e.registrant_id, e.area_id))
    )
    return page_of(session, listed, e.ern, after)
