"""Locations find their area, and the releases they were not yet asked about.

Both are parts of the act that wrote the locations, so they take no actor: whoever moves a household
or imports a thousand calls them in the same transaction.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import CTE, ColumnElement, Select, func, null, select, text, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from core.bulk import copy_array, fetch_columns
from core.db import changed
from geo.models.areas import Area, AreaPart
from geo.models.exposure import ExposureDue
from geo.models.locations import Location
from geo.models.releases import Release
from geo.queries.areas import in_force
from geo.queries.clauses import ASKABLE
from geo.queries.exposure import came_after
from geo.vector.locate import being_indexed, indexed

FEW = 10_000  # places up to which one statement is quicker than making a lattice of the areas
PLACE = {"id": "i8", "lon": "f8!", "lat": "f8!", "was": "i8"}
NONE = 0  # no area

# Advisory locks: of whoever publishes, closes an event or opens it again, and of whoever replaces
# areas. Whoever writes places shares them, so that none is written unseen meanwhile.
PUBLISHING, REPLACING = 20_261_122, 20_261_123


def settle(session: Session, location_ids: Select[int]) -> int:
    """Give each of these places that has a point the leaf area it lies in; answers how many moved.

    On a shared border the lowest P-code takes it. Where no leaf covers the place (maps of two
    levels seldom fit to the metre) it is given the lowest area that does, outside every area none.
    Places without a point keep the area they were given, or go to the one that now bears its
    P-code. Waits while areas are being replaced.
    """
    session.flush()
    session.execute(select(func.pg_advisory_xact_lock_shared(REPLACING)))
    followed = _follow(session, location_ids)
    located = select(Location.id).where(Location.id.in_(location_ids), Location.lon.is_not(None))
    count = session.scalar(select(func.count()).select_from(located.subquery())) or 0
    if count > FEW:
        return followed + _settle_many(session, located, count)
    found = _areas_of(location_ids)
    moved = (
        update(Location)
        .where(Location.id == found.c.id, Location.area_id.is_distinct_from(found.c.area_id))
        .values(area_id=found.c.area_id)
    )
    return followed + changed(session, moved)


def owe(session: Session, location_ids: Select[int]) -> int:
    """Note that no release that can be asked was asked about these places, superseded or not.

    Until the job `sample_due` has worked it off, a place is not observed by them. Releases of an
    event that was closed before are owed no answer (`geo.queries.exposure.came_after`). Answers how
    many questions are new. Waits while a release is being published, which does not see these
    places, and while an event is being closed or opened again.
    """
    session.flush()
    session.execute(select(func.pg_advisory_xact_lock_shared(PUBLISHING)))
    due = (
        select(Release.id, Location.id)
        .join(Location, true())
        .where(Release.state.in_(ASKABLE), Location.id.in_(location_ids), ~came_after())
    )
    new = upsert(ExposureDue).from_select(["release_id", "location_id"], due)
    return changed(session, new.on_conflict_do_nothing())


def close_questions(session: Session, event_id: int) -> None:
    """Let the releases of an event owe no answer about places that are written from now on.

    Waits for whoever is writing places, so that those are asked about still.
    """
    session.execute(select(func.pg_advisory_xact_lock(PUBLISHING)))
    _asked_until(session, event_id, func.last_place())


def reopen_questions(session: Session, event_id: int) -> int:
    """Let the releases of an event owe their answers about all places that were written since it
    was closed; answers how many places those are. Waits for whoever is writing places."""
    session.execute(select(func.pg_advisory_xact_lock(PUBLISHING)))
    missed = session.scalar(select(func.owe_missed(event_id))) or 0
    _asked_until(session, event_id, null())
    return missed


def _asked_until(session: Session, event_id: int, last: ColumnElement[Any]) -> None:
    of_event = update(Release).where(Release.event_id == event_id)
    session.execute(of_event.values(last_asked=last))


def resettle(session: Session) -> int:
    """Bring every location into the areas now in force; answers how many moved.

    Waits for whoever is writing places, so that none stays in an area that is no more.
    """
    session.execute(select(func.pg_advisory_xact_lock(REPLACING)))
    return settle(session, select(Location.id))


def _follow(session: Session, location_ids: Select[int]) -> int:
    """Bring places without a point into the area that now bears the P-code of theirs."""
    old, new = aliased(Area), aliased(Area)
    follow = (
        update(Location)
        .where(Location.id.in_(location_ids), Location.lon.is_(None))
        .where(Location.area_id == old.id, old.valid_to.is_not(None))
        .where(new.pcode == old.pcode, new.valid_to.is_(None))
        .values(area_id=new.id)
    )
    return changed(session, follow)


def _settle_many(session: Session, located: Select[int], count: int) -> int:
    """Look places up in a lattice over the areas: a hundred times as fast as one by one."""
    places, found = looked_up(session, located, count, in_force())
    moved = found != places["was"]
    return _move(session, places["id"][moved], found[moved])


def looked_up(
    session: Session, located: Select[int], count: int, of: ColumnElement[bool]
) -> tuple[Mapping[str, NDArray[Any]], NDArray[np.int64]]:
    """About so many places that have a point (`id`, `lon`, `lat`, and `was`, the area they are
    given to), and the area of some map each of them lies in; `NONE` outside all of them."""
    keys, shapes = _areas(session, of & Area.is_leaf)
    with being_indexed(shapes, count) as index:
        places = fetch_columns(session, _as_they_are(located), PLACE)
    found = keys[index.result().covering(places["lon"], places["lat"])]
    left = np.flatnonzero(found == NONE)
    keys, shapes = _areas(session, of & ~Area.is_leaf)
    above = indexed(shapes, len(left)).covering(places["lon"][left], places["lat"][left])
    found[left] = keys[above]
    return places, found


def _as_they_are(located: Select[int]) -> Select[*tuple[Any, ...]]:
    """Places with their point and the area they are given to."""
    was = func.coalesce(Location.area_id, NONE).label("was")
    return select(Location.id, Location.lon, Location.lat, was).where(Location.id.in_(located))


def _areas(
    session: Session, among: ColumnElement[bool]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """The keys of some areas and `NONE` at their end, where NOWHERE points; and their shapes.

    The lowest come first, then by P-code.
    """
    areas = select(Area.id, func.ST_AsBinary(Area.shape)).where(among)
    rows = session.execute(areas.order_by(Area.level.desc(), Area.pcode)).all()
    shapes = np.array(shapely.from_wkb([bytes(row[1]) for row in rows]), dtype=object)
    return np.array([*(row[0] for row in rows), NONE]), shapes


def _move(session: Session, ids: NDArray[np.int64], area_ids: NDArray[np.int64]) -> int:
    """Write the areas of places."""
    rows = np.empty(len(ids), [("id", "i8"), ("area_id", "i8")])
    rows["id"], rows["area_id"] = ids, area_ids
    session.execute(text("create temp table settled (id bigint, area_id bigint) on commit drop"))
    copy_array(session, "settled", rows)
    session.execute(
        text(
            "update locations l set area_id = nullif(s.area_id, :none) from settled s"
            " where s.id = l.id"
        ),
        {"none": NONE},
    )
    session.execute(text("drop table settled"))
    return len(ids)


def _areas_of(location_ids: Select[int]) -> CTE:
    """Each place with a point, and the area that covers it; a border belongs to both sides."""
    covering = (
        select(Area.id)
        .join(AreaPart, AreaPart.area_id == Area.id)
        .where(in_force(), func.ST_Intersects(AreaPart.part, Location.point))
        .order_by(Area.level.desc(), Area.pcode)
        .limit(1)
        .correlate(Location)
    )
    leaf, any_area = covering.where(Area.is_leaf), covering
    lies_in = func.coalesce(leaf.scalar_subquery(), any_area.scalar_subquery())
    located = select(Location.id, lies_in.label("area_id")).where(
        Location.id.in_(location_ids), Location.lon.is_not(None)
    )
    return located.cte("found").prefix_with("materialized")
