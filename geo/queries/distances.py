"""How far a place lies from the nearest feature of a layer, in metres on the ellipsoid."""

from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, FromClause, Select, cast, exists, func, select
from sqlalchemy.orm import aliased

from core.errors import Invalid
from geo.models.context import ContextFeature
from geo.models.locations import Location
from geo.models.releases import ReleasePart

ON_GROUND = Geography("GEOMETRY", srid=4326, spatial_index=False)
SHORTEST_DEGREE = 110_000.0  # metres; no degree of a meridian or of the equator is shorter
POLEWARD = 89.0
ROUND = 1.0  # metres by which the search reaches further than the first that was found


class NoDistanceTo(Invalid):
    """Distances are told to a 'layer' of what is there or to the extent of a 'release', by its
    number; not to {asked}."""


def metres_to(location_id: ColumnElement[Any], what: str, number: int) -> ColumnElement[Any]:
    """Metres from the point of a place to the nearest feature of a context layer, or the nearest
    ground an extent covers; 0 within it, NULL where there is no point or no feature.

    The first found by degrees says how far to look; within that, the nearest on the ground is it.

    Raises:
        NoDistanceTo
    """
    first, near = (_features(what, number) for _turn in range(2))
    point = cast(Location.point, ON_GROUND)
    by_degrees = first.c.shape.op("<->")(Location.point)
    reach = select(func.ST_Distance(point, cast(first.c.shape, ON_GROUND)))
    radius = reach.order_by(by_degrees).limit(1).correlate(Location).scalar_subquery()
    distance = func.min(func.ST_Distance(point, cast(near.c.shape, ON_GROUND)))
    nearest = select(distance).where(near.c.shape.op("&&")(_around(radius))).correlate(Location)
    return (
        select(nearest.scalar_subquery())
        .where(Location.id == location_id, Location.lon.is_not(None))
        .correlate_except(Location)
        .scalar_subquery()
    )


def near(what: str, number: int, metres: float, *, strictly: bool) -> Select[int]:
    """The places within so many metres of a feature, or `strictly` nearer: their keys, found from
    the features, each of which looks about itself.

    Raises:
        NoDistanceTo
    """
    feature = _features(what, number)
    shape = feature.c.shape
    distance = func.ST_Distance(cast(Location.point, ON_GROUND), cast(shape, ON_GROUND))
    return (
        select(Location.id)
        .join_from(feature, Location, Location.point.op("&&")(_about(shape, metres)))
        .where(distance < metres if strictly else distance <= metres)
        .distinct()
    )


def any_feature(what: str, number: int) -> ColumnElement[bool]:
    """Whether a layer or an extent has features at all."""
    return exists(select(_features(what, number).c.shape))


def _about(shape: ColumnElement[Any], metres: float) -> ColumnElement[Any]:
    """A box in degrees that holds whatever lies within so many metres of a shape."""
    tall = (metres + ROUND) / SHORTEST_DEGREE
    poleward = func.greatest(func.abs(func.ST_YMin(shape)), func.abs(func.ST_YMax(shape)))
    wide = tall / func.cos(func.radians(func.least(poleward + tall, POLEWARD)))
    return func.ST_Expand(shape, wide, tall)


def _around(metres: ColumnElement[Any]) -> ColumnElement[Any]:
    """A box in degrees round a place that holds whatever lies within so many metres of it."""
    tall = (metres + ROUND) / SHORTEST_DEGREE
    wide = tall / func.cos(func.radians(func.least(func.abs(Location.lat) + tall, POLEWARD)))
    return func.ST_Expand(Location.point, wide, tall)


def _features(what: str, number: int) -> FromClause:
    """The shapes of a layer or of an extent, as a table of one column."""
    if what == "layer":
        feature = aliased(ContextFeature)
        return select(feature.shape.label("shape")).where(feature.layer_id == number).subquery()
    if what == "release":
        part = aliased(ReleasePart)
        return select(part.part.label("shape")).where(part.release_id == number).subquery()
    raise NoDistanceTo(asked=what)
