"""What a release says of places and areas, on grids small enough to count by hand.

The made country spans 0..4 degrees east and 0..2 north. A depth fills one degree, four cells:

    north   0.0   0.4   0.5   -1
    south   2.0    ?    0.5   0.2      (? = nodata)
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from geoalchemy2.shape import from_shape
from pyproj import Geod
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep, keep_file
from geo.hazards import ExtentHazard
from geo.jobs.exposure import sample_due
from geo.lookups import write_extent
from geo.models.areas import Area
from geo.models.events import LayerKind
from geo.models.exposure import AreaExposure, Exposure, ExposureDue
from geo.models.locations import Location
from geo.models.releases import Direction, Release, ReleaseObserved, ReleasePart
from geo.queries.selections import Question, answered
from geo.services import exposure
from geo.services.exposure import expose_areas, expose_places, hazard_of
from geo.services.locations import owe, settle
from tests.make.geo import make_country, make_release
from tests.make.jobs import Silent
from tests.make.registry import make_location

NODATA = -9999.0
DEPTHS = [[0.0, 0.4, 0.5, -1.0], [2.0, NODATA, 0.5, 0.2]]


def silent(_done: int, _total: int) -> None:
    """Nobody follows."""


def _kept(depths: list[list[float]], *, south_up: bool = False) -> str:
    """A grid whose north-west corner lies at 0 east, 2 north, put into storage."""
    cells = np.array(depths, dtype=np.float32).repeat(2, axis=0).repeat(2, axis=1)
    transform = from_origin(0, 2, 0.5, 0.5)
    if south_up:
        cells, transform = cells[::-1], rasterio.Affine(0.5, 0, 0, 0, 0.5, 0)
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326"}
    size = {"height": cells.shape[0], "width": cells.shape[1]}
    with MemoryFile() as memory:
        with memory.open(**profile, **size, transform=transform, nodata=NODATA) as file:
            file.write(cells, 1)
        return keep(BytesIO(memory.read())).sha256


@pytest.fixture
def raster(session: Session, storage: Path) -> Callable[..., Release]:
    """`raster()` is a release of the grid above over the made country."""

    def make(*, south_up: bool = False, **said: Any) -> Release:
        make_country(session)
        stored: dict[str, Any] = {"grid_sha256": _kept(DEPTHS, south_up=south_up)}
        stored["kind"] = LayerKind.RASTER
        return make_release(session, **stored, **said)

    return make


@pytest.fixture
def extent(session: Session) -> Release:
    """A flood from 0..1 east in an image that saw 0..2 east, in a box of the whole country."""
    make_country(session)
    release = make_release(session, kind=LayerKind.EXTENT)
    flood, image = (from_shape(shapely.box(0, 0, east, 2), 4326) for east in (1, 2))
    session.execute(insert(ReleasePart).values(release_id=release.id, value=1, part=flood))
    session.execute(insert(ReleaseObserved).values(release_id=release.id, part=image))
    return release


def _said(
    session: Session, release: Release, place: Location, threshold: float | None = None
) -> str:
    asked = answered(Question(release_id=release.id, threshold=threshold)).subquery()
    found = select(asked.c.status).where(asked.c.location_id == place.id)
    return str(session.scalars(found).one())


@pytest.mark.parametrize("south_up", [False, True])
def test_each_place_reads_the_cell_it_stands_in(
    session: Session, raster: Callable[..., Release], *, south_up: bool
) -> None:
    release = raster(south_up=south_up)
    places = [make_location(session, x + 0.5, y) for y in (1.5, 0.5) for x in range(4)]

    expose_places(session, release, silent)

    assert [_said(session, release, place) for place in places] == [
        *("out", "in", "in", "out"),
        *("in", "not_observed", "in", "in"),
    ]


def test_places_of_several_batches_keep_their_own_answers(
    session: Session, raster: Callable[..., Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    release, told = raster(), []
    places = [make_location(session, x + 0.5, y) for y in (1.5, 0.5) for x in range(4)]
    monkeypatch.setattr(exposure, "BATCH", places[4].id)

    asked = expose_places(session, release, lambda *done: told.append(done))

    assert asked == 8
    assert told == [(1, 2), (2, 2)]
    assert [_said(session, release, place) for place in places] == [
        *("out", "in", "in", "out"),
        *("in", "not_observed", "in", "in"),
    ]


def test_a_place_on_a_border_belongs_to_the_cell_right_and_below(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster()
    between = make_location(session, 1.0, 1.5, accuracy_m=None)  # left 0.0, right 0.4
    above = make_location(session, 0.5, 1.0, accuracy_m=0.0)  # above 0.0, below 2.0

    expose_places(session, release, silent)

    assert _said(session, release, between) == "in"
    assert _said(session, release, above, threshold=2.0) == "in"


def test_the_outer_right_and_bottom_edge_was_not_observed(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster()
    right = make_location(session, 4.0, 1.5, accuracy_m=None)
    bottom = make_location(session, 0.5, 0.0, accuracy_m=None)

    expose_places(session, release, silent)

    assert _said(session, release, right) == "not_observed"
    assert _said(session, release, bottom) == "not_observed"


def test_outside_the_box_nothing_was_observed_and_no_row_is_written(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster()
    far = make_location(session, 9, 9)

    assert expose_places(session, release, silent) == 0

    assert _said(session, release, far) == "not_observed"
    assert session.scalars(select(Exposure)).all() == []


def test_only_the_keep_side_of_the_floor_and_the_unseen_have_rows(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster(floor=0.5)
    for y in (1.5, 0.5):
        for x in range(4):
            make_location(session, x + 0.5, y)

    assert expose_places(session, release, silent) == 8

    rows = session.execute(select(Exposure.status, Exposure.value).order_by(Exposure.location_id))
    assert rows.all() == [("in", 0.5), ("in", 2.0), ("not_observed", None), ("in", 0.5)]


def test_a_release_may_keep_what_is_at_most_its_floor(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster(floor=0.0, direction=Direction.AT_MOST)
    dry, drier, wet = (make_location(session, x, 1.5) for x in (0.5, 3.5, 1.5))

    expose_places(session, release, silent)

    assert [_said(session, release, place) for place in (dry, drier, wet)] == ["in", "in", "out"]


def test_a_threshold_is_compared_as_the_cells_are_stored(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster()
    place = make_location(session, 3.5, 0.5)  # 0.2, stored as 0.200000003

    expose_places(session, release, silent)

    assert _said(session, release, place, threshold=0.2) == "in"
    assert _said(session, release, place, threshold=0.21) == "out"


def test_a_new_place_is_not_observed_until_its_due_row_is_worked_off(
    session: Session, raster: Callable[..., Release], anybody: Actor
) -> None:
    release = raster()
    expose_places(session, release, silent)
    wet, dry = make_location(session, 0.5, 0.5), make_location(session, 0.5, 1.5)
    new = select(Location.id).where(Location.id.in_([wet.id, dry.id]))
    settle(session, new)
    assert owe(session, new) == 2
    assert _said(session, release, wet) == "not_observed"
    assert _said(session, release, dry) == "not_observed"

    sample_due(session, actor=anybody, progress=Silent())

    assert _said(session, release, wet) == "in"
    assert _said(session, release, dry) == "out"
    assert session.scalars(select(ExposureDue)).all() == []


def test_working_off_asks_only_the_places_that_are_due(
    session: Session, raster: Callable[..., Release], anybody: Actor
) -> None:
    release = raster()
    known = make_location(session, 2.5, 1.5)
    expose_places(session, release, silent)
    session.execute(text("update exposure set value = 7"))
    new = make_location(session, 0.5, 0.5)
    owe(session, select(Location.id).where(Location.id == new.id))

    sample_due(session, actor=anybody, progress=Silent())

    assert _said(session, release, known, threshold=7) == "in"
    assert _said(session, release, new, threshold=2.0) == "in"


def test_in_an_extent_inside_and_its_border_are_in_and_beyond_the_image_is_not_observed(
    session: Session, extent: Release
) -> None:
    inside, border = (make_location(session, x, 1.0, accuracy_m=None) for x in (0.5, 1.0))
    dry, unseen = make_location(session, 1.5, 1.0), make_location(session, 3.0, 1.0)

    expose_places(session, extent, silent)

    assert [_said(session, extent, place) for place in (inside, border, dry, unseen)] == [
        *("in", "in", "out", "not_observed")
    ]


def _km2(west: float, east: float) -> float:
    """The geodesic area of a strip of the country, by GeographicLib."""
    strip = shapely.segmentize(shapely.box(west, 0, east, 2), 0.001)
    return abs(Geod(ellps="WGS84").geometry_area_perimeter(strip)[0]) / 1e6


def test_what_is_laid_out_writes_the_same_rows(
    session: Session, extent: Release, tmp_path: Path
) -> None:
    points = (0.5, 1.0, 1.5, 2.0, 2.5, 4.0, 4.0005)
    places = [make_location(session, lon, 1.0, accuracy_m=None) for lon in points]
    expose_places(session, extent, silent)
    plain = _rows(session, extent)

    with hazard_of(session, extent) as hazard:
        assert isinstance(hazard, ExtentHazard)
        write_extent(tmp_path / "lookup", hazard)
    extent.lookup_sha256 = keep_file(tmp_path / "lookup").sha256
    expose_places(session, extent, silent)

    assert _rows(session, extent) == plain
    assert [plain.get(place.id) for place in places] == [
        *("in", "in", None, None, "not_observed", "not_observed", None),
    ]


def _rows(session: Session, release: Release) -> dict[int, str]:
    said = select(Exposure.location_id, Exposure.status).where(Exposure.release_id == release.id)
    return {place: str(status) for place, status in session.execute(said)}


def test_an_area_says_how_much_of_it_was_observed_and_hit_by_an_extent(
    session: Session, extent: Release
) -> None:
    assert expose_areas(session, extent) == 7

    found = session.execute(
        select(Area.pcode, AreaExposure.observed_km2, AreaExposure.hit_km2).join(
            Area, Area.id == AreaExposure.area_id
        )
    )
    km2 = {row.pcode: (row.observed_km2, row.hit_km2) for row in found}
    assert km2["X11"] == pytest.approx((_km2(0, 1), _km2(0, 1)), rel=1e-4)
    assert km2["X12"] == pytest.approx((_km2(1, 2), 0), rel=1e-4)
    assert km2["X21"] == pytest.approx((0, 0))
    assert km2["X"] == pytest.approx((_km2(0, 2), _km2(0, 1)), rel=1e-4)


def test_an_area_of_a_grid_knows_its_cells_and_their_figures(
    session: Session, raster: Callable[..., Release]
) -> None:
    release = raster(floor=0.5)

    expose_areas(session, release)

    district = select(AreaExposure).join(Area, Area.id == AreaExposure.area_id)
    found = session.scalars(district.where(Area.pcode == "X11")).one()
    assert (found.least, found.most) == (0.0, 2.0)
    assert found.mean == pytest.approx(1)
    assert found.cells == pytest.approx(8)
    assert found.observed_km2 == pytest.approx(_km2(0, 1), rel=1e-4)
    assert found.hit_km2 / found.observed_km2 == pytest.approx(0.5, abs=1e-3)


def test_a_thousand_places_cost_no_more_statements_than_one(
    session: Session, raster: Callable[..., Release], statements: list[str]
) -> None:
    release = raster()
    for n in range(1000):
        make_location(session, 0.5 + n % 4, 0.5 + n % 2)
    statements.clear()

    assert expose_places(session, release, silent) == 1000

    assert len(statements) <= 10
