"""Opening a raster: any file GDAL reads becomes one grid of values, or is refused in one sentence.

Nothing is guessed: where a file does not say its coordinate system, or holds several variables,
times or bands, whoever sends it is asked.
"""

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from core.errors import Invalid
from core.words import _
from geo.archives import contents, listed, narrowed, refuse_recipe, told_apart, unpacked
from geo.crs import CIRCLE, WGS84, in_degrees, settled
from geo.formats import named
from geo.raster import ascii_grids, netcdf_files, shakemap
from geo.raster.axes import axes_of, laid_in, refuse_scattered
from geo.raster.bands import (
    Band,
    Choice,
    NoSuchVariable,
    Picture,
    bands_of,
    chosen_band,
    holds_values,
    says_degrees,
)
from geo.raster.grid import Grid
from geo.raster.probe import survives
from geo.raster.variables import chosen_variable, only_variable, path_of
from geo.raster.windows import (
    Window,
    clipped,
    gdal_errors,
    pieces,
    stored,
    undecodable_unsaid,
)
from geo.unreadable import Unreadable, unreadable

# Drivers that read values from the file they are given: none that fetches, or points elsewhere.
# fmt: off
DRIVERS = [
    "GTiff", "AAIGrid", "GRASSASCIIGrid", "XYZ", "netCDF", "HDF5", "HDF5Image", "GRIB", "EHdr",
    "ENVI", "HFA", "ERS", "SAGA", "GSAG", "GSBG", "GS7BG", "RST", "BT", "PCRaster", "ILWIS",
    "RMF", "KRO", "PCIDSK", "NITF", "SRTMHGT", "DTED", "USGSDEM", "GPKG", "MBTiles", "PNG",
    "JPEG", "GIF", "BMP", "WEBP", "JP2OpenJPEG", "PNM",
]
GRIDS = {
    ".tif", ".tiff", ".gtiff", ".asc", ".nc", ".nc4", ".cdf", ".h5", ".hdf5", ".he5", ".grib",
    ".grib2", ".grb", ".grb2", ".img", ".flt", ".bil", ".ers", ".sdat", ".grd", ".rst", ".hgt",
    ".dt0", ".dt1", ".dt2", ".jp2", ".map", ".bt", ".xyz",
}
# fmt: on
# What GDAL reads wrongly or not at all, by its mark, and what it is given in its place.
MADE: tuple[tuple[Callable[[Path], bool], Callable[[Path], AbstractContextManager[Path]]], ...] = (
    (shakemap.is_shakemap, shakemap.as_geotiff),
    (ascii_grids.is_ascii_grid, ascii_grids.as_numbers),
    (netcdf_files.is_netcdf_4, netcdf_files.as_gdal_reads),
)
UNSAID = Choice()
SMALL = 16_000_000  # cells
BLOCK = 2 << 30  # bytes
TRIED = 40  # files of an archive whose endings say nothing
PLAIN = 2 * CIRCLE  # degrees; what lies farther east or west is no longitude


class Deadly(Unreadable):
    """{name} cannot be read: its header is damaged so that whatever opens it breaks down; fetch or
    export it again."""


class NoRaster(Unreadable):
    """{name} cannot be read: none of its entries is a raster; ask for one as GeoTIFF or netCDF."""


class SeveralFiles(Invalid):
    """{name} holds several rasters ({files}); choose one as its layer."""


class NoSuchFile(Invalid):
    """{name} has no layer {layer}; it has {files}."""


class ComplexNumbers(Invalid):
    """{name} holds complex numbers in its cells (a radar product before processing), not values;
    ask for the processed map."""


class NothingToShow(Invalid):
    """{name} has {cells} cells, and in every band every one of them is nodata: there is nothing to
    show; ask for the file with the values."""


class NoPosition(Invalid):
    """{name} does not say where its cells lie (no geotransform, or one of its own per cell);
    rectify or export it again as GeoTIFF."""


class NotDegrees(Invalid):
    """{name} declares longitude and latitude, but its coordinates run from {low} to {high};
    find out its true coordinate system and correct the file."""


class BlockTooLarge(Invalid):
    """{name} keeps {size} GB of cells in one block, more than we can hold; write it again in
    tiles."""


@contextmanager
def opened(path: Path, choice: Choice = UNSAID) -> Iterator[Grid]:
    """The grid of values in a raster file, readable as long as the block lasts.

    `path` may be zipped or gzipped. Raises a Refusal that says what was found and what to do.
    """
    with unpacked(path) as place, grid_at(named(path), place, choice) as grid:
        yield grid


@contextmanager
def grid_at(name: str, place: Path, choice: Choice) -> Iterator[Grid]:
    """The grid of values at a place unpacked already; `name` is what people call the file."""
    place = narrowed(name, place, choice.file)
    file, rest = _chosen_file(name, contents(place), choice)
    with readable(file) as found:
        yield _grid(name, found, rest)


