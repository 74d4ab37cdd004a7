"""From a product's file to what it says of households: recognised, confirmed, published, asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import Transformer
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Job, JobState, defer
from core.storage import path_of
from geo.classes import classes_of
from geo.jobs.releases import read_release
from geo.jobs.stumbles import refuse_stumbled
from geo.models.events import LayerKind
from geo.models.locations import Location
from geo.models.readings import FilePart, ReleaseClass, Role
from geo.models.releases import Direction, ObservedRule, Release, ReleaseState
from geo.products.meaning import Means
from geo.queries.readings import (
    choice_of,
    class_of,
    classes_read,
    companions_of,
    part_of,
    repairs_of,
)
from geo.queries.selections import Question, answered
from geo.queries.stumbles import anything_stumbled
from geo.raster.bands import Choice
from geo.raster.open import opened
from geo.raster.reasons import Reason
from geo.release_pictures import picture_of
from geo.release_values import value_at
from geo.services.meanings import Meaning, choose_in_file, faults_of
from registry.documents.contained import colours
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.products import GFM, code_file, zip_of
from tests.make.registry import make_location
from tests.make.releases import DEPTH, DEPTHS, FLOOD, answers, published, read

Receive = Callable[..., Release]
GFM_MEANS = Meaning(
    layer="Flood extent",
    measure="Flooded",
    unit="",
    observed_at=datetime(2020, 11, 13, 21, 56, 12, tzinfo=UTC),
    source="Copernicus GFM, Sentinel-1",
    licence="Copernicus",
)


def gfm_zip(folder: Path) -> Path:
    """One row of five cells: dry, flooded, dry in a town, dry on a river, no data."""
    flood = code_file(folder / GFM, [[0, 1, 0, 0, 255]], nodata=255)
    water = code_file(
        folder / GFM.replace("ENSEMBLE_FLOOD", "REFERENCE_WATER"), [[0, 0, 0, 1, 0]], nodata=255
    )
    town = code_file(
        folder / GFM.replace("ENSEMBLE_FLOOD", "EXCLUSION_MASK"), [[0, 0, 1, 0, 0]], nodata=255
    )
    return zip_of(folder / "gfm.zip", flood, water, town)


def unosat(path: Path, *, day: str = "2020-11-13", west: float = 0) -> Path:
    columns = {"Water_Clas": "Flood Water", "Sensor_ID": "S1", "Sensor_Dat": day}
    return shapes_file(path, (shapely.box(west, 0, west + 1, 1), columns))


def unosat_zip(folder: Path) -> Path:
    """A square degree of water in an analysis extent of three."""
    water = unosat(folder / "ST1_20201113_FloodExtent.geojson")
    seen = shapes_file(
        folder / "ST1_20201113_AnalysisExtent.geojson", (shapely.box(0, 0, 3, 1), {})
    )
    return zip_of(folder / "unosat.zip", water, seen)


def stand_on_cells(session: Session, count: int) -> list[float]:
    """Somebody in the middle of each cell of the first row; answers their longitudes."""
    to_degrees = Transformer.from_crs(32651, 4326, always_xy=True)
    places = [to_degrees.transform(500_010 + 20 * n, 2_000_030) for n in range(count)]
    return [make_location(session, lon, lat, accuracy_m=None).lon or 0 for lon, lat in places]


def test_a_gfm_zip_goes_from_the_desk_to_what_it_says_of_places(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    dry, wet, town, river, unknown = stand_on_cells(session, 5)
    release = received(gfm_zip(tmp_path))

    assert release.state is ReleaseState.READ
    assert (release.product, release.product_title) == ("gfm", "GFM flood extent, 13 Nov 2020")
    assert (release.measure, release.source) == ("Flooded", "Copernicus GFM, Sentinel-1")
    published(session, release, anybody, GFM_MEANS)

    assert answers(session, release) == {
        dry: "out",
        wet: "in",
        town: "not_observed",
        river: "out",
        unknown: "not_observed",
    }


def test_why_a_cell_has_no_value_is_kept_beside_the_grid(received: Receive, tmp_path: Path) -> None:
    release = received(gfm_zip(tmp_path))

    with opened(path_of(str(release.reasons_sha256))) as grid, rasterio.open(grid.name) as file:
        reasons = file.read(1).tolist()
    value, town, river = Reason.VALUE, Reason.EXCLUDED, Reason.PERMANENT_WATER
    assert reasons == [[value, value, town, river, Reason.NODATA]]


def test_a_plain_grid_has_no_reasons_beside_it(received: Receive, tmp_path: Path) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))

    assert release.reasons_sha256 is None


def test_the_classes_of_a_product_stand_with_the_cells_of_each(
    session: Session, received: Receive, tmp_path: Path
) -> None:
    release = received(gfm_zip(tmp_path))

    classes = session.scalars(select(ReleaseClass).filter_by(release_id=release.id)).all()
    assert [(one.code, one.means, one.count) for one in classes] == [
        ("0", Means.OUT, 3),
        ("1", Means.IN, 1),
        ("255", Means.NOT_OBSERVED, 1),
    ]
    roles = companions_of(session, release.id)
    assert [part.title[:15] for part in roles[Role.WATER]] == ["REFERENCE_WATER"]
    assert [part.title[:14] for part in roles[Role.EXCLUDED]] == ["EXCLUSION_MASK"]


def test_an_analyst_says_otherwise_what_a_class_means(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    dry, wet, *_rest = stand_on_cells(session, 5)
    release = received(gfm_zip(tmp_path))
    said = [class_of(one) for one in classes_read(session, release.id)]
    said[0] = replace(said[0], means=Means.NOT_OBSERVED)
    published(session, release, anybody, replace(GFM_MEANS, classes=tuple(said)))

    assert {lon: answers(session, release)[lon] for lon in (dry, wet)} == {
        dry: "not_observed",
        wet: "in",
    }


def test_a_unosat_zip_goes_from_the_desk_to_what_it_says_of_places(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    for lon in (0.5, 1.5, 3.5):
        make_location(session, lon, 0.5, accuracy_m=None)
    release = received(unosat_zip(tmp_path))

    assert (release.product, release.day_only) == ("unosat", True)
    assert release.observed_rule is ObservedRule.LAYER
    seen = companions_of(session, release.id)[Role.OBSERVED]
    published(
        session,
        release,
        anybody,
        replace(FLOOD, observed_rule=ObservedRule.LAYER, observed_part=seen[0].number),
    )

    assert answers(session, release) == {0.5: "in", 1.5: "out", 3.5: "not_observed"}


def test_a_file_of_several_days_asks_which_and_reads_the_one_that_is_picked(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    files = [
        unosat(tmp_path / "a.geojson", day="2020-11-13"),
        unosat(tmp_path / "b.geojson", day="2020-11-15", west=2),
    ]
    release = received(zip_of(tmp_path / "both.zip", *files))

    assert release.state is ReleaseState.ASKED
    assert "holds 2 parts (a, b)" in str(release.refusal)
    parts = session.scalars(select(FilePart).order_by(FilePart.number)).all()
    assert [part.title for part in parts] == ["a", "b"]
    assert all(path_of(str(part.picture_sha256)).is_file() for part in parts)
    later = part_of(session, release.id, 2)
    choose_in_file(session, release.id, choice_of(later), actor=anybody)
    read(session, release, anybody)

    assert str(release.state) == "read"
    assert release.product_title == "UNOSAT flood extent, 15 Nov 2020"
    corner = session.scalar(select(Release.bounds.ST_XMin()).filter_by(id=release.id))
    assert corner == 2


def test_a_file_without_a_coordinate_system_is_asked_where_it_lies(
    session: Session, received: Receive, tmp_path: Path
) -> None:
    make_country(session)
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS, crs=None))

    assert release.state is ReleaseState.ASKED
    places = release.found["places"]
    assert places[0]["crs"] == "EPSG:4326"
    assert places[0]["box"] == [0, 0, 4, 2]
    assert places[0]["lands"]


def test_points_are_told_what_they_are_good_for(received: Receive, tmp_path: Path) -> None:
    release = received(shapes_file(tmp_path / "clinics.geojson", (shapely.Point(1, 1), {})))

    assert release.state is ReleaseState.REFUSED
    assert "load it as a layer for context" in str(release.refusal)


def test_a_shape_that_was_mended_is_listed_with_its_ground_before_and_after(
    session: Session, received: Receive, tmp_path: Path
) -> None:
    """A bow-tie of two triangles, each a quarter of the square they are drawn in."""
    tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    release = received(
        shapes_file(tmp_path / "tie.geojson", (tie, {}), (shapely.box(2, 0, 3, 1), {}))
    )

    mended = repairs_of(session, release.id)
    assert [(each.feature, each.reason) for each in mended] == [(1, "Self-intersection")]
    half = 12_308.778 / 2  # km2 of a square degree at the equator
    assert mended[0].before_km2 == pytest.approx(half, rel=1e-2)
    assert mended[0].after_km2 == pytest.approx(half, rel=1e-2)
    assert set(faults_of(release, FLOOD)) == set()


def test_numbers_that_may_mean_no_data_are_asked_for(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "depth.tif", [[0.5, 1.5, -9999.0, 0.2]] * 2, nodata=None)
    for lon in (1.5, 2.5):
        make_location(session, lon, 0.5, accuracy_m=None)
    release = received(file)

    assert set(faults_of(release, DEPTH)) == {"suspects"}
    assert faults_of(release, replace(DEPTH, values=(-9999.0,))) == {}
    published(session, release, anybody, replace(DEPTH, nodata=(-9999.0,)))

    assert answers(session, release) == {1.5: "in", 2.5: "not_observed"}


def test_a_zero_that_is_stored_as_another_number_is_unseen_where_zeros_are(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    """Stored 100 measures 0 where 100 x 0.1 - 10 is meant; stored 0 measures -10."""
    file = depth_file(tmp_path / "packed.tif", [[100, 0, 120]] * 2, nodata=None, dtype="int16")
    with rasterio.open(file, "r+") as packed:
        packed.scales, packed.offsets = [0.1], [-10.0]
    for lon in (0.5, 1.5, 2.5):
        make_location(session, lon, 0.5, accuracy_m=None)
    release = received(file)

    assert release.found["asks_zeros"]
    published(session, release, anybody, replace(DEPTH, zeros="unseen"))

    assert answers(session, release) == {0.5: "not_observed", 1.5: "out", 2.5: "in"}


def test_less_is_worse_only_up_to_a_value_that_is_said(received: Receive, tmp_path: Path) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))

    at_most = replace(DEPTH, floor=None, direction=Direction.AT_MOST)
    assert set(faults_of(release, at_most)) == {"floor"}


def test_a_layer_of_a_file_is_named_by_a_command_too(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    files = [
        shapes_file(tmp_path / f"{name}.geojson", (shapely.box(0, 0, size, 1), {}))
        for name, size in (("small", 1), ("large", 2))
    ]
    release = received(zip_of(tmp_path / "two.zip", *files))
    assert release.state is ReleaseState.ASKED

    choose_in_file(session, release.id, Choice(layer="large"), actor=anybody)
    read(session, release, anybody)

    assert (release.state, release.kind) == (ReleaseState.READ, LayerKind.EXTENT)
    assert release.file_in_archive == "large.geojson"


def test_a_file_over_which_the_reading_broke_down_is_refused_and_not_left_waiting(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    waiting = received(depth_file(tmp_path / "depth.tif", DEPTHS))
    waiting.state = ReleaseState.RECEIVED
    session.flush()
    job_id = defer(session, read_release, actor=anybody, about=waiting, release_id=waiting.id)
    assert not anything_stumbled(session)  # it may still succeed

    session.get_one(Job, job_id).state = JobState.FAILED
    assert anything_stumbled(session)
    refuse_stumbled(session, actor=anybody, progress=Silent())

    assert waiting.state is ReleaseState.REFUSED
    assert "depth.tif is a GeoTIFF over which the reading broke down" in str(waiting.refusal)
    assert not anything_stumbled(session)


def test_ground_that_mending_takes_away_has_to_be_said_to_be_right(
    received: Receive, tmp_path: Path
) -> None:
    """Half of a hole lies outside its square, where it is drawn as ground: of four quarters of a
    degree one goes."""
    hole = [(0.5, 0.25), (1.5, 0.25), (1.5, 0.75), (0.5, 0.75)]
    square = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [hole])
    release = received(shapes_file(tmp_path / "flood.geojson", (square, {})))

    assert release.found["lost_share"] == pytest.approx(0.25, abs=1e-4)
    assert set(faults_of(release, FLOOD)) == {"loses"}
    assert faults_of(release, replace(FLOOD, loses=True)) == {}
    release.found = release.found | {"lost_share": 0.0009}
    assert faults_of(release, FLOOD) == {}


def test_shapes_with_values_are_drawn_in_classes_of_them_and_others_in_one(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    """A square degree of 0.3 m and one of 1.5 m."""
    shallow, deep = (shapely.box(0, 0, 1, 1), {"d": 0.3}), (shapely.box(2, 0, 3, 1), {"d": 1.5})
    release = received(shapes_file(tmp_path / "classes.geojson", shallow, deep))
    assert [least for least, _colour in classes_of(release)] == [0.0]

    depth = replace(DEPTH, observed_rule=ObservedRule.BOX, value_field="d", floor=None)
    published(session, release, anybody, depth)

    assert [least for least, _colour in classes_of(release)] == [0.0, 0.1, 0.5, 1.0]
    ground = {
        edge: km2
        for edge, km2 in zip(release.histogram_edges or [], release.histogram or [], strict=False)
        if km2
    }
    assert ground == pytest.approx({0.3: 12_308.778, 1.5: 12_308.778}, rel=1e-3)


def test_a_mask_of_flooded_cells_has_one_class(received: Receive, tmp_path: Path) -> None:
    assert len(classes_of(received(gfm_zip(tmp_path)))) == 1


def test_a_turned_grid_is_drawn_and_asked_where_its_cells_lie(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    """Two cells of a degree, turned by a quarter: the second lies south of the first."""
    file = depth_file(tmp_path / "depth.tif", [[1.5, 0.0]])
    with rasterio.open(file, "r+") as turned:
        turned.transform = Affine(0, 1, 0, -1, 0, 2)
    for lat in (0.5, 1.5):
        make_location(session, 0.5, lat, accuracy_m=None)
    release = received(file)
    published(session, release, anybody, DEPTH)

    said = answered(Question(release_id=release.id)).subquery()
    rows = select(Location.lat, said.c.status).join(said, said.c.location_id == Location.id)
    assert {row.lat: row.status for row in session.execute(rows)} == {1.5: "in", 0.5: "out"}
    drawn = picture_of(release, (0.0, 0.0, 1.0, 2.0), 256, colours())
    assert drawn is not None
    assert value_at(session, release, 0.5, 1.5).value == 1.5
    assert value_at(session, release, 0.5, 0.5).value == 0.0
