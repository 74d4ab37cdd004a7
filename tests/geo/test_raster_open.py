"""A raster file is described as it stands, and what it does not say is asked for."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from netCDF4 import Dataset
from rasterio.enums import ColorInterp
from rasterio.shutil import copy
from rasterio.transform import from_origin

from geo.archives import Recipe
from geo.crs import CrsMissing, label
from geo.raster.axes import Turned
from geo.raster.bands import Choice, NoSuchTime, NoSuchVariable, Picture, SeveralTimes
from geo.raster.open import BlockTooLarge, NotDegrees, SeveralFiles, opened
from geo.raster.shakemap import ShakeMapBroken
from geo.raster.variables import SeveralVariables
from geo.raster.zonal import largest
from geo.unreadable import Unreadable
from tests.make.files import depth_file
from tests.places import DATA


def netcdf(
    path: Path, dims: tuple[str, ...] = ("time", "lat", "lon"), names: tuple[str, ...] = ("depth",)
) -> Path:
    """Cells 0 to 11 in two rows from the south, doubled at the second of two times."""
    axes = {
        "time": (np.array([0.0, 6.0]), "hours since 2020-11-13 00:00:00"),
        "lat": (np.array([10.5, 11.5]), "degrees_north"),
        "lon": (np.arange(120.5, 126), "degrees_east"),
    }
    cells = np.arange(12.0).reshape(2, 6) * np.array([1, 2])[:, None, None]
    with Dataset(path, "w") as file:
        for name in dims:
            file.createDimension(name, len(axes[name][0]))
            file.createVariable(name, "f8", (name,))[:] = axes[name][0]
            file[name].units = axes[name][1]
        for name in names:
            variable = file.createVariable(name, "f4", dims, fill_value=-1.0)
            variable[:] = cells if "time" in dims else cells[0].reshape(variable.shape)
            variable.units = "m"
    return path


def test_a_grid_is_described_as_it_stands(tmp_path: Path) -> None:
    file = depth_file(
        tmp_path / "h.tif",
        [[1, 2], [3, 4]],
        dtype="int16",
        nodata=-1,
        tiled=True,
        blockxsize=16,
        blockysize=32,
    )
    with rasterio.open(file, "r+") as out:
        out.scales, out.offsets, out.units = [0.1], [5.0], ["m"]

    with opened(file, Choice(nodata=(7.0,))) as grid:
        pass

    assert (grid.width, grid.height, grid.dtype, grid.band, grid.block) == (
        2,
        2,
        "int16",
        1,
        (32, 16),
    )
    assert (grid.scale, grid.offset, grid.nodata, grid.unit) == (0.1, 5.0, (-1.0, 7.0), "m")
    assert (grid.bounds, label(grid.crs), grid.driver) == ((0, 0, 2, 2), "EPSG:4326", "GTiff")
    assert not any([grid.south_up, grid.rotated, grid.masked, grid.nodes])


def test_times_of_a_netcdf_are_asked_for_and_chosen_by_a_part_of_them(tmp_path: Path) -> None:
    file = netcdf(tmp_path / "h.nc")

    with (
        pytest.raises(SeveralTimes, match="2020-11-13T00:00:00, 2020-11-13T06:00:00"),
        opened(file),
    ):
        pass
    with pytest.raises(NoSuchTime), opened(file, Choice(time="2020-11-14")):
        pass
    for said in ("2020-11-13T06", "2020-11-13 06:00", "2020-11-13T06:00:00Z", "6"):
        with opened(file, Choice(time=said)) as grid:
            assert (grid.band, grid.time) == (2, "2020-11-13T06:00:00")
    assert (grid.variable, grid.unit, label(grid.crs)) == ("depth", "m", "EPSG:4326")
    assert "WGS 84" in grid.notes[0]


def test_variables_are_asked_for(tmp_path: Path) -> None:
    file = netcdf(tmp_path / "h.nc", ("lat", "lon"), ("depth", "speed"))

    with pytest.raises(SeveralVariables, match="depth, speed"), opened(file):
        pass
    with pytest.raises(NoSuchVariable), opened(file, Choice(variable="wind")):
        pass
    with opened(file, Choice(variable="speed")) as grid:
        assert grid.variable == "speed"


def test_a_netcdf_that_runs_along_latitude_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Turned, match="latitude"), opened(netcdf(tmp_path / "h.nc", ("lon", "lat"))):
        pass


def test_bounds_and_coordinates_are_no_variables_to_choose() -> None:
    with opened(DATA / "hazard" / "climada" / "eur_windstorm_fp_lothar_crop-test.nc") as grid:
        assert grid.variable == "max_wind_gust"


@pytest.mark.parametrize("driver", ["ENVI", "AAIGrid", "EHdr", "HFA", "GSBG"])
def test_formats_of_several_files_are_read_from_a_zip(tmp_path: Path, driver: str) -> None:
    endings = {"ENVI": "dat", "AAIGrid": "asc", "EHdr": "flt", "HFA": "img", "GSBG": "grd"}
    source = depth_file(tmp_path / "source.tif", [[1.0, 2.0], [3.0, 4.0]])
    (tmp_path / "out").mkdir()
    copy(source, tmp_path / "out" / f"h.{endings[driver]}", driver=driver)
    with zipfile.ZipFile(tmp_path / "h.zip", "w") as archive:
        for file in (tmp_path / "out").iterdir():
            archive.write(file, file.name)

    with opened(tmp_path / "h.zip") as grid:
        assert (grid.driver, grid.bounds, label(grid.crs)) == (driver, (0, 0, 2, 2), "EPSG:4326")


def test_several_rasters_in_a_zip_are_asked_for(tmp_path: Path) -> None:
    file = depth_file(tmp_path / "h.tif", [[1.0]])
    with zipfile.ZipFile(tmp_path / "h.zip", "w") as archive:
        for name in ("mmi.tif", "pga.tif"):
            archive.write(file, name)

    with pytest.raises(SeveralFiles, match="mmi, pga"), opened(tmp_path / "h.zip"):
        pass
    with opened(tmp_path / "h.zip", Choice(layer="PGA")) as grid:
        assert grid.name.endswith("pga.tif")


def test_metres_told_as_degrees_are_refused(tmp_path: Path) -> None:
    file = depth_file(tmp_path / "h.tif", [[1.0]], transform=from_origin(3e5, 2e6, 30, 30))

    with pytest.raises(NotDegrees, match="300000"), opened(file):
        pass


def test_what_is_no_raster_is_refused(tmp_path: Path) -> None:
    (tmp_path / "h.tif").write_bytes(b"hello")
    (tmp_path / "h.vrt").write_text('<VRTDataset rasterXSize="1" rasterYSize="1"/>')

    with pytest.raises(Unreadable), opened(tmp_path / "h.tif"):
        pass
    with pytest.raises(Recipe), opened(tmp_path / "h.vrt"):
        pass
    with pytest.raises(CrsMissing), opened(depth_file(tmp_path / "x.tif", [[1.0]], crs=None)):
        pass


def test_a_strip_too_large_to_be_held_is_refused(tmp_path: Path) -> None:
    huge = {"width": 60_000, "height": 60_000, "BLOCKYSIZE": 60_000, "SPARSE_OK": True}
    shape = {"count": 1, "dtype": "float32", "crs": "EPSG:4326", "compress": "deflate"}
    place = from_origin(-180, 90, 0.006, 0.003)
    with rasterio.open(tmp_path / "h.tif", "w", transform=place, **shape, **huge):
        pass

    with pytest.raises(BlockTooLarge, match="14 GB"), opened(tmp_path / "h.tif"):
        pass


def test_a_tiff_whose_next_page_leads_nowhere_is_refused(tmp_path: Path) -> None:
    file = depth_file(tmp_path / "h.tif", [[1.0]])
    page = bytearray(file.read_bytes())
    directory = int.from_bytes(page[4:8], "little")
    tags = int.from_bytes(page[directory : directory + 2], "little")
    after = directory + 2 + 12 * tags
    page[after : after + 4] = len(page).to_bytes(4, "little")
    file.write_bytes(page)

    with pytest.raises(Unreadable, match=r"h\.tif"), opened(file):
        pass


def test_a_netcdf_that_breaks_off_is_refused(tmp_path: Path) -> None:
    file = netcdf(tmp_path / "h.nc")
    whole = file.read_bytes()

    for end in range(len(whole) // 2, len(whole), 97):
        file.write_bytes(whole[:end])
        with pytest.raises(Unreadable, match=r"h\.nc"), opened(file):
            pass


def shakemap(path: Path, rows: list[str], fields: str = "LON LAT MMI PGA") -> Path:
    """Nodes at 100, 101, 102 east and 5, 4 north, in the columns named."""
    columns = "".join(
        f'<grid_field index="{n}" name="{name}" units=""/>'
        for n, name in enumerate(fields.split(), 1)
    )
    data = "\n".join(rows)
    path.write_text(
        f"""<?xml version="1.0"?><shakemap_grid xmlns="http://earthquake.usgs.gov/x">
        <grid_specification lon_min="100" lat_min="4" lon_max="102" lat_max="5" nlon="3" nlat="2"/>
        {columns}<grid_data>\n{data}\n</grid_data></shakemap_grid>"""
    )
    return path


NODES = [
    f"{lon} {lat} {n}.5 {n}"
    for n, (lat, lon) in enumerate((y, x) for y in (5, 4) for x in (100, 101, 102))
]


def test_a_shakemap_has_its_cells_around_its_nodes(tmp_path: Path) -> None:
    with opened(shakemap(tmp_path / "grid.xml", NODES), Choice(variable="mmi")) as grid:
        rows, columns, inside = grid.positions(
            np.array([100.0, 102.49, 99.6]), np.array([5, 3.6, 6])
        )

    assert grid.bounds == (99.5, 3.5, 102.5, 5.5)
    assert grid.nodes
    assert list(zip(rows, columns, inside, strict=True)) == [
        (0, 0, True),
        (1, 2, True),
        (0, 0, False),
    ]


def test_columns_of_a_shakemap_are_read_in_the_order_told(tmp_path: Path) -> None:
    swapped = [" ".join((p[1], p[3], p[0], p[2])) for p in (node.split() for node in NODES)]
    file = shakemap(tmp_path / "grid.xml", swapped, "LAT PGA LON MMI")

    with opened(file, Choice(variable="MMI")) as grid, rasterio.open(grid.name) as source:
        assert source.read(grid.band).tolist() == [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]]


def test_a_broken_shakemap_is_refused(tmp_path: Path) -> None:
    said = "20 numbers where 2 rows of 3 nodes hold 4 each"
    broken = shakemap(tmp_path / "grid.xml", NODES[:-1])
    with pytest.raises(ShakeMapBroken, match=said), opened(broken):
        pass


def test_the_largest_value_of_no_cell_is_none(tmp_path: Path) -> None:
    with opened(depth_file(tmp_path / "h.tif", [[1.0]])) as grid:
        values, found = largest(grid, np.array([None], dtype=object))

    assert (len(values), found.tolist()) == (1, [False])


def test_a_shakemap_whose_namespace_has_a_prefix_is_one(tmp_path: Path) -> None:
    source = (DATA / "hazard" / "idn_inasafe" / "shake_20131105060809_grid.xml").read_text()
    prefixed = source.replace("<shakemap_grid", "<s:shakemap_grid").replace("xmlns=", "xmlns:s=")
    path = tmp_path / "grid.xml"
    path.write_text(prefixed.replace("</shakemap_grid", "</s:shakemap_grid"))

    with opened(path, Choice(variable="MMI")) as grid:
        assert (grid.width, grid.height, grid.band) == (101, 101, 3)


def test_a_palette_is_a_picture_also_where_a_band_of_opacity_stands_beside_it(
    tmp_path: Path,
) -> None:
    path = depth_file(tmp_path / "map.tif", [[1, 2], [3, 4]], dtype="uint8", count=2, nodata=None)
    with rasterio.open(path, "r+") as file:
        file.colorinterp = (ColorInterp.palette, ColorInterp.alpha)
        file.write_colormap(1, {1: (0, 0, 255, 255)})

    with pytest.raises(Picture), opened(path):
        pass
