"""Who asks for changes, who validates them, and a change at each step."""

from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from geo.permissions import May as Geo
from programs.services.changes import ask_change
from registry.models.changes import ChangeRequest
from registry.permissions import May
from registry.services.changes import Written, draft_change, validate_change
from tests.make.programs import make_actor

LOOK = (May.READ_REGISTRANTS, Geo.EXACT_LOCATIONS)
ROSA = make_actor(31, "Rosa Imber", *LOOK, May.ASK_CHANGES)  # asks
LUIS = make_actor(32, "Luis Oduya", *LOOK, May.VALIDATE_LOCALLY)  # validates near by
HANA = make_actor(33, "Hana Vest", *LOOK, May.VALIDATE_NATIONALLY, May.APPLY_CHANGES)
KOFI = make_actor(34, "Kofi Strand", *LOOK, May.APPLY_CHANGES)


def make_draft(session: Session, kind: str, number: str, **said: Any) -> ChangeRequest:
    """A change Rosa wrote down; `answers` are those of its form."""
    said.setdefault("why", "They said so at the office")
    actor: Actor = said.pop("actor", ROSA)
    return draft_change(session, kind, number, Written(**said), actor=actor)


def make_asked(session: Session, kind: str, number: str, **said: Any) -> ChangeRequest:
    """A change that waits to be validated near by."""
    draft = make_draft(session, kind, number, **said)
    return ask_change(session, draft.number, actor=said.get("actor", ROSA))


def make_approved_change(session: Session, kind: str, number: str, **said: Any) -> ChangeRequest:
    """A change both have validated."""
    asked = make_asked(session, kind, number, **said)
    validate_change(session, asked.number, actor=LUIS)
    return validate_change(session, asked.number, actor=HANA)
