"""Context layers are loaded and measured: sites, roads, ground and people, by hand and as known."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from affine import Affine
from pyproj import Geod
from shapely import LineString, MultiPoint, Point
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from core.jobs import Job
from core.storage import keep_file
from core.words import told
from geo.jobs.context import measure_context, read_layer
from geo.jobs.context_files import NoAreaKnown, NothingToCount
from geo.models.context import ContextFeature, ContextFigure, ContextState, Counted
from geo.models.releases import Release
from geo.queries.context import measured
from geo.services.context import (
    Counting,
    CountingUnclear,
    NameTaken,
    count_layer,
    receive_layer,
    remove_layer,
)
from geo.services.standing import BY_AREA, BY_ROWS_OF_TABLE
from tests.make.context import figures, make_layer
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.releases import DEPTH, DEPTHS, published

HEADS = [[10, 20, 30, 40], [50, 60, 70, 80]]


@pytest.fixture
def flood(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> Release:
    """Depths over the made country: from 0.2 m on X11 is hit in its south alone, X12 in its north
    and not observed in its south, X21 and X22 are hit as a whole."""
    make_country(session)
    session.execute(text("update areas set km2 = st_area(shape::geography) / 1e6"))
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))
    return published(session, release, anybody, DEPTH)


def test_sites_are_hit_dry_or_not_observed_and_belong_to_all_areas_above(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    sites = [Point(0.5, 0.5), Point(0.5, 1.5), Point(1.5, 0.5), Point(9, 9)]
    two = MultiPoint([(2.5, 0.5), (2.5, 1.5)])
    file = shapes_file(tmp_path / "sites.geojson", *((each, {}) for each in [*sites, two]))

    layer = make_layer(session, file, Counted.FEATURES, anybody, measure="Health sites")

    assert (layer.features, layer.total) == (6, 6)
    assert figures(session, flood, layer) == {
        "X11": (2, 1, 0),
        "X12": (1, 0, 1),
        "X21": (2, 2, 0),
        "X1": (3, 1, 1),
        "X2": (2, 2, 0),
        "X": (5, 3, 1),
    }


def test_people_of_a_grid_are_counted_by_the_ground_they_live_on(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    layer = make_layer(session, depth_file(tmp_path / "p.tif", HEADS), Counted.NUMBER, anybody)

    assert layer.total == 360
    assert figures(session, flood, layer) == {
        "X11": (60, 50, 0),
        "X12": (80, 20, 60),
        "X21": (100, 100, 0),
        "X22": (120, 120, 0),
        "X1": (140, 70, 60),
        "X2": (220, 220, 0),
        "X": (360, 290, 60),
    }


def test_a_cell_that_is_hit_in_part_counts_in_part(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    whole_country = Affine(4, 0, 0, 0, -2, 2)  # one cell
    file = depth_file(tmp_path / "p.tif", [[800]], transform=whole_country)

    layer = make_layer(session, file, Counted.NUMBER, anybody)

    found = figures(session, flood, layer)
    held = [found[pcode] for pcode in ("X11", "X12", "X")]
    assert held == [(200, 100, 0), (200, 100, 100), (800, 600, 100)]


def test_roads_are_measured_in_kilometres(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    road = LineString([(0, 0.5), (4, 0.5)])
    file = shapes_file(tmp_path / "roads.geojson", (road, {"name": "Coast road"}))

    layer = make_layer(session, file, Counted.LENGTH, anybody, name_field="name")

    degree = Geod(ellps="WGS84").line_length([0, 1], [0.5, 0.5]) / 1000
    found = figures(session, flood, layer)
    assert found["X11"] == pytest.approx((degree, degree, 0), rel=1e-4)
    assert found["X12"] == pytest.approx((degree, 0, degree), rel=1e-4)
    assert found["X"] == pytest.approx((4 * degree, 3 * degree, degree), rel=1e-4)
    assert session.scalar(select(ContextFeature.name)) == "Coast road"


def test_what_shapes_hold_is_spread_over_their_ground(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    four = shapely.box(0.5, 0.5, 1.5, 1.5)  # a quarter each: dry and hit, hit and unseen
    outside = shapely.box(8, 8, 9, 9)
    shapes = ((four, {"n": 400}), (outside, {"n": 7}), (four, {"n": None}))
    file = shapes_file(tmp_path / "census.geojson", *shapes)

    layer = make_layer(session, file, Counted.NUMBER, anybody, value_field="n")

    assert layer.total == 407
    assert [told(note) for note in layer.found["notes"]] == [
        "3 features were read.",
        "1 was left out: have no number.",
    ]
    found = figures(session, flood, layer)
    assert found["X11"] == pytest.approx((200, 100, 0), abs=0.05)
    assert found["X12"] == pytest.approx((200, 100, 100), abs=0.05)


def test_a_table_is_read_by_its_codes_at_its_lowest_level(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("code,people\nX,1000\nX1,500\nX11,100\nX12,300\nX21,50\nX22,\nX21,70\n")

    layer = make_layer(session, file, Counted.NUMBER, anybody, value_field="people")

    assert (layer.features, layer.total) == (4, 520)
    assert [told(note) for note in layer.found["notes"]] == [
        "7 rows were read.",
        "3 were left out: are above the level district, or have no number.",
    ]
    found = figures(session, flood, layer)
    assert found["X11"] == pytest.approx((100, 50, 0), abs=0.02)
    assert found["X12"] == pytest.approx((300, 150, 150), abs=0.05)
    assert found["X"] == pytest.approx((520, 320, 150), abs=0.1)


def test_a_table_of_codes_nobody_knows_is_refused(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("code,people\nY1,1\nY2,2\n")

    with pytest.raises(NoAreaKnown, match="P-codes"):
        make_layer(session, file, Counted.NUMBER, anybody, value_field="people")


def test_a_density_is_multiplied_by_the_ground(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    layer = make_layer(session, depth_file(tmp_path / "p.tif", [[2.0]]), Counted.DENSITY, anybody)

    north = Geod(ellps="WGS84").geometry_area_perimeter(shapely.box(0, 1, 1, 2).segmentize(0.01))
    assert layer.total == pytest.approx(2 * north[0] / 1e6, rel=1e-5)


def test_a_layer_that_comes_later_is_measured_against_what_is_published(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    make_layer(session, depth_file(tmp_path / "p.tif", HEADS), Counted.NUMBER, anybody)

    [found] = measured(session, flood, 2, actor=anybody)

    assert (found.whole.total, found.whole.hit, found.whole.not_observed) == (360, 290, 60)
    assert found.in_area("X12").not_observed == 60


def test_a_release_that_comes_later_is_measured_by_a_worker(
    session: Session,
    anybody: Actor,
    flood: Release,
    received: Callable[..., Release],
    tmp_path: Path,
) -> None:
    make_layer(session, depth_file(tmp_path / "p.tif", HEADS), Counted.NUMBER, anybody)
    upside_down = received(depth_file(tmp_path / "depth2.tif", DEPTHS[::-1]))
    later = published(session, upside_down, anybody, replace(DEPTH, layer="Later"))

    put_off = session.scalars(select(Job.args).where(Job.work.endswith("measure_context"))).one()
    measure_context(session, actor=anybody, progress=Silent(), **put_off)

    [found] = measured(session, later, 2, actor=anybody)
    assert (found.in_area("X11").hit, found.in_area("X12").not_observed) == (10, 20)


def test_without_layers_nothing_is_put_off(session: Session, flood: Release) -> None:
    assert not session.scalar(select(Job.id).where(Job.work.endswith("measure_context")))


def test_who_sees_one_province_is_told_of_that_one(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    make_layer(session, depth_file(tmp_path / "p.tif", HEADS), Counted.NUMBER, anybody)
    east = session.scalar(text("select id from areas where pcode = 'X2'")) or 0
    bound = replace(anybody, national=False, area_ids=frozenset({east}))

    [found] = measured(session, flood, 2, actor=bound)

    assert (found.whole.total, sorted(found.by_area)) == (220, ["X21", "X22"])


def test_a_layer_that_is_removed_is_in_no_table_and_its_name_is_free(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "p.tif", HEADS)
    layer = make_layer(session, file, Counted.NUMBER, anybody)
    with pytest.raises(NameTaken):
        make_layer(session, file, Counted.NUMBER, anybody)

    remove_layer(session, layer.id, "There is a newer census", actor=anybody)

    assert layer.state is ContextState.REMOVED
    assert measured(session, flood, 2, actor=anybody) == []
    assert session.scalar(select(func.count()).select_from(ContextFigure)) == 0
    make_layer(session, file, Counted.NUMBER, anybody)


def test_a_file_without_anything_to_count_is_refused_with_its_sentence(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "map.pdf"
    file.write_bytes(b"%PDF-1.4 a map to look at")
    layer = receive_layer(session, keep_file(file), file.name, "Map", actor=anybody)
    session.flush()

    read_layer(session, actor=anybody, progress=Silent(), layer_id=layer.id)

    assert layer.state is ContextState.REFUSED
    assert "made to be looked at" in str(layer.refusal)


def test_nothing_above_zero_is_refused(
    session: Session, anybody: Actor, flood: Release, tmp_path: Path
) -> None:
    with pytest.raises(NothingToCount, match=r"8 cells were read"):
        make_layer(session, depth_file(tmp_path / "p.tif", [[0] * 4] * 2), Counted.NUMBER, anybody)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"part": 9}, "Choose what of the file"),
        ({"counted": Counted.LENGTH}, "Say what is counted"),
        ({"value_field": ""}, "Choose the column"),
        ({"value_field": "heads"}, "Choose one of the columns"),
        ({"measure": " "}, "Name what is counted"),
        ({"source": ""}, "Say who made it"),
    ],
)
def test_what_is_not_clear_is_asked(
    session: Session, anybody: Actor, tmp_path: Path, wrong: dict[str, Any], says: str
) -> None:
    file = shapes_file(tmp_path / "c.geojson", (shapely.box(0, 0, 1, 1), {"n": 1}))
    layer = receive_layer(session, keep_file(file), file.name, "Census", actor=anybody)
    session.flush()
    read_layer(session, actor=anybody, progress=Silent(), layer_id=layer.id)
    clear = Counting(1, Counted.NUMBER, "People", "Census", value_field="n")

    with pytest.raises(CountingUnclear, match=says):
        count_layer(session, layer.id, replace(clear, **wrong), actor=anybody)


def test_who_may_not_load_layers_sends_none(
    session: Session, visitor: Actor, tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "p.tif", HEADS)

    with pytest.raises(Forbidden):
        receive_layer(session, keep_file(file), file.name, "People", actor=visitor)


def test_areas_above_are_told_by_the_path_without_looking_for_them(session: Session) -> None:
    arrays: dict[str, list[float]] = {"areas": [1], "totals": [1.0], "hits": [1.0], "unseen": [0.0]}
    pair = {"release": 1, "layer": 1}

    by_area = session.scalars(text(f"explain {BY_AREA.text}"), {**pair, **arrays}).all()
    by_row = session.scalars(text(f"explain {BY_ROWS_OF_TABLE.text}"), pair).all()

    assert sum(" on areas" in line for line in by_area) == 1
    assert sum(" on areas" in line for line in by_row) == 2  # as it was given, and as it is today
