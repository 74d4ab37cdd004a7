"""Locations find their area, and the releases they were not yet asked about.

Both are parts of the act that wrote the locations, so they take no actor: whoever moves a household
or imports a thousand calls them in the same transaction.
"""

from sqlalchemy import CTE, Select, func, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from core.db import changed
from geo.models.areas import Area, AreaPart
from geo.models.events import Event, EventState
from geo.models.exposure import ExposureDue
from geo.models.locations import Location
from geo.models.releases import Release, ReleaseState
from geo.queries.areas import in_force


def settle(session: Session, location_ids: Select[int]) -> int:
    """Give each of these places that has a point the leaf area it lies in; answers how many moved.

    On a shared border the lowest P-code takes it. Where no leaf covers the place (maps of two
    levels seldom fit to the metre) it is given the lowest area that does, outside every area none.
    Places without a point keep the area they were given.
    """
    session.flush()
    found = _areas_of(location_ids)
    moved = (
        update(Location)
        .where(Location.id == found.c.id, Location.area_id.is_distinct_from(found.c.area_id))
        .values(area_id=found.c.area_id)
    )
    return changed(session, moved)


def owe(session: Session, location_ids: Select[int]) -> int:
    """Note that the published releases of open events were not asked about these places.

    Until the job `sample_due` has worked it off, a place is not observed by them. Answers how many
    questions are new.
    """
    session.flush()
    due = (
        select(Release.id, Location.id)
        .join(Event, Event.id == Release.event_id)
        .join(Location, true())
        .where(Release.state == ReleaseState.PUBLISHED, Event.state != EventState.CLOSED)
        .where(Location.id.in_(location_ids))
    )
    new = upsert(ExposureDue).from_select(["release_id", "location_id"], due)
    return changed(session, new.on_conflict_do_nothing())


def resettle(session: Session) -> int:
    """Bring every location into the areas now in force; answers how many moved.

    Those with a point go by it, those without go to the area that now bears their P-code.
    """
    old, new = aliased(Area), aliased(Area)
    follow = (
        update(Location)
        .where(Location.lon.is_(None), Location.area_id == old.id, old.valid_to.is_not(None))
        .where(new.pcode == old.pcode, new.valid_to.is_(None))
        .values(area_id=new.id)
    )
    return changed(session, follow) + settle(session, select(Location.id))


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
