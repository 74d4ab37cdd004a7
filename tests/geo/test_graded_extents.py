"""Circles and areas over an extent: what its polygons hold of them, counted by hand.

The polygons are squares of 0.01 degrees that meet at 0.01 east on the equator.
"""

from typing import Any

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import from_shape
from shapely import affinity
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.clauses import Clause
from geo.hazards import AtPlaces, ExtentHazard, extent_hazard
from geo.jobs.exposure import sample_due
from geo.models.events import LayerKind
from geo.models.exposure import AreaExposure, Exposure
from geo.models.locations import Location
from geo.models.releases import Direction, Release, ReleaseObserved, ReleasePart
from geo.services.exposure import expose_areas, expose_places
from geo.services.locations import owe
from tests.make.geo import make_area, make_country, make_release
from tests.make.graded import (
    answers_at,
    answers_of_areas,
    asked_at,
    silent,
)
from tests.make.jobs import Silent
from tests.make.registry import make_location


@pytest.fixture
def extent(session: Session) -> Release:
    """A flood of class 2 from 0 to 0.01 east in an image that saw to 0.02, in a box to 0.03."""
    box = shapely.box(0, -0.01, 0.03, 0.01)
    release = make_release(session, kind=LayerKind.EXTENT, bounds=from_shape(box, 4326))
    flood, image = (from_shape(shapely.box(0, -0.01, x, 0.01), 4326) for x in (0.01, 0.02))
    session.execute(insert(ReleasePart).values(release_id=release.id, value=2, part=flood))
    session.execute(insert(ReleaseObserved).values(release_id=release.id, part=image))
    return release


def test_of_an_extent_the_part_of_a_circle_inside_it_is_in(
    session: Session, extent: Release
) -> None:
    half = asked_at(session, extent, 0.01, 0.0)
    inside, dry = asked_at(session, extent, 0.005, 0.0), asked_at(session, extent, 0.015, 0.0)
    unseen = asked_at(session, extent, 0.02, 0.0)

    assert answers_at(session, extent, half, None, 2.0, 2.1) == [
        ("probable", 0.5),
        ("probable", 0.5),
        ("out", 0.0),
    ]
    assert answers_at(session, extent, inside, None) == [("in", 1.0)]
    assert answers_at(session, extent, dry, None) == [("out", 0.0)]
    assert answers_at(session, extent, unseen, None) == [("not_observed", None)]


def test_where_parts_of_an_extent_overlap_the_worse_counts_once(
    session: Session, extent: Release
) -> None:
    deep = from_shape(shapely.box(0.005, -0.01, 0.01, 0.01), 4326)
    session.execute(insert(ReleasePart).values(release_id=extent.id, value=3, part=deep))

    place = asked_at(session, extent, 0.005, 0.0)

    assert answers_at(session, extent, place, 2.0, 3.0) == [("in", 1.0), ("probable", 0.5)]


def test_a_polygon_that_says_no_flood_was_seen_and_is_not_hit(
    session: Session, extent: Release
) -> None:
    make_country(session)
    none = from_shape(shapely.box(0.02, -0.01, 0.03, 0.01), 4326)
    session.execute(insert(ReleasePart).values(release_id=extent.id, value=0, part=none))

    dry = asked_at(session, extent, 0.025, 0.0, accuracy_m=None)
    expose_areas(session, extent)

    assert answers_at(session, extent, dry, None) == [("out", 0.0)]
    found = session.scalars(select(AreaExposure)).all()
    assert {round(row.hit_km2 / row.observed_km2, 4) for row in found if row.seen} == {0.3333}


def test_of_an_extent_where_less_is_worse_the_floor_and_the_lower_class_count(
    session: Session, extent: Release
) -> None:
    extent.direction, extent.floor = Direction.AT_MOST, 2.0
    wet = from_shape(shapely.box(0.01, -0.01, 0.02, 0.01), 4326)
    session.execute(insert(ReleasePart).values(release_id=extent.id, value=5, part=wet))
    session.flush()

    place = asked_at(session, extent, 0.01, 0.0)
    beyond = asked_at(session, extent, 0.015, 0.0)

    assert answers_at(session, extent, place, None, 2.0, 1.9) == [
        ("probable", 0.5),
        ("probable", 0.5),
        ("out", 0.0),
    ]
    assert answers_at(session, extent, beyond, None) == [("out", 0.0)]


def test_circles_that_meet_an_extent_are_asked_and_hold_what_shapely_says() -> None:
    flood = np.array([shapely.box(10.05, 0, 10.1, 0.05), shapely.box(10.1, 0, 10.15, 0.05)])
    image = np.array([shapely.box(10, -0.1, 10.2, 0.1)])
    box = (10.0, -0.1, 10.2, 0.1)
    hazard = extent_hazard(flood, np.array([1.0, 2.0]), image, box, Clause())
    random = np.random.default_rng(6)
    places = random.uniform((9.99, -0.11, 0), (10.21, 0.11, 500), (3000, 3)).T

    said = hazard.at_places(*places)

    assert 50 < len(said.circles) < 500
    assert _near_or_asked(hazard, *places[:2])[said.circles].all()
    _weighed_again(said, places, flood)


