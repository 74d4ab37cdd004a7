"""Drafting the cycle that is due, as work put off."""

from dataclasses import replace

from sqlalchemy.orm import Session

from core.actor import PLATFORM, Actor
from core.jobs import Progress, work
from programs.permissions import May
from programs.services.recurrences import start_due
from registry.permissions import May as Registry

DRAFTING = frozenset({May.PREPARE_CYCLES, Registry.FREEZE_ROSTERS})
"""What the platform may do of its own accord: nobody is enrolled by it, nothing is signed."""


@work
def draft_due_cycle(
    session: Session, *, actor: Actor, progress: Progress, program_id: int
) -> dict[str, int]:
    """Draft the cycle of a program that is due."""
    drafter = replace(actor, permissions=DRAFTING) if actor.id == PLATFORM.id else actor
    progress.report(0, 1)
    return {"cycle": start_due(session, program_id, actor=drafter).number}
