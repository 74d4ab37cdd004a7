"""What waits for a person in the programs."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from programs.models.approvals import Approval, ApprovalState, ApprovalStep, Signature
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.approvals import PREPARING
from programs.queries.cycles import sees_part_only
from programs.queries.reach import within_programs
from registry.models.rosters import Roster

MOST_SHOWN = 10
MOST_LISTED = 200


@dataclass(frozen=True)
class ToSign:
    """A cycle that waits for a signature; `cost` is its total with fees."""

    approval_id: int
    program: str
    number: int
    name: str
    households: int
    total: Decimal
    cost: Decimal
    currency: str
    needed: int
    signed: int
    asked_at: datetime
    mine: bool


@dataclass(frozen=True)
class Inbox:
    """What waits for signatures: the actor's own to give, and what waits for others."""

    mine: list[ToSign]
    others: list[ToSign]


def cycles_to_sign(session: Session, *, actor: Actor) -> list[ToSign]:
    """The cycles that wait for the actor's own signature, the longest waiting first."""
    if not actor.may(May.APPROVE):
        return []
    return _waiting(session, actor, of_mine=True, most=MOST_SHOWN)


def inbox_of(session: Session, *, actor: Actor) -> Inbox:
    """All that waits for signatures in the programs an actor sees, the longest waiting first."""
    actor.require(May.READ_PROGRAMS)
    waiting = _waiting(session, actor, of_mine=False, most=MOST_LISTED)
    mine = [each for each in waiting if each.mine and actor.may(May.APPROVE)]
    return Inbox(mine, [each for each in waiting if each not in mine])


def _waiting(session: Session, actor: Actor, *, of_mine: bool, most: int) -> list[ToSign]:
    asked = _pending(actor)
    if of_mine:
        asked = asked.where(_may_sign(actor))
    rows = session.execute(asked.order_by(Approval.created_at, Approval.id).limit(most)).all()
    found = [_line(session, row._asdict(), actor) for row in rows]
    return [each for each in found if each.mine or not of_mine]


def _line(session: Session, told: dict[str, Any], actor: Actor) -> ToSign:
    """One that waits; who sees a part of it only cannot sign it."""
    in_part = sees_part_only(session, told.pop("roster_id"), actor=actor)
    return ToSign(**{**told, "mine": told["mine"] and not in_part})


def _pending(actor: Actor) -> Select[*tuple[Any, ...]]:
    signed = select(func.count()).where(Signature.approval_id == Approval.id).scalar_subquery()
    return (
        select(
            Approval.id.label("approval_id"),
            Program.name.label("program"),
            Cycle.number,
            Cycle.name,
            Approval.households,
            Approval.total,
            (Approval.total + Approval.fees).label("cost"),
            Program.currency,
            Approval.signers_needed.label("needed"),
            signed.label("signed"),
            Approval.created_at.label("asked_at"),
            _may_sign(actor).label("mine"),
            Cycle.roster_id,
        )
        .join(Cycle, Cycle.id == Approval.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .join(Roster, Roster.id == Cycle.roster_id)
        .where(Approval.state == ApprovalState.PENDING, within_programs(actor, Program.id))
    )


def _may_sign(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor had no hand in a request, has not signed it, and is of the tier it waits
    for."""
    acted = exists().where(
        AuditEntry.subject == Cycle.__tablename__,
        AuditEntry.subject_id == Cycle.id,
        AuditEntry.action.in_(PREPARING),
        AuditEntry.actor_id == actor.id,
    )
    signed = exists().where(Signature.approval_id == Approval.id, Signature.signer_id == actor.id)
    had_a_hand = or_(
        Cycle.made_by == actor.id, func.coalesce(Roster.frozen_by, 0) == actor.id, acted
    )
    return and_(~had_a_hand, ~signed, _of_tier(actor))


def _of_tier(actor: Actor) -> ColumnElement[bool]:
    """Whether the tier that is next is open to the actor's roles."""
    given = (
        select(func.count())
        .where(Signature.approval_id == Approval.id, Signature.place == ApprovalStep.place)
        .correlate(Approval, ApprovalStep)
        .scalar_subquery()
    )
    role = (
        select(func.coalesce(ApprovalStep.role, ""))
        .where(ApprovalStep.approval_id == Approval.id, given < ApprovalStep.signers)
        .order_by(ApprovalStep.place)
        .limit(1)
        .correlate(Approval)
        .scalar_subquery()
    )
    return role.in_(["", *sorted(actor.roles)])
