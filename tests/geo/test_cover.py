"""Shapes in cells of the grid: every place is counted once, and the right one."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.vector.cover import (
    BORDER,
    CELL,
    GRAINS,
    INSIDE,
    OUTSIDE,
    TILE,
    Cover,
    blocks,
    corner,
    cover,
    place_in_tile,
    without,
)
from geo.vector.lattice import Indices


def grid_cells(lon: object, lat: object) -> Indices:
    """The grid's own definition, said once more in NumPy."""
    column = np.floor((np.asarray(lon) + 180) / 360 * 65536).astype(np.int64)
    row = np.floor((np.asarray(lat) + 90) / 360 * 65536).astype(np.int64)
    return ((row >> 6) << 22) | ((column >> 6) << 12) | ((row & 63) << 6) | (column & 63)


def _taken_in(shape: shapely.Geometry, covered: Cover, points: np.ndarray) -> np.ndarray:
    """Which points a cover takes in: by their cell, or tested one by one on the border."""
    cells = grid_cells(points[:, 0], points[:, 1])
    inside = np.zeros(len(points), dtype=bool)
    times = np.zeros(len(points), dtype=int)
    for grain in GRAINS:
        here = np.isin(corner(cells, grain), covered.whole[grain])
        inside |= here
        times += here
    in_tile = np.flatnonzero(np.isin(corner(cells, TILE), covered.tiles))
    times[in_tile] += 1
    at = cells[in_tile]
    lies = covered.lying(corner(at, TILE))[np.arange(len(at)), place_in_tile(at)]
    tested = shapely.intersects_xy(shape, points[in_tile, 0], points[in_tile, 1])
    inside[in_tile] = (lies == INSIDE) | ((lies == BORDER) & tested)
    assert times.max() <= 1
    return inside


def _star(seed: int, corners: int, size: float) -> shapely.Polygon:
    """A ragged star round a place that depends on the seed."""
    chance = np.random.default_rng(seed)
    turn = np.sort(chance.uniform(0, 2 * np.pi, corners))
    reach = chance.uniform(0.2, 1, corners) * size
    middle = chance.uniform((-150, -60), (150, 60))
    at = np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None] + middle
    return shapely.Polygon(at)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    corners=st.integers(3, 400),
    size=st.floats(0.002, 3),
)
def test_a_cover_takes_in_exactly_the_points_of_the_shape(
    seed: int, corners: int, size: float
) -> None:
    shape = shapely.make_valid(_star(seed, corners, size))
    if shape.area == 0:
        return
    shapely.prepare(shape)
    west, south, east, north = shape.bounds
    chance = np.random.default_rng(seed)
    pad = 2 * CELL
    points = chance.uniform((west - pad, south - pad), (east + pad, north + pad), (4000, 2))
    expected = shapely.intersects_xy(shape, points[:, 0], points[:, 1])
    found = _taken_in(shape, cover(shapely.to_wkb(shape)), points)
    assert (found == expected).all()


def test_a_block_that_lies_inside_is_one_cell() -> None:
    size = 64 * CELL
    shape = shapely.box(-0.1 * size, -0.1 * size, 1.1 * size, 1.1 * size)
    covered = cover(shapely.to_wkb(shape))
    assert covered.whole[6].tolist() == [int(grid_cells(0, 0))]
    assert set(np.unique(covered.lies).tolist()) == {OUTSIDE, INSIDE, BORDER}


def test_a_hole_is_not_covered() -> None:
    ring = shapely.Point(10, 10).buffer(1).difference(shapely.Point(10, 10).buffer(0.5))
    points = np.array([(10.0, 10.0), (10.75, 10.0)])
    assert _taken_in(ring, cover(shapely.to_wkb(ring)), points).tolist() == [False, True]


def test_cells_can_be_left_out_and_nothing_else_is_lost() -> None:
    shape = shapely.box(0.01, 0.01, 1.3, 1.3)
    chance = np.random.default_rng(7)
    points = chance.uniform(0, 1.4, (5000, 2))
    cells = grid_cells(points[:, 0], points[:, 1])
    out = np.unique(cells[:20])
    kept = _taken_in(shape, without(cover(shapely.to_wkb(shape)), out), points)
    expected = shapely.intersects_xy(shape, points[:, 0], points[:, 1]) & ~np.isin(cells, out)
    assert (kept == expected).all()


def test_blocks_are_taken_in_wholly_but_for_what_is_left_out() -> None:
    chance = np.random.default_rng(11)
    points = chance.uniform(20, 22, (5000, 2))
    cells = grid_cells(points[:, 0], points[:, 1])
    out = np.unique(cells[:40])
    here = np.isin(corner(cells, GRAINS[0]), corner(out, GRAINS[0]))
    kept = _taken_in(shapely.Point(0, 0), without(blocks(out), out), points)
    assert (kept == here & ~np.isin(cells, out)).all()


@pytest.mark.parametrize("place", [(0, 0), (-180, -90), (121.7270, 17.6134), (179.9999, 89.9999)])
def test_the_grid_is_numbered_here_as_in_the_database(
    session: Session, place: tuple[float, float]
) -> None:
    assert session.scalar(select(func.grid_cell(*place))) == grid_cells(*place)
