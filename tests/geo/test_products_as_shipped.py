"""Products as their makers ship them are known with what they say, and with nothing they do not."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from geo.measures import FLOODED, RAIN, SHAKING, WATER_DEPTH, WIND
from geo.products.inventory import inventory
from geo.products.meaning import Means, Recognition
from geo.products.normal import as_recognised, grid_of, shapes_of
from geo.products.recognition import recognise
from tests.make.files import depth_file, shapes_file
from tests.make.products import code_file, zip_of

EMS = "EMSR485_AOI01_DEL_PRODUCT_"


def known(path: Path) -> Recognition:
    found = recognise(path, inventory(path))
    assert found is not None
    return found


def sources(path: Path, **columns: list[Any]) -> Path:
    values = [np.array(column, dtype=object) for column in columns.values()]
    pyogrio.raw.write(path, None, values, list(columns), driver="ESRI Shapefile")
    return path


@pytest.mark.parametrize("seen_on", [2, 9])
def test_copernicus_tells_the_day_by_its_table_of_images(tmp_path: Path, seen_on: int) -> None:
    flooded = {"event_type": "5-Flood", "notation": "Flooded area", "dmg_src_id": seen_on}
    table = sources(
        tmp_path / f"{EMS}source.dbf",
        src_id=[1, 2],
        source_nam=["Sentinel-2", "COSMO"],
        src_date=["01/10/2020", "13/11/2020"],
        source_tm=["10:00", "21:41:00"],
    )
    seen = shapes_file(
        tmp_path / f"{EMS}observedEventA.geojson", (shapely.box(0, 0, 1, 1), flooded)
    )

    found = known(zip_of(tmp_path / "ems.zip", seen, table))

    taken = datetime(2020, 11, 13, 21, 41, tzinfo=UTC)  # of image 2; there is no image 9
    assert found.observed_at == (taken if seen_on == 2 else None)


def test_the_shallowest_class_of_depths_is_flood_and_not_dry_ground(tmp_path: Path) -> None:
    shapes = shapes_file(
        tmp_path / f"{EMS}floodDepthA.geojson",
        *((shapely.box(n, 0, n + 1, 1), {"value": text}) for n, text in enumerate(SHALLOW)),
    )

    normal = shapes_of(shapes, as_recognised(known(shapes)))

    assert sorted(normal.values.tolist()) == [0.01, 0.01, 0.01, 0.5]


SHALLOW = ("Below 0.50", "< 0.5 m", "0.00 - 0.50", "0.50 - 1.00")


def test_a_moment_to_the_tenth_of_a_second_is_a_day_of_viirs(tmp_path: Path) -> None:
    name = "VIIRS-Flood-1day-GLB062_v1r0_blend_s202011130000000_e202011132359590.tif"

    found = known(code_file(tmp_path / name, [[30, 99], [150, 100]]))

    assert (found.product, found.observed_at) == ("viirs-v1", datetime(2020, 11, 13, tzinfo=UTC))


def test_the_picture_of_viirs_is_known_by_the_name_of_its_rivers(tmp_path: Path) -> None:
    name = "RIVER-FLDglobal-composite1_20201113_000000.p62.tif"

    found = known(code_file(tmp_path / name, [[98, 126], [140, 27]]))

    assert (found.product, found.measure) == ("viirs-picture", FLOODED)
    assert [one.means for one in found.classes if one.code == "98"] == [Means.CLOUD]


def test_depths_in_centimetres_are_not_doubted_for_their_number(tmp_path: Path) -> None:
    from_low = known(in_centimetres(tmp_path / "depth_low.tif", 400.0))
    from_high = known(in_centimetres(tmp_path / "depth_high.tif", 2500.0))

    assert (from_low.unit, from_low.says) == ("cm", ())
    assert "25.0 m" in from_high.says[0]


def in_centimetres(path: Path, deepest: float) -> Path:
    depth_file(path, [[12.5, deepest]])
    with rasterio.open(path, "r+") as out:
        out.units = ("cm",)
    return path


def test_the_intensity_of_a_grid_called_mmi_is_in_mmi(tmp_path: Path) -> None:
    assert known(depth_file(tmp_path / "mmi_mean.tif", [[4.5, 6.25]])).unit == "MMI"
    assert known(depth_file(tmp_path / "shaking.tif", [[4.5, 6.25]])).unit is None


def test_outlines_of_intensity_are_worth_what_their_column_says(tmp_path: Path) -> None:
    ring = shapely.box(0, 0, 1, 1)
    named = {name: shapes_file(tmp_path / name, (ring, {"PARAMVALUE": 6.5})) for name in NAMES}

    found = known(named["mi.geojson"])

    assert (found.measure, found.unit, found.value_field) == (SHAKING, "MMI", "PARAMVALUE")
    other = named["pga.geojson"]
    assert recognise(other, inventory(other)) is None


NAMES = ("mi.geojson", "pga.geojson")


@pytest.mark.parametrize(
    ("heading", "measure", "unit"),
    [
        ("max_depth_m", WATER_DEPTH, "m"),
        ("depth_cm", WATER_DEPTH, "cm"),
        ("depth", WATER_DEPTH, None),
        ("Hauteur eau (m)", WATER_DEPTH, "m"),
        ("wind_kmh", WIND, "km/h"),
        ("gust (kt)", WIND, "kt"),
        ("vmax", WIND, None),
        ("wind_ms", WIND, "m/s"),
        ("rain_total_mm", RAIN, "mm"),
        ("rainfall", RAIN, "mm"),
    ],
)
def test_a_heading_says_the_unit_or_it_is_asked_for(
    tmp_path: Path, heading: str, measure: str, unit: str | None
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(f"pcode,{heading}\nPH01,120\nPH02,80\n")

    found = known(table)

    assert (found.measure, found.unit) == (measure, unit)


def test_decimal_commas_are_numbers_of_a_table(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("commune;Hauteur eau (m)\nKS010101;0,5\nKS010102;1,25\n", encoding="cp1252")

    assert known(table).value_field == "Hauteur eau (m)"


def test_codes_a_family_does_not_speak_of_are_not_observed_until_somebody_says(
    tmp_path: Path,
) -> None:
    path = code_file(tmp_path / "RIVER-FLDglobal.tif", [[98, 126, 140], [27, 27, 0]], nodata=0)

    found = known(path)

    rest = [(one.code, one.means) for one in found.classes if one.label == "Not known"]
    assert rest == [("27", Means.NOT_OBSERVED)]  # nodata is no code
    assert "27 (2)" in found.says[-1]
    with grid_of(path, as_recognised(found)) as (grid, _reasons), rasterio.open(grid.name) as file:
        cells = file.read(1).ravel().tolist()
    assert [None if np.isnan(cell) else cell for cell in cells] == [None, 0, 1, None, None, None]


def test_every_cell_of_8_bits_is_looked_at_for_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.products.specimen.CELLS", 4)
    codes = [[98, 126] * 8 for _row in range(16)]
    codes[7][7] = 27

    found = known(code_file(tmp_path / "RIVER-FLDglobal.tif", codes))

    assert "27 (1)" in found.says[-1]