@contextmanager
def readable(file: Path) -> Iterator[str]:
    """What GDAL opens of a file while the block lasts: itself, or what is made of it for GDAL.

    Raises ShakeMapBroken, Deadly, and what `geo.raster.ascii_grids` refuses.
    """
    if file.is_file() and not survives(file):
        raise Deadly(name=named(file))
    makers = ((mark, make) for mark, make in MADE if file.is_file() and mark(file))
    make = next((make for _mark, make in makers), nullcontext)
    with make(file) as place:
        yield str(place)


def is_raster(path: Path) -> bool:
    """Whether a plain file opens as a raster at all; what it holds is not judged yet."""
    if shakemap.is_shakemap(path) or not survives(path):
        return True
    try:
        with dataset(str(path)):
            return True
    except gdal_errors():
        return False


def rasters_among(files: list[Path]) -> list[Path]:
    """The files of an archive to be taken for rasters: by their endings, or else by trying them."""
    found = [file for file in files if looks_like_raster(file)]
    return found or [file for file in files[:TRIED] if file.is_file() and is_raster(file)]


def looks_like_raster(path: Path) -> bool:
    """Whether a file should be tried as a raster, by its ending or its mark."""
    if path.suffix.lower() == ".xml":
        return shakemap.is_shakemap(path)
    return path.suffix.lower() in GRIDS


def dataset(name: str, **options: Any) -> Any:
    """An open rasterio data set; GDAL's remarks on missing positions are kept to ourselves.

    `options` are those of GDAL's driver, such as `overview_level`.
    """
    from rasterio import Env
    from rasterio.errors import NotGeoreferencedWarning
    from rasterio.io import DatasetReader

    with Env(), warnings.catch_warnings(), undecodable_unsaid():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return DatasetReader(name, driver=DRIVERS, **options)


def _chosen_file(name: str, files: list[Path], choice: Choice) -> tuple[Path, Choice]:
    """The file that is meant among those unpacked, and what of the choice is left to make."""
    if len(files) > 1:
        files = rasters_among(files)
    if not files:
        raise NoRaster(name=name)
    meant = [file for file in files if choice.layer and _is_called(file, choice.layer)]
    if len(meant) == 1:
        return meant[0], replace(choice, layer=None)
    if len(files) == 1:
        return files[0], choice
    names = told_apart(files)
    called = dict(zip([name.lower() for name in names], files, strict=True))
    if choice.layer is None:
        raise SeveralFiles(name=name, files=listed(names))
    if choice.layer.lower() not in called:
        raise NoSuchFile(name=name, layer=choice.layer, files=listed(names))
    return called[choice.layer.lower()], replace(choice, layer=None)


def _is_called(file: Path, name: str) -> bool:
    return name.lower() in (file.stem.lower(), file.name.lower())


def _grid(name: str, file: str, choice: Choice) -> Grid:
    refuse_recipe(name, Path(file))
    try:
        return _found(name, file, choice)
    except gdal_errors() as error:
        raise unreadable(name, Path(file), error) from error


def _found(name: str, file: str, choice: Choice) -> Grid:
    with dataset(file) as source:
        wanted = choice.variable or choice.layer
        part = chosen_variable(name, source, wanted, dataset)
        if part is None:
            return _described(name, file, source, choice)
    with dataset(part) as source:
        return _described(name, file, source, replace(choice, variable=None, layer=None))


def _described(name: str, file: str, source: Any, choice: Choice) -> Grid:
    variable = only_variable(source, 1)
    axes = axes_of(file, path_of(source) or variable) if variable else []
    refuse_scattered(name, variable or "", axes)
    choice = _settled_variable(name, choice, variable)
    try:
        band = chosen_band(name, source, choice)
    except Picture:
        _refuse_hollow(name, source, choice)
        raise
    if source.dtypes[band.number - 1].startswith("complex"):
        raise ComplexNumbers(name=name)
    if source.transform.is_identity or source.transform.is_degenerate:
        raise NoPosition(name=name)
    crs, notes = _crs(name, source, choice)
    grid = _of_band(source, band, crs, choice)
    grid = replace(grid, file=name, notes=notes, variable=variable or band.name or None)
    grid = replace(grid, transform=laid_in(crs, grid.transform, axes))
    _refuse_false_degrees(name, grid)
    _refuse_large_blocks(name, grid)
    _refuse_damaged(source, grid)
    return grid


def _refuse_hollow(name: str, source: Any, choice: Choice) -> None:
    """Of a picture, say first that its cells cannot be read, or that there are none to see."""
    grids = [replace(_of_band(source, band, WGS84, choice), file=name) for band in bands_of(source)]
    seen = False
    for grid in grids:
        for window in _samples(grid):
            seen |= bool(grid.observed(stored(source, grid, window)).any())
    if not seen and grids[0].width * grids[0].height <= SMALL:
        raise NothingToShow(name=name, cells=f"{grids[0].width * grids[0].height:,}")


