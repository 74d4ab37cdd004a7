"""Shapes are mended, cut, carried and measured without losing or gaining ground."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from geo.crs import WGS84
from geo.vector.open import opened, polygons, read
from geo.vector.repair import repaired
from geo.vector.reproject import reprojected
from geo.vector.shares import clipped, covered_km2, overlap
from geo.vector.subdivide import MOST, subdivided
from tests.geo.test_vector_locate import Shapes, world
from tests.places import DATA

GEOD = Geod(ellps="WGS84")


def shapes_of(*shapes: shapely.Geometry | None) -> Shapes:
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def geodesic_km2(shape: shapely.Geometry | None) -> float:
    parts = shapely.get_parts(shapes_of(shape))
    flat = parts[shapely.get_dimensions(parts) == 2]
    dense = shapely.orient_polygons(shapely.segmentize(flat, 0.01))
    return sum(abs(GEOD.geometry_area_perimeter(part)[0]) for part in dense) / 1e6


def test_crossing_rings_are_cut_and_told() -> None:
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])

    fixed = repaired(shapes_of(shapely.box(0, 0, 1, 1), bow_tie, None))

    assert shapely.is_valid(fixed.shapes[:2]).all()
    assert fixed.shapes[2] is None
    assert fixed.changed.tolist() == [1]
    assert fixed.reasons == ["Self-intersection[1 1]"]
    assert (fixed.before.tolist(), fixed.after.tolist()) == ([2], [2])  # two triangles of 1 each


def test_a_hole_takes_away_only_where_there_is_a_shell() -> None:
    outside = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])

    (fixed,) = repaired(shapes_of(outside)).shapes

    assert fixed.area == 15


def test_what_collapses_to_a_line_is_nothing() -> None:
    line = shapely.Polygon([(0, 0), (1, 1), (2, 2), (0, 0)])

    fixed = repaired(shapes_of(line))

    assert fixed.shapes.tolist() == [None]
    assert fixed.after.tolist() == [0]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1_000_000), most=st.sampled_from([8, 64]))
def test_parts_are_small_and_cover_the_whole(seed: int, most: int) -> None:
    shapes, _x, _y = world(seed)

    parts, owners = subdivided(shapes, most)

    assert (shapely.get_num_coordinates(parts) <= most).all()
    assert shapely.is_valid(parts).all()
    areas = np.bincount(owners, weights=shapely.area(parts), minlength=len(shapes))
    assert areas == pytest.approx(np.nan_to_num(shapely.area(shapes)))


def test_a_coast_of_a_million_points_is_cut_in_seconds() -> None:
    turn = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    reach = 1 + 0.3 * np.sin(5 * turn) + 0.01 * np.sin(900 * turn)
    coast = shapes_of(
        shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None])
    )

    parts, _owners = subdivided(coast)

    assert shapely.get_num_coordinates(parts).max() <= MOST
    assert shapely.area(parts).sum() == pytest.approx(coast[0].area, rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1_000_000))
def test_shares_are_those_of_the_merged_cover(seed: int) -> None:
    cover, _x, _y = world(seed)
    areas, _x, _y = world(seed + 1)
    whole = shapely.union_all(cover[~shapely.is_missing(cover)])

    expected = [None if area is None else area & whole for area in areas]

    assert covered_km2(areas, cover) == pytest.approx(
        [geodesic_km2(shape) for shape in expected], rel=2e-5, abs=1e-3
    )
    inside = clipped(areas, cover)
    assert np.nan_to_num(shapely.area(inside)) == pytest.approx(
        np.nan_to_num(shapely.area(shapes_of(*expected)))
    )


def test_what_two_sets_share_is_there_once() -> None:
    one = shapes_of(shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1))
    other = shapes_of(shapely.box(0.5, 0, 2.5, 1), shapely.box(2, 0, 2.5, 1), None)

    assert shapely.area(overlap(one, other)).sum() == pytest.approx(2)


def test_long_edges_bend_on_the_way_to_another_system() -> None:
    box = shapes_of(shapely.box(120, 10, 126, 16), None)

    there = reprojected(box, WGS84, CRS.from_epsg(32651))
    back = reprojected(there, CRS.from_epsg(32651), WGS84)

    assert there[1] is None
    assert shapely.hausdorff_distance(back[0], box[0]) < 1e-5
    assert reprojected(shapes_of(shapely.Point(0, 89.999999)), WGS84, CRS.from_epsg(3857))[0]


def test_the_flood_of_vamco_has_the_area_others_found() -> None:
    with opened(DATA / "hazard" / "phl_vamco2020_flood_unosat.geojson") as layer:
        flood = polygons(layer, read(layer).shapes)

    found = covered_km2(shapes_of(shapely.box(120, 15, 124, 20)), flood)

    # expected_shared.json, D0: geodesic 970.53 km2
    assert found[0] == pytest.approx(970.53, abs=0.01)
