"""What was chosen of a file is brought into its normal form, and nothing is lost unsaid."""

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from pyproj import Geod

from geo.products.meaning import ClassOf, Means
from geo.products.normal import Normal, Reading, ValueMissing, shapes_of
from geo.raster.bands import Choice
from geo.unreadable import TextBroken
from geo.vector.columns import NotNumbers
from geo.vector.nesting import Misnested
from geo.vector.open import NotPolygons
from tests.make.files import shapes_file

GEOD = Geod(ellps="WGS84")


def square(x: float, y: float, side: float = 1) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def geojson(path: Path, *geometries: dict[str, Any] | None) -> Path:
    features = [
        {"type": "Feature", "properties": {"a": at}, "geometry": geometry}
        for at, geometry in enumerate(geometries)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def multipolygon(*polygons: Any) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": list(polygons)}


def normal(path: Path, **said: Any) -> Normal:
    return shapes_of(path, Reading(Choice(), **said))


def degrees(found: Normal) -> float:
    """The plain area of all parts, in square degrees."""
    return float(shapely.area(found.parts).sum())


def km2(shape: shapely.Polygon) -> float:
    dense = shapely.segmentize(shape, 0.01)
    return abs(float(GEOD.geometry_area_perimeter(dense)[0])) / 1e6


@pytest.mark.parametrize(
    "geometry",
    [
        polygon([square(0, 0)], [square(5, 5)]),  # a polygon nested as a multipolygon
        multipolygon(square(0, 0), square(5, 5)),  # and the other way round
        multipolygon([square(0, 0)], square(5, 5)),  # half of it
        multipolygon([square(0, 0)], [[square(5, 5)]]),
        {"type": "GeometryCollection", "geometries": [polygon([square(0, 0)], [square(5, 5)])]},
    ],
)
def test_rings_that_are_nested_wrongly_are_found_again_and_told(
    tmp_path: Path, geometry: dict[str, Any]
) -> None:
    found = normal(geojson(tmp_path / "a.geojson", geometry, polygon(square(9, 9))))

    assert degrees(found) == 3
    assert [(repair.feature, repair.reason) for repair in found.repairs] == [
        (1, "Its rings were nested as no polygon's are")
    ]


def test_a_ring_without_the_list_around_it_is_a_polygon(tmp_path: Path) -> None:
    found = normal(
        geojson(tmp_path / "a.geojson", {"type": "Polygon", "coordinates": square(0, 0)})
    )

    assert degrees(found) == 1


def test_a_tab_within_a_text_does_not_hide_what_is_wrongly_nested(tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", {"type": "Polygon", "coordinates": square(0, 0)})
    file.write_text(file.read_text().replace('"Feature"', '"Feature", "id": "a\tb"', 1))

    assert degrees(normal(file)) == 1


def test_what_only_gdal_takes_for_json_is_told_by_its_line(tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", {"type": "Polygon", "coordinates": square(0, 0)})
    file.write_text(file.read_text().replace('"a": 0', '"a":\nnan'))

    with pytest.raises(TextBroken, match=r"misspelt at line 2 \(Expecting value\)"):
        normal(file)


def test_what_is_nested_as_no_polygon_can_be_is_refused(tmp_path: Path) -> None:
    ragged = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [[1, 1]], [0, 0]]]}

    with pytest.raises(Misnested, match=r"a\.geojson \(GeoJSON\) has .* feature 2"):
        normal(geojson(tmp_path / "a.geojson", polygon(square(0, 0)), ragged))


def test_polygons_in_nested_collections_are_joined_though_they_cross_themselves(
    tmp_path: Path,
) -> None:
    """A bow tie of two triangles of a quarter each, and a square beside it in a collection more."""
    bow_tie = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
    inner = {"type": "GeometryCollection", "geometries": [polygon(square(2, 0))]}
    members = [polygon(bow_tie), inner, {"type": "Point", "coordinates": [1, 1]}]
    found = normal(
        geojson(tmp_path / "a.geojson", {"type": "GeometryCollection", "geometries": members})
    )

    assert degrees(found) == 1.5
    assert [repair.reason for repair in found.repairs] == ["Self-intersection"]


