"""Tables by area and tracks of cyclones are known for what they are."""

from pathlib import Path

import shapely
import xlsxwriter

from geo.products.inventory import PartKind, inventory
from geo.products.meaning import Recognition
from geo.products.recognition import recognise
from geo.products.tables import sheet_of
from geo.products.tracks import track_of
from geo.raster.bands import Choice
from tests.places import DATA

HAZARD = DATA / "hazard"


def known(path: Path) -> Recognition:
    found = recognise(path, inventory(path))
    assert found is not None
    return found


def test_a_table_by_area_is_known_by_its_codes_and_doubts_its_wind() -> None:
    path = HAZARD / "phl_vamco2020_rain_wind_by_adm3.csv"

    found = known(path)

    assert found.part is not None
    assert (found.part.kind, found.part.size) == (PartKind.TABLE, "93 rows")
    assert "adm3_pcode, adm3_pcode_old" in found.says[0]
    assert any("wind_510_vmax" in said and "converted twice" in said for said in found.says)


def test_the_column_of_codes_is_the_one_that_areas_answer_to(tmp_path: Path) -> None:
    sheet = sheet_of(HAZARD / "phl_vamco2020_rain_wind_by_adm3.csv", Choice())

    assert sheet.coded_by({*sheet.columns["adm3_pcode"][:75]}) == "adm3_pcode"  # 75 of 93
    assert sheet.coded_by({*sheet.columns["adm3_pcode"][:74]}) is None
    assert sheet.values("rain_total_mm")[0] == 253


def test_a_workbook_is_a_table_and_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "rain.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes")
        sheet = book.add_worksheet("Rain")
        rows = [("pcode", "rain_mm"), ("PH01", 12.5), ("PH02", 0)]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    found = known(path)

    assert found.part is not None
    assert (found.part.layer, found.value_field) == ("Rain", "rain_mm")
    assert sheet_of(path, found.part.choice()).values("rain_mm").tolist() == [12.5, 0]


def test_a_track_is_no_hazard_and_asks_for_the_wind() -> None:
    points = known(HAZARD / "phl_vamco2020_track_3h.geojson")
    netcdf = known(DATA / "nasty" / "tc_track_antimeridian_1980052S16155.nc")

    assert [found.product for found in (points, netcdf)] == ["cyclone-track"] * 2
    assert "wind radii" in points.says[0]


def test_a_track_across_the_antimeridian_is_cut_there() -> None:
    lines = track_of(DATA / "nasty" / "tc_track_antimeridian_1980052S16155.nc")

    west, _, east, _ = shapely.bounds(lines).T
    assert len(lines) == 2
    assert (east - west).max() < 40
    assert {round(abs(side)) for side in (west.min(), east.max())} == {180}
