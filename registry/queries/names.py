"""Names that were written without what they are searched by."""

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from registry.models.registrants import Registrant, RegistrantState


def unread() -> ColumnElement[bool]:
    """Whether the names of a registrant are still to be read."""
    return and_(Registrant.names.is_(None), Registrant.state != RegistrantState.ERASED.value)


def anything_unread(session: Session) -> bool:
    """Whether any are."""
    return bool(session.scalar(select(exists().where(unread()))))
