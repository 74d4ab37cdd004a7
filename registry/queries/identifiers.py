"""Identifiers whose day is over."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from core.clock import today
from registry.models.registrants import Identifier, IdentifierState


def over() -> ColumnElement[bool]:
    """Whether an identifier is called good though its last day is over."""
    return and_(Identifier.state == IdentifierState.VALID, Identifier.expires_on < today())


def anything_expired(session: Session) -> bool:
    """Whether any identifier is to expire."""
    return session.scalar(select(Identifier.id).where(over()).limit(1)) is not None
