"""Points are found in the first shape that covers them, exactly, however many there are."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.vector.locate import BATCH, NOWHERE, indexed
from geo.vector.overlaps import first_overlapping

Shapes = NDArray[np.object_]


def ragged(rng: np.random.Generator) -> BaseGeometry:
    """A star with a hole or crossing edges mended, somewhere in a box of 12 x 12."""
    turn = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 40)))
    reach = rng.uniform(0.2, 4) * rng.uniform(0.2, 1, len(turn))
    middle = rng.uniform(0, 12, 2)
    ring = middle + np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None]
    mended: BaseGeometry = shapely.make_valid(shapely.Polygon(ring), method="structure")
    return mended


def squares(rng: np.random.Generator) -> BaseGeometry:
    west, south = rng.integers(0, 10, 2)
    square: BaseGeometry = shapely.box(west, south, west + rng.integers(1, 4), south + 2)
    return square


def world(seed: int) -> tuple[Shapes, NDArray[np.float64], NDArray[np.float64]]:
    """Overlapping shapes with gaps among them, and points on corners, on edges and anywhere."""
    rng = np.random.default_rng(seed)
    kinds = (ragged, squares, lambda _rng: None)
    shapes = [kinds[rng.choice(3, p=[0.5, 0.4, 0.1])](rng) for _ in range(rng.integers(0, 40))]
    made = np.array(shapes, dtype=object)
    corners = shapely.get_coordinates(made)
    anywhere = rng.uniform(-1, 13, (400, 2))
    quarters = np.round(rng.uniform(-1, 13, (400, 2)) * 4) / 4
    x, y = np.concatenate([anywhere, quarters, corners[:: max(1, len(corners) // 200)]]).T
    return made, x, y


def every_shape_tested(shapes: Shapes, x: NDArray[np.float64], y: NDArray[np.float64]) -> list[int]:
    first = np.full(len(x), NOWHERE)
    for at in range(len(shapes) - 1, -1, -1):
        if shapes[at] is not None:
            first[shapely.intersects_xy(shapes[at], x, y)] = at
    return first.tolist()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1_000_000), points=st.sampled_from([1, 1_000, 100_000]))
def test_the_lattice_finds_what_testing_every_shape_finds(seed: int, points: int) -> None:
    shapes, x, y = world(seed)

    found = indexed(shapes, points).covering(x, y)

    assert found.tolist() == every_shape_tested(shapes, x, y)


def test_points_shared_out_among_threads_keep_their_order() -> None:
    shapes, _x, _y = world(11)
    x, y = np.random.default_rng(11).uniform(-1, 13, (2, 3 * BATCH))

    found = indexed(shapes, 100).covering(x, y)

    assert found.tolist() == every_shape_tested(shapes, x, y)


def test_what_is_no_place_is_nowhere() -> None:
    locator = indexed(np.array([shapely.box(0, 0, 1, 1)], dtype=object), 3)
    x = np.array([np.nan, np.inf, 0.5])

    assert locator.covering(x, np.full(3, 0.5)).tolist() == [NOWHERE, NOWHERE, 0]
    assert locator.covering(np.empty(0), np.empty(0)).tolist() == []


def test_shapes_beyond_180_degrees_are_met_from_either_side() -> None:
    shapes = np.array([shapely.box(178, 0, 181, 1), shapely.box(-181, 0, -179.5, 1)], dtype=object)
    x, y = np.array([179.0, 179.5, 180.0, -180.0, -179.7, -178.0]), np.full(6, 0.5)

    assert indexed(shapes, 6, degrees=True).covering(x, y).tolist() == [0, 0, 0, 0, 0, NOWHERE]
    assert indexed(shapes, 6).covering(x, y).tolist() == [0, 0, 0, 1, 1, NOWHERE]


def test_a_shape_that_only_touches_is_not_overlapped() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), None, shapely.box(1, 0, 3, 1)], dtype=object)
    asked = [shapely.box(1, 0, 2, 1), shapely.box(0.9, 0, 2, 1), shapely.box(9, 9, 10, 10), None]

    assert first_overlapping(np.array(asked, dtype=object), shapes).tolist() == [2, 0, -1, -1]


@pytest.mark.parametrize("count", [0, 1])
def test_no_shapes_hold_nothing(count: int) -> None:
    locator = indexed(np.array([None] * count, dtype=object), 1)

    assert locator.covering(np.array([0.0]), np.array([0.0])).tolist() == [NOWHERE]
