"""When places were last looked over, and whether it is time to do it again."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from geo.models.area_changes import AreaChange
from geo.models.locations import Location
from geo.models.place_checks import PlaceLook
from registry.models.place_counts import StalePlaces

REST, DAY = timedelta(minutes=1), timedelta(days=1)


def last_look(session: Session, *, whole: bool = False) -> PlaceLook | None:
    """The last look over places; with `whole`, the last over all of them."""
    looks = select(PlaceLook).order_by(PlaceLook.id.desc()).limit(1)
    return session.scalar(looks.where(PlaceLook.whole) if whole else looks)


def look_due(session: Session) -> bool | None:
    """Whether all places are to be looked over (True), or new ones alone (False); None: none."""
    newest = session.scalar(select(func.max(Location.id)))
    if newest is None:
        return None
    today, last = datetime.now(UTC), last_look(session)
    thorough = last_look(session, whole=True)
    anew = session.scalar(select(func.max(AreaChange.enforced_at)))
    since = max(today - DAY, anew or today - DAY)
    if thorough is None or thorough.created_at < since:
        return True
    rested = last is not None and last.created_at < today - REST
    is_new = last is not None and last.upto < newest
    is_stale = session.scalar(select(exists().select_from(StalePlaces)))
    return False if rested and (is_new or is_stale) else None
