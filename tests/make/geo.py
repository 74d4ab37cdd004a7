"""Small makers of believable areas, events and releases: squares of one degree at the equator."""

from datetime import UTC, datetime
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Polygon
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.models.areas import Area, AreaLevel, AreaPart
from geo.models.events import Event, EventKind, EventState
from geo.models.releases import Release, ReleaseState

LEVELS = ("country", "province", "district")


def square(west: float, south: float, size: float = 1.0) -> Polygon:
    """A square of `size` degrees, its south-west corner given."""
    return shapely.box(west, south, west + size, south + size)


def make_area(
    session: Session,
    pcode: str,
    shape: Polygon,
    parent: Area | None = None,
    **given: Any,
) -> Area:
    """An area below `parent` (none: a country) and its one part; a leaf unless said otherwise."""
    level = parent.level + 1 if parent else 0
    area = Area(
        pcode=pcode,
        **{"version": "v1", "name": f"Area {pcode}", "is_leaf": True, **given},
        level=level,
        parent_id=parent.id if parent else None,
        path=[0] * (level + 1),
        km2=12_309.0,
        centre=from_shape(shape.centroid, 4326),
        shape=from_shape(MultiPolygon([shape]), 4326),
    )
    session.add(area)
    session.flush()
    area.path = [*(parent.path if parent else []), area.id]
    session.add(AreaPart(area_id=area.id, level=level, part=from_shape(shape, 4326)))
    session.flush()
    return area


def make_country(session: Session) -> dict[str, Area]:
    """A country of two provinces side by side, X1 west and X2 east, each of two districts.

    It spans 0..4 degrees east and 0..2 degrees north; district X11 is 0..1 east, X12 1..2, and
    so on. Levels are named country, province and district.
    """
    for level, name in enumerate(LEVELS):
        session.merge(AreaLevel(level=level, name=name))
    country = make_area(session, "X", shapely.box(0, 0, 4, 2), name="Karsa", is_leaf=False)
    areas = {"X": country}
    for i, province in enumerate(("X1", "X2")):
        shape = shapely.box(2 * i, 0, 2 * i + 2, 2)
        areas[province] = make_area(session, province, shape, country, is_leaf=False)
        for j in (0, 1):
            west = 2 * i + j
            code = f"{province}{j + 1}"
            areas[code] = make_area(
                session, code, shapely.box(west, 0, west + 1, 2), areas[province]
            )
    return areas


def make_event(session: Session, name: str = "Flood of the Oru", **given: Any) -> Event:
    """An active flood."""
    said = {"kind": EventKind.FLOOD, "state": EventState.ACTIVE, **given}
    event = Event(name=name, began_at=datetime(2026, 11, 19, tzinfo=UTC), **said)
    session.add(event)
    session.flush()
    return event


def make_release(session: Session, event: Event | None = None, **given: Any) -> Release:
    """A published release of depths over the whole of the made country, without its file."""
    event = event or make_event(session)
    before = select(func.count()).select_from(Release).where(Release.event_id == event.id)
    said: dict[str, Any] = {
        "state": ReleaseState.PUBLISHED,
        "original_name": "depth.tif",
        "original_sha256": f"{session.scalar(before):064x}",
        "original_bytes": 1,
        "uploaded_by": 1,
        "bounds": from_shape(shapely.box(0, 0, 4, 2), 4326),
        **given,
    }
    release = Release(event_id=event.id, **said)
    session.add(release)
    session.flush()
    return release
