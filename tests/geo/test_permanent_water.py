"""Permanent water and what was not observed, kept apart: on files small enough to count by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from pyproj import Geod, Transformer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.jobs.exposure import sample_due
from geo.models.exposure import AreaExposure
from geo.models.locations import Location
from geo.models.releases import Release, ReleaseState, ReleaseWater
from geo.queries.selections import Question, answered
from geo.queries.tiles import release_tile, tile_at
from geo.raster.reasons import Reason
from geo.release_values import value_at
from geo.services.locations import owe
from tests.make.geo import make_area, make_country
from tests.make.jobs import Silent
from tests.make.registry import make_location
from tests.make.releases import published
from tests.make.water import GFM_MEANS, ems_zip, gfm_zip, published_ems

Receive = Callable[..., Release]
Said = tuple[str, Reason | None]
WET, DRY_IN_WATER = ("in", None), ("out", Reason.PERMANENT_WATER)
DRY, OUTSIDE = ("out", None), ("not_observed", Reason.OUTSIDE)


def on_cells(session: Session, *cells: int) -> list[Location]:
    """Somebody in the middle of each of these cells of the first row of a GFM file."""
    to_degrees = Transformer.from_crs(32651, 4326, always_xy=True)
    at = [to_degrees.transform(500_010 + 20 * cell, 2_000_030) for cell in cells]
    return [make_location(session, lon, lat, accuracy_m=None) for lon, lat in at]


def told(session: Session, release: Release, *places: Location) -> list[Said]:
    """What is said of places, and why."""
    asked = answered(Question(release_id=release.id)).subquery()
    rows = session.execute(select(asked.c.location_id, asked.c.status, asked.c.why)).all()
    said = {
        row.location_id: (row.status, None if row.why is None else Reason(row.why)) for row in rows
    }
    return [said[place.id] for place in places]


def test_a_raster_tells_why_of_each_place(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    places = on_cells(session, 0, 1, 2, 3, 4, 900)

    release = published(session, received(gfm_zip(tmp_path)), anybody, GFM_MEANS)

    assert told(session, release, *places) == [
        *(DRY, WET, ("not_observed", Reason.EXCLUDED), DRY_IN_WATER),
        *(("not_observed", Reason.NODATA), OUTSIDE),
    ]


@pytest.mark.parametrize(("counts", "said"), [(False, DRY_IN_WATER), (True, WET)])
def test_a_flood_over_permanent_water_counts_only_where_the_analyst_says_so(
    session: Session,
    anybody: Actor,
    received: Receive,
    tmp_path: Path,
    *,
    counts: bool,
    said: Said,
) -> None:
    [there] = on_cells(session, 5)
    release = received(gfm_zip(tmp_path))

    published(session, release, anybody, replace(GFM_MEANS, water_floods=counts))

    assert told(session, release, there) == [said]


def test_who_is_registered_later_is_told_apart_too(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    release = published(session, received(gfm_zip(tmp_path)), anybody, GFM_MEANS)
    places = on_cells(session, 2, 3)
    owe(session, select(Location.id).where(Location.id.in_([each.id for each in places])))

    before = told(session, release, *places)
    sample_due(session, actor=anybody, progress=Silent())

    assert before == [("not_observed", Reason.WAITING)] * 2
    assert told(session, release, *places) == [("not_observed", Reason.EXCLUDED), DRY_IN_WATER]


def test_the_hydrography_of_an_extent_is_stored_and_told_apart_from_its_flood(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    make_country(session)
    places = [
        make_location(session, lon, 0.5, accuracy_m=None) for lon in (0.25, 0.75, 1.25, 2, 3.5)
    ]

    release = received(ems_zip(tmp_path))
    assert (release.state, release.product) == (ReleaseState.READ, "copernicus-ems")
    published_ems(session, release, anybody)

    assert told(session, release, *places) == [WET, DRY_IN_WATER, DRY_IN_WATER, DRY, OUTSIDE]
    lake = select(func.sum(func.ST_Area(ReleaseWater.part))).filter_by(release_id=release.id)
    assert session.scalar(lake) == pytest.approx(1)
    assert b"water" in release_tile(session, tile_at(5, 16, 15), release)
    assert value_at(session, release, 1.25, 0.5).says == "permanent water"


def test_the_flood_of_an_extent_over_water_counts_where_the_analyst_says_so(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    make_country(session)
    places = [make_location(session, lon, 0.5, accuracy_m=None) for lon in (0.75, 1.25)]
    release = received(ems_zip(tmp_path))

    published_ems(session, release, anybody, water_floods=True)

    assert told(session, release, *places) == [WET, DRY_IN_WATER]


def test_a_circle_of_which_a_part_was_not_seen_says_so(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    """The image ends at 3 east, the lake at 1.5; a hundredth of a degree is 1,113 metres there."""
    make_country(session)
    at_the_end = make_location(session, 2.999, 0.5, accuracy_m=500.0)
    in_the_lake = make_location(session, 1.25, 0.5, accuracy_m=500.0)

    release = published_ems(session, received(ems_zip(tmp_path)), anybody)

    assert told(session, release, at_the_end, in_the_lake) == [
        ("not_observed", Reason.PARTLY),
        DRY_IN_WATER,
    ]


def test_the_ground_of_areas_is_told_apart(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    """District X11 spans 0..1 east and 0..2 north, X12 1..2, X22 3..4: sizes by PROJ."""
    areas = make_country(session)
    release = published_ems(session, received(ems_zip(tmp_path)), anybody)

    said = {
        pcode: session.scalars(
            select(AreaExposure).filter_by(release_id=release.id, area_id=areas[pcode].id)
        ).one()
        for pcode in ("X11", "X12")
    }

    half, north = km2(0, 0, 0.5, 1), km2(0, 1, 1, 2)
    for found in said.values():
        assert found.water_km2 == pytest.approx(half, rel=1e-6)
        assert found.outside_km2 == pytest.approx(north, rel=1e-6)
        assert (found.nodata_km2, found.cloud_km2, found.excluded_km2) == (0, 0, 0)
    assert said["X11"].hit_km2 == pytest.approx(half, rel=1e-6)
    assert said["X12"].hit_km2 == 0


def test_the_cells_of_an_area_are_told_apart(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    """One area round all six cells and one more beside them: each is 400 m2 on the map."""
    to_degrees = Transformer.from_crs(32651, 4326, always_xy=True)
    corners = [(0, 0), (140, 0), (140, 20), (0, 20)]
    ring = [to_degrees.transform(500_000 + x, 2_000_020 + y) for x, y in corners]
    area = make_area(session, "Y", shapely.Polygon(ring))

    release = published(session, received(gfm_zip(tmp_path)), anybody, GFM_MEANS)

    found = session.scalars(
        select(AreaExposure).filter_by(release_id=release.id, area_id=area.id)
    ).one()
    cell = 400 / 0.9996**2 / 1e6
    figures = found.hit_km2, found.water_km2, found.nodata_km2, found.excluded_km2
    assert figures == pytest.approx((cell, 2 * cell, cell, cell), rel=1e-4)
    assert found.observed_km2 == pytest.approx(4 * cell, rel=1e-4)
    assert found.outside_km2 == pytest.approx(cell, rel=1e-3)
    assert found.cloud_km2 == 0


def km2(west: float, south: float, east: float, north: float) -> float:
    """The size of a box on the ellipsoid, its sides along parallels in short steps."""
    ring = shapely.segmentize(shapely.box(west, south, east, north), 0.001)
    return abs(Geod(ellps="WGS84").geometry_area_perimeter(ring)[0]) / 1e6
