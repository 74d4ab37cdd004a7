"""What waits for a person in the programs."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from programs.models.approvals import Approval, ApprovalState, Signature
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.reach import within_programs

MOST_SHOWN = 10


@dataclass(frozen=True)
class ToSign:
    """A cycle that waits for a signature."""

    approval_id: int
    program: str
    number: int
    households: int
    total: Decimal
    currency: str
    needed: int
    signed: int
    asked_at: datetime


def cycles_to_sign(session: Session, *, actor: Actor) -> list[ToSign]:
    """The cycles that wait for the actor's signature: not those they asked for or signed."""
    if not actor.may(May.APPROVE):
        return []
    of_this = select(Signature.id).where(Signature.approval_id == Approval.id).correlate(Approval)
    signed = select(func.count()).select_from(of_this.subquery()).scalar_subquery()
    waiting = (
        select(
            Approval.id,
            Program.name,
            Cycle.number,
            Approval.households,
            Approval.total,
            Program.currency,
            Approval.signers_needed,
            signed.label("signed"),
            Approval.created_at,
        )
        .join(Cycle, Cycle.id == Approval.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .where(
            Approval.state == ApprovalState.PENDING,
            Approval.asked_by != actor.id,
            within_programs(actor, Program.id),
            ~exists(of_this.where(Signature.signer_id == actor.id)),
        )
        .order_by(Approval.created_at)
        .limit(MOST_SHOWN)
    )
    return [ToSign(*row) for row in session.execute(waiting)]
