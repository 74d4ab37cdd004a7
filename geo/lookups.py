"""Hazards made ready to be asked about places, each in a file that is mapped into memory.

Pure: files in, hazards out. A release keeps the one and the same file as long as it stands, so that
it is made once, when it is published, and a single new household costs next to nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from geo import mapped
from geo.clauses import Clause
from geo.hazards import ExtentHazard, RasterHazard
from geo.mapped import Chunks
from geo.raster.grid import Cells, Grid
from geo.raster.histogram import Bins
from geo.raster.pieces import read
from geo.raster.reasons import Reason
from geo.raster.silence import Silence
from geo.raster.store import Slots, Store
from geo.vector.screen import NOWHERE_ELSE, Box, Screen
from geo.vector.store import packed, unpacked

WATER = Clause(at_least=Reason.PERMANENT_WATER, at_most=Reason.PERMANENT_WATER)


def write_raster(
    path: Path, grid: Grid, clause: Clause, box: Box, bins: Bins, reasons: Grid | None = None
) -> None:
    """Lay a normal form out for the places in a box; on the way its cells are counted.

    Places in permanent water, as the grid of `reasons` has it, are to be asked too.
    """
    slots, silence = Slots(grid), Silence(grid, clause)

    def blocks() -> Iterator[Cells]:
        for piece in read(grid):
            bins.take(piece)
            silence.take(piece)
            yield from slots.blocks(piece)

    def arrays() -> Iterator[tuple[str, Chunks]]:
        yield "cells", blocks()
        yield "slots", [slots.of_block]
        if reasons is not None:
            silence.break_for(reasons, WATER)
        yield from _ranges(silence.screen(box))

    mapped.write(path, arrays())


def raster(
    path: Path,
    grid: Grid,
    clause: Clause,
    edges: Sequence[float] = (),
    reasons: Grid | None = None,
) -> RasterHazard:
    """The hazard laid out in a file, of the grids it was made from; its values go by edges."""
    arrays = mapped.read(path)
    store = Store(grid, arrays["slots"], arrays["cells"])
    return RasterHazard(grid, clause, store, _screen(arrays), tuple(edges), reasons)


def write_extent(path: Path, hazard: ExtentHazard) -> None:
    """Lay an extent out."""

    def arrays() -> Iterator[tuple[str, Chunks]]:
        yield from packed(hazard.parts, "parts")
        yield "values", [hazard.values]
        yield from packed(hazard.seen, "seen")
        if hazard.water is not None:
            yield from packed(hazard.water, "water")
        yield from _ranges(hazard.screen)

    mapped.write(path, arrays())


def extent(path: Path, clause: Clause) -> ExtentHazard:
    """The hazard laid out in a file, with what is kept of it."""
    arrays = mapped.read(path)
    parts, seen = (unpacked(arrays, name) for name in ("parts", "seen"))
    water = unpacked(arrays, "water") if "water wkb" in arrays else None
    return ExtentHazard(parts, arrays["values"], seen, clause, _screen(arrays), water)


def _ranges(screen: Screen | None) -> Iterator[tuple[str, Chunks]]:
    if screen is not None:
        yield "asked", [screen.asked]
        yield "near", [screen.near]
        yield "alike", [screen.alike]


def _screen(arrays: Mapping[str, NDArray[Any]]) -> Screen | None:
    """Where places have to be asked. A file that does not know where circles reach is asked of all
    places; one that does not know where one answer holds, of each place by itself."""
    if "near" not in arrays:
        return None
    return Screen(arrays["asked"], arrays["near"], arrays.get("alike", NOWHERE_ELSE))
