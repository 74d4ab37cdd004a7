"""Drawn shapes: rings, GeoJSON and the short text of an address."""

import json
from typing import Any

import pytest
import shapely

from geo.vector.drawings import (
    DrawingCrossesItself,
    DrawingOffTheGlobe,
    DrawingTooSmall,
    DrawingUnreadable,
    drawn,
    from_polyline,
    of_geojson,
    to_geojson,
)

SQUARE = [(0, 0), (1, 0), (1, 1), (0, 1)]


def from_wkb(shape: bytes | None) -> Any:
    return shapely.from_wkb(shape)


def test_a_ring_becomes_one_closed_polygon() -> None:
    shape = from_wkb(drawn([SQUARE]))
    assert shape.equals(shapely.box(0, 0, 1, 1))
    assert shape.geom_type == "MultiPolygon"


def test_no_ring_is_no_shape() -> None:
    assert drawn([]) is None


def test_where_two_drawn_rings_overlap_they_count_once() -> None:
    shape = from_wkb(drawn([SQUARE, [(0.5, 0), (1.5, 0), (1.5, 1), (0.5, 1)]]))
    assert shape.area == 1.5


def test_a_line_that_crosses_itself_is_refused_with_the_place() -> None:
    with pytest.raises(DrawingCrossesItself, match=r"near 0\.5000, 0\.5000"):
        drawn([[(0, 0), (1, 1), (1, 0), (0, 1)]])


@pytest.mark.parametrize("ring", [[(0, 0), (1, 1)], [(0, 0), (1, 1), (2, 2)]])
def test_a_drawing_without_an_inside_is_refused(ring: list[tuple[float, float]]) -> None:
    with pytest.raises(DrawingTooSmall):
        drawn([ring])


def test_a_corner_off_the_globe_is_refused() -> None:
    with pytest.raises(DrawingOffTheGlobe):
        drawn([[(179, 0), (181, 0), (180, 1)]])


def test_geojson_of_every_wrapping_is_understood_and_written_back() -> None:
    box = shapely.box(0, 0, 1, 1)
    geometry = json.loads(shapely.to_geojson(box))
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    for wrapped in (geometry, feature, {"type": "FeatureCollection", "features": [feature]}):
        shape = of_geojson(json.dumps(wrapped))
        written = to_geojson(shape)
        assert shapely.from_geojson(json.dumps(written)).equals(box)


@pytest.mark.parametrize("text", ["", "{}", '{"type": "Point", "coordinates": [0, 0]}'])
def test_what_is_no_polygon_is_refused(text: str) -> None:
    with pytest.raises(DrawingUnreadable):
        of_geojson(text)


def test_the_polyline_of_the_formats_own_description_is_read() -> None:
    ring = from_polyline("_p~iF~ps|U_ulLnnqC_mqNvxq`@")
    assert ring == [(-120.2, 38.5), (-120.95, 40.7), (-126.453, 43.252)]


@pytest.mark.parametrize("text", ["_p~iF", "~", "é"])
def test_a_broken_polyline_is_refused(text: str) -> None:
    with pytest.raises(DrawingUnreadable):
        from_polyline(text)
