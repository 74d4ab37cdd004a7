"""Hazard files are read, brought into their normal form, and answer for places."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file
from geo.jobs.release_extents import NothingSeen
from geo.models.events import LayerKind
from geo.models.exposure import AreaExposure, Exposure
from geo.models.releases import (
    ObservedRule,
    Release,
    ReleaseObserved,
    ReleasePart,
    ReleaseState,
)
from geo.raster.bands import Choice
from geo.raster.picture import png
from geo.services.meanings import MeaningIncomplete, choose_in_file, confirm_release, faults_of
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country
from tests.make.registry import make_location
from tests.make.releases import DEPTH, DEPTHS, FLOOD, answers, published, read
from tests.places import DATA

VAMCO = DATA / "hazard" / "phl_vamco2020_flood_unosat.geojson"


def test_a_raster_is_read_and_what_was_found_is_said(
    received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))

    assert release.state is ReleaseState.READ
    assert release.kind is LayerKind.RASTER
    found = release.found
    assert (found["crs"], found["width"], found["height"]) == ("EPSG:4326", 4, 2)
    assert (found["cells"], found["observed"], found["zeros"]) == (8, 7, 1)
    assert (found["least"], found["most"]) == (0.0, 2.0)
    assert found["nodata"] == ["-9999.0"]
    assert sum(release.histogram or []) == 6  # cells with another value than 0
    assert not found["asks_zeros"]


def test_from_upload_to_answer(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    areas = make_country(session)
    for lon in (0.5, 1.5, 2.5, 3.5, 7.0):
        make_location(session, lon, 0.5)
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))

    published(session, release, anybody, DEPTH)

    assert (release.state, release.number) == (ReleaseState.PUBLISHED, 1)
    assert answers(session, release, threshold=0.5) == {
        0.5: "in",
        1.5: "not_observed",
        2.5: "in",
        3.5: "out",
        7.0: "not_observed",
    }
    hit = session.get(AreaExposure, (release.id, areas["X12"].id))
    assert hit is not None
    assert hit.observed_km2 == pytest.approx(hit.hit_km2)  # only the 0.4 above was observed
    assert hit.most == pytest.approx(0.4)


def test_the_histogram_has_round_edges_from_the_floor_and_counts_each_cell_once(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))

    published(session, release, anybody, DEPTH)

    edges, counts = release.histogram_edges or [], release.histogram or []
    assert len(edges) == 257
    assert edges[:3] == [0.2, 0.21, 0.22]  # 256 bins of 0.01 reach from 0.2 to 2.0
    kept = {edges[i]: n for i, n in enumerate(counts) if n}
    assert kept == {0.2: 1, 0.4: 1, 0.5: 2, 1.5: 1, 2.0: 1}


def test_the_normal_form_keeps_the_numbers_and_the_nodata_of_the_original(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))
    make_location(session, 0.5, 1.5)

    published(session, release, anybody, replace(DEPTH, nodata=(2.0,)))

    corners = select(func.ST_XMin(Release.bounds), func.ST_YMax(Release.bounds))
    assert session.execute(corners).one() == (0, 2)
    assert sum(release.histogram or []) == 5  # the cell of 2.0 is not observed any more


def test_zeros_that_may_be_unseen_are_asked_for(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "mask.tif", [[0, 1], [0, 1]], nodata=None, dtype="uint8")
    make_location(session, 0.5, 0.5)
    release = received(file)

    assert release.found["asks_zeros"]
    assert set(faults_of(release, FLOOD)) == {"zeros"}
    with pytest.raises(MeaningIncomplete, match="Say what 0 means"):
        confirm_release(session, release.id, FLOOD, actor=anybody)

    published(session, release, anybody, replace(FLOOD, zeros="unseen"))
    assert answers(session, release) == {0.5: "not_observed"}


def test_zeros_that_are_dry_make_places_out(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "mask.tif", [[0, 1], [0, 1]], nodata=None, dtype="uint8")
    make_location(session, 0.5, 0.5)
    make_location(session, 1.5, 0.5)
    release = received(file)

    published(session, release, anybody, replace(FLOOD, zeros="value"))

    assert answers(session, release) == {0.5: "out", 1.5: "in"}


def test_an_extent_is_cut_into_parts_and_outside_its_box_nothing_is_known(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    flood = shapely.union(shapely.box(0, 0, 1, 2), shapely.box(2, 0, 3, 1))
    for lon in (0.5, 1.5, 3.5):
        make_location(session, lon, 1.5)
    release = received(shapes_file(tmp_path / "flood.geojson", (flood, {"date": "2026-11-13"})))

    published(session, release, anybody, FLOOD)

    assert release.kind is LayerKind.EXTENT
    assert answers(session, release) == {0.5: "in", 1.5: "out", 3.5: "not_observed"}
    area = session.scalar(
        select(func.sum(func.ST_Area(ReleasePart.part))).filter_by(release_id=release.id)
    )
    assert area == pytest.approx(3.0)


def test_a_picture_beside_a_shapefile_is_left_alone(
    received: Callable[..., Release], tmp_path: Path
) -> None:
    frame = geopandas.GeoDataFrame({"id": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    frame.to_file(tmp_path / "flood.shp")
    (tmp_path / "flood map.png").write_bytes(png(np.zeros((8, 8), np.uint8), [(0, 0, 0, 255)]))
    with zipfile.ZipFile(tmp_path / "flood.zip", "w") as archive:
        for part in tmp_path.glob("flood*.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)

    release = received(tmp_path / "flood.zip")

    assert (release.state, release.kind) == (ReleaseState.READ, LayerKind.EXTENT)


def test_a_second_file_says_what_the_image_saw(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    seen = keep_file(shapes_file(tmp_path / "seen.geojson", (shapely.box(0, 0, 2, 2), {})))
    for lon in (0.5, 1.5, 2.5):
        make_location(session, lon, 0.5)
    release = received(shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 0, 1, 1), {})))

    meaning = replace(
        FLOOD, observed_rule=ObservedRule.LAYER, observed_file=("seen.geojson", seen.sha256)
    )
    published(session, release, anybody, meaning)

    assert answers(session, release) == {0.5: "in", 1.5: "out", 2.5: "not_observed"}


def test_what_lies_outside_the_observed_extent_is_not_observed_though_it_is_drawn(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    seen = keep_file(shapes_file(tmp_path / "seen.geojson", (shapely.box(0, 0, 2, 2), {})))
    for lon in (1.5, 2.0, 2.5):
        make_location(session, lon, 0.5, accuracy_m=None)
    far, across = shapely.box(5, 0, 6, 1), shapely.box(1, 0, 3, 1)
    release = received(shapes_file(tmp_path / "flood.geojson", (across, {}), (far, {})))

    meaning = replace(
        FLOOD, observed_rule=ObservedRule.LAYER, observed_file=("seen.geojson", seen.sha256)
    )
    published(session, release, anybody, meaning)

    assert answers(session, release) == {1.5: "in", 2.0: "in", 2.5: "not_observed"}
    beyond = release.found["beyond_km2"]  # two squares of a degree at the equator
    assert beyond == pytest.approx(2 * 12_308.778, rel=1e-3)


def test_an_extent_that_belongs_to_another_image_is_refused(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    seen = keep_file(shapes_file(tmp_path / "seen.geojson", (shapely.box(7, 7, 8, 8), {})))
    release = received(shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 0, 1, 1), {})))

    meaning = replace(
        FLOOD, observed_rule=ObservedRule.LAYER, observed_file=("seen.geojson", seen.sha256)
    )

    with pytest.raises(NothingSeen, match="in the observed extent"):
        published(session, release, anybody, meaning)


def test_the_whole_country_was_seen(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    make_country(session)
    make_location(session, 3.5, 0.5)
    make_location(session, 5.0, 0.5)
    release = received(shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 0, 1, 1), {})))

    published(session, release, anybody, replace(FLOOD, observed_rule=ObservedRule.COUNTRY))

    assert answers(session, release) == {3.5: "out", 5.0: "not_observed"}


def test_an_extent_without_a_word_on_what_was_seen_is_not_confirmed(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 0, 1, 1), {})))

    assert set(faults_of(release, replace(FLOOD, observed_rule=None))) == {"observed_rule"}
    by_file = replace(FLOOD, observed_rule=ObservedRule.LAYER)
    assert set(faults_of(release, by_file)) == {"observed_file"}


def test_polygons_carry_values_from_a_column(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    deep, shallow = (shapely.box(0, 0, 1, 1), {"d": 2.0}), (shapely.box(0, 0, 2, 1), {"d": 0.5})
    make_location(session, 0.5, 0.5)
    make_location(session, 1.5, 0.5)
    release = received(shapes_file(tmp_path / "classes.geojson", shallow, deep))

    assert release.found["numeric"] == ["d"]
    published(session, release, anybody, replace(FLOOD, value_field="d"))

    assert answers(session, release, threshold=1.0) == {0.5: "in", 1.5: "out"}


def test_the_unosat_extent_of_vamco_measures_what_was_published(
    received: Callable[..., Release], session: Session
) -> None:
    release = received(VAMCO)

    assert release.state is ReleaseState.READ
    assert release.found["km2"] == pytest.approx(970.53, rel=0.003)  # DATA/MANIFEST.md, geodesic
    points = select(func.max(func.ST_NPoints(ReleasePart.part))).filter_by(release_id=release.id)
    assert (session.scalar(points) or 0) <= 257


def test_a_file_that_cannot_be_used_is_refused_with_its_sentence(
    received: Callable[..., Release],
) -> None:
    release = received(DATA / "nasty" / "rasterio_RGBA.uint16.tif")

    assert release.state is ReleaseState.REFUSED
    assert "picture" in (release.refusal or "")
    assert release.grid_sha256 is None


def test_an_analyst_chooses_what_the_file_does_not_say(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS, crs=None))
    assert "coordinate system" in str(release.refusal)

    choose_in_file(session, release.id, Choice(crs="EPSG:4326"), actor=anybody)
    read(session, release, anybody)

    assert release.state is ReleaseState.READ
    assert release.found["crs"] == "EPSG:4326"


def test_what_was_observed_of_a_raster_is_its_outline(
    session: Session, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))

    seen = session.scalar(
        select(func.ST_Area(ReleaseObserved.part)).filter_by(release_id=release.id)
    )
    assert seen == pytest.approx(8.0)
    assert session.scalar(select(func.count()).select_from(Exposure)) == 0
