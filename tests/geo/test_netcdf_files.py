"""netCDF-4 is read whatever it is called, and its unsigned bytes are what they say they are."""

from pathlib import Path

import numpy as np
import pytest
from netCDF4 import Dataset

from geo.raster.bands import Choice
from geo.raster.open import dataset, opened
from geo.raster.windows import Window, values

CODES = [[0, 1, 130], [200, 254, 255]]


def bytes_file(path: Path, group: str = "", **about: object) -> Path:
    """Bytes with a sign that say they have none, as older programs write codes above 127."""
    with Dataset(path, "w") as root:
        file = root.createGroup(group) if group else root
        for name, middles, unit in (
            ("lat", [17.15, 17.05], "degrees_north"),
            ("lon", [121.05, 121.15, 121.25], "degrees_east"),
        ):
            file.createDimension(name, len(middles))
            file.createVariable(name, "f8", (name,))[:] = middles
            file[name].units = unit
        file.createVariable("note", str, ("lat",))[:] = np.array(["a", "b"], dtype=object)
        codes = file.createVariable("codes", "i1", ("lat", "lon"), fill_value=np.int8(-1))
        codes.set_auto_maskandscale(False)
        codes.setncatts({"_Unsigned": "true", **about})
        codes[:] = np.array(CODES, dtype=np.uint8).view(np.int8)
    return path


def cells(path: Path, choice: Choice = Choice()) -> list[float | None]:  # noqa: B008 - frozen
    with opened(path, choice) as grid, dataset(grid.name) as source:
        found, seen = values(source, grid, Window(0, 0, grid.height, grid.width))
    pairs = zip(found.ravel().tolist(), seen.ravel().tolist(), strict=True)
    return [value if there else None for value, there in pairs]


@pytest.mark.parametrize("name", ["viirs.nc", "viirs.h5"])
def test_codes_above_127_in_bytes_with_a_sign_are_read(tmp_path: Path, name: str) -> None:
    assert cells(bytes_file(tmp_path / name)) == [0, 1, 130, 200, 254, None]


def test_their_range_is_unsigned_too_and_a_scale_is_kept(tmp_path: Path) -> None:
    ranged = bytes_file(tmp_path / "r.nc", valid_min=np.int8(1), valid_max=np.int8(-56))
    scaled = bytes_file(tmp_path / "s.nc", scale_factor=0.5)

    assert cells(ranged) == [None, 1, 130, 200, None, None]
    assert cells(scaled) == [0, 0.5, 65, 100, 127, None]


def test_they_are_read_within_groups(tmp_path: Path) -> None:
    assert cells(bytes_file(tmp_path / "g.nc", group="flood")) == [0, 1, 130, 200, 254, None]


@pytest.mark.parametrize("name", ["depth.h5", "depth.dat", "DEPTH.HDF5"])
def test_netcdf_is_known_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    with Dataset(tmp_path / name, "w") as file:
        for axis, middles, unit in (
            ("lat", [17.15, 17.05], "degrees_north"),
            ("lon", [121.05, 121.15, 121.25], "degrees_east"),
        ):
            file.createDimension(axis, len(middles))
            file.createVariable(axis, "f8", (axis,))[:] = middles
            file[axis].units = unit
        file.createVariable("depth", "f4", ("lat", "lon"))[:] = [[0, 1, 2], [3, 4, 5]]

    with opened(tmp_path / name) as grid:
        west, south, east, north = grid.bounds

    assert (west, south, east, north) == pytest.approx((121, 17, 121.3, 17.2))
    assert cells(tmp_path / name) == [0, 1, 2, 3, 4, 5]
