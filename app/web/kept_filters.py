"""Kept filters where a page lets one choose a condition."""

from app.request import actor, db
from core.clock import today
from programs.queries.queryables import widest_terms
from registry.models.filters import Subject
from registry.permissions import May
from registry.queries.filters import Offered, filters_offered


def kept_filters(subject: Subject = Subject.HOUSEHOLDS) -> list[Offered]:
    """The filters over households, or over people, that the reader may look at, with why not for
    those they may not ask; none for who may not count."""
    if not actor().may(May.COUNT_REGISTRANTS):
        return []
    terms = widest_terms(db(), today(), actor=actor(), subject=subject)
    return filters_offered(db(), terms, actor=actor(), subject=subject)
