"""Voucher cards as sheets to print."""

from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, work
from programs.services.vouchers import print_sheets


@work
def print_cards(
    session: Session, *, actor: Actor, progress: Progress, cycle_id: int
) -> dict[str, Any]:
    """Print the voucher cards."""
    sheets = print_sheets(session, cycle_id, actor=actor, report=progress.report)
    return {"sha256": sheets.kept.sha256, "cards": sheets.cards}
