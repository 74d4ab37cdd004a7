"""Blocks of the grid under tiles of the map, against places looked up one by one."""

import math

import numpy as np

from geo.vector.block_tiles import ZOOM, blocks_under, tiles_over
from tests.geo.test_cover import grid_cells


def _tile(lon: float, lat: float) -> tuple[int, int]:
    """The slippy map's own formula."""
    across = int((lon + 180) / 360 * 2**ZOOM)
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**ZOOM
    return across, int(down)


def test_every_place_of_a_block_lies_in_its_tiles_and_the_other_way_round() -> None:
    chance = np.random.default_rng(1)
    for lon, lat in chance.uniform((-180, -84), (180, 84), (300, 2)).tolist():
        block = grid_cells(lon, lat) >> 12
        columns, rows = tiles_over(np.array([block]))
        assert _tile(lon, lat) in set(zip(columns.tolist(), rows.tolist(), strict=True))
        x, y = _tile(lon, lat)
        assert block in blocks_under(np.array([x]), np.array([y]))
