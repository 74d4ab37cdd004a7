"""Real files of the kinds people upload: each is read as it should be, or refused in a sentence."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from netCDF4 import Dataset
from rasterio.warp import transform

from tests.cli.running import Ran, csv_file, run
from tests.make.files import shapes_file
from tests.places import DATA

NASTY = DATA / "nasty"
ASH = NASTY / "inasafe_ash_raster_wgs84.tif"


def sampled(tmp_path: Path, name: str, places: list[tuple[float, float]], *words: object) -> Ran:
    rows = "".join(f"{x!r},{y!r}\n" for x, y in places)
    points = csv_file(tmp_path / "points.csv", "lon,lat\n" + rows)
    return run("sample", NASTY / name, points, *words, out=tmp_path / "out.csv")


def middles(path: str, every: int) -> tuple[list[tuple[float, float]], np.ma.MaskedArray]:
    """Every so many cells: their middles in degrees and their numbers, as rasterio reads them."""
    with rasterio.open(path) as file:
        rows, columns = np.mgrid[0 : file.height : every, 0 : file.width : every]
        x, y = rasterio.transform.xy(file.transform, rows.ravel(), columns.ravel())
        lon, lat = transform(file.crs or "EPSG:4326", "EPSG:4326", x, y)
        cells = file.read(1, masked=True)[rows.ravel(), columns.ravel()]
    return list(zip(lon, lat, strict=True)), cells


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("rasterio_RGBA.uint16.tif", "picture"),
        ("rasterio_all-nodata.tif", "nothing to show"),
        ("rasterio_float_nan.tif", "coordinate system"),
        ("rasterio_rotated.tif", "coordinate system"),
        ("rasterio_no_band.h5", "MyGroup/dset1"),
        ("rasterio_two-subs.h5", "data, data2"),
        ("rioxarray_cint16.tif", "complex"),
        ("rioxarray_test_find_crs.nc", "blue, green"),
        ("rioxarray_unicode.nc", "where its cells lie"),
        ("stars_bcsd_obs_1999.nc", "pr, tas"),
        ("stars_reduced.nc", "sst, anom, err, ice"),
        ("stars_test_stageiv_xyt_borked.nc", "where its cells lie"),
        ("stars_timeseries.nc", "where its cells lie"),
        ("tc_track_antimeridian_1980052S16155.nc", "track of a cyclone"),
        ("inasafe_zero_byte.shp", "0 bytes"),
        ("fastkml_KML_Samples.kml", "Extruded Polygon"),
        ("fastkml_Document-places.kml", "points"),
        ("fiona_testopenfilegdb.gdb.zip", "several_polygons"),
        ("fiona_test_tz.geojson", "points"),
        ("pygeoapi_dutch_addresses_28992.gpkg", "points"),
        ("pyogrio_curve.gpkg", "lines"),
        ("pyogrio_line_zm.gpkg", "lines"),
        ("rasterio_issue1446.geojson", "lines"),
    ],
)
def test_what_is_no_hazard_is_refused_with_what_was_found(
    tmp_path: Path, name: str, found: str
) -> None:
    ran = sampled(tmp_path, name, [(0, 0)])

    assert ran.refused
    assert name in ran.said
    assert found in ran.said


def test_a_raster_whose_header_opens_but_whose_values_do_not_is_refused(tmp_path: Path) -> None:
    for words in ([], ["--band", 1]):
        ran = sampled(tmp_path, "rasterio_corrupt.tif", [(0, 0)], *words)

        assert ran.refused
        assert "from row 513 on its cells cannot be read" in ran.said


@pytest.mark.parametrize(
    "name",
    [
        "inasafe_ash_raster_wgs84.tif",
        "inasafe_continuous_flood_unaligned_big_size.tif",
        "inasafe_people_allow_resampling_true.tif",
        "inasafe_southup_no_nodata.tif",
        "rasterio_float_raster_with_nodata.tif",
        "rasterio_float_raster_with_extra_nodata.tif",
        "rasterio_test_esri_wkt.tif",
        "rioxarray_MODIS_ARRAY.nc",
        "rioxarray_nonstandard_dim.nc",
    ],
)
def test_the_middle_of_every_cell_reads_what_rasterio_reads_there(
    tmp_path: Path, name: str
) -> None:
    places, cells = middles(str(NASTY / name), every=3)

    ran = sampled(tmp_path, name, places)

    assert ran.code == 0, ran.said
    kind = cells.dtype.type
    expected = ["" if cell is np.ma.masked else cell for cell in cells]
    found = [text and kind(float(text)) for text in ran.column("value")]
    expected = ["" if isinstance(v, float) and np.isnan(v) else v for v in expected]
    assert found == expected


def test_packed_temperatures_are_unpacked_and_their_gaps_kept(tmp_path: Path) -> None:
    places, cells = middles(str(NASTY / "rioxarray_tmmx_20190121.nc"), every=40)

    ran = sampled(tmp_path, "rioxarray_tmmx_20190121.nc", places, "--at-least", 273.15)

    texts = ran.column("value")
    assert [text == "" for text in texts] == np.ma.getmaskarray(cells).tolist()
    known = np.array([float(text) for text in texts if text])
    assert known == pytest.approx(cells.compressed() * 0.1 + 220)
    assert (known.min(), known.max()) >= (248.7, 0)
    assert known.max() <= 302.1
    assert ran.summary["in"] == int((known >= 273.15).sum())


def test_nodata_of_the_largest_float_hides_51_cells(tmp_path: Path) -> None:
    everything = shapes_file(tmp_path / "a.geojson", (shapely.box(106, -7, 107, -6), {}))

    ran = run("zonal", ASH, everything, out=tmp_path / "out.csv")

    (row,) = ran.rows
    assert float(row["cells"]) == 151 * 150
    assert float(row["observed_cells"]) == 151 * 150 - 51


def test_a_border_of_nodata_changes_no_figure(tmp_path: Path) -> None:
    with rasterio.open(NASTY / "rasterio_float_raster_with_nodata.tif") as file:
        west, south, east, north = file.bounds
    box = shapely.box(west + 700, south + 700, east - 700, north - 700)
    areas = shapes_file(tmp_path / "a.geojson", (box, {}))
    words = [areas, "--areas-crs", "IGNF:ETRS89LAEA"]

    tables = [
        run(
            "zonal",
            NASTY / f"rasterio_float_raster_with_{name}.tif",
            *words,
            out=tmp_path / "o.csv",
        ).rows[0]
        for name in ("nodata", "extra_nodata")
    ]

    for key in ("min", "max"):
        assert tables[0][key] == tables[1][key]
    assert float(tables[0]["observed_cells"]) > 10


def test_longitudes_from_0_to_358_are_met_from_the_west(tmp_path: Path) -> None:
    with Dataset(NASTY / "stars_reduced.nc") as file:
        lon, lat = file["lon"][:], file["lat"][:]
        sst = file["sst"][0, 0]
    column, row = int(np.flatnonzero(lon == 330)[0]), int(np.argmin(np.abs(lat - 0.5)))

    ran = sampled(tmp_path, "stars_reduced.nc", [(-30, float(lat[row]))], "--variable", "sst")

    assert float(ran.column("value")[0]) == pytest.approx(float(sst[row, column]))


def test_a_variable_and_a_time_are_chosen_by_name(tmp_path: Path) -> None:
    with Dataset(NASTY / "stars_bcsd_obs_1999.nc") as file:
        lon, lat, march = file["longitude"][:], file["latitude"][:], file["tas"][2]
    row, column = (int(at) for at in np.argwhere(np.isfinite(march.filled(np.nan)))[50])
    place = [(float(lon[column]), float(lat[row]))]
    words = ["--variable", "tas", "--time"]

    ran = sampled(tmp_path, "stars_bcsd_obs_1999.nc", place, *words, "1999-03")

    assert float(ran.column("value")[0]) == pytest.approx(float(march[row, column]))
    assert ran.summary["hazard"]["band"] == 3
    assert sampled(tmp_path, "stars_bcsd_obs_1999.nc", place, *words, "2000").refused
    assert sampled(tmp_path, "stars_bcsd_obs_1999.nc", place, *words, "1999").refused


def test_a_netcdf_that_calls_its_coordinates_degrees_needs_no_system(tmp_path: Path) -> None:
    path = DATA / "hazard" / "climada" / "flddph_2000_DEMO.nc"
    places, cells = middles(str(path), every=7)

    ran = sampled(tmp_path, str(path), places)

    assert "WGS 84" in ran.said
    numbers = [float(text) if text else None for text in ran.column("value")]
    expected = [None if np.isnan(cell) else pytest.approx(float(cell)) for cell in cells.data]
    assert numbers == expected


def test_dutch_addresses_are_carried_from_their_own_system(tmp_path: Path) -> None:
    area = shapes_file(tmp_path / "a.geojson", (shapely.box(5, 51.9, 6, 52.2), {"code": "NL"}))

    ran = run(
        "locate",
        NASTY / "pygeoapi_dutch_addresses_28992.gpkg",
        area,
        "--id",
        "postcode",
        "--area-id",
        "code",
        out=tmp_path / "out.csv",
    )

    assert (ran.summary["rows"], ran.summary["located"]) == (2481, 2481)


def test_reprojected_cells_as_polygons_agree_with_their_own_depths(tmp_path: Path) -> None:
    cells = NASTY / "inasafe_continuous_vector.geojson"

    ran = run("sample", cells, cells, "--id", "depth", "--field", "depth", out=tmp_path / "out.csv")

    assert ran.summary["in"] == 400
    assert ran.column("id") == ran.column("value")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fastkml_small_world.kmz", []),
        ("inasafe_grid_jakarta.geojson", []),
        ("rasterio_box.shp", []),
        ("fiona_gre.shp", ["--id", "name_fr"]),
        ("fiona_grenada.geojson", ["--id", "name:ru"]),
        ("fastkml_KML_Samples.kml", ["--areas-layer", "Google Campus"]),
        ("fiona_testopenfilegdb.gdb.zip", ["--areas-layer", "polygon25D", "--id", "int"]),
    ],
)
def test_areas_of_every_format_are_read(tmp_path: Path, name: str, words: list[str]) -> None:
    ran = run("zonal", ASH, NASTY / name, *words, out=tmp_path / "out.csv")

    assert ran.code == 0, ran.said
    assert ran.rows


def test_names_in_many_scripts_are_kept(tmp_path: Path) -> None:
    names = {
        "fiona_gre.shp": ("name_fr", "Grenade"),
        "fiona_grenada.geojson": ("name:ru", "Гренада"),
    }
    for file, (column, name) in names.items():
        ran = run("zonal", ASH, NASTY / file, "--id", column, out=tmp_path / "out.csv")

        assert ran.column("id") == [name]


def test_gaps_in_whole_numbers_are_empty_ids(tmp_path: Path) -> None:
    points = NASTY / "pyogrio_test_gpkg_nulls.gpkg"

    ran = run("sample", ASH, points, "--id", "col_int64", out=tmp_path / "out.csv")

    assert [text.isdigit() or text == "" for text in ran.column("id")] == [True] * 4
    assert "" in ran.column("id")
