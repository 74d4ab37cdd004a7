"""Identifiers whose day is over, and the rules of each kind."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from core.clock import today
from registry.models.identifier_types import IdentifierType
from registry.models.registrants import Identifier, IdentifierState


def over() -> ColumnElement[bool]:
    """Whether an identifier is called good though its last day is over."""
    return and_(Identifier.state == IdentifierState.VALID, Identifier.expires_on < today())


def anything_expired(session: Session) -> bool:
    """Whether any identifier is to expire."""
    return session.scalar(select(Identifier.id).where(over()).limit(1)) is not None


def rules(session: Session) -> dict[str, IdentifierType]:
    """The rules of identifiers, by the code of their kind."""
    return {rule.code: rule for rule in session.scalars(select(IdentifierType))}
