"""What is odd about a release before it is published: each finding with figures counted by hand.

The country made here is eight squares of one degree, each of 12,308 km² or a little less.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine
from geoalchemy2.shape import from_shape
from pyproj import Geod
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from geo.finding_words import said
from geo.jobs.releases import look_over, publish
from geo.models.release_findings import Code, ReleaseFinding
from geo.models.releases import ObservedRule, Release, ReleaseState
from geo.queries.release_findings import findings_of
from geo.services.meanings import Meaning, confirm_release
from geo.services.releases import FindingsOpen, NotLookedOver, ask_publication
from geo.services.sanity import accept_findings
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_area, make_country
from tests.make.jobs import Silent
from tests.make.releases import DEPTH, FLOOD
from tests.places import DATA

Look = Callable[..., dict[Code, ReleaseFinding]]
SOME = [[0.0, 0.4, 0.1, 1.5], [2.0, -9999.0, 0.0, 0.1]]  # three of eight from 0.2 m on
GEOD = Geod(ellps="WGS84")
EVENT = datetime(2026, 11, 19, tzinfo=UTC)  # when the made event began


def ground(*corners: float) -> float:
    """The km² of a box on the ellipsoid, its edges along parallels, by pyproj."""
    west, south, east, north = corners
    edge = np.linspace(0, 1, 400)
    lon = np.concatenate([west + (east - west) * edge, east + (west - east) * edge])
    lat = np.concatenate([np.full(400, south), np.full(400, north)])
    return abs(GEOD.polygon_area_perimeter(lon, lat)[0]) / 1e6


@pytest.fixture
def country(session: Session) -> None:
    make_country(session)


@pytest.fixture
def look(session: Session, anybody: Actor, received: Callable[..., Release]) -> Look:
    """`look(file, meaning)` reads a file, confirms what it means, and has it looked over."""

    def act(file: Path, meaning: Meaning) -> dict[Code, ReleaseFinding]:
        release = received(file)
        confirm_release(session, release.id, meaning, actor=anybody)
        look_over(session, actor=anybody, progress=Silent(), release_id=release.id)
        return {each.code: each for each in findings_of(session, release.id)}

    return act


def box(tmp_path: Path, west: float, south: float, east: float, north: float) -> Path:
    corners = shapely.box(west, south, east, north)
    return shapes_file(tmp_path / f"{west} {east}.geojson", (corners, {}))


def test_a_plain_flood_within_the_country_is_not_odd(
    country: None, look: Look, tmp_path: Path
) -> None:
    assert look(depth_file(tmp_path / "depth.tif", SOME), DEPTH) == {}
    assert look(box(tmp_path, 0.5, 0.5, 1.5, 1.5), FLOOD) == {}


def test_one_that_meets_no_area_is_never_published(
    session: Session, anybody: Actor, country: None, look: Look, tmp_path: Path
) -> None:
    found = look(box(tmp_path, 6, 0.5, 7, 1.5), FLOOD)

    assert list(found) == [Code.OUTSIDE_COUNTRY]
    finding = found[Code.OUTSIDE_COUNTRY]
    far = GEOD.inv(4, 0.5, 6, 0.5)[2] / 1000  # two degrees of longitude near the equator
    assert finding.figure == pytest.approx(far, rel=1e-3)
    assert "the nearest of it is 222.6 km away" in said(finding, "")
    accept_findings(session, finding.release_id, list(Code), actor=anybody)
    with pytest.raises(FindingsOpen, match="outside_country"):
        ask_publication(session, finding.release_id, actor=anybody)


def test_one_whose_axes_are_swapped_is_told_so(
    session: Session, country: None, look: Look, tmp_path: Path
) -> None:
    cells: dict[str, Any] = {
        "transform": Affine(0.25, 0, 0, 0, -0.25, 4)
    }  # 0..0.5 east, 3.5..4 north
    found = look(depth_file(tmp_path / "turned.tif", [[1, 1], [1, 1]], **cells), DEPTH)

    assert list(found) == [Code.OUTSIDE_COUNTRY, Code.SWAPPED_AXES]
    assert found[Code.SWAPPED_AXES].figure == 1.0
    assert "100.0 % of it would lie where the areas are" in said(found[Code.SWAPPED_AXES], "")


def test_one_that_covers_more_than_half_of_the_country_says_how_much(
    country: None, look: Look, tmp_path: Path
) -> None:
    assert look(box(tmp_path, 0, 0, 2, 2), FLOOD) == {}  # exactly a half

    found = look(box(tmp_path, 0, 0, 3, 2), FLOOD)

    finding = found[Code.HALF_COUNTRY]
    assert finding.figure == pytest.approx(ground(0, 0, 3, 2), rel=1e-4)
    assert finding.beside == pytest.approx(0.75, rel=1e-4)
    assert "75.0 % of the areas loaded count as hit (73,8" in said(finding, "")


def test_cells_below_the_floor_cover_nothing(country: None, look: Look, tmp_path: Path) -> None:
    dry = [[0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 1.0]]

    assert look(depth_file(tmp_path / "dry.tif", dry), DEPTH) == {}


def test_what_lies_on_the_sea_is_told_with_its_share(
    country: None, look: Look, tmp_path: Path
) -> None:
    found = look(box(tmp_path, 3, 0, 5, 1), FLOOD)  # half of it east of the country

    finding = found[Code.SEA]
    assert finding.figure == pytest.approx(ground(4, 0, 5, 1), rel=1e-4)
    assert finding.beside == pytest.approx(0.5, rel=1e-4)
    assert said(finding, "").startswith("12,308 km² (50.0 %) of what counts as hit lie outside")
    assert look(box(tmp_path, 3, 0, 4.004, 1), FLOOD) == {}  # 0.4 %, as a coast is drawn


def test_cells_on_the_sea_are_counted_as_shapes_are(
    country: None, look: Look, tmp_path: Path
) -> None:
    east: dict[str, Any] = {"transform": Affine(1, 0, 3, 0, -1, 1)}  # 3..5 east, 0..1 north
    found = look(depth_file(tmp_path / "east.tif", [[1.0, 1.0]], **east), DEPTH)

    assert found[Code.SEA].figure == pytest.approx(ground(4, 0, 5, 1), rel=1e-4)
    assert found[Code.SEA].beside == pytest.approx(0.5, rel=1e-4)


@pytest.mark.parametrize(
    ("hours", "given", "found"),
    [
        (-30, {}, 30.0),
        (-1, {}, 1.0),
        (0, {}, None),
        (5, {}, None),
        (-30, {"forecast": True}, None),
        (-30, {"day_only": True}, 30.0),
    ],
)
def test_one_observed_before_the_event_says_how_long(
    country: None,
    look: Look,
    tmp_path: Path,
    hours: int,
    given: dict[str, Any],
    found: float | None,
) -> None:
    meaning = replace(DEPTH, observed_at=EVENT + timedelta(hours=hours), **given)

    odd = look(depth_file(tmp_path / "depth.tif", SOME), meaning).get(Code.BEFORE_EVENT)

    assert (odd.figure if odd else None) == found
    if odd and hours == -30:
        assert "observed 30 hours before the event began" in said(odd, "")
        odd.figure = 240.0
        assert "observed 10 days before the event began" in said(odd, "")


def test_depths_nobody_ever_measured_are_told_with_their_unit(
    country: None, look: Look, tmp_path: Path
) -> None:
    deep = [[147.3, 1.0, 0.0, 0.0]]

    found = look(depth_file(tmp_path / "deep.tif", deep), DEPTH)
    in_cm = look(depth_file(tmp_path / "cm.tif", [[148.3, 1.0, 0.0, 0.0]]), replace(
        DEPTH, layer="In cm", unit="cm"
    ))  # fmt: skip

    finding = found[Code.IMPLAUSIBLE]
    assert finding.figure == pytest.approx(147.3)
    assert finding.beside == 20
    assert "Its greatest value is 147.3 m; more than 20 m is hardly ever measured" in said(
        finding, "m"
    )
    assert in_cm == {}


def test_a_number_taken_for_a_value_that_often_means_no_data_is_told(
    country: None, look: Look, tmp_path: Path
) -> None:
    cells = [[1.0, 2.0, 9999.0, 9999.0], [0.0, 0.5, 0.0, 0.0]]
    file = depth_file(tmp_path / "depth.tif", cells, nodata=None)
    meaning = replace(DEPTH, zeros="value", values=(9999.0,))

    found = look(file, meaning)

    finding = found[Code.NODATA_SPIKE]
    assert (finding.figure, finding.beside) == (9999.0, 2.0)
    assert "2 cells hold exactly 9,999" in said(finding, "m")
    unseen = depth_file(tmp_path / "unseen.tif", cells[::-1], nodata=None)
    told = replace(DEPTH, layer="Other", zeros="value", nodata=(9999.0,))
    assert look(unseen, told) == {}


def test_a_picture_is_known_by_its_many_shades(country: None, look: Look, tmp_path: Path) -> None:
    fine: dict[str, Any] = {
        "transform": Affine(1 / 64, 0, 0, 0, -1 / 64, 1),
        "dtype": "uint8",
        "nodata": None,
    }
    shades = np.arange(256).reshape(16, 16)
    few = (shades % 100).tolist()
    meaning = replace(DEPTH, unit="cm", zeros="value", values=(255.0,))

    found = look(depth_file(tmp_path / "photo.tif", shades.tolist(), **fine), meaning)

    assert found[Code.PICTURE].figure == 256
    assert "256 of the 256 shades" in said(found[Code.PICTURE], "cm")
    assert look(depth_file(tmp_path / "few.tif", few, **fine), replace(meaning, values=())) == {}


def test_ground_that_went_in_mending_is_told(country: None, look: Look, tmp_path: Path) -> None:
    """Of a bow-tie both wings are kept. Half of a hole lies outside its square, where it is drawn
    as ground: of four quarters one goes."""
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    folded = shapely.Polygon([(1.5, 0), (2.5, 1), (2.5, 0), (1.5, 1)])
    hole = [(0.5, 0.25), (1.5, 0.25), (1.5, 0.75), (0.5, 0.75)]
    tie = shapes_file(tmp_path / "tie.geojson", (shapely.Polygon(square), {}), (folded, {}))
    lost = shapes_file(tmp_path / "hole.geojson", (shapely.Polygon(square, [hole]), {}))

    assert Code.AREA_LOST not in look(tie, FLOOD)
    found = look(lost, replace(FLOOD, layer="Another", loses=True))[Code.AREA_LOST]
    assert found.figure == pytest.approx(0.25, abs=1e-4)


def test_the_same_cells_as_in_the_release_before_are_told(
    session: Session,
    anybody: Actor,
    country: None,
    look: Look,
    received: Callable[..., Release],
    tmp_path: Path,
) -> None:
    first = received(depth_file(tmp_path / "1.tif", SOME))
    confirm_release(session, first.id, DEPTH, actor=anybody)
    publish(session, actor=anybody, progress=Silent(), release_id=first.id)

    again = look(depth_file(tmp_path / "2.tif", SOME, compress="deflate"), DEPTH)
    other = look(depth_file(tmp_path / "3.tif", SOME[::-1]), DEPTH)

    assert again[Code.SAME_AS_PREVIOUS].figure == 1
    assert "as in release 1 of the layer" in said(again[Code.SAME_AS_PREVIOUS], "m")
    assert other == {}


def test_before_areas_are_loaded_nothing_is_said_of_where_it_lies(
    look: Look, tmp_path: Path
) -> None:
    assert look(box(tmp_path, 6, 0.5, 7, 1.5), FLOOD) == {}


def test_what_is_odd_has_to_be_taken_on_before_it_is_published(
    session: Session, anybody: Actor, visitor: Actor, country: None, look: Look, tmp_path: Path
) -> None:
    found = look(box(tmp_path, 1, 0, 5, 2), FLOOD)  # 75 % of the country, a quarter on the sea
    assert list(found) == [Code.HALF_COUNTRY, Code.SEA]
    release_id = found[Code.SEA].release_id

    with pytest.raises(FindingsOpen, match="half_country, sea"):
        ask_publication(session, release_id, actor=anybody)
    with pytest.raises(FindingsOpen):
        publish(session, actor=anybody, progress=Silent(), release_id=release_id)
    with pytest.raises(Forbidden):
        accept_findings(session, release_id, ["sea"], actor=visitor)
    accept_findings(session, release_id, ["sea"], actor=anybody)
    with pytest.raises(FindingsOpen, match=r"\(half_country\)"):
        ask_publication(session, release_id, actor=anybody)
    accept_findings(session, release_id, ["half_country", "nonsense"], actor=anybody)

    ask_publication(session, release_id, actor=anybody)
    publish(session, actor=anybody, progress=Silent(), release_id=release_id)
    assert session.get_one(Release, release_id).state is ReleaseState.PUBLISHED
    session.refresh(found[Code.SEA])
    assert found[Code.SEA].accepted_by == anybody.id


def test_another_meaning_is_looked_over_anew(
    session: Session, anybody: Actor, country: None, look: Look, tmp_path: Path
) -> None:
    found = look(box(tmp_path, 3, 0, 5, 1), FLOOD)
    release_id = found[Code.SEA].release_id
    accept_findings(session, release_id, ["sea"], actor=anybody)

    confirm_release(session, release_id, replace(FLOOD, licence="CC0"), actor=anybody)
    with pytest.raises(NotLookedOver):
        ask_publication(session, release_id, actor=anybody)
    look_over(session, actor=anybody, progress=Silent(), release_id=release_id)

    with pytest.raises(FindingsOpen):
        ask_publication(session, release_id, actor=anybody)


def test_the_flood_of_vamco_lies_partly_outside_the_region(
    session: Session, look: Look, anybody: Actor
) -> None:
    """UNOSAT's flood of 13 November 2020: 970.21 km² in all, 955.04 in region 2 (MANIFEST)."""
    import pyogrio  # noqa: PLC0415 - read here as the published figures were

    shapes = pyogrio.read_dataframe(
        DATA / "admin" / "phl_r02_cod_ab.gpkg", layer="phl_admbnda_adm1"
    )
    region = make_area(session, "PH02", shapely.box(120, 15, 123, 21))
    region.shape = from_shape(shapely.union_all(shapes.geometry.to_numpy()), 4326)
    file = DATA / "hazard" / "phl_vamco2020_flood_unosat.geojson"
    seen = replace(FLOOD, observed_rule=ObservedRule.BOX, observed_at=EVENT)

    found = look(file, seen)

    finding = found[Code.SEA]
    assert finding.figure == pytest.approx(970.21 - 955.04, abs=0.02)
    assert finding.beside is not None
    assert math.isclose(finding.beside, 15.17 / 970.21, rel_tol=2e-3)
    assert said(finding, "").startswith("15.2 km² (1.6 %) of what counts as hit lie outside")
