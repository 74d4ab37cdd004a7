"""What was asked for in a request that came back, and how what is asked for now differs from it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from core.paging import Page, page_of
from geo.models.areas import Area
from programs.models.approvals import Approval, ApprovalLine, ApprovalState
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.memberships import ProgramMembership
from programs.queries.eligibility import UNDONE
from programs.queries.reach import cycle_seen
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.reach import people_within_reach

SHOWN = 10
ASKED = (EntitlementState.PENDING_VALIDATION, EntitlementState.APPROVED)


@dataclass(frozen=True)
class Difference:
    """How many households entered, left, or are due something else than in the request before, as
    far as the actor sees; and the first of them."""

    before: Approval
    entered: int
    left: int
    changed: int
    first: Page[Any]

    @property
    def all(self) -> int:
        """How many of them there are."""
        return self.entered + self.left + self.changed


def difference_of(session: Session, approval: Approval, *, actor: Actor) -> Difference | None:
    """How a request that waits differs from the one before it that came back, for who may read
    lists; None where there is none, or nothing was kept of it.

    Raises:
        NotFound
    """
    cycle_seen(session, approval.cycle_id, actor=actor)
    before = _before(session, approval) if approval.state is ApprovalState.PENDING else None
    if before is None or not actor.may(May.READ_ROSTERS):
        return None
    found = _differs(approval, before)
    differs = found.c
    told = select(
        func.count().filter(differs.was.is_(None)),
        func.count().filter(differs.now.is_(None)),
        func.count().filter(differs.was.is_not(None), differs.now.is_not(None)),
    ).where(_within(actor, found))
    first = page_of(session, _rows(found, actor), Registrant.number, None, SHOWN)
    return Difference(before, *session.execute(told).one(), first)


def differences_page(
    session: Session, approval_id: int, *, actor: Actor, after: str | None = None
) -> tuple[Approval, Page[Any]]:
    """A request, and all households within reach in which it differs from the one before it, by
    number: `registrant_id, name, area, pcode, was, now, number`.

    Raises:
        Forbidden; NotFound: there is no such request, or none before it.
    """
    actor.require(May.READ_ROSTERS)
    approval = session.get(Approval, approval_id)
    if approval is None:
        raise NotFound(approval=approval_id)
    cycle_seen(session, approval.cycle_id, actor=actor)
    before = _before(session, approval)
    if before is None:
        raise NotFound(approval=approval_id)
    rows = _rows(_differs(approval, before), actor)
    return approval, page_of(session, rows, Registrant.number, after)


def _before(session: Session, approval: Approval) -> Approval | None:
    """The last request before this one of which it is known what it asked for."""
    kept = select(ApprovalLine.approval_id).where(ApprovalLine.approval_id == Approval.id).exists()
    earlier = select(Approval).where(
        Approval.cycle_id == approval.cycle_id, Approval.id < approval.id, kept
    )
    return session.scalars(earlier.order_by(Approval.id.desc()).limit(1)).first()


def _differs(approval: Approval, before: Approval) -> Subquery:
    """Households by key with what they were due, what they are due now, and their area."""
    e, line = Entitlement, ApprovalLine
    now = (
        select(e.registrant_id, func.sum(e.amount).label("amount"), func.max(e.area_id).label("at"))
        .where(e.cycle_id == approval.cycle_id, e.state.not_in(UNDONE))
        .group_by(e.registrant_id)
        .subquery("now")
    ).c
    was = (
        select(line.registrant_id, line.amount, line.area_id.label("at"))
        .where(line.approval_id == before.id)
        .subquery("was")
    ).c
    return (
        select(
            func.coalesce(now.registrant_id, was.registrant_id).label("registrant_id"),
            was.amount.label("was"),
            now.amount.label("now"),
            func.coalesce(now.at, was.at).label("area_id"),
        )
        .join_from(
            now.registrant_id.table,
            was.registrant_id.table,
            now.registrant_id == was.registrant_id,
            full=True,
        )
        .where(now.amount.is_distinct_from(was.amount))
        .subquery("differs")
    )


def _rows(found: Subquery, actor: Actor) -> Select[*tuple[Any, ...]]:
    differs = found.c
    return (
        select(
            *(differs.registrant_id, Registrant.name, Area.name.label("area"), Area.pcode),
            *(differs.was, differs.now, Registrant.number),
        )
        .join(Registrant, Registrant.id == differs.registrant_id)
        .outerjoin(Area, Area.id == differs.area_id)
        .where(_within(actor, found))
    )


def _within(actor: Actor, found: Subquery) -> ColumnElement[bool]:
    if actor.national and actor.people is None:
        return true()
    return people_within_reach(actor, found.c.registrant_id, found.c.area_id)


def asked_lines(approval: Approval, cycle: Cycle) -> Select[*tuple[Any, ...]]:
    """Who was asked for in a request of a cycle, as `approval_id, registrant_id, area_id, amount`:
    who is due something still, and of whom it was cancelled since, as they left meanwhile."""
    e, member = Entitlement, ProgramMembership
    left_since = and_(
        e.state == EntitlementState.CANCELLED, member.changed_at >= approval.created_at
    )
    in_program = and_(
        member.registrant_id == e.registrant_id, member.program_id == cycle.program_id
    )
    return (
        select(literal(approval.id), e.registrant_id, func.max(e.area_id), func.sum(e.amount))
        .outerjoin(member, in_program)
        .where(e.cycle_id == cycle.id, or_(e.state.in_(ASKED), left_since))
        .group_by(e.registrant_id)
    )
