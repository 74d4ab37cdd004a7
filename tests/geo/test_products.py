"""Products are known by their fields and codes; what they cannot tell is asked, never guessed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from geo.measures import FLOODED, SEVERITY, SHAKING, WATER_DEPTH, WIND
from geo.products.classed import CodeUnknown, NotAligned
from geo.products.inventory import PartKind, inventory
from geo.products.meaning import ClassOf, Means, Recognition
from geo.products.normal import Reading, as_recognised, grid_of, shapes_of
from geo.products.recognition import recognise
from geo.raster.reasons import Reason
from tests.make.files import depth_file, shapes_file
from tests.make.products import GFM, code_file, zip_of
from tests.places import DATA

HAZARD = DATA / "hazard"
N = float("nan")


def known(path: Path) -> Recognition:
    found = recognise(path, inventory(path))
    assert found is not None
    return found


def cells(path: Path, said: Reading) -> tuple[list[list[float]], list[list[int]]]:
    with grid_of(path, said) as (values, reasons):
        assert reasons is not None
        with rasterio.open(values.name) as one, rasterio.open(reasons.name) as other:
            return one.read(1).tolist(), other.read(1).tolist()


def test_a_real_flood_of_unosat_is_known_with_its_day_and_without_an_hour() -> None:
    found = known(HAZARD / "phl_vamco2020_flood_unosat.geojson")

    assert (found.product, found.title) == ("unosat", "UNOSAT flood extent, 13 Nov 2020")
    assert (found.observed_at, found.day_only) == (datetime(2020, 11, 13), True)  # noqa: DTZ001
    assert (found.measure, found.licence) == (FLOODED, "CC BY-SA 4.0")
    assert found.source == "UNOSAT, Sentinel-1"
    assert found.observed_rule is None
    assert any("To be evaluated" in said for said in found.says)


def unosat(path: Path, day: str = "2020-11-13") -> Path:
    columns = {"Water_Clas": "Flood Water", "Sensor_ID": "S1", "Sensor_Dat": day}
    return shapes_file(path, (shapely.box(0, 0, 1, 1), columns))


def test_what_unosat_looked_at_is_what_could_be_seen(tmp_path: Path) -> None:
    water = unosat(tmp_path / "ST1_20201113_FloodExtent.geojson")
    seen = shapes_file(
        tmp_path / "ST1_20201113_AnalysisExtent.geojson", (shapely.box(0, 0, 3, 3), {})
    )
    packed = zip_of(tmp_path / "unosat.zip", water, seen)

    found = known(packed)
    normal = shapes_of(packed, as_recognised(found))

    assert found.observed_rule == "layer"
    assert shapely.area(normal.parts).sum() == 1
    assert normal.observed is not None
    assert shapely.area(normal.observed).sum() == 9


def test_several_days_in_one_zip_are_asked_for(tmp_path: Path) -> None:
    files = [unosat(tmp_path / f"{day}.geojson", day) for day in ("2020-11-13", "2020-11-15")]

    found = known(zip_of(tmp_path / "both.zip", *files))

    assert (found.part, found.observed_at) == (None, None)
    assert "13 Nov 2020, 15 Nov 2020" in found.says[0]


def gfm(
    folder: Path, flood: list[list[int]], water: list[list[int]], excl: list[list[int]]
) -> Path:
    layers = {"FLOOD": flood, "reference": water, "exclusion": excl}
    names = {
        "FLOOD": GFM,
        "reference": GFM.replace("ENSEMBLE_FLOOD", "REFERENCE_WATER"),
        "exclusion": GFM.replace("ENSEMBLE_FLOOD", "EXCLUSION_MASK"),
    }
    files = [code_file(folder / names[key], layers[key], nodata=255) for key in layers]
    return zip_of(folder / "gfm.zip", *files)


def test_dry_under_the_exclusion_mask_of_gfm_is_not_observed_and_flood_stays_flood(
    tmp_path: Path,
) -> None:
    path = gfm(
        tmp_path,
        flood=[[0, 1, 0, 255], [0, 1, 0, 0]],
        water=[[0, 0, 1, 0], [2, 1, 0, 255]],
        excl=[[0, 1, 0, 0], [0, 0, 1, 0]],
    )

    found = known(path)
    values, reasons = cells(path, as_recognised(found))

    assert (found.product, found.title) == ("gfm", "GFM flood extent, 13 Nov 2020")
    assert found.observed_at == datetime(2020, 11, 13, 21, 56, 12, tzinfo=UTC)
    np.testing.assert_equal(values, [[0, 1, 0, N], [0, 0, N, 0]])
    water, hidden = Reason.PERMANENT_WATER, Reason.EXCLUDED
    assert reasons == [[0, 0, water, Reason.NODATA], [water, water, hidden, 0]]


def test_overlapping_tiles_lay_flood_over_dry_over_nodata(tmp_path: Path) -> None:
    """Never the largest number: 255 would cover everything."""
    west = code_file(tmp_path / GFM, [[0, 0, 255, 1]], nodata=255)
    east = code_file(tmp_path / GFM.replace("E051", "E052"), [[1, 0, 255, 0]], nodata=255, west=40)
    path = zip_of(tmp_path / "tiles.zip", west, east)

    values, _reasons = cells(path, as_recognised(known(path)))

    np.testing.assert_equal(values, [[0, 0, 1, 1, N, 0]])


def test_masks_on_other_cells_are_refused(tmp_path: Path) -> None:
    flood = code_file(tmp_path / GFM, [[0, 1]], nodata=255)
    mask = code_file(
        tmp_path / GFM.replace("ENSEMBLE_FLOOD", "EXCLUSION_MASK"), [[0, 1]], nodata=255, west=7
    )
    path = zip_of(tmp_path / "gfm.zip", flood, mask)

    with pytest.raises(NotAligned):
        cells(path, as_recognised(known(path)))


def test_a_code_no_class_speaks_of_is_refused(tmp_path: Path) -> None:
    path = gfm(tmp_path, [[0, 1]], [[0, 0]], [[0, 0]])
    found = known(path)

    with pytest.raises(CodeUnknown, match="the codes 1,"):
        cells(path, replace(as_recognised(found), classes=found.classes[:1]))


def test_cloud_is_never_flood_in_the_values_of_viirs(tmp_path: Path) -> None:
    path = code_file(
        tmp_path / "VIIRS-Flood-1day-20201113.tif", [[1, 17, 30, 99], [100, 101, 200, 50]]
    )

    found = known(path)
    values, reasons = cells(path, as_recognised(found))

    assert (found.product, found.title) == ("viirs-v1", "VIIRS flood map, 13 Nov 2020")
    np.testing.assert_equal(values, [[N, 0, N, 0], [0, 1, 100, N]])
    assert reasons[0][3] == Reason.PERMANENT_WATER


def test_the_picture_of_viirs_has_codes_of_its_own(tmp_path: Path) -> None:
    path = code_file(tmp_path / "VIIRS-Flood-1day-20201113.tif", [[98, 126, 140, 150]])

    found = known(path)
    values, _reasons = cells(path, as_recognised(found))

    assert found.product == "viirs-picture"
    np.testing.assert_equal(values, [[N, 0, 1, 1]])


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("VIIRS-Flood-1day-20250801.tif", [[30, 99, 101]]),  # software v2
        ("VIIRS-Flood-1day-20201113.tif", [[30, 98, 126]]),  # fits both
    ],
)
def test_codes_of_viirs_in_doubt_are_asked_with_what_was_found(
    tmp_path: Path, name: str, codes: list[list[int]]
) -> None:
    found = known(code_file(tmp_path / name, codes))

    assert found.classes == ()
    assert "30 (1)" in found.says[0]


def test_recurring_flood_of_nasa_is_asked_about_and_its_waters_are_no_flood(tmp_path: Path) -> None:
    path = code_file(tmp_path / "VCDWD_L3_F2.A2020318.h30v07.tif", [[0, 1, 2, 3, 255]], nodata=None)

    found = known(path)
    values, reasons = cells(path, as_recognised(found))

    assert found.title == "NASA flood map, 13 Nov 2020"  # day 318 of a leap year
    assert "recurring" in found.says[0]
    np.testing.assert_equal(values, [[0, 0, 1, 1, N]])
    assert reasons == [[0, Reason.PERMANENT_WATER, 0, 0, Reason.NODATA]]


EMS = "EMSR487_AOI01_DEL_MONIT02"


def ems(folder: Path, prefix: str = f"{EMS}_", acquired: str = "13/11/2020") -> Path:
    flooded = {"event_type": "5-Flood", "notation": "Flooded area"}
    trace = {"event_type": "5-Flood", "notation": "Flood trace"}
    taken = {"acq_date": acquired, "acq_time": "21:56", "or_src_id": 1}
    box = shapely.box
    return zip_of(
        folder / "ems.zip",
        shapes_file(
            folder / f"{prefix}observedEventA_r1_v1.geojson",
            (box(0, 0, 1, 1), flooded),
            (box(1, 0, 2, 1), trace),
        ),
        shapes_file(folder / f"{prefix}areaOfInterestA_r1_v1.geojson", (box(0, 0, 4, 4), {})),
        shapes_file(folder / f"{prefix}imageFootprintA_r1_v1.geojson", (box(2, 0, 9, 9), taken)),
    )


def test_copernicus_counts_traces_and_sees_its_area_of_interest_within_the_image(
    tmp_path: Path,
) -> None:
    path = ems(tmp_path)

    found = known(path)
    normal = shapes_of(path, as_recognised(found))

    assert found.title == "Copernicus EMS EMSR487 AOI01, delineation, monitoring 2"
    assert found.observed_at == datetime(2020, 11, 13, 21, 56, tzinfo=UTC)
    assert shapely.area(normal.parts).sum() == 2
    assert normal.observed is not None
    assert shapely.area(normal.observed).sum() == 2 * 4


def test_copernicus_under_other_names_is_known_by_its_columns(tmp_path: Path) -> None:
    path = shapes_file(
        tmp_path / "flood.geojson",
        (shapely.box(0, 0, 1, 1), {"event_type": "5-Flood", "notation": "Flooded area"}),
    )

    packed = zip_of(tmp_path / "a.zip", path)

    assert inventory(packed).parts[0].kind is PartKind.POLYGONS
    found = known(packed)
    assert found.product == "copernicus-ems"
    assert "area of interest" in " ".join(found.says)


def test_a_day_that_may_be_two_is_asked_for(tmp_path: Path) -> None:
    found = known(ems(tmp_path, acquired="05/06/2020"))

    assert found.observed_at is None
    assert "05/06/2020" in found.says[-1]


def test_depth_classes_written_as_text_stand_for_their_lower_end(tmp_path: Path) -> None:
    path = shapes_file(
        tmp_path / f"{EMS}_floodDepthA_r1_v1.geojson",
        (shapely.box(0, 0, 1, 1), {"value": "0.50 - 1.00 m"}),
        (shapely.box(1, 0, 2, 1), {"value": "Below 0.50 m"}),
        (shapely.box(2, 0, 3, 1), {"value": "No data"}),
    )

    found = known(path)

    assert (found.measure, found.unit, found.value_field) == (WATER_DEPTH, "m", "value")
    assert {one.code: (one.means, one.value) for one in found.classes} == {
        "0.50 - 1.00 m": (Means.IN, 0.5),
        "Below 0.50 m": (Means.IN, 0.01),
        "No data": (Means.NOT_OBSERVED, None),
    }


def test_a_shakemap_offers_its_intensity_and_the_hour_in_the_zone_of_papua() -> None:
    found = known(HAZARD / "idn_inasafe" / "shake_20131105060809_grid.xml")

    assert found.part is not None
    assert (found.part.band, found.measure) == (3, SHAKING)
    assert found.observed_at == datetime(2013, 11, 5, 6, 8, 9, tzinfo=timezone(timedelta(hours=7)))
    assert found.source == "BMKG"
    assert "version 1, magnitude 3.6" in found.says[0]


@pytest.mark.parametrize(
    ("name", "alert", "hour", "low", "high"),
    [
        ("phl_2022102912_Watch", "Watch", datetime(2022, 10, 29, 12, tzinfo=UTC), "0.602", "0.785"),
        (
            "phl_2022103100_Warning",
            "Warning",
            datetime(2022, 10, 31, 0, tzinfo=UTC),
            "0.843",
            "0.912",
        ),
    ],
)
def test_a_forecast_is_told_from_what_was_seen(
    name: str, alert: str, hour: datetime, low: str, high: str
) -> None:
    path = HAZARD / "mom_forecast" / f"{name}.geojson"

    found = known(path)
    normal = shapes_of(path, as_recognised(found))

    assert (found.forecast, found.measure, found.value_field) == (True, SEVERITY, "Severity")
    assert found.observed_at == hour
    assert alert in found.title
    assert (low in found.says[1], high in found.says[1]) == (True, True)
    assert len(normal.repairs) == 1


def test_a_depth_in_metres_is_offered_and_one_too_deep_is_doubted(tmp_path: Path) -> None:
    fine = known(depth_file(tmp_path / "depth_20201113.tif", [[0.5, 1.25]]))
    deep = known(depth_file(tmp_path / "depth.tif", [[0.5, 147.3]]))

    assert (fine.measure, fine.unit) == (WATER_DEPTH, None)
    assert (fine.observed_at, fine.day_only) == (datetime(2020, 11, 13, tzinfo=UTC), True)
    assert not any("deepest" in said for said in fine.says)
    assert any("147.3" in said for said in deep.says)


def test_wind_is_known_by_its_unit() -> None:
    found = known(HAZARD / "phl_vamco2020_wind_ms.tif")

    assert (found.measure, found.unit) == (WIND, "m/s")


def test_a_grid_of_few_whole_numbers_is_offered_as_classes() -> None:
    found = known(HAZARD / "idn_inasafe" / "classified_flood_20_20.asc")

    assert found.product == "grid-classes"
    assert "1 (" in found.says[0]


def test_the_entries_of_a_palette_become_classes_once_they_are_named(tmp_path: Path) -> None:
    path = code_file(tmp_path / "map.tif", [[0, 1, 1, 2]])
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {0: (255, 255, 255, 255), 1: (0, 0, 255, 255), 2: (9, 9, 9, 255)})

    found = known(path)
    named = (
        ClassOf("0", "Land", Means.OUT),
        ClassOf("1", "Flood", Means.IN, 1.0),
        ClassOf("2", "Cloud", Means.NOT_OBSERVED),
    )
    values, _reasons = cells(path, replace(as_recognised(found), classes=named))

    assert found.product == "palette"
    assert "1 #0000ff (2)" in found.says[0]
    np.testing.assert_equal(values, [[0, 1, 1, N]])
