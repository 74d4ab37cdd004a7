"""Tiles of areas and releases, read back by GDAL and Pillow."""

import io
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from geoalchemy2.shape import from_shape
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden, NotFound
from geo.models.events import LayerKind
from geo.models.releases import Release, ReleaseObserved, ReleasePart, ReleaseState
from geo.permissions import May
from geo.queries.releases import release_seen
from geo.queries.tiles import Tile, area_tile, release_tile
from geo.raster.open import dataset, opened
from geo.raster.picture import SIDE, Canvas, Style
from geo.services.areas import shape_areas
from tests.make.files import depth_file
from tests.make.geo import make_country, make_release

COUNTRY = (6, 32, 31)  # 0 to 5.6 degrees east, 0 to 5.6 north
WEST = (7, 64, 63)  # 0 to 2.8 degrees east, 0 to 2.8 north
RED, BLUE, GREY = (255, 0, 0, 255), (0, 0, 255, 255), (90, 90, 90, 255)


def layers(at: Tile, body: bytes, folder: Path) -> dict[str, geopandas.GeoDataFrame]:
    """The layers of a vector tile, in degrees."""
    zoom, x, y = map(str, at)
    path = folder / zoom / x / f"{y}.mvt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    names = [str(name) for name, _kind in pyogrio.list_layers(path)]
    return {name: pyogrio.read_dataframe(path, layer=name).to_crs(4326) for name in names}


def extent(session: Session) -> Release:
    """A flood in the west 0..1 east, in an image that saw 0..2 east, all in two parts each."""
    release = make_release(session, kind=LayerKind.EXTENT)
    for south in (0, 1):
        flood = from_shape(shapely.box(0, south, 1, south + 1), 4326)
        image = from_shape(shapely.box(0, south, 2, south + 1), 4326)
        session.add(ReleasePart(release_id=release.id, value=1.0, part=flood))
        session.add(ReleaseObserved(release_id=release.id, part=image))
    session.flush()
    return release


