"""What a map that leaves the platform is drawn of: its frame, its ground, its picture."""

import io
from pathlib import Path
from typing import Any

import pytest
import shapely
from geoalchemy2.shape import from_shape
from PIL import Image
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file
from geo.models.areas import Area
from geo.models.events import LayerKind
from geo.models.releases import Release, ReleaseObserved, ReleasePart
from geo.queries.map_shapes import Frame, areas_in, extent_in, picked_in, unseen_in
from geo.release_pictures import picture_of
from geo.services.areas import shape_areas
from geo.vector.mercator import widened
from geo.vector.world import countries_in
from tests.make.files import depth_file
from tests.make.geo import make_country, make_event, make_release

COLOURS = {f"--h{n}": f"#00000{n}" for n in (1, 2, 3, 4)}
COLOURS |= {"--no-line": "#000009", "--m-no-line": "#000009"}  # the hatch
WEST = Frame((0.0, 0.0, 2.0, 2.0), 400)


@pytest.mark.parametrize(
    ("narrowest", "widest", "sides"),
    [(1.0, 1.0, (4, 4)), (0.5, 1.0, (4, 8)), (1.0, 2.0, (8, 4)), (0.5, 2.0, (8, 8))],
)
def test_a_box_is_widened_for_narrow_and_for_wide_frames(
    narrowest: float, widest: float, sides: tuple[float, float]
) -> None:
    west, south, east, north = widened((-2, -2, 2, 2), narrowest, widest)
    assert east - west == pytest.approx(sides[0] * 1.08, rel=0.01)  # with a little room round it
    assert north - south == pytest.approx(sides[1] * 1.08, rel=0.01)  # and near the equator
    assert west == pytest.approx(-east)
    assert south == pytest.approx(-north)


def test_the_ground_holds_the_countries_of_the_box_and_no_more() -> None:
    luzon: list[dict[str, Any]] = countries_in((120.5, 16.5, 121.5, 17.5))
    assert len(luzon) == 1
    assert countries_in((80.0, -31.0, 82.0, -28.0)) == []  # open ocean


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    areas = make_country(session)
    shape_areas(session)
    return areas


@pytest.fixture
def extent(session: Session, areas: dict[str, Area]) -> Release:
    """Water over half a degree, cut in two pieces; seen is the south of the country."""
    release = make_release(session, kind=LayerKind.EXTENT)
    pieces = [shapely.box(0.5, 0.5, 0.75, 1.0), shapely.box(0.75, 0.5, 1.0, 1.0)]
    session.add_all(
        ReleasePart(release_id=release.id, value=1.0, part=from_shape(piece, 4326))
        for piece in pieces
    )
    seen = from_shape(shapely.box(0, 0, 4, 1), 4326)
    session.add(ReleaseObserved(release_id=release.id, part=seen))
    session.flush()
    return release


def _bounds(shape: dict[str, Any] | None) -> tuple[float, ...]:
    assert shape is not None
    return tuple(round(side, 1) for side in shapely.geometry.shape(shape).bounds)


@pytest.mark.usefixtures("areas")
def test_areas_are_cut_at_the_frame(session: Session, anybody: Actor) -> None:
    found = areas_in(session, 1, Frame((1.0, 0.0, 3.0, 2.0), 400), actor=anybody)
    assert [(area.name, _bounds(area.shape)) for area in found] == [
        ("Area X1", (1, 0, 2, 2)),
        ("Area X2", (2, 0, 3, 2)),
    ]


def test_areas_out_of_reach_are_not_drawn(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    westerner = Actor(7, "Wen", anybody.permissions, frozenset({areas["X11"].id}))
    districts = areas_in(session, 2, WEST, actor=westerner)
    above = areas_in(session, 1, Frame((0.0, 0.0, 4.0, 2.0), 400), actor=westerner)
    picked = picked_in(session, [areas["X11"].id, areas["X12"].id], WEST, actor=westerner)
    assert [area.name for area in districts] == ["Area X11"]
    assert [area.name for area in above] == ["Area X1"]  # in which X11 lies
    assert [area.name for area in picked] == ["Area X11"]


def test_an_extent_is_drawn_without_the_cuts_between_its_pieces(
    session: Session, extent: Release
) -> None:
    drawn = extent_in(session, extent, WEST)
    assert drawn is not None
    assert drawn["type"] == "Polygon"
    assert _bounds(drawn) == (0.5, 0.5, 1.0, 1.0)
    assert extent_in(session, extent, Frame((3.0, 0.0, 4.0, 1.0), 400)) is None


def test_the_land_that_was_not_seen_is_told(session: Session, extent: Release) -> None:
    assert _bounds(unseen_in(session, extent, WEST)) == (0, 1, 2, 2)
    assert unseen_in(session, extent, Frame((0.5, 0.2, 1.5, 0.8), 400)) is None


def test_the_cells_of_a_release_are_one_picture(
    session: Session, storage: Path, tmp_path: Path
) -> None:
    kept = keep_file(depth_file(tmp_path / "depth.tif", [[0.0, 0.3], [1.5, 5.0]]))
    said: dict[str, Any] = {"kind": LayerKind.RASTER, "unit": "m", "floor": 0.1}
    release = make_release(session, grid_sha256=kept.sha256, **said)

    made = picture_of(release, (0.1, 0.1, 1.9, 1.9), 512, COLOURS)

    assert made is not None
    picture, (west, south, east, north) = Image.open(io.BytesIO(made[0])).convert("RGBA"), made[1]

    def painted(lon: float, lat: float) -> tuple[int, int]:
        """Blue and opacity at a place; so near the equator degrees are as high as wide."""
        x = (lon - west) / (east - west) * picture.width
        y = (north - lat) / (north - south) * picture.height
        return picture.getpixel((int(x), int(y)))[2:]  # type: ignore[index, return-value]

    middles = [(0.5, 1.5), (1.5, 1.5), (0.5, 0.5), (1.5, 0.5)]
    assert [painted(*middle) for middle in middles] == [(0, 0), (1, 255), (3, 255), (4, 255)]


def test_where_a_release_has_no_cells_there_is_no_picture(
    session: Session, storage: Path, tmp_path: Path, extent: Release
) -> None:
    kept = keep_file(depth_file(tmp_path / "depth.tif", [[1.0]]))
    said: dict[str, Any] = {"kind": LayerKind.RASTER, "unit": "m", "grid_sha256": kept.sha256}
    depth = make_release(session, make_event(session, "Next"), **said)
    assert picture_of(depth, (90.0, 10.0, 91.0, 11.0), 512, COLOURS) is None
    assert picture_of(extent, WEST.box, 512, COLOURS) is None
