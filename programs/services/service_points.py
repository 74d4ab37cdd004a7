"""Service points: taking them over from a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from geo.models.locations import Location, LocationSource
from geo.services.locations import settle
from programs.documents.point_files import Fault, Point, read_points
from programs.models.service_points import ServicePoint
from programs.permissions import May


@dataclass(frozen=True)
class Taken:
    """What an import of service points came to."""

    added: int
    changed: int
    faults: list[Fault]


def import_points(session: Session, file: Path, *, actor: Actor) -> Taken:
    """Add the service points of a file and change those that are there already, by their code.

    Rows with faults are left out and answered; the others are taken.

    Raises:
        Forbidden, PointFileUnreadable
    """
    actor.require(May.WRITE_SERVICE_POINTS)
    points, faults = read_points(file)
    known = _known(session, points)
    new = [point for point in points if point.code not in known]
    old = [point for point in points if point.code in known]
    places = [*_add(session, new), *_change(session, old, known)]
    settle(session, select(Location.id).where(Location.id.in_(places)))
    taken = Taken(len(new), len(old), faults)
    if points:
        first = session.scalars(select(ServicePoint).filter_by(code=points[0].code)).one()
        with audit.act(session, actor, "service_points.import", first) as figures:
            figures.update(added=taken.added, changed=taken.changed, faults=len(faults))
    return taken


def _known(session: Session, points: Sequence[Point]) -> dict[str, tuple[int, int]]:
    """Code -> the keys of the point and of its place, for the codes that are there."""
    codes = [point.code for point in points]
    there = select(ServicePoint).where(ServicePoint.code.in_(codes)).with_for_update()
    return {point.code: (point.id, point.location_id) for point in session.scalars(there)}


def _add(session: Session, points: Sequence[Point]) -> list[int]:
    """Write new points and their places; answers the keys of the places."""
    if not points:
        return []
    written = insert(Location).returning(Location.id, sort_by_parameter_order=True)
    places = [
        {"lon": point.longitude, "lat": point.latitude, "source": LocationSource.GPS}
        for point in points
    ]
    ids = list(session.scalars(written, places))
    rows = [
        _told(point) | {"code": point.code, "location_id": place}
        for point, place in zip(points, ids, strict=True)
    ]
    session.execute(insert(ServicePoint), rows)
    return ids


def _change(
    session: Session, points: Sequence[Point], known: dict[str, tuple[int, int]]
) -> list[int]:
    """Write what changed of points that are there; answers the keys of their places."""
    if not points:
        return []
    session.execute(
        update(ServicePoint), [_told(point) | {"id": known[point.code][0]} for point in points]
    )
    places = [
        {"id": known[point.code][1], "lon": point.longitude, "lat": point.latitude}
        for point in points
    ]
    session.execute(update(Location), places)
    return [known[point.code][1] for point in points]


def _told(point: Point) -> dict[str, object]:
    return {"name": point.name, "kind": point.kind, "capacity": point.capacity}