def test_what_is_said_of_whole_cells_is_what_each_place_is_told_by_itself(
    session: Session, anybody: Actor
) -> None:
    box = shapely.box(10, -0.1, 10.3, 0.1)
    release = make_release(session, kind=LayerKind.EXTENT, bounds=from_shape(box, 4326))
    deep, wet = shapely.box(10.02, 0, 10.08, 0.06), shapely.box(10.08, 0, 10.14, 0.06)
    image = shapely.box(10, -0.1, 10.2, 0.1)
    for value, part in ((2, deep), (1, wet)):
        given = from_shape(part, 4326)
        session.execute(insert(ReleasePart).values(release_id=release.id, value=value, part=given))
    seen = from_shape(image, 4326)
    session.execute(insert(ReleaseObserved).values(release_id=release.id, part=seen))
    random = np.random.default_rng(8)
    places = random.uniform((9.99, -0.11, -200), (10.31, 0.11, 700), (500, 3)).tolist()
    made = [
        make_location(session, lon, lat, accuracy_m=radius if radius > 0 else None)
        for lon, lat, radius in places
    ]

    asked = expose_places(session, release, silent)
    at_once = _rows(session, release)
    owe(session, select(Location.id).where(Location.id >= made[0].id))
    sample_due(session, actor=anybody, progress=Silent())

    one_by_one = _rows(session, release)
    assert asked < len(places)
    assert 200 < len(one_by_one) < len(places)
    assert at_once == one_by_one
    points = [
        (place.id, shapely.Point(lon, lat))
        for place, (lon, lat, radius) in zip(made, places, strict=True)
        if radius <= 0 and box.covers(shapely.Point(lon, lat))
    ]
    for key, point in points:
        depth = 2.0 if deep.covers(point) else 1.0 if wet.covers(point) else None
        status = "in" if depth else "out" if image.covers(point) else "not_observed"
        assert at_once.get(key, ("out", None))[:2] == (status, depth)


def _rows(session: Session, release: Release) -> dict[int, tuple[Any, ...]]:
    kept = (Exposure.value, Exposure.low, Exposure.high, Exposure.seen, Exposure.why)
    said = select(Exposure.location_id, Exposure.status, *kept, Exposure.curve)
    rows = session.execute(said.where(Exposure.release_id == release.id)).all()
    return {row[0]: (str(row[1]), *row[2:-1], tuple(row[-1] or ())) for row in rows}


def _near_or_asked(hazard: ExtentHazard, lon: Any, lat: Any) -> Any:
    """Which places stand in cells that are asked, or that circles reach out of."""
    row, column = (np.floor(d / 360 * 65536).astype(int) for d in (lat + 90, lon + 180))
    number = ((row >> 6) << 22) | ((column >> 6) << 12) | ((row & 63) << 6) | (column & 63)
    assert hazard.screen is not None
    every = np.concatenate([hazard.screen.asked, hazard.screen.reached])
    return ((number[:, None] >= every[:, 0]) & (number[:, None] <= every[:, 1])).any(axis=1)


def _weighed_again(said: AtPlaces, places: Any, flood: Any) -> None:
    """Shares of circles at the least threshold, against buffers of Shapely in metres."""
    lon, lat, radius = places[:, said.circles]
    wet = shapely.union_all(flood)
    for i in range(len(lon)):
        metres = 111_320 * np.cos(np.radians(lat[i])), 110_574.0
        plane = affinity.scale(wet, *metres, origin=(0, 0))
        circle = shapely.Point(lon[i] * metres[0], lat[i] * metres[1]).buffer(radius[i])
        share = shapely.intersection(circle, plane).area / circle.area
        sixteenths = (said.grades.curve[i] > 0).mean() * said.grades.seen[i]
        assert sixteenths == pytest.approx(share, abs=0.05)


def test_an_area_half_under_water_is_half_in(session: Session, extent: Release) -> None:
    make_area(session, "Y", shapely.box(0, 0, 0.02, 0.01))
    make_area(session, "Z", shapely.box(0.01, 0, 0.02, 0.01))
    make_area(session, "W", shapely.box(0.002, 0, 0.008, 0.01))
    make_area(session, "V", shapely.box(0.021, 0, 0.029, 0.01))
    make_area(session, "U", shapely.box(0, 0, 0.04, 0.01))

    expose_areas(session, extent)

    assert answers_of_areas(session, extent, None) == {
        "Y": ("probable", 0.5),
        "Z": ("out", 0.0),
        "W": ("in", 1.0),
        "V": ("not_observed", None),
        "U": ("probable", 0.25),
    }
    assert answers_of_areas(session, extent, 2.1)["Y"] == ("out", 0.0)
    assert answers_of_areas(session, extent, 2.1)["U"] == ("not_observed", None)
