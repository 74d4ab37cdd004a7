"""Rows and features become places with an id and a point, or tell why they have none."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.vector.columns import NoSuchColumn
from geo.vector.open import NoSuchLayer, SeveralLayers
from geo.vector.places import (
    Asked,
    NoColumnsOfPlaces,
    NoCoordinates,
    NotATable,
    Places,
    Reason,
    TableBroken,
    places,
)
from tests.make.files import shapes_file


def table(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def points(found: Places) -> list[tuple[float, float]]:
    return list(zip(found.x.tolist(), found.y.tolist(), strict=True))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_are_read_by_the_delimiter_of_their_header(tmp_path: Path, delimiter: str) -> None:
    text = "id,lon,lat\na,1.5,2.5\n".replace(",", delimiter)

    found = places(table(tmp_path / "p.csv", text), Asked(id="id"))

    assert (found.ids, points(found)) == (["a"], [(1.5, 2.5)])


def test_the_first_known_name_of_a_column_counts(tmp_path: Path) -> None:
    text = "x,y,longitude,lat\n500000,2000000,123,18\n"

    assert points(places(table(tmp_path / "p.csv", text))) == [(123, 18)]
    said = Asked(x="X", y="y", crs="EPSG:32651")
    assert points(places(table(tmp_path / "p.csv", text), said)) == [(500_000, 2_000_000)]


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableBroken, match="lon"):
        places(table(tmp_path / "p.csv", "lon,lat,Lon\n1,2,3\n"))


def test_reasons_are_told_apart(tmp_path: Path) -> None:
    text = "lon,lat\n1,2\n,2\n1,\n1,x\n181,0\n0,-91\n 1 , 2 \n"

    found = places(table(tmp_path / "p.csv", text))

    here, gap, word, off = Reason.LOCATED, Reason.MISSING, Reason.NOT_A_NUMBER, Reason.OUT_OF_RANGE
    assert found.reasons.tolist() == [here, gap, gap, word, off, off, here]
    assert found.located.sum() == 2


def test_cells_may_hold_line_breaks_and_delimiters(tmp_path: Path) -> None:
    text = 'name,lon,lat\n"Sitio\nIbaba, 2",1,2\n"the ""old"" well",3,4\n'

    found = places(table(tmp_path / "p.csv", text), Asked(id="name"))

    assert found.ids == ["Sitio\nIbaba, 2", 'the "old" well']


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_tables_of_any_spreadsheet_are_read(tmp_path: Path, encoding: str) -> None:
    found = places(
        table(tmp_path / "p.csv", "id,lon,lat\r\nMuñoz,1,2\r\n", encoding), Asked(id="id")
    )

    assert (found.ids, points(found)) == (["Muñoz"], [(1, 2)])


def test_a_table_is_found_beside_a_letter_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("read me.txt", "Dear colleague")
        archive.writestr("data/points.csv", "lon,lat\n1,2\n")

    assert points(places(tmp_path / "p.zip")) == [(1, 2)]


def test_several_tables_in_a_zip_are_asked_for(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("north.csv", "lon,lat\n1,2\n")
        archive.writestr("south.csv", "lon,lat\n3,4\n")

    with pytest.raises(SeveralLayers, match="north, south"):
        places(tmp_path / "p.zip")
    with pytest.raises(NoSuchLayer, match="north, south"):
        places(tmp_path / "p.zip", Asked(layer="west"))
    assert points(places(tmp_path / "p.zip", Asked(layer="South"))) == [(3, 4)]


def test_a_quotation_mark_that_never_closes_swallows_no_rows(tmp_path: Path) -> None:
    with pytest.raises(TableBroken, match="line 3"):
        places(table(tmp_path / "p.csv", 'id,lon,lat\n"a,1,2\nb,3,4\n'))


def test_blank_lines_before_the_header_hide_no_delimiter(tmp_path: Path) -> None:
    assert points(places(table(tmp_path / "p.csv", "\n\nlon;lat\n1;2\n"))) == [(1, 2)]


def test_what_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    shapes = shapes_file(tmp_path / "p.geojson", (shapely.Point(1, 2), {}))

    with pytest.raises(NoCoordinates, match="east, north"):
        places(table(tmp_path / "p.csv", "east,north\n1,2\n"))
    with pytest.raises(NoSuchColumn, match="lon, lat"):
        places(table(tmp_path / "p.csv", "lon,lat\n1,2\n"), Asked(id=""))
    with pytest.raises(NotATable):
        places(table(tmp_path / "p.csv", "x,y\n1,2\n"), Asked(layer="a"))
    with pytest.raises(NoColumnsOfPlaces):
        places(shapes, Asked(x="lon"))


def test_shapes_stand_at_their_centroids_and_keep_their_footprints(tmp_path: Path) -> None:
    file = shapes_file(
        tmp_path / "p.geojson",
        (shapely.Point(1, 2), {}),
        (shapely.box(0, 0, 4, 2), {}),
        (shapely.Polygon(), {}),
        (shapely.MultiPoint([(0, 0), (2, 4)]), {}),
    )

    found = places(file)

    assert points(found)[:2] == [(1, 2), (2, 1)]
    assert found.reasons.tolist() == [0, 0, Reason.MISSING, 0]
    assert found.footprints is not None
    assert [shape is not None for shape in found.footprints] == [False, True, True, False]
    assert np.isnan(found.x[2])
