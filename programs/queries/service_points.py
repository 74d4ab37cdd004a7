"""Where help is handed over."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.locations import Location
from geo.queries.reach import within_reach
from programs.models.service_points import ServicePoint
from programs.permissions import May


@dataclass(frozen=True)
class PointLine:
    """A service point as a row of a list; longitude and latitude are degrees (EPSG:4326)."""

    id: int
    code: str
    name: str
    kind: str
    capacity: int | None
    longitude: float | None
    latitude: float | None
    area: str | None
    pcode: str | None


def points_listed(session: Session, *, actor: Actor) -> list[PointLine]:
    """The service points within reach, by name."""
    actor.require(May.READ_SERVICE_POINTS)
    listed = (
        select(
            ServicePoint.id,
            ServicePoint.code,
            ServicePoint.name,
            ServicePoint.kind,
            ServicePoint.capacity,
            Location.lon,
            Location.lat,
            Area.name,
            Area.pcode,
        )
        .join(Location, Location.id == ServicePoint.location_id)
        .outerjoin(Area, Area.id == Location.area_id)
        .where(within_reach(actor, Location.area_id))
        .order_by(ServicePoint.name, ServicePoint.id)
    )
    return [PointLine(*row) for row in session.execute(listed)]
