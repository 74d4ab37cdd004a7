"""What a release says of a place at a threshold, told from what was stored: no file is opened.

For queries that have joined Location, Release, Exposure and ExposureDue. A place known within a
circle of several values is *in* where all of it is in, *probable* where some of it is; where none
is but not all of it was observed, nobody knows. Nor does anybody of a place that was written after
the event was closed: it is not asked about any more.
"""

from typing import Any

from sqlalchemy import (
    REAL,
    ColumnElement,
    Double,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from geo.grades import STEPS
from geo.models.exposure import AreaExposure, Exposure, ExposureDue, ExposureStatus
from geo.models.locations import Location
from geo.models.releases import Direction, Release
from geo.raster.reasons import Reason

IN, PROBABLE, OUT, NOT_OBSERVED = "in", "probable", "out", "not_observed"
Graded = type[Exposure] | type[AreaExposure]

POINT, CIRCLE, AREA = "point", "circle", "area"  # what a place is known by

# The ground of areas that is told apart, by the names of reasons.
KM2_APART = {
    "permanent_water": AreaExposure.water_km2,
    "outside": AreaExposure.outside_km2,
    "nodata": AreaExposure.nodata_km2,
    "cloud": AreaExposure.cloud_km2,
    "excluded": AreaExposure.excluded_km2,
}


def status_at(threshold: float | None) -> ColumnElement[str]:
    """What stands at a place with a point."""
    unseen = or_(
        ExposureDue.location_id.is_not(None), Exposure.status == ExposureStatus.NOT_OBSERVED
    )
    beyond = and_(Exposure.location_id.is_(None), or_(~_inside_box(), came_after()))
    there = and_(Exposure.status == ExposureStatus.IN, meets(Exposure.value, threshold))
    point = case((there, IN), else_=OUT)
    return case(
        (or_(unseen, beyond), NOT_OBSERVED),
        (Exposure.curve.is_(None), point),
        else_=_status(Exposure, threshold),
    )


def share_at(threshold: float | None) -> ColumnElement[float]:
    """The part of a place that is in: 1 of what is in, 0 of what is out, NULL where nobody knows.

    Of what is probable as many sixteenths of its observed ground as are in, and no more than what
    was seen.
    """
    return _share(Exposure, status_at(threshold), threshold)


def why_at(threshold: float | None) -> ColumnElement[int]:
    """Why nobody knows of a place (`geo.raster.reasons`), or that it is out but in permanent water;
    NULL of all others."""
    why, nodata, partly = Exposure.why, Reason.NODATA.value, Reason.PARTLY.value
    ground = _status(Exposure, threshold)
    water = and_(ground == OUT, why == Reason.PERMANENT_WATER.value)
    return case(
        (ExposureDue.location_id.is_not(None), Reason.WAITING.value),
        (Exposure.status == ExposureStatus.NOT_OBSERVED, func.coalesce(why, nodata)),
        (Exposure.status == ExposureStatus.OUT, why),
        (and_(Exposure.location_id.is_(None), ~_inside_box()), Reason.OUTSIDE.value),
        (and_(Exposure.location_id.is_(None), came_after()), Reason.WAITING.value),
        (Exposure.curve.is_(None), null()),
        (ground == NOT_OBSERVED, func.coalesce(why, partly)),
        (water, why),
    )


def area_why_at(threshold: float | None) -> ColumnElement[int]:
    """Why nobody knows of an area: it was seen in part, or what hid the most of it."""
    of = AreaExposure
    most = func.greatest(of.outside_km2, of.nodata_km2, of.cloud_km2, of.excluded_km2)
    unseen = case(
        (of.area_id.is_(None), Reason.OUTSIDE.value),
        (of.seen > 0, Reason.PARTLY.value),
        (of.outside_km2 == most, Reason.OUTSIDE.value),
        (of.cloud_km2 == most, Reason.CLOUD.value),
        (of.excluded_km2 == most, Reason.EXCLUDED.value),
        else_=Reason.NODATA.value,
    )
    return case((area_status_at(threshold) == NOT_OBSERVED, unseen))


def area_status_at(threshold: float | None) -> ColumnElement[str]:
    """What stands in an area, for queries that have joined Release and AreaExposure."""
    return _status(AreaExposure, threshold)


def area_share_at(threshold: float | None) -> ColumnElement[float]:
    """The part of an area that is in, as of a place."""
    return _share(AreaExposure, area_status_at(threshold), threshold)


def surely() -> ColumnElement[float]:
    """The value up to which a place is in: of a circle the least (or most) of its values; NULL
    where it is in at no threshold."""
    return case((status_at(None) == IN, _end(Exposure, Exposure.low, Exposure.high)))


def possibly() -> ColumnElement[float]:
    """The value up to which a place, or some of it, is in; NULL where none is at any threshold."""
    return _possibly(Exposure, status_at(None))


def area_surely() -> ColumnElement[float]:
    """The value up to which an area is in, as of a place."""
    end = _end(AreaExposure, AreaExposure.low, AreaExposure.high)
    return case((area_status_at(None) == IN, end))


def area_possibly() -> ColumnElement[float]:
    """The value up to which an area, or some of it, is in."""
    return _possibly(AreaExposure, area_status_at(None))


def _possibly(of: Graded, status: ColumnElement[str]) -> ColumnElement[float]:
    return case((status.in_((IN, PROBABLE)), _end(of, of.high, of.low)))


def _end(of: Graded, from_below: Any, from_above: Any) -> ColumnElement[float]:
    """One end of the values of ground, by the direction they count in; of a point its value."""
    end = case((Release.direction == Direction.AT_LEAST, from_below), else_=from_above)
    return case((of.curve.is_(None), Exposure.value), else_=end) if of is Exposure else end


def grade() -> ColumnElement[str]:
    """What a place with a point is known by."""
    return case((Location.accuracy_m > 0, CIRCLE), else_=POINT)


def anything_due(session: Session) -> bool:
    """Whether a release still owes an answer about a place."""
    return bool(session.scalar(select(exists(select(ExposureDue.location_id)))))


def meets(value: ColumnElement[Any] | Any, threshold: float | None) -> ColumnElement[bool]:
    """Whether a stored value lies on the release's side of a threshold; the threshold itself does,
    and a value that is not known."""
    if threshold is None:
        return true()
    return or_(value.is_(None), beyond(value, threshold))


def _status(of: Graded, threshold: float | None) -> ColumnElement[str]:
    """The answer for ground of several values, some of which may not have been observed."""
    low, high = beyond(of.low, threshold), beyond(of.high, threshold)
    complete = of.seen == 1
    return case(
        (and_(low, high, complete), IN),
        (or_(low, high), PROBABLE),
        (complete, OUT),
        else_=NOT_OBSERVED,
    )


def _share(of: Graded, status: ColumnElement[str], threshold: float | None) -> ColumnElement[float]:
    value = func.unnest(of.curve).column_valued("value")
    met = select(func.count()).where(beyond(value, threshold)).correlate(of, Release)
    share = met.scalar_subquery() / cast(literal(float(STEPS)), Double) * of.seen
    return case((status == IN, 1.0), (status == PROBABLE, share), (status == OUT, 0.0))


def beyond(value: ColumnElement[Any] | Any, threshold: float | None) -> ColumnElement[bool]:
    """Whether a value lies on the kept side of a threshold; without one, of the release's floor;
    without that, above zero. Values are compared as the 32-bit floats they are stored as."""
    bound = cast(Release.floor if threshold is None else literal(threshold), REAL)
    above = and_(Release.direction == Direction.AT_LEAST, value >= bound)
    below = and_(Release.direction == Direction.AT_MOST, value <= bound)
    return or_(above, below, and_(bound.is_(None), value > 0))


def came_after() -> ColumnElement[bool]:
    """Whether a place was written after the event of a release was closed."""
    return func.coalesce(Location.id > Release.last_asked, False)


def _inside_box() -> ColumnElement[bool]:
    """Whether a place lies in the box of a release; one without a box saw nothing."""
    inside = and_(
        Location.lon.between(func.ST_XMin(Release.bounds), func.ST_XMax(Release.bounds)),
        Location.lat.between(func.ST_YMin(Release.bounds), func.ST_YMax(Release.bounds)),
    )
    return func.coalesce(inside, False)
