"""Extents put together into new releases, made and published; places are counted by hand.

Three days of floods between 1 and 2 north, each seen in the box of its file; X1 is 0..1 east.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import shapely
from pyproj import Geod
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Job
from core.storage import keep_file
from geo.jobs.composites import compose
from geo.jobs.releases import look_over
from geo.measures import FLOODED
from geo.models.areas import Area
from geo.models.events import Event, LayerKind
from geo.models.exposure import AreaExposure
from geo.models.releases import Direction, ObservedRule, Operation, Release, ReleaseState
from geo.services.composites import (
    Composite,
    LessWithOutlines,
    NotOfOne,
    ReachMissing,
    ThresholdMissing,
    WithinBounds,
    derive,
)
from geo.services.meanings import Meaning
from geo.services.releases import receive_release
from tests.make.composites import made
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event
from tests.make.graded import answers_at, answers_of_areas
from tests.make.jobs import Silent
from tests.make.registry import make_location
from tests.make.releases import DEPTH, FLOOD, answers, published, read

Band = tuple[float, float, float]  # from a longitude to another, and the value there

# West is flooded, then also second, then second alone; the images saw 0..4, 0..2 and 1..3 east.
THREE: tuple[tuple[Band, ...], ...] = (
    ((0, 1, 3), (3.9, 4, 1)),
    ((0, 2, 1),),
    ((1, 2, 2), (2.9, 3, 1)),
)
PLACES = {0.5: "west", 1.5: "second", 2.5: "third", 3.5: "east", 4.5: "beyond"}
ZONES = replace(FLOOD, measure="Wind speed", unit="m/s", value_field="v", floor=1.0)


@pytest.fixture
def event(session: Session) -> Event:
    make_country(session)
    for lon in PLACES:
        make_location(session, lon, 1.5, accuracy_m=None)
    return make_event(session)


def make_floods(
    session: Session, event: Event, actor: Actor, folder: Path, meaning: Meaning
) -> list[Release]:
    """A published release for each day from the 19th on, each of a layer of its own."""
    releases = []
    for n, bands in enumerate(THREE):
        shapes = [(shapely.box(west, 1, east, 2), {"v": value}) for west, east, value in bands]
        file = shapes_file(folder / f"day{n}.geojson", *shapes)
        got = receive_release(session, event.id, keep_file(file), file.name, actor=actor)
        read(session, got.release, actor)
        at = meaning.observed_at + timedelta(days=n) if meaning.observed_at else None
        said = replace(meaning, layer=f"{meaning.measure}, day {n}", observed_at=at)
        releases.append(published(session, got.release, actor, said))
    return releases


@pytest.fixture
def three(session: Session, event: Event, anybody: Actor, tmp_path: Path) -> list[Release]:
    return make_floods(session, event, anybody, tmp_path, FLOOD)


@pytest.fixture
def zones(session: Session, event: Event, anybody: Actor, tmp_path: Path) -> list[Release]:
    """The same with the values of their bands."""
    return make_floods(session, event, anybody, tmp_path, ZONES)


def together(
    session: Session, actor: Actor, of: list[Release], operation: Operation, at: float | None = None
) -> Release:
    composite = Composite(operation, tuple(release.id for release in of), at)
    return made(session, composite, f"Together, {operation}", actor)


def test_days_under_water_count_those_that_were_not_observed(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    """West: two of two seen; second: two of three; third: none of two seen; east: none of one."""
    wet = together(session, anybody, three, Operation.DAYS)
    assert (wet.kind, wet.measure, wet.unit) == (LayerKind.EXTENT, "Days hit", "days")
    assert wet.original_name == "Together, days.gpkg"
    said = {at: answers(session, wet, threshold=at) for at in (1, 2, 3)}
    assert [said[at][0.5] for at in (1, 2, 3)] == ["in", "in", "probable"]
    assert [said[at][1.5] for at in (1, 2, 3)] == ["in", "in", "out"]
    assert [said[at][2.5] for at in (1, 2, 3)] == ["probable", "out", "out"]
    assert [said[at][3.5] for at in (1, 2, 3)] == ["probable", "probable", "out"]
    assert {said[at][4.5] for at in (1, 2, 3)} == {"not_observed"}


def test_of_a_place_that_days_may_have_hit_one_half_is_expected(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    circle = make_location(session, 2.5, 1.25, accuracy_m=100.0)
    wet = together(session, anybody, three, Operation.DAYS)
    assert answers_at(session, wet, circle, 1, 2) == [("probable", 0.5), ("out", 0.0)]


def test_whoever_stood_in_water_once_was_ever_in_it(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    ever = together(session, anybody, three, Operation.EVER)
    assert answers(session, ever) == {
        0.5: "in",
        1.5: "in",
        2.5: "not_observed",
        3.5: "not_observed",
        4.5: "not_observed",
    }
    assert (ever.value_field, ever.most_sha256, ever.histogram) == (None, None, None)


def test_the_ground_hit_of_an_area_is_that_of_another_library(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    """X12 is 1..2 east, 0..2 north: its northern half was hit twice, its southern never seen."""
    wet = together(session, anybody, three, Operation.DAYS)
    half, _perimeter = Geod(ellps="WGS84").geometry_area_perimeter(
        shapely.segmentize(shapely.box(1, 1, 2, 2), 0.01)
    )
    row = session.scalars(
        select(AreaExposure)
        .join(Area, Area.id == AreaExposure.area_id)
        .where(Area.pcode == "X12", AreaExposure.release_id == wet.id)
    ).one()
    assert (row.hit_km2, row.observed_km2) == pytest.approx((half / 1e6, half / 1e6), rel=1e-6)
    assert answers_of_areas(session, wet, 2)["X12"][0] == "probable"
    assert wet.histogram_edges == [1, 2, 3, 4]
    assert wet.histogram is not None
    assert wet.histogram[1] == pytest.approx(2 * half / 1e6, rel=1e-3)  # west and second: two days


def test_the_worst_of_zones_is_that_of_those_that_saw_the_place(
    session: Session, zones: list[Release], anybody: Actor
) -> None:
    """West 3 and 1, and the third day unseen, of which the worst of all is 3; second 1 and 2; third
    dry on two days and unseen on one, so nobody knows."""
    worst = together(session, anybody, zones, Operation.MAXIMUM)
    assert (worst.measure, worst.unit, worst.floor) == ("Wind speed", "m/s", 1.0)
    assert answers(session, worst, threshold=3.0) == {
        0.5: "in",
        1.5: "out",
        2.5: "not_observed",
        3.5: "not_observed",
        4.5: "not_observed",
    }
    assert answers(session, worst, threshold=2.0)[1.5] == "in"


def test_zones_count_from_the_value_on_that_was_asked(
    session: Session, zones: list[Release], anybody: Actor
) -> None:
    windy = together(session, anybody, zones, Operation.DAYS, 2.0)
    said = answers(session, windy, threshold=1)
    assert (said[0.5], said[1.5], said[2.5]) == ("in", "in", "probable")
    assert answers(session, windy, threshold=2)[1.5] == "out"
    with pytest.raises(ThresholdMissing):
        together(session, anybody, zones, Operation.DAYS)


def test_extents_and_a_grid_of_the_same_measure_make_a_grid(
    session: Session, event: Event, three: list[Release], anybody: Actor, tmp_path: Path
) -> None:
    """The grid saw west wet, second and third dry, and not the east, on cells of one degree."""
    file = depth_file(tmp_path / "grid.tif", [[1.0, 0.0, 0.0, -9999.0]])
    got = receive_release(session, event.id, keep_file(file), file.name, actor=anybody)
    read(session, got.release, anybody)
    plain = replace(DEPTH, layer="Grid", measure=FLOODED, unit="", floor=None)
    grid = published(session, got.release, anybody, plain)

    wet = together(session, anybody, [*three, grid], Operation.DAYS)

    assert wet.kind is LayerKind.RASTER
    said = {at: answers(session, wet, threshold=at) for at in (1, 3, 4)}
    assert [said[at][0.5] for at in (1, 3, 4)] == ["in", "in", "probable"]
    assert [said[at][1.5] for at in (1, 3, 4)] == ["in", "out", "out"]
    assert [said[at][2.5] for at in (1, 3, 4)] == ["probable", "out", "out"]
    assert [said[at][3.5] for at in (1, 3, 4)] == ["probable", "probable", "out"]
    ever = together(session, anybody, [three[0], grid], Operation.EVER)
    assert answers(session, ever) == {
        0.5: "in", 1.5: "out", 2.5: "out", 3.5: "not_observed", 4.5: "not_observed",
    }  # fmt: skip


def test_what_is_known_within_bounds_is_not_put_together_again(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    wet = together(session, anybody, three, Operation.DAYS)
    with pytest.raises(WithinBounds, match=r"Together, days\.gpkg is known within bounds only"):
        together(session, anybody, [wet, three[0]], Operation.EVER)


def test_the_worst_of_grids_and_outlines_is_refused_where_less_is_worse(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    for release in three:
        release.direction, release.floor = Direction.AT_MOST, 1.0
    three[0].kind = LayerKind.RASTER
    ids = tuple(release.id for release in three)
    with pytest.raises(LessWithOutlines):
        derive(session, Composite(Operation.MAXIMUM, ids), "Worst", actor=anybody)


def test_extents_that_nowhere_reach_the_value_are_refused_with_a_sentence(
    session: Session, zones: list[Release], anybody: Actor
) -> None:
    composite = Composite(Operation.EVER, tuple(release.id for release in zones), 50.0)
    release = derive(session, composite, "Storm", actor=anybody)
    compose(session, actor=anybody, progress=Silent(), release_id=release.id)
    assert release.state is ReleaseState.REFUSED
    assert str(release.refusal).startswith("Nowhere on these maps is ground hit as it was asked")


def test_a_name_that_is_another_layers_is_refused_with_a_sentence(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    composite = Composite(Operation.DAYS, tuple(release.id for release in three))
    release = derive(session, composite, "Flooded, day 0", actor=anybody)
    compose(session, actor=anybody, progress=Silent(), release_id=release.id)
    assert release.state is ReleaseState.REFUSED
    assert "give the new one another name" in str(release.refusal)


def test_how_far_a_place_is_from_the_flood_is_told_by_a_release(
    session: Session, event: Event, anybody: Actor, tmp_path: Path
) -> None:
    """The flood lies 0..1 east and the image saw 0..2: a degree on 1.5 north is 111.3 km, so one
    place is 5.6 km off and far from the unseen, one 27.8 km, one 5.6 km from what was not seen."""
    file = shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 1, 1, 2), {}))
    second = shapes_file(tmp_path / "seen.geojson", (shapely.box(0, 0, 2, 2), {}))
    got = receive_release(session, event.id, keep_file(file), file.name, actor=anybody)
    read(session, got.release, anybody)
    seen = (second.name, keep_file(second).sha256)
    said = replace(FLOOD, observed_rule=ObservedRule.LAYER, observed_file=seen)
    flood = published(session, got.release, anybody, said)
    for lon in (1.05, 1.25, 1.95):
        make_location(session, lon, 1.5, accuracy_m=None)

    near = together(session, anybody, [flood], Operation.DISTANCE, 20.0)

    assert (near.measure, near.unit, near.direction) == ("Distance", "km", Direction.AT_MOST)
    told = {at: answers(session, near, threshold=at) for at in (5.0, 6.0, 20.0)}
    assert [told[at][0.5] for at in told] == ["in", "in", "in"]
    assert [told[at][1.05] for at in told] == ["out", "in", "in"]
    assert [told[at][1.25] for at in told] == ["out", "out", "out"]
    assert [told[at][1.95] for at in told] == ["out", "probable", "probable"]
    assert told[20.0][2.5] == "not_observed"
    assert near.histogram_edges == pytest.approx([float(n) for n in range(21)])
    with pytest.raises(NotOfOne):
        together(session, anybody, [flood, near], Operation.DISTANCE, 5.0)
    with pytest.raises(ReachMissing):
        together(session, anybody, [flood], Operation.DISTANCE)


def test_what_was_made_is_looked_over_without_being_asked(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    composite = Composite(Operation.EVER, tuple(release.id for release in three))
    release = derive(session, composite, "Ever", actor=anybody)
    told = compose(session, actor=anybody, progress=Silent(), release_id=release.id)
    job = session.get_one(Job, told["looked_over_by"])
    assert job.work.endswith("releases.look_over")
    look_over(session, actor=anybody, progress=Silent(), release_id=release.id)
    assert release.looked_over_at is not None
