"""What is past its last day expires by itself."""

from dataclasses import replace

from sqlalchemy.orm import Session

from core.actor import PLATFORM, Actor
from core.jobs import Progress, work
from programs.permissions import May
from programs.services.expiry import expire_over

EXPIRING = frozenset({May.PREPARE_CYCLES})
"""What the platform may do of its own accord here: nothing is given by it, money is only freed."""


@work
def expire_cycle(
    session: Session, *, actor: Actor, progress: Progress, cycle_id: int
) -> dict[str, int]:
    """Let expire what of a cycle is past its last day."""
    who = replace(actor, permissions=EXPIRING) if actor.id == PLATFORM.id else actor
    progress.report(0, 1)
    expired = expire_over(session, cycle_id, actor=who)
    return {"rows": expired.vouchers + expired.amounts}
