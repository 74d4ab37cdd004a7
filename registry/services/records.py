"""One record at a time: the registrant an act is about, locked for that act alone."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Conflict
from registry.models.registrants import Registrant, RegistrantState
from registry.permissions import May
from registry.queries.registrants import registrant_by_number


class RecordClosed(Conflict):
    """{number} stands no more on its own, as it was merged or erased; look at its state."""


class NotActive(Conflict):
    """{number} is not in the registry any more; take it back first."""


def record_of(session: Session, number: str, *, actor: Actor) -> Registrant:
    """The registrant of a number, locked; it may have left the registry, but must stand for itself.

    Raises:
        Forbidden, NumberMistyped, RegistrantUnknown, RecordClosed
    """
    actor.require(May.READ_REGISTRANTS)
    found = registrant_by_number(session, number, actor=actor)
    session.refresh(found, with_for_update=True)
    if found.state in (RegistrantState.MERGED, RegistrantState.ERASED):
        raise RecordClosed(number=found.number)
    return found
