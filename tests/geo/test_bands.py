"""Bands of distance round some ground, held against geodesics measured by another library."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import Geod

from geo.clauses import Clause
from geo.ellipsoid import Shapes
from geo.raster.ground import ground
from geo.raster.open import opened
from geo.vector.bands import bands, ends_of_bands
from tests.make.files import depth_file

WGS84 = Geod(ellps="WGS84")
KM = np.linspace(1000.0, 5000.0, 5)


def shapes(*of: shapely.Geometry) -> Shapes:
    return np.array(of, dtype=object)


def metres_off(lon: float, lat: float, ground: shapely.Geometry) -> float:
    """How far a place is from some ground, by its border with a corner every 20 metres."""
    border = shapely.get_coordinates(shapely.segmentize(ground, 0.0002))
    starts = np.full(len(border), lon), np.full(len(border), lat)
    return float(WGS84.inv(*starts, border[:, 0], border[:, 1])[2].min())


@pytest.mark.parametrize("south", [0.0, 15.0, -45.0, 60.0])
def test_every_place_lies_in_the_band_of_its_geodesic(south: float) -> None:
    bent = shapely.Polygon(
        [(121, south), (121.12, south), (121.1, south + 0.1), (121, south + 0.02)]
    )
    wide = shapely.box(119, south - 1, 123, south + 1)
    found = bands(shapes(bent), shapes(wide), KM)

    chance, told = np.random.default_rng(4), 0
    places = chance.uniform((120.9, south - 0.07), (121.22, south + 0.17), (150, 2))
    for lon, lat in places.tolist():
        there = found.band[shapely.intersects_xy(found.parts, lon, lat)].tolist()
        off = 0.0 if shapely.intersects_xy(bent, lon, lat) else metres_off(lon, lat, bent)
        if off and abs(off / 1000 - round(off / 1000)) < 0.005:
            continue  # so near to the end of a band that the drawing of circles decides
        band = int(np.ceil(off / 1000))
        assert there == ([band] if band < len(KM) + 1 else [])
        told += len(there)
    assert told > 40


def test_bands_do_not_overlap_and_their_union_is_all_ground_within_reach() -> None:
    found = bands(shapes(shapely.box(0, 0, 0.1, 0.1)), shapes(shapely.box(-1, -1, 1, 1)), KM)
    size = shapely.area(found.parts)
    assert size.sum() == pytest.approx(shapely.union_all(found.parts).area, rel=1e-9)
    assert sorted(set(found.band.tolist())) == [0, 1, 2, 3, 4, 5]
    assert shapely.get_num_coordinates(found.parts).max() <= 256
    square = WGS84.line_length([0, 0.1, 0.1, 0, 0], [0, 0, 0.1, 0.1, 0])
    ring = abs(WGS84.geometry_area_perimeter(shapely.union_all(found.parts[found.band > 0]))[0])
    assert ring == pytest.approx(square * 5000 + np.pi * 5000**2, rel=2e-3)  # Steiner's formula


def test_near_what_was_not_observed_it_may_be_nearer() -> None:
    """Hit is 0..0.01 east, seen as far as 0.05 east: 4.4 km off on the equator."""
    hit, seen = shapely.box(0, 0, 0.01, 0.1), shapely.box(-0.5, -0.5, 0.05, 0.6)
    found = bands(shapes(hit), shapes(seen), KM)

    def said(lon: float) -> tuple[int | None, int | None, bool]:
        """The band of a place, the nearest it may lie in, and whether anything is known of it."""
        known, either = (
            of[shapely.intersects_xy(parts, lon, 0.05)]
            for of, parts in ((found.band, found.parts), (found.nearest, found.doubtful))
        )
        told = bool(shapely.intersects_xy(found.seen, lon, 0.05).any())
        return (known.min(initial=99), either.min(initial=99), told)

    assert said(0.005) == (0, 0, True)
    assert said(0.02) == (2, 2, True)  # 1.1 km off, and 3.3 from the unseen
    assert said(0.04) == (4, 2, True)  # 3.3 km off, and 1.1 from the unseen
    assert said(0.052) == (5, 0, True)  # 4.7 km off, and unseen itself
    assert said(0.08) == (99, 99, False)
    assert said(-0.2) == (99, 99, True)  # farther than asked, and all round it was seen
    assert said(-0.48) == (99, 3, True)  # farther than asked of what is known; 2.2 from the unseen


def test_bands_end_in_equal_steps() -> None:
    assert ends_of_bands(2.0).tolist()[:4] == [0.0, 0.1, 0.2, 0.3]
    assert (len(ends_of_bands(2.0)), ends_of_bands(2.0)[-1]) == (21, 2.0)


def test_the_ground_of_cells_is_that_of_those_which_are_met_and_seen(tmp_path: Path) -> None:
    places = Affine(1, 0, 0, 0, -1, 2), Affine(1, 0, 0, 0, 1, 3)
    rows = [[1.0, 0.0], [-9999.0, 0.5]]
    north_up = depth_file(tmp_path / "a.tif", rows, transform=places[0])
    south_up = depth_file(tmp_path / "b.tif", rows[::-1], transform=places[1])
    for file, south in ((north_up, 0), (south_up, 3)):
        with opened(file) as grid:
            hit, seen = ground(grid, Clause(at_least=0.5))
        west = shapely.box(0, south + 1, 1, south + 2)
        east = shapely.box(1, south, 2, south + 1)
        assert shapely.union_all(hit).equals(shapely.union(west, east))
        assert shapely.union_all(seen).equals(
            shapely.union(west, shapely.box(1, south, 2, south + 2))
        )
