"""Grids of codes turned into grids of values, with the reasons why a cell has none beside them.

Tiles of one product are laid together: where they overlap, the largest value stands over the
smaller, and any value over none. Masks of water and of what cannot be told lie on the same cells.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray

from core.errors import Invalid
from geo.archives import listed
from geo.crs import Flags, same
from geo.products.meaning import ClassOf, Means
from geo.raster.bands import Choice
from geo.raster.grid import Cells, Grid
from geo.raster.open import dataset, opened
from geo.raster.reasons import Reason
from geo.raster.windows import Window, pieces, values

BLOCK = 512
ALIKE = 1e-3  # of a cell: how far two grids may lie apart and still share their cells
RANGE = ".."
WHY = {
    Means.PERMANENT_WATER: Reason.PERMANENT_WATER,
    Means.EXCLUDED: Reason.EXCLUDED,
    Means.CLOUD: Reason.CLOUD,
}
DRY = (Means.OUT, Means.PERMANENT_WATER)

Values = NDArray[np.float32]
Reasons = NDArray[np.uint8]


class CodeUnknown(Invalid):
    """{name} holds the codes {codes}, of which no class speaks; say what they mean."""


class NotAligned(Invalid):
    """{mask} does not lie on the cells of {name}; ask for both on the same grid."""


@dataclass(frozen=True)
class Masks:
    """Where water always is and where the product cannot tell, on the cells of the values.

    A flood over water is none, unless `water_floods`.
    """

    water: Grid | None = None
    excluded: Grid | None = None
    water_floods: bool = False


@contextmanager
def classed(
    path: Path,
    tiles: Sequence[Choice],
    classes: Sequence[ClassOf] = (),
    water: Choice | None = None,
    excluded: Choice | None = None,
    *,
    water_floods: bool = False,
) -> Iterator[tuple[Grid, Grid]]:
    """The grid of values (32-bit floats, NaN: none) and the grid of reasons, for a while.

    Without classes, values are as stored. In the masks every number above 0 that is not nodata
    counts. Raises CodeUnknown, NotAligned, and what `geo.raster.open` refuses.
    """
    with ExitStack() as stack:
        grids = [stack.enter_context(opened(path, tile)) for tile in tiles]
        masks = Masks(
            None if water is None else stack.enter_context(opened(path, water)),
            None if excluded is None else stack.enter_context(opened(path, excluded)),
            water_floods,
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="highground-")))
        targets = _write(folder, _frame(grids), grids, tuple(classes), masks)
        both = [stack.enter_context(opened(target)) for target in targets]
        named = [replace(grid, file=path.name, unit=grids[0].unit) for grid in both]
        yield named[0], named[1]


def _write(
    folder: Path, frame: Grid, grids: list[Grid], classes: tuple[ClassOf, ...], masks: Masks
) -> tuple[Path, Path]:
    import rasterio

    targets = folder / "values.tif", folder / "reasons.tif"
    with ExitStack() as stack:
        out, why = (
            stack.enter_context(rasterio.open(target, "w", **_profile(frame, dtype, nodata)))
            for target, dtype, nodata in zip(
                targets, ("float32", "uint8"), (float("nan"), None), strict=True
            )
        )
        read = {
            grid.name: stack.enter_context(dataset(grid.name))
            for grid in (*grids, masks.water, masks.excluded)
            if grid is not None
        }
        for window in pieces(frame):
            cells, reasons = _laid(frame, window, grids, classes, read)
            _mask(cells, reasons, frame, window, masks, read)
            out.write(cells, 1, window=window.slices)
            why.write(reasons, 1, window=window.slices)
    return targets


def _profile(frame: Grid, dtype: str, nodata: float | None) -> dict[str, Any]:
    return {
        "driver": "GTiff",
        "width": frame.width,
        "height": frame.height,
        "count": 1,
        "dtype": dtype,
        "crs": frame.crs.to_wkt(),
        "transform": frame.transform,
        "nodata": nodata,
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "compress": "ZSTD",
        "zstd_level": 1,
        "bigtiff": "IF_SAFER",
    }


def _laid(
    frame: Grid, window: Window, grids: list[Grid], classes: tuple[ClassOf, ...], read: Any
) -> tuple[Values, Reasons]:
    """The tiles of a window, the largest value on top; a reason goes with its value."""
    cells = np.full((window.height, window.width), np.nan, dtype=np.float32)
    reasons = np.full(cells.shape, Reason.NODATA, dtype=np.uint8)
    for grid in grids:
        place, part = _overlap(frame, window, grid)
        if part is None:
            continue
        found, why = _meant(grid, *values(read[grid.name], grid, part), classes)
        under, known = cells[place], reasons[place]
        over = np.isnan(under) | (found > under)
        over &= ~np.isnan(found) | (known == Reason.NODATA)
        under[over], known[over] = found[over], why[over]
    return cells, reasons


def _meant(
    grid: Grid, cells: Cells, seen: Flags, classes: tuple[ClassOf, ...]
) -> tuple[Values, Reasons]:
    """What the codes of a piece stand for, and why a cell has no value."""
    if not classes:
        found = np.where(seen, cells, np.nan).astype(np.float32)
        return found, np.where(seen, Reason.VALUE, Reason.NODATA).astype(np.uint8)
    found = np.full(cells.shape, np.nan, dtype=np.float32)
    reasons = np.full(cells.shape, Reason.NODATA, dtype=np.uint8)
    left = seen.copy()
    for one in classes:
        of_class = seen & covers(one.code)(cells)
        left &= ~of_class
        if one.means is Means.IN or one.means in DRY:
            found[of_class] = value_of(one, cells[of_class])
            reasons[of_class] = Reason.VALUE
        reasons[of_class] = WHY.get(one.means, reasons[of_class])
    if left.any():
        codes = listed([f"{code:g}" for code in np.unique(cells[left]).tolist()])
        raise CodeUnknown(name=grid.file, codes=codes)
    return found, reasons


def covers(code: str) -> Callable[[Cells], Flags]:
    """What tells the cells of a class by its code: a number, or `a..b`."""
    first, _dots, last = code.partition(RANGE)
    low, high = float(first), float(last or first)
    return lambda cells: np.asarray((cells >= low) & (cells <= high))


def value_of(one: ClassOf, codes: Cells) -> Cells:
    """The values that codes of one class stand for; 0 where it means dry and says nothing else."""
    if one.value is not None:
        return np.full(codes.shape, one.value, dtype=np.float32)
    if one.means in DRY:
        return np.zeros(codes.shape, dtype=np.float32)
    return np.asarray(codes, dtype=np.float32) + np.float32(one.plus)


def _mask(
    cells: Values, reasons: Reasons, frame: Grid, window: Window, masks: Masks, read: Any
) -> None:
    """Dry under what cannot be told is not known; where water always is, it is said to be dry."""
    dry = cells == 0
    if masks.water is not None:
        always = _marked(frame, window, masks.water, read)
        always &= dry if masks.water_floods else ~np.isnan(cells)
        cells[always], reasons[always] = 0, Reason.PERMANENT_WATER
    if masks.excluded is not None:
        hidden = dry & _marked(frame, window, masks.excluded, read)
        cells[hidden], reasons[hidden] = np.nan, Reason.EXCLUDED


def _marked(frame: Grid, window: Window, mask: Grid, read: Any) -> Flags:
    marked = np.zeros((window.height, window.width), dtype=bool)
    place, part = _overlap(frame, window, mask)
    if part is not None:
        cells, seen = values(read[mask.name], mask, part)
        marked[place] = seen & (cells > 0)
    return marked


def _frame(grids: list[Grid]) -> Grid:
    """The grid that holds all tiles, on the cells of the first. Raises NotAligned."""
    first = grids[0]
    corners = [_offset(first, grid) for grid in grids]
    left, top = min(column for column, _row in corners), min(row for _column, row in corners)
    width = max(at + grid.width for (at, _row), grid in zip(corners, grids, strict=True)) - left
    height = max(at + grid.height for (_col, at), grid in zip(corners, grids, strict=True)) - top
    moved = first.transform @ Affine.translation(left, top)
    return replace(first, transform=moved, width=width, height=height, block=(BLOCK, BLOCK))


def _offset(frame: Grid, grid: Grid) -> tuple[int, int]:
    """Column and row of a grid's first cell in another. Raises NotAligned."""
    to = ~frame.transform @ grid.transform
    column, row = round(to.c), round(to.f)
    apart = max(abs(to.c - column), abs(to.f - row), abs(to.a - 1), abs(to.e - 1))
    if not same(frame.crs, grid.crs) or max(apart, abs(to.b), abs(to.d)) > ALIKE:
        raise NotAligned(mask=Path(grid.name).name, name=frame.file)
    return column, row


def _overlap(frame: Grid, window: Window, grid: Grid) -> tuple[tuple[slice, slice], Window | None]:
    """Where a grid lies in a window of the frame, and which window of its own that is."""
    column, row = _offset(frame, grid)
    top, left = max(window.top, row), max(window.left, column)
    bottom = min(window.top + window.height, row + grid.height)
    right = min(window.left + window.width, column + grid.width)
    place = (
        slice(top - window.top, bottom - window.top),
        slice(left - window.left, right - window.left),
    )
    if top >= bottom or left >= right:
        return place, None
    return place, Window(top - row, left - column, bottom - top, right - left)
