"""A netCDF grid lies where all of its own coordinates say, or is refused with what strays."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from netCDF4 import Dataset, Group
from pyproj import CRS

from geo.raster.axes import Turned, Uneven
from geo.raster.cog import write_cog
from geo.raster.open import opened
from geo.raster.sample import sample

WEST_TO_EAST = [120.5, 121.5, 122.5, 123.5, 124.5, 125.5]


def lay(
    group: Dataset | Group,
    *,
    lat: Sequence[float] = (11.5, 10.5),
    lon: Sequence[float] = WEST_TO_EAST,
    order: tuple[str, str] = ("lat", "lon"),
    units: tuple[str, str] = ("degrees_north", "degrees_east"),
) -> None:
    """A variable `depth` of 0, 1, 2 ... along its rows, on the axes given."""
    for name, middles, unit in zip(("lat", "lon"), (lat, lon), units, strict=True):
        group.createDimension(name, len(middles))
        group.createVariable(name, "f8", (name,))[:] = middles
        group[name].units = unit
    depth = group.createVariable("depth", "f4", order, fill_value=-9.0)
    depth[:] = np.arange(len(lat) * len(lon)).reshape(depth.shape)


def test_rows_that_are_left_out_of_a_grid_are_told_with_their_place(tmp_path: Path) -> None:
    with Dataset(tmp_path / "h.nc", "w") as file:
        lay(file, lat=[19.5, 18.5, 17.5, 13.5, 12.5, 11.5, 10.5])

    said = r"lat at uneven distances \(17.5 is followed by 13.5, where a step is 1\)"
    with pytest.raises(Uneven, match=said), opened(tmp_path / "h.nc"):
        pass


def test_columns_that_go_on_beyond_the_antimeridian_are_even(tmp_path: Path) -> None:
    with Dataset(tmp_path / "h.nc", "w") as file:
        lay(file, lon=[177.5, 178.5, 179.5, -179.5, -178.5, -177.5])

    with opened(tmp_path / "h.nc") as grid:
        read = sample(grid, np.array([179.6, -179.6, -177.2]), np.array([11.4, 11.4, 10.6]))

    assert read.values.tolist() == [2, 3, 11]


def test_a_variable_in_a_group_is_looked_at_along_its_axes_too(tmp_path: Path) -> None:
    with Dataset(tmp_path / "h.nc", "w") as file:
        lay(file.createGroup("Grid"), order=("lon", "lat"))

    with pytest.raises(Turned, match="latitude along its rows"), opened(tmp_path / "h.nc"):
        pass


def test_a_projected_grid_that_counts_in_kilometres_lies_where_it_says(tmp_path: Path) -> None:
    utm = CRS(32651)
    with Dataset(tmp_path / "h.nc", "w") as file:
        lay(
            file, lat=[1801.5, 1800.5, 1799.5], lon=[300.5, 301.5, 302.5, 303.5], units=("km", "km")
        )
        file.createVariable("crs", "i4", ())
        file["crs"].setncatts(utm.to_cf())
        file["depth"].grid_mapping = "crs"

    x, y = np.array([302_100.0]), np.array([1_799_900.0])
    with opened(tmp_path / "h.nc") as grid:
        read = sample(grid, x, y)

    assert grid.bounds == pytest.approx((300_000, 1_799_000, 304_000, 1_802_000))
    assert read.values.tolist() == [10]


@pytest.mark.parametrize(
    ("attribute", "bound", "known"),
    [("valid_min", 3, [False, True, True]), ("valid_max", 5, [True, True, False])],
)
def test_what_lies_beyond_the_one_bound_that_is_named_is_no_value(
    tmp_path: Path, attribute: str, bound: float, known: list[bool]
) -> None:
    with Dataset(tmp_path / "h.nc", "w") as file:
        lay(file)
        file["depth"].setncattr(attribute, np.float32(bound))

    lon, lat = np.array([122.5, 123.5, 120.5]), np.array([11.5, 11.5, 10.5])  # 2, 3 and 6
    with opened(tmp_path / "h.nc") as grid:
        assert sample(grid, lon, lat).observed.tolist() == known
        write_cog(grid, tmp_path / "normal.tif")
    with opened(tmp_path / "normal.tif") as normal:
        assert sample(normal, lon, lat).observed.tolist() == known
