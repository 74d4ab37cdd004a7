"""Keeping what a request asked for that goes back, so that the next one can be held against it."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from programs.models.approvals import Approval, ApprovalLine
from programs.models.cycles import Cycle
from programs.queries.asked_before import asked_lines

KEPT = ["approval_id", "registrant_id", "area_id", "amount"]


def keep_asked(session: Session, approval: Approval, cycle: Cycle) -> None:
    """Write down who was asked for in a request, and with how much, before that changes; one
    statement, however many."""
    lines = insert(ApprovalLine).from_select(KEPT, asked_lines(approval, cycle))
    session.execute(lines.on_conflict_do_nothing())
