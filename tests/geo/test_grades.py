"""Places known within a circle: how much of it is in, counted by hand on cells of 0.01 degrees.

The cells meet at 0.01 east on the equator, where a degree is as long to the north as to the east
but for seven thousandths, so what a circle holds of them follows from its symmetry.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import from_shape
from rasterio.transform import from_origin
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file, path_of
from geo.jobs.exposure import sample_due
from geo.lookups import write_raster
from geo.models.events import LayerKind
from geo.models.exposure import Exposure
from geo.models.locations import Location
from geo.models.releases import Direction, Release
from geo.raster.histogram import Bins
from geo.raster.open import opened
from geo.services.exposure import (
    FloorMissing,
    clause_of,
    expose_areas,
    expose_places,
)
from geo.services.locations import owe
from tests.make.geo import make_area, make_event, make_release
from tests.make.graded import (
    CIRCLE,
    MIDDLE,
    NODATA,
    answers_at,
    answers_of_areas,
    asked_at,
    grid_of,
    silent,
)
from tests.make.jobs import Silent
from tests.make.registry import make_location


@pytest.fixture
def raster(session: Session, storage: Path) -> Callable[..., Release]:
    """`raster(cells)` is a release of cells of 0.01 degrees, four of which meet in the middle."""

    def make(cells: list[list[float]], **said: Any) -> Release:
        grid = grid_of(cells, from_origin(0, 0.01, 0.01, 0.01), "EPSG:4326")
        box = from_shape(shapely.box(0, -0.01, 0.01 * len(cells[0]), 0.01), 4326)
        stored = {"grid_sha256": grid, "kind": LayerKind.RASTER, "bounds": box}
        event = make_event(session, name=f"Flood of {grid[:8]}")
        return make_release(session, event, **{**stored, **said})

    return make


def test_a_circle_across_a_border_is_half_in(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster([[1, 0], [1, 0]])

    place = asked_at(session, release, *MIDDLE)

    assert answers_at(session, release, place, 0.5) == [("probable", 0.5)]
    row = session.scalars(select(Exposure)).one()
    assert (row.low, row.high, row.value, row.seen) == (0.0, 1.0, 0.0, 1.0)
    assert row.curve == [0.0] * 8 + [1.0] * 8


def test_a_circle_round_a_corner_is_a_quarter_in(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster([[0, 0], [0, 1]])

    place = asked_at(session, release, *MIDDLE)

    assert answers_at(session, release, place, None, 1.0, 1.1) == [
        ("probable", 0.25),
        ("probable", 0.25),
        ("out", 0.0),
    ]


def test_of_four_cells_each_threshold_has_its_part_without_another_look(
    session: Session, raster: Callable[..., Release], storage: Path
) -> None:
    release = raster([[1, 2], [3, 4]])
    place = asked_at(session, release, *MIDDLE)
    for kept in storage.rglob("*"):
        if kept.is_file():
            kept.unlink()

    assert answers_at(session, release, place, 1.0, 1.5, 2.5, 3.5, 4.0, 4.1) == [
        ("in", 1.0),
        *(("probable", 0.75), ("probable", 0.5), ("probable", 0.25), ("probable", 0.25)),
        ("out", 0.0),
    ]


def test_a_circle_in_one_cell_is_as_sure_as_a_point(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster([[1, 0], [1, 0]])

    wet = asked_at(session, release, 0.005, 0.005)
    dry = asked_at(session, release, 0.015, 0.005)

    assert answers_at(session, release, wet, 0.5) == [("in", 1.0)]
    assert answers_at(session, release, dry, 0.5) == [("out", 0.0)]
    assert session.scalars(select(Exposure.curve)).all() == [None]


def test_cells_of_one_value_are_no_matter_of_doubt(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster([[1, 1], [1, 1]])

    place = asked_at(session, release, *MIDDLE)

    assert answers_at(session, release, place, 1.0) == [("in", 1.0)]
    assert session.scalars(select(Exposure.curve)).all() == [None]


def test_where_half_is_unseen_the_other_half_decides_whether_anybody_knows(
    session: Session, raster: Callable[..., Release]
) -> None:
    dry = raster([[0, NODATA], [0, NODATA]])
    wet = raster([[1, NODATA], [1, NODATA]])

    by_the_dry = asked_at(session, dry, *MIDDLE)
    by_the_wet = asked_at(session, wet, *MIDDLE)

    assert answers_at(session, dry, by_the_dry, 0.5) == [("not_observed", None)]
    assert answers_at(session, wet, by_the_wet, 0.5, 1.1) == [
        ("probable", 0.5),
        ("not_observed", None),
    ]


def test_beyond_the_edge_of_the_grid_nothing_was_seen(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster([[1, 1], [1, 1]])

    inside = asked_at(session, release, 0.02 - 1e-9, 0.0)
    outside = asked_at(session, release, 0.02 + 1e-9, 0.0)
    far = asked_at(session, release, 0.02 + 0.0046, 0.0)  # its circle ends 12 m before the grid

    for place in (inside, outside):
        [(status, share)] = answers_at(session, release, place, 0.5)
        assert status == "probable"
        assert share == pytest.approx(0.5, abs=1e-4)
    assert answers_at(session, release, far, 0.5) == [("not_observed", None)]


def test_where_less_is_worse_the_low_values_count(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster([[1, 0], [1, 0]], direction=Direction.AT_MOST, floor=0.5)

    place = asked_at(session, release, *MIDDLE)

    assert answers_at(session, release, place, None, 0.0, -0.1) == [
        ("probable", 0.5),
        ("probable", 0.5),
        ("out", 0.0),
    ]


def test_a_threshold_is_compared_with_all_of_a_circle_as_the_cells_are_stored(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster([[0.2, 0.3], [0.2, 0.3]])

    place = asked_at(session, release, *MIDDLE)

    assert answers_at(session, release, place, 0.2, 0.3, 0.31) == [
        ("in", 1.0),
        ("probable", 0.5),
        ("out", 0.0),
    ]


def test_only_the_kept_side_of_the_floor_is_probable(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster([[0.2, 0.6], [0.2, 0.6]], floor=0.5)
    below = raster([[0.2, 0.4], [0.2, 0.4]], floor=0.5)

    place, other = asked_at(session, release, *MIDDLE), asked_at(session, below, *MIDDLE)

    assert answers_at(session, release, place, None) == [("probable", 0.5)]
    assert answers_at(session, below, other, None) == [("out", 0.0)]


def test_in_a_projected_grid_a_circle_is_as_large_on_the_ground(
    session: Session, storage: Path
) -> None:
    cells = [[float(column >= 10) for column in range(20)]] * 20
    x, y = 500_000.0, 4_000_000.0  # on the middle meridian, cells of 100 m
    grid = grid_of(cells, from_origin(x - 1000, y + 1000, 100, 100), "EPSG:32631")
    box = from_shape(shapely.box(2.9, 36.1, 3.1, 36.2), 4326)
    release = make_release(session, grid_sha256=grid, kind=LayerKind.RASTER, bounds=box)
    lat = 36.14471809881776  # of that northing, by GeographicLib

    half = asked_at(session, release, 3.0, lat)
    whole = asked_at(session, release, 3.0 + 700 / 89_900, lat, accuracy_m=600.0)  # 100 m to spare

    [(status, share)] = answers_at(session, release, half, 0.5)
    assert (status, share) == ("probable", 0.5)
    assert answers_at(session, release, whole, 0.5)[0][0] != "out"


def test_where_less_is_worse_a_floor_has_to_be_said(session: Session) -> None:
    with pytest.raises(FloorMissing):
        clause_of(make_release(session, direction=Direction.AT_MOST, floor=None))


@pytest.mark.parametrize("lat", [0.0, 55.0])
def test_what_is_laid_out_answers_the_same_of_circles_that_reach_into_it(
    session: Session, storage: Path, tmp_path: Path, lat: float
) -> None:
    pond = np.zeros((200, 200))
    pond[80:120, 90:100], pond[40, 40], pond[150:, :20] = 2, 1, NODATA
    grid = grid_of(pond.tolist(), from_origin(10, lat + 0.1, 0.001, 0.001), "EPSG:4326")
    box = (10.0, lat - 0.1, 10.2, lat + 0.1)
    bounds = from_shape(shapely.box(*box), 4326)
    release = make_release(session, grid_sha256=grid, kind=LayerKind.RASTER, bounds=bounds)
    random = np.random.default_rng(5)
    for lon, north, radius in random.uniform((9.98, -0.12, 0), (10.22, 0.12, 900), (400, 3)):
        make_location(session, lon, lat + north, accuracy_m=float(radius))
    expose_places(session, release, silent)
    plain = _rows(session, release)

    with opened_of(release) as source:
        bins = Bins(source, np.array([0.0, 1.0, 2.0]))
        write_raster(tmp_path / "lookup", source, clause_of(release), box, bins)
    release.lookup_sha256 = keep_file(tmp_path / "lookup").sha256
    expose_places(session, release, silent)

    graded = [row for row in plain.values() if row[1]]
    assert 10 < len(graded) < 100
    within = {
        place.id
        for place in session.scalars(select(Location))
        if place.lon is not None
        and place.lat is not None
        and box[0] <= place.lon <= box[2]
        and box[1] <= place.lat <= box[3]
    }
    again = _rows(session, release)
    assert {k: v for k, v in again.items() if k in within or v[1]} == {
        k: v for k, v in plain.items() if k in within or v[1]
    }


def opened_of(release: Release) -> Any:
    """The grid of a release, open."""
    return opened(path_of(str(release.grid_sha256)))


def _rows(session: Session, release: Release) -> dict[int, tuple[Any, ...]]:
    columns = Exposure.status, Exposure.curve, Exposure.value, Exposure.low, Exposure.seen
    said = select(Exposure.location_id, *columns).where(Exposure.release_id == release.id)
    return {
        place: (status, curve and tuple(curve), *rest)
        for place, status, curve, *rest in session.execute(said)
    }


def test_a_new_circle_is_asked_when_its_turn_comes(
    session: Session, raster: Callable[..., Release], anybody: Actor
) -> None:
    release = raster([[1, 0], [1, 0]])
    expose_places(session, release, silent)
    place = make_location(session, *MIDDLE, accuracy_m=CIRCLE)
    owe(session, select(Location.id).where(Location.id == place.id))
    assert answers_at(session, release, place, 0.5) == [("not_observed", None)]

    sample_due(session, actor=anybody, progress=Silent())

    assert answers_at(session, release, place, 0.5) == [("probable", 0.5)]


def test_an_area_of_cells_is_in_by_its_sixteenths_at_every_edge(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster([[1, 2], [3, NODATA]], histogram_edges=[0.0, 1.0, 2.0, 3.0, 4.0])
    make_area(session, "Y", shapely.box(0, -0.01, 0.02, 0.01))
    make_area(session, "Z", shapely.box(0.002, 0.002, 0.008, 0.008))

    expose_areas(session, release)

    found = [answers_of_areas(session, release, t) for t in (None, 1.0, 2.0, 3.0, 4.0)]
    assert [each["Z"][0] for each in found] == ["in", "in", "out", "out", "out"]
    assert [each["Y"][0] for each in found] == [*["probable"] * 4, "not_observed"]
    assert [each["Y"][1] for each in found[:4]] == pytest.approx(
        [0.75, 0.75, 0.75 * 11 / 16, 0.75 * 5 / 16], abs=1e-4
    )
