"""What somebody sees who is asked to sign a cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import NotFound
from programs.models.approvals import Approval
from programs.models.cycles import Cycle
from programs.models.memberships import CycleMember, MembershipState
from programs.models.sums import entitlement_sums
from programs.permissions import May
from programs.queries.approvals import PREPARING, Step, steps_of_request
from programs.queries.asked_before import Difference, difference_of
from programs.queries.cycles import sees_part_only
from programs.queries.gifts import Gift, gifts_of
from programs.queries.standing import Standing, standing_of
from programs.queries.targets import whom_of
from registry.counting.people import FIGURES, People


@dataclass(frozen=True)
class RequestPage:
    """One request: the cycle as it stands, the people in it, who prepared it, earlier ones, and how
    it differs from the last of them."""

    approval: Approval
    at: Standing
    people: People | None
    most: Decimal
    gifts: dict[int, Gift]
    steps: list[Step]
    prepared: Sequence[AuditEntry]
    earlier: Sequence[Approval]
    difference: Difference | None


def request_page(session: Session, approval_id: int, *, actor: Actor) -> RequestPage:
    """One request to sign.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    approval = session.get(Approval, approval_id)
    if approval is None:
        raise NotFound(approval=approval_id)
    at = standing_of(session, approval.cycle_id, actor=actor)
    in_part = sees_part_only(session, at.cycle.roster_id, actor=actor)
    earlier = select(Approval).where(
        Approval.cycle_id == approval.cycle_id, Approval.id < approval.id
    )
    sums = entitlement_sums.c
    most = select(func.max(sums.most)).where(sums.cycle_id == at.cycle.id)
    return RequestPage(
        approval=approval,
        at=at,
        people=None if in_part else _people(session, at.cycle, approval.ages),
        most=session.scalar(most) or Decimal(0),
        gifts=gifts_of(session, at.cycle.program_id),
        steps=steps_of_request(session, approval.id),
        prepared=_prepared(session, at.cycle),
        earlier=session.scalars(earlier.order_by(Approval.id.desc())).all(),
        difference=difference_of(session, approval, actor=actor),
    )


def _people(session: Session, cycle: Cycle, ages: Sequence[int]) -> People:
    """The people of the enrolled by sex and age on the day the cycle starts."""
    enrolled = select(CycleMember.registrant_id).where(
        CycleMember.cycle_id == cycle.id, CycleMember.state == MembershipState.ENROLLED
    )
    whom = whom_of(session, cycle.program_id)
    people = whom.composition(cycle.starts_on, enrolled, ages)
    sums = [func.coalesce(func.sum(people.c[name]), 0) for name in FIGURES]
    return People(*(int(count) for count in session.execute(select(*sums)).one()))


def _prepared(session: Session, cycle: Cycle) -> Sequence[AuditEntry]:
    """The acts that prepared a cycle, in order."""
    acts = select(AuditEntry).where(
        AuditEntry.subject == Cycle.__tablename__,
        AuditEntry.subject_id == cycle.id,
        AuditEntry.action.in_(PREPARING),
    )
    return session.scalars(acts.order_by(AuditEntry.id)).all()
