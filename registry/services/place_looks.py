"""Looking over the places people stand at: all of them once a day, new ones as they come."""

import numpy as np
from sqlalchemy import Select, any_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from core.actor import PLATFORM
from core.bulk import array_of
from geo.models.locations import Location
from geo.models.place_checks import PlaceCheck, PlaceLook
from geo.services.place_checks import check_places
from registry.models.place_counts import PlaceCount, StalePlaces
from registry.models.registrants import Registrant
from registry.queries.place_health import counts_by_area
from registry.queries.place_looks import last_look
from registry.queries.places import stood_at

MANY = 10_000  # places that are not looked over in the act that brings them, but a minute later


def look_at_new(session: Session, places: Select[int]) -> int:
    """Look over places that an act brings, with all at the same spots; answers how many of them are
    doubted. Many at once are left to the look that follows."""
    count = session.scalar(select(func.count()).select_from(places.subquery())) or 0
    if not 0 < count <= MANY:
        return 0
    return check_places(session, places, stood_at())


def look_over(session: Session, *, whole: bool) -> int:
    """Look over all places, or those written since the last look; answers how many are doubted."""
    upto = session.scalar(select(func.max(Location.id))) or 0
    last = last_look(session)
    if whole:
        known = Location.id.in_(select(PlaceCheck.location_id))
        asked = select(Location.id).where(or_(Location.id.in_(stood_at()), known))
    else:
        asked = select(Location.id).where(Location.id > (last.upto if last else 0))
    doubted = check_places(session, asked, stood_at())
    count_places(session, whole=whole)
    session.add(PlaceLook(upto=upto, whole=whole))
    session.flush()
    return doubted


def count_places(session: Session, *, whole: bool) -> int:
    """Count anew how well places are known, in all areas or where something has changed; answers
    how many areas that are. Needs to see the whole country."""
    session.flush()
    gone = delete(StalePlaces).returning(StalePlaces.area_id)
    stale = {*session.scalars(gone)}
    if whole:
        stale |= {*session.scalars(select(PlaceCount.area_id))}
        stale |= {*session.scalars(select(func.coalesce(Registrant.area_id, 0)).distinct())}
    if not stale:
        return 0
    keys = array_of(np.array(sorted(stale), dtype=np.int64))
    session.execute(delete(PlaceCount).where(PlaceCount.area_id == any_(keys)))
    among = select(func.unnest(keys))
    counted = counts_by_area(PLATFORM, among)
    session.execute(insert(PlaceCount).from_select(["area_id", "n"], counted))
    return len(stale)
