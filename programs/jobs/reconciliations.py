"""Provider files, read and held against our orders as work put off."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, work
from programs.services.reconciliations import check


@work
def check_reconciliation(
    session: Session, *, actor: Actor, progress: Progress, reconciliation_id: int
) -> None:
    """Hold a provider's file against our orders.

    Nothing is changed by it.
    """
    check(session, reconciliation_id, actor=actor, report=progress.report)
