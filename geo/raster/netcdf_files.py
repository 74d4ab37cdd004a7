"""netCDF-4 files that GDAL would take for something else, or read wrongly.

It knows them by the ending of their names alone, and takes them for HDF5 without places otherwise;
and it cannot read bytes that are stored with a sign and say they have none (`_Unsigned`), as flood
maps of VIIRS are.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from geo.formats import format_of

SIGNATURE = b"\x89HDF\r\n\x1a\n"
ENDINGS = {".nc", ".nc4", ".cdf"}
SWATHS = b"HDFEOS"  # what keeps its places in a way only GDAL's HDF5 knows
HEAD = 1 << 16  # bytes
BLOCK = 1 << 24  # cells copied at a time
FILL = "_FillValue"
RANGES = ("missing_value", "valid_min", "valid_max", "valid_range")


def is_netcdf_4(path: Path) -> bool:
    """Whether a file is netCDF within HDF5, by its first bytes, whatever its name."""
    with path.open("rb") as stream:
        start = stream.read(HEAD)
    return start.startswith(SIGNATURE) and SWATHS not in start and format_of(path) == "netCDF"


@contextmanager
def as_gdal_reads(path: Path) -> Iterator[Path]:
    """The file under a name by which GDAL knows it; a copy where its bytes have to lose their sign.

    A file that cannot be opened is given as it is, for GDAL to say why.
    """
    signed = _says_unsigned(path)
    if not signed and path.suffix.lower() in ENDINGS:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="highground-") as folder:
        target = Path(folder) / f"{path.stem}.nc"
        if signed:
            _copy(path, target)
        else:
            target.symlink_to(path.resolve())
        yield target


def _says_unsigned(path: Path) -> bool:
    from netCDF4 import Dataset

    try:
        with Dataset(path) as source:
            return any(map(_is_unsigned, _variables(source)))
    except (OSError, RuntimeError):
        return False


def _variables(group: Any) -> Iterator[Any]:
    yield from group.variables.values()
    for inner in group.groups.values():
        yield from _variables(inner)


def _is_unsigned(variable: Any) -> bool:
    said = str(getattr(variable, "_Unsigned", "false")).lower()
    return said == "true" and _kind(variable) == "i"


def _kind(variable: Any) -> str:
    return getattr(variable.dtype, "kind", "")  # text of any length has none


def _copy(path: Path, target: Path) -> None:
    """Write a file again with its unsigned numbers as such; text in cells is left out."""
    from netCDF4 import Dataset

    with Dataset(path) as source, Dataset(target, "w") as out:
        _copy_group(source, out)


def _copy_group(source: Any, out: Any) -> None:
    out.setncatts({name: source.getncattr(name) for name in source.ncattrs()})
    for name, dimension in source.dimensions.items():
        out.createDimension(name, len(dimension))
    for name, variable in source.variables.items():
        if _kind(variable) in "iuf" and _kind(variable):
            _copy_variable(name, variable, out)
    for name, group in source.groups.items():
        _copy_group(group, out.createGroup(name))


def _copy_variable(name: str, variable: Any, out: Any) -> None:
    variable.set_auto_maskandscale(False)
    dtype = variable.dtype
    if _is_unsigned(variable):
        dtype = np.dtype(f"u{dtype.itemsize}")
    about = {key: variable.getncattr(key) for key in variable.ncattrs() if key != "_Unsigned"}
    bare = {
        key: np.asarray(value).astype(variable.dtype, casting="unsafe").view(dtype)
        for key, value in about.items()
        if key in (FILL, *RANGES) and dtype != variable.dtype
    }
    about |= bare
    fill = about.pop(FILL, None)
    made = out.createVariable(
        name, dtype, variable.dimensions, fill_value=fill, compression="zlib", complevel=1
    )
    made.set_auto_maskandscale(False)
    made.setncatts(about)
    if not variable.ndim:
        made[...] = np.asarray(variable[...]).view(dtype)
        return
    rows = max(1, BLOCK // max(1, int(np.prod(variable.shape[1:]))))
    for top in range(0, variable.shape[0], rows):
        made[top : top + rows] = np.ascontiguousarray(variable[top : top + rows]).view(dtype)
