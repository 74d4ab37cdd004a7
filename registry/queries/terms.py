"""Asking which terms of filters are withheld from whom."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models.terms import TermsWithheld


def withheld_from(session: Session, roles: Collection[str]) -> frozenset[str]:
    """The terms that are withheld from all of these roles; of two roles, what both are withheld."""
    asked = select(TermsWithheld.names).where(TermsWithheld.role.in_(roles))
    held = [frozenset(names) for names in session.scalars(asked)] if roles else []
    return frozenset.intersection(*held) if held and len(held) == len({*roles}) else frozenset()
