"""True areas agree with geodesics, and with the size of the earth."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo.ellipsoid import bands_km2, polygons_km2, quadrangles_km2

GEOD = Geod(ellps="WGS84")


def geodesic_km2(shape: shapely.Geometry) -> float:
    dense = shapely.orient_polygons(shapely.segmentize(shape, 0.005))
    return abs(GEOD.geometry_area_perimeter(dense)[0]) / 1e6


@pytest.mark.parametrize("south", [-80, -33.3, 0, 16, 59.5, 88])
def test_a_box_has_its_geodesic_area(south: float) -> None:
    box = shapely.box(121, south, 122.5, south + 1)
    expected = pytest.approx(geodesic_km2(box), rel=1e-7)

    assert polygons_km2(np.array([box], dtype=object))[0] == expected
    assert bands_km2(np.array([south, south + 1.0]), 1.5)[0] == expected
    corners = np.array([[121, 122.5, 122.5, 121]]), south + np.array([[0.0, 0, 1, 1]])
    assert quadrangles_km2(*corners)[0] == expected


def test_the_whole_earth_is_there() -> None:
    # 510,065,621.7 km2: the area of WGS 84 (NGA.STND.0036, table 3.6: authalic radius 6371.0071809)
    assert bands_km2(np.array([-90.0, 90.0]), 360)[0] == pytest.approx(510_065_621.7, rel=1e-9)


def test_slanted_edges_and_holes_are_geodesic_too() -> None:
    shape = shapely.Polygon(
        [(120, 15), (123, 16), (121, 19)], [[(121, 16), (122, 16.5), (121.2, 17)]]
    )

    found = polygons_km2(np.array([shape, None, shapely.Polygon()], dtype=object))

    assert found[0] == pytest.approx(geodesic_km2(shape), rel=1e-5)
    assert found[1:].tolist() == [0, 0]


def test_small_cells_keep_their_digits_and_the_antimeridian_does_not_matter() -> None:
    step = 1e-5  # a metre
    near, far = 10.0, 179.999995
    lon = np.array([[start, start + step, start + step, start] for start in (near, far)])
    lon[lon > 180] -= 360
    lat = np.array([[50, 50, 50 + step, 50 + step]] * 2)

    sizes = quadrangles_km2(lon, lat)

    assert sizes[0] == pytest.approx(bands_km2(np.array([50, 50 + step]), step)[0], rel=1e-6)
    assert sizes[1] == pytest.approx(sizes[0], rel=1e-6)
