"""Extents put together piece by piece; counted by hand, and by unions of shapely's own."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geo.clauses import Clause
from geo.ellipsoid import Shapes
from geo.together import days, ever, worst
from geo.vector.composites import Pieces, Told, put_together, write

ANY = Clause()
NOTHING: Shapes = np.array([], dtype=object)


def told(floods: list[tuple[float, float]], seen: tuple[float, float], value: float = 1.0) -> Told:
    """Floods and what was seen, each from one longitude to another, between 0 and 1 north."""
    parts = np.array([shapely.box(west, 0, east, 1) for west, east in floods], dtype=object)
    frame = np.array([shapely.box(seen[0], 0, seen[1], 1)], dtype=object)
    return Told(parts, np.full(len(parts), value), frame)


@pytest.fixture
def three() -> list[Told]:
    """Floods on 0..2, on 1..3, and on 3..3.5 in an image that began at 2; the others saw -1..4."""
    return [told([(0, 2)], (-1, 4)), told([(1, 3)], (-1, 4)), told([(3, 3.5)], (2, 4))]


def at(pieces: Pieces, lon: float) -> tuple[float, float] | None:
    """What is said of the middle of a meridian: the value and the most; None if nothing is."""
    there = np.flatnonzero(shapely.contains_xy(pieces.shapes, lon, 0.5))
    return None if not len(there) else (pieces.values[there[0]], pieces.most[there[0]])


def test_days_are_counted_with_those_that_were_not_observed(three: list[Told]) -> None:
    pieces = put_together(days, three, ANY)
    assert [at(pieces, lon) for lon in (-0.5, 0.5, 1.5, 2.5, 3.2, 3.7, 4.5)] == [
        (0, 1),  # dry on two days, and one was not observed
        (1, 2),
        (2, 3),
        (1, 1),
        (1, 1),
        (0, 0),
        None,
    ]
    assert pieces.bounded


def test_ground_was_ever_hit_where_one_says_so_and_never_where_all_say_not(
    three: list[Told],
) -> None:
    pieces = put_together(ever, three, ANY)
    assert [at(pieces, lon) for lon in (-0.5, 0.5, 1.5, 2.5, 3.2, 3.7)] == [
        None,
        (1, 1),
        (1, 1),
        (1, 1),
        (1, 1),
        (0, 0),
    ]
    assert not pieces.bounded


def test_the_worst_value_is_at_most_the_worst_of_all_where_one_did_not_observe() -> None:
    maps = [told([(0, 2)], (0, 4), 0.4), told([(1, 3)], (1, 4), 1.2), told([(3, 4)], (0, 4), 3.0)]
    pieces = put_together(worst(3.0), maps, Clause(at_least=0.2))
    assert [at(pieces, lon) for lon in (0.5, 1.5, 2.5, 3.5)] == [
        (0.4, 3.0),  # the second did not observe it
        (1.2, 1.2),
        (1.2, 1.2),
        (3.0, 3.0),
    ]


def test_where_less_is_worse_the_lowest_is_taken_and_overlaps_count_as_their_worst() -> None:
    overlapping = Told(
        np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)], dtype=object),
        np.array([-1.0, -2.0]),
        NOTHING,
    )
    pieces = put_together(
        worst(-2.0), [overlapping, told([(0, 3)], (0, 3), -1.5)], Clause(at_most=-1.0)
    )
    assert [at(pieces, lon) for lon in (0.5, 1.5, 2.5)] == [(-1.5, -1.5), (-2, -2), (-2, -2)]


def test_their_areas_are_those_of_unions(report_of: list[tuple[int, int]]) -> None:
    """Of forty floods of circles, in rooms of their own: the days add up to the floods' areas, and
    what was ever hit to that of their union."""
    chance = np.random.default_rng(6)
    frame = np.array([shapely.box(-2, -2, 12, 12)], dtype=object)
    maps = []
    for _map in range(4):
        middles = shapely.points(chance.uniform(0, 10, (10, 2)))
        circles = shapely.buffer(middles, chance.uniform(0.3, 2, 10), quad_segs=300)
        parts = shapely.get_parts(shapely.union_all(circles))
        maps.append(Told(parts, np.ones(len(parts)), frame))
    floods = [shapely.union_all(each.parts) for each in maps]

    wet = put_together(days, maps, ANY, lambda done, of: report_of.append((done, of)))
    once = put_together(ever, maps, ANY)

    assert len(report_of) > 3, "the ground is cut into several rooms"
    assert report_of[-1][0] == report_of[-1][1]
    size = shapely.area(wet.shapes)
    assert size.sum() == pytest.approx(14 * 14, rel=1e-9)
    assert (size * wet.values).sum() == pytest.approx(sum(f.area for f in floods), rel=1e-7)
    hit = once.shapes[once.values == 1]
    assert shapely.area(hit).sum() == pytest.approx(shapely.union_all(floods).area, rel=1e-7)
    apart = shapely.union_all(hit).symmetric_difference(shapely.union_all(floods))
    assert apart.area < 1e-6


@pytest.fixture
def report_of() -> list[tuple[int, int]]:
    return []


def test_lines_that_are_nearly_one_leave_no_slivers() -> None:
    """The same border drawn with and without a corner that a cut put on it, off by rounding."""
    slanting = shapely.Polygon([(0, 0), (1, 0), (1 + 1 / 3, 1), (0, 1)])
    cut = shapely.clip_by_rect(slanting, 0, 0, 2, 0.7)
    rest = shapely.clip_by_rect(slanting, 0, 0.7, 2, 1)
    frame = np.array([shapely.box(0, 0, 2, 1)], dtype=object)
    maps = [
        Told(np.array([slanting], dtype=object), np.ones(1), frame),
        Told(np.array([cut, rest], dtype=object), np.ones(2), frame),
    ]
    pieces = put_together(days, maps, ANY)
    assert sorted(pieces.values.tolist()) == [0, 2]


def test_what_was_made_is_written_with_what_was_observed_and_where_it_is_from(
    three: list[Told], tmp_path: Path
) -> None:
    target = tmp_path / "made.gpkg"
    made = put_together(days, three, ANY).least_of(Clause(at_least=1))
    write(made, target, {"OPERATION": "days"})

    hit = pyogrio.read_dataframe(target, layer="extent")
    seen = pyogrio.read_dataframe(target, layer="observed")
    assert sorted(set(hit["value"])) == [1, 2]
    assert shapely.area(hit.geometry.to_numpy()).sum() == pytest.approx(3.5)
    assert shapely.area(seen.geometry.to_numpy()).sum() == pytest.approx(5)
    assert pyogrio.read_info(target, layer="extent")["dataset_metadata"]["OPERATION"] == "days"