def test_a_tile_of_areas_holds_the_level_with_one_label_inside_each(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    make_country(session)
    shape_areas(session)

    drawn = layers(COUNTRY, area_tile(session, COUNTRY, 2, actor=anybody), tmp_path)

    areas = drawn["areas"].set_index("pcode")
    assert sorted(areas.index) == ["X11", "X12", "X21", "X22"]
    assert areas.geometry["X21"].bounds == pytest.approx((2, 0, 3, 2), abs=0.01)
    assert set(areas["name"]) == {"Area X11", "Area X12", "Area X21", "Area X22"}
    labels = drawn["labels"].set_index("pcode")
    assert len(labels) == 4
    assert areas.geometry["X21"].contains(labels.geometry["X21"])


def test_a_label_stands_in_one_tile_only(session: Session, anybody: Actor, tmp_path: Path) -> None:
    make_country(session)
    shape_areas(session)

    west = layers(WEST, area_tile(session, WEST, 2, actor=anybody), tmp_path)

    assert sorted(west["labels"]["pcode"]) == ["X11", "X12", "X21"]  # X22 is centred at 3.5 east


def test_who_is_bound_to_a_province_is_shown_it_and_what_it_lies_in(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    areas = make_country(session)
    shape_areas(session)
    local = replace(anybody, national=False, area_ids=frozenset({areas["X1"].id}))

    def shown(level: int) -> list[str]:
        drawn = layers(COUNTRY, area_tile(session, COUNTRY, level, actor=local), tmp_path)
        return sorted(drawn["areas"]["pcode"])

    assert shown(0) == ["X"]
    assert shown(1) == ["X1"]
    assert shown(2) == ["X11", "X12"]


def test_a_tile_far_away_is_empty(session: Session, anybody: Actor) -> None:
    make_country(session)
    shape_areas(session)

    assert area_tile(session, (6, 0, 0), 2, actor=anybody) == b""


def test_an_extent_is_drawn_with_the_edge_of_what_was_seen_and_the_country_beyond(
    session: Session, tmp_path: Path
) -> None:
    make_country(session)
    shape_areas(session)
    release = extent(session)

    drawn = layers(COUNTRY, release_tile(session, COUNTRY, release), tmp_path)

    assert drawn["extent"].geometry.union_all().area == pytest.approx(2.0, rel=0.01)
    assert set(drawn["extent"]["value"]) == {1.0}
    edge = drawn["observed"].geometry.union_all()
    assert edge.length == pytest.approx(8.0, rel=0.01)  # round 2 x 2 degrees, no line between parts
    unseen = drawn["unseen"].geometry.union_all()
    assert unseen.bounds == pytest.approx((2, 0, 4, 2), abs=0.01)


def test_parts_too_small_to_be_seen_are_left_out_of_the_tiles_of_far_zooms(
    session: Session, tmp_path: Path
) -> None:
    make_country(session)
    shape_areas(session)
    release = extent(session)
    for shape in (shapely.box(2, 1, 2.1, 1.1), shapely.box(2, 0, 2.1, 0.8)):  # small, and long
        part = ReleasePart(release_id=release.id, value=2.0, part=from_shape(shape, 4326))
        session.add(part)
    session.flush()
    globe = (0, 0, 0)  # of 4,096 units to 360 degrees: two of them are 0.18

    far = layers(globe, release_tile(session, globe, release), tmp_path)["extent"]
    near = layers(WEST, release_tile(session, WEST, release), tmp_path)["extent"]

    assert sorted(far["value"]) == [1.0, 1.0, 2.0]
    assert sorted(near["value"]) == [1.0, 1.0, 2.0, 2.0]


def test_a_release_that_is_not_published_is_shown_only_to_those_who_work_on_it(
    session: Session, anybody: Actor, visitor: Actor
) -> None:
    release = make_release(session, state=ReleaseState.READ, kind=LayerKind.EXTENT)
    reader = replace(anybody, permissions=frozenset({May.READ_RELEASES}))

    assert release_seen(session, release.id, actor=anybody) is release
    with pytest.raises(NotFound):
        release_seen(session, release.id, actor=reader)
    with pytest.raises(Forbidden):
        release_seen(session, release.id, actor=visitor)
    with pytest.raises(Forbidden):
        area_tile(session, COUNTRY, 1, actor=visitor)


@pytest.fixture
def picture(tmp_path: Path) -> NDArray[np.uint8]:
    """A tile of 0 to 2.8 degrees east and north over four cells of a degree each:

    north 0.0 0.4
    south 2.0  ?      (? = nodata)
    """
    file = depth_file(tmp_path / "depth.tif", [[0.0, 0.4], [2.0, -9999.0]])
    with opened(file) as grid, dataset(grid.name) as source:
        png = Canvas(grid, source).tile(WEST, Style([(0.1, BLUE), (1.0, RED)], GREY))
    assert png is not None
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def pixels_at(picture: NDArray[np.uint8], lon: float, lat: float) -> set[tuple[int, ...]]:
    """The colours of 8 x 8 pixels round a place of the tile."""
    column = round(lon / 2.8125 * SIDE)
    row = SIDE - round(lat / 2.8125 * SIDE)
    part = picture[row - 4 : row + 4, column - 4 : column + 4].reshape(-1, 4)
    return {tuple(int(channel) for channel in pixel) for pixel in part}


def test_cells_are_painted_in_the_colour_of_their_class(picture: NDArray[np.uint8]) -> None:
    assert pixels_at(picture, 1.5, 1.5) == {BLUE}
    assert pixels_at(picture, 0.5, 0.5) == {RED}


def test_what_lies_below_the_first_class_or_outside_is_clear(picture: NDArray[np.uint8]) -> None:
    assert {pixel[3] for pixel in pixels_at(picture, 0.5, 1.5)} == {0}
    assert {pixel[3] for pixel in pixels_at(picture, 2.5, 2.5)} == {0}


def test_what_was_not_observed_is_hatched(picture: NDArray[np.uint8]) -> None:
    assert pixels_at(picture, 1.5, 0.5) == {GREY, (0, 0, 0, 0)}


def test_a_south_up_grid_is_drawn_the_right_way(tmp_path: Path) -> None:
    turned = rasterio.Affine(0.5, 0, 0, 0, 0.5, 0)  # the first row lies in the south
    cells = [[2.0] * 4] * 2 + [[0.4] * 4] * 2
    file = depth_file(tmp_path / "up.tif", cells, transform=turned)
    with opened(file) as grid, dataset(grid.name) as source:
        png = Canvas(grid, source).tile(WEST, Style([(0.1, BLUE), (1.0, RED)], GREY))

    assert png is not None
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
    assert pixels_at(picture, 0.5, 0.5) == {RED}
    assert pixels_at(picture, 0.5, 1.5) == {BLUE}


def test_a_tile_beside_the_grid_is_none(tmp_path: Path) -> None:
    file = depth_file(tmp_path / "depth.tif", [[1.0, 1.0], [1.0, 1.0]])
    with opened(file) as grid, dataset(grid.name) as source:
        assert Canvas(grid, source).tile((7, 0, 0), Style([(0.1, BLUE)], GREY)) is None
