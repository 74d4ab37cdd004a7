"""The areas that the points of a file are looked up in."""

import numpy as np
import shapely

from registry.checking.ground import of_areas
from registry.queries.import_files import Lying

WEST, EAST = shapely.box(0, 0, 1, 2), shapely.Polygon([(1, 0), (3, 0), (1, 2)])
AREAS = (Lying("X", None, 0, None), Lying("X1", "X", 1, WEST), Lying("X2", "X", 1, EAST))


def test_a_short_file_is_held_against_a_coarse_lattice_and_a_long_one_against_a_fine_one() -> None:
    sides = [of_areas(AREAS, size).locator.lattice.side for size in (0, 150, 1_440_000)]

    assert sides == [8, 12, 1200]  # as many cells as points


def test_points_lie_in_the_same_areas_however_long_their_file_is() -> None:
    lon, lat = np.random.default_rng(11).uniform((-0.2, -0.2), (3.2, 2.2), (2000, 2)).T
    lon[:5], lat[:5] = (0, 0.5, 1, 2, 1), (0, 2, 1, 1, 2)  # corners and borders
    by_shapely = np.where(
        shapely.intersects_xy(WEST, lon, lat),
        0,
        np.where(shapely.intersects_xy(EAST, lon, lat), 1, -1),
    )

    for size in (0, 150, 1_440_000):
        assert (of_areas(AREAS, size).covering(lon, lat) == by_shapely).all()
