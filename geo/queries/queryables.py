"""What a filter may ask of a place."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from core.cql import Condition, Kind, Lookup, Term, Terms
from core.words import _
from geo.models.areas import Area


def area_terms(area_id: ColumnElement[Any] | Any) -> Terms:
    """Terms on a row's area: every area above it counts as well, so a province finds its villages.

    `area_id` is the column of the row that holds the key of its leaf area.
    """
    inner, outer = aliased(Area), aliased(Area)

    def among(asked: Condition) -> Condition:
        below = inner.path.contains(array([outer.id]))
        found: Condition = area_id.in_(select(inner.id).join(outer, below).where(asked))
        return found

    def inside(pcodes: Sequence[str]) -> Condition:
        return among(outer.pcode.in_(pcodes))

    return {
        "pcode": Term(
            outer.pcode, Kind.TEXT, _("P-code of the area or of one above it"), among=among
        ),
        "area_name": Term(
            outer.name, Kind.TEXT, _("Name of the area or of one above it"), among=among
        ),
        "area_in": Lookup(inside, _("In one of these areas, by P-code")),
    }