def _settled_variable(name: str, choice: Choice, variable: str | None) -> Choice:
    """The choice without the variable where the file holds that one alone; a layer names it too."""
    wanted = choice.variable or choice.layer
    choice = replace(choice, variable=wanted, layer=None)
    if wanted is None or variable is None:
        return choice
    if wanted.lower() != variable.lower():
        raise NoSuchVariable(name=name, variable=wanted, variables=variable)
    return replace(choice, variable=None)


def _crs(name: str, source: Any, choice: Choice) -> tuple[CRS, tuple[str, ...]]:
    """The settled coordinate system, and what should be said about it."""
    declared = _declared_crs(source)
    if declared is None and source.driver == "netCDF" and says_degrees(source.tags()):
        said = _("{name} calls its coordinates degrees north and east; taken as WGS 84.", name=name)
        return settled(name, WGS84, choice.crs), (said,)
    return settled(name, declared, choice.crs), ()


def _declared_crs(source: Any) -> CRS | None:
    if not source.crs:
        return None
    try:
        crs = CRS.from_wkt(source.crs.to_wkt())
    except CRSError:
        return None
    return None if crs.is_engineering else crs


def _of_band(source: Any, band: Band, crs: CRS, choice: Choice) -> Grid:
    """The description of one band of an open data set."""
    at = band.number - 1
    rows, columns = source.block_shapes[at]
    alpha = _alpha(source, band.number)
    return Grid(
        name=source.name,
        driver=source.driver,
        crs=crs,
        transform=source.transform,
        width=source.width,
        height=source.height,
        dtype=source.dtypes[at],
        band=band.number,
        block=(rows, columns),
        nodata=_nodata(source, band.number, choice),
        valid=_valid(source.tags(band.number)),
        scale=source.scales[at],
        offset=source.offsets[at],
        masked=alpha is not None or _is_masked(source, at),
        alpha=alpha,
        nodes=source.tags().get("AREA_OR_POINT") == "Point",
        time=band.time or None,
        unit=source.units[at] or None,
    )


def _is_masked(source: Any, at: int) -> bool:
    """Whether GDAL masks cells by more than the nodata it tells; of 64 bits it may tell none."""
    flags = {flag.name for flag in source.mask_flag_enums[at]}
    return "per_dataset" in flags or ("nodata" in flags and source.nodatavals[at] is None)


def _alpha(source: Any, band: int) -> int | None:
    """The band that says how opaque the cells are, if another one does."""
    opacities = [n for n in source.indexes if n != band and not holds_values(source, n)]
    return next(iter(opacities), None)


def _nodata(source: Any, number: int, choice: Choice) -> tuple[float, ...]:
    """Every stored number that means "not observed": declared, by either name of CF, and given."""
    codes = [source.nodatavals[number - 1], source.tags(number).get("missing_value")]
    known = [float(code) for code in codes if _is_number(code)] + list(choice.nodata)
    return tuple({repr(code): code for code in known}.values())


def _valid(tags: dict[str, str]) -> tuple[float, float]:
    """The least and the most stored number that is a value, where netCDF names but one of them."""
    low, high = tags.get("valid_min"), tags.get("valid_max")
    return (
        float(str(low)) if _is_number(low) else -math.inf,
        float(str(high)) if _is_number(high) else math.inf,
    )


def _is_number(code: object) -> bool:
    try:
        float(str(code))
    except ValueError:
        return False
    return True


def _refuse_false_degrees(name: str, grid: Grid) -> None:
    if not in_degrees(grid.crs):
        return
    west, south, east, north = grid.bounds
    cell = abs(grid.transform.e) + abs(grid.transform.d)
    if max(abs(west), abs(east)) > PLAIN:
        raise NotDegrees(name=name, low=f"{west:.6g}", high=f"{east:.6g}")
    if max(abs(south), abs(north)) > 90 + cell:
        raise NotDegrees(name=name, low=f"{south:.6g}", high=f"{north:.6g}")


def _refuse_large_blocks(name: str, grid: Grid) -> None:
    """Refuse what would have to be held in memory whole to read a single cell."""
    rows, columns = grid.block
    size = rows * columns * np.dtype(grid.dtype).itemsize
    if size > BLOCK:
        raise BlockTooLarge(name=name, size=f"{size / 1e9:.0f}")


def _refuse_damaged(source: Any, grid: Grid) -> None:
    """Read a small grid whole, a large one at its start, middle and end: a header is no raster."""
    for window in _samples(grid):
        stored(source, grid, window)


def _samples(grid: Grid) -> Iterator[Window]:
    if grid.width * grid.height <= SMALL:
        yield from pieces(grid)
        return
    rows, columns = grid.block
    for place in ((0, 0), (grid.height // 2, grid.width // 2), (grid.height - 1, grid.width - 1)):
        yield clipped(grid, place[0] // rows * rows, place[1] // columns * columns, rows, columns)