def test_ground_before_and_after_a_repair_is_measured_as_drawn(tmp_path: Path) -> None:
    """Two rings side by side told as shell and hole: nothing is lost. A hole half outside: the part
    outside was drawn, and is taken away."""
    found = normal(
        geojson(
            tmp_path / "a.geojson",
            polygon(square(0, 0), square(5, 0)),
            polygon(square(0, 10, 4), square(2, 11, 4)),
        )
    )

    first, second = found.repairs
    assert first.before_km2 == pytest.approx(first.after_km2)
    assert first.after_km2 == pytest.approx(2 * km2(shapely.box(0, 0, 1, 1)), rel=1e-6)
    assert degrees(found) == 2 + 16 - 2 * 3
    assert second.before_km2 > second.after_km2
    assert found.km2_before - found.km2_after == pytest.approx(second.before_km2 - second.after_km2)


def test_a_shape_that_reaches_past_the_antimeridian_is_cut_there(tmp_path: Path) -> None:
    found = normal(shapes_file(tmp_path / "a.geojson", (shapely.box(178, 0, 184, 2), {})))

    bounds = sorted(tuple(bounds) for bounds in shapely.bounds(found.parts).tolist())
    assert bounds == [(-180, 0, -176, 2), (178, 0, 180, 2)]
    assert found.repairs == ()


def test_an_edge_around_the_earth_is_turned_the_short_way_and_told(tmp_path: Path) -> None:
    ring = [[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]

    found = normal(geojson(tmp_path / "a.geojson", polygon(ring)))

    bounds = sorted(tuple(bounds) for bounds in shapely.bounds(found.parts).tolist())
    assert bounds == [(-180, 0, -179, 1), (179, 0, 180, 1)]
    (repair,) = found.repairs
    assert repair.after_km2 == pytest.approx(2 * km2(shapely.box(0, 0, 1, 1)), rel=1e-6)
    assert repair.before_km2 == pytest.approx(179 * repair.after_km2, rel=1e-6)


def test_a_frame_around_the_world_stays_one(tmp_path: Path) -> None:
    found = normal(shapes_file(tmp_path / "a.geojson", (shapely.box(-180, -60, 180, 60), {})))

    assert (degrees(found), found.repairs) == (360 * 120, ())


def test_coordinates_that_no_place_answers_to_are_told(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(
        geometry=[shapely.box(315_000, 0, 316_000, 1000), shapely.box(-1e9, 0, 1e9, 1e9)],
        crs="EPSG:32651",
    )
    frame.to_file(tmp_path / "a.gpkg")

    found = normal(tmp_path / "a.gpkg")

    (lost,) = found.repairs
    assert (lost.feature, lost.after_km2) == (2, 0)
    assert lost.reason == "No place on the globe answers to its coordinates"
    assert found.km2_after == pytest.approx(1, rel=0.01)


def test_a_line_among_polygons_is_left_out_and_told_until_lines_are_the_more(
    tmp_path: Path,
) -> None:
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    squares = [polygon(square(at, 0)) for at in range(2)]

    found = normal(geojson(tmp_path / "a.geojson", line, *squares, line))

    assert degrees(found) == 2
    assert [(repair.feature, repair.reason) for repair in found.repairs] == [
        (1, "A line or a point left out"),
        (4, "A line or a point left out"),
    ]
    with pytest.raises(NotPolygons):
        normal(geojson(tmp_path / "b.geojson", *squares, line, line, line))


def test_words_of_a_column_become_the_values_they_stand_for(tmp_path: Path) -> None:
    path = shapes_file(
        tmp_path / "a.geojson",
        (shapely.box(0, 0, 1, 1), {"depth": "0.5 - 1.0 m"}),
        (shapely.box(1, 0, 2, 1), {"depth": "dry"}),
    )
    classes = (
        ClassOf("0.5 - 1.0 m", "Half a metre to one", Means.IN, 0.5),
        ClassOf("dry", "Dry", Means.OUT),
    )

    found = normal(path, value_field="depth", classes=classes)

    assert found.values.tolist() == [0.5]
    assert shapely.bounds(found.parts).tolist() == [[0, 0, 1, 1]]
    with pytest.raises(NotNumbers):
        normal(path, value_field="depth")


def test_a_polygon_without_its_number_is_refused(tmp_path: Path) -> None:
    path = shapes_file(
        tmp_path / "a.geojson",
        (shapely.box(0, 0, 1, 1), {"depth": 1.5}),
        (shapely.box(1, 0, 2, 1), {"depth": None}),
    )

    with pytest.raises(ValueMissing, match="1 polygons"):
        normal(path, value_field="depth")
