"""What changed since households were counted by cell, counted where it stands now.

Triggers note the grid cell of each place something changed at. Of households without a point they
note the area: as a number below all cells, `IN_AREA` less the area's key (0 for no area).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import shapely
from sqlalchemy import ColumnElement, Select, any_, exists, func, or_, select
from sqlalchemy.orm import Session

from core.bulk import array_of, fetch_columns
from geo.area_tree import AreaTree
from geo.crs import Flags
from geo.models.locations import Location
from geo.queries.selections import answered
from registry.counting.packed import Whole
from registry.counting.sums import Tally
from registry.models.household_cells import StaleCell
from registry.models.registrants import Registrant
from registry.queries.tallies import Asking, counted, located_answers, pointless_answers

EVERYTHING, IN_AREA = -2, -3
REST = timedelta(seconds=5)
MOST = 3000  # notes; with more, the plain count is the quicker one


@dataclass(frozen=True)
class Stale:
    """Grid cells, and keys of areas whose households without a point changed (0 for no area)."""

    cells: Whole
    areas: Whole


def stale_of(notes: Whole) -> Stale | None:
    """What some notes speak of; None if that is too much to be counted on its own."""
    if len(notes) > MOST or EVERYTHING in notes:
        return None
    return Stale(notes[notes >= 0], IN_AREA - notes[notes <= IN_AREA])


def anything_stale(session: Session) -> bool:
    """Whether a change was noted long enough ago for those that belong to it to be noted too."""
    settled = func.now() - REST
    return bool(session.scalar(select(exists().where(StaleCell.created_at < settled))))


def located_now(session: Session, asking: Asking, cells: Whole) -> Tally:
    """The households asked that stand in some cells."""
    if not len(cells):
        return asking.nobody
    held = _held(session, asking.question.shape, cells)
    places = answered(asking.question, held).where(_in_cells(cells))
    asked = located_answers(places, asking.actor)
    return counted(session, asked, asking.bins, asking.level, asking.on)


def pointless_now(
    session: Session, asking: Asking, tree: AreaTree, asked: Flags, partly: Flags
) -> tuple[Tally, int]:
    """The households without a point in areas that are asked, and how many live in others."""
    if not (asked | partly).any():
        return asking.nobody, 0
    living = pointless_answers(asking.question, asking.actor)
    those = living.where(lives_in(tree, asked))
    found = counted(session, those, asking.bins, asking.level, asking.on)
    nearby = select(func.count()).select_from(living.where(lives_in(tree, partly)).subquery())
    return found, session.scalar(nearby) or 0


def _held(session: Session, shape: bytes | None, cells: Whole) -> ColumnElement[bool] | None:
    """Whether a drawing holds a place of some cells: each of them is looked at once, here."""
    if shape is None:
        return None
    here = select(Location.id, Location.lon, Location.lat).where(_in_cells(cells))
    query: Select[*tuple[Any, ...]] = here
    places = fetch_columns(session, query, {"id": "i8", "lon": "f8", "lat": "f8"})
    drawn = shapely.from_wkb(shape)
    shapely.prepare(drawn)
    inside = shapely.intersects_xy(drawn, places["lon"], places["lat"])
    return Location.id == any_(array_of(places["id"][inside]))


def _in_cells(cells: Whole) -> ColumnElement[bool]:
    return Location.cell == any_(array_of(cells))


def lives_in(tree: AreaTree, areas: Flags) -> ColumnElement[bool]:
    """Whether a registrant lives in one of these areas; the first one is no area at all."""
    ids = tree.ids[1:][areas[1:]]
    within: ColumnElement[bool] = Registrant.area_id == any_(array_of(ids))
    return or_(within, Registrant.area_id.is_(None)) if areas[0] else within
