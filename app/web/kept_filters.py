"""Kept filters where a page lets one choose a condition."""

from app.request import actor, db
from core.clock import today
from programs.queries.queryables import widest_terms
from registry.permissions import May
from registry.queries.filters import Offered, filters_offered


def kept_filters() -> list[Offered]:
    """The filters over households that the reader may look at, with why not for those they may not
    ask; none for who may not count."""
    if not actor().may(May.COUNT_REGISTRANTS):
        return []
    terms = widest_terms(db(), today(), actor=actor())
    return filters_offered(db(), terms, actor=actor())
