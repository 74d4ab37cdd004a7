"""How much of each household's circle, and of each commune, lies under water: cell by cell.

A household is known within its accuracy of its point. It is in where every cell its circle touches
is deep enough, probable where some is; where none is but some was not observed, nobody knows. The
same holds of the commune of whom only that is known. Shares are those of ground: of circles by a
thousand places spread evenly over each, of communes by exactextract.
"""

from collections.abc import Iterator

import geopandas
import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from pyproj import Transformer

from .frame import EPSG, Floats, Frame
from .households import AREA, Households
from .relief import Mask
from .standing import Indices
from .truth import IN, NOT_OBSERVED, OUT, PROBABLE, UNLOCATED, Graded

DRY, WET, UNSEEN = range(3)
SPREAD = 1000  # places spread over a circle
AT_ONCE = 4_000_000  # cells looked at together
CLEAR = 0.01  # of a radius: so much larger or smaller a circle has the same answers
CLOSER = 0.97
SLIVER = 1e-6  # of a commune

Classes = NDArray[np.uint8]  # what each cell of a square is


def steady(run: Households, frame: Frame, squares: list[Classes]) -> Floats:
    """The accuracies of households, made finer where an answer hangs on a hair's breadth of the
    circle, so that no two honest programs can disagree about it."""
    radius = run.accuracy.copy()
    doubtful = np.flatnonzero(run.located)
    while len(doubtful):
        at, held = run.utm[doubtful], radius[doubtful]
        shaky = np.zeros(len(doubtful), dtype=bool)
        for square in squares:
            ends = [
                answers_of_circles(frame, square, at, held * (1 + by)) for by in (-CLEAR, CLEAR)
            ]
            shaky |= ends[0] != ends[1]
        doubtful = doubtful[shaky]
        radius[doubtful] = np.round(radius[doubtful] * CLOSER, 1)
    return radius


def graded(run: Households, frame: Frame, square: Classes, communes: Graded) -> Graded:
    """The answer of each household by its circle, by its commune, or by nothing."""
    answer = np.full(run.count, UNLOCATED)
    share = np.zeros(run.count)
    located = np.flatnonzero(run.located)
    answer[located] = answers_of_circles(frame, square, run.utm[located], run.accuracy[located])
    probable = located[answer[located] == PROBABLE]
    share[probable] = _shares(frame, square, run.utm[probable], run.accuracy[probable])
    by_area = run.source == AREA
    answer[by_area] = communes.answer[run.area[by_area]]
    share[by_area] = communes.share[run.area[by_area]]
    return Graded(answer, share)


def of_communes(frame: Frame, square: Classes, shapes: NDArray[np.object_]) -> Graded:
    """The answer of each commune, a polygon in degrees."""
    to_utm = Transformer.from_crs(4326, EPSG, always_xy=True)
    flat = shapely.transform(
        shapes, lambda at: np.column_stack(to_utm.transform(at[:, 0], at[:, 1]))
    )
    side = frame.side_m
    box = frame.west, frame.north - side, frame.west + side, frame.north
    communes = geopandas.GeoDataFrame(geometry=flat, crs=EPSG)
    raster = NumPyRasterSource(square, *box)
    found = exact_extract(raster, communes, ["unique", "frac"], output="pandas")
    parts = np.zeros((len(shapes), 3))
    for row, (kinds, fractions) in enumerate(zip(found["unique"], found["frac"], strict=True)):
        parts[row, np.asarray(kinds, dtype=int)] = fractions
    wet, unseen = parts[:, WET], parts[:, UNSEEN] > SLIVER
    answer = np.where(unseen, NOT_OBSERVED, OUT)
    answer = np.where(wet > 0, PROBABLE, answer)
    answer = np.where((parts[:, DRY] == 0) & ~unseen & (wet > 0), IN, answer)
    return Graded(answer, np.where(answer == PROBABLE, wet, 0.0))


def of_depth(depth: NDArray[np.float32], least: float, nodata: np.float32) -> Classes:
    """What each cell of a depth raster is at a threshold."""
    classes = np.where(depth >= np.float32(least), WET, DRY).astype(np.uint8)
    classes[depth == nodata] = UNSEEN
    return classes


def of_radar(seen: Mask, wet: Mask) -> Classes:
    """What each cell of the radar's square is."""
    return np.where(wet, WET, np.where(seen, DRY, UNSEEN)).astype(np.uint8)


def answers_of_circles(frame: Frame, square: Classes, utm: Floats, radius: Floats) -> Indices:
    """The answers of circles (metres) by the cells they touch."""
    answer = np.zeros(len(utm), dtype=np.int64)
    for some, reach in _alike(frame, radius):
        column, row, x, y = _cells(frame, utm[some], reach)
        away = np.hypot(
            np.maximum(np.abs(x) - frame.cell_m / 2, 0), np.maximum(np.abs(y) - frame.cell_m / 2, 0)
        )
        touched = away < radius[some][:, None]
        kind = square[row, column]
        wet, dry, unseen = ((touched & (kind == each)).any(axis=1) for each in (WET, DRY, UNSEEN))
        said = np.where(unseen, NOT_OBSERVED, OUT)
        said = np.where(wet, PROBABLE, said)
        answer[some] = np.where(wet & ~dry & ~unseen, IN, said)
    return answer


def _shares(frame: Frame, square: Classes, utm: Floats, radius: Floats) -> Floats:
    """The parts of circles that are under water."""
    nth = np.arange(SPREAD) + 0.5
    away, turn = np.sqrt(nth / SPREAD), np.pi * (1 + np.sqrt(5)) * nth
    share = np.zeros(len(utm))
    for some in np.array_split(np.arange(len(utm)), len(utm) * SPREAD // AT_ONCE + 1):
        x = utm[some, :1] + radius[some, None] * away * np.cos(turn)
        y = utm[some, 1:] + radius[some, None] * away * np.sin(turn)
        column = np.floor((x - frame.west) / frame.cell_m).astype(np.int64)
        row = np.floor((frame.north - y) / frame.cell_m).astype(np.int64)
        share[some] = (square[row, column] == WET).mean(axis=1)
    return share


def _alike(frame: Frame, radius: Floats) -> Iterator[tuple[Indices, int]]:
    """Circles that reach equally many cells, as many at a time as can be looked at together."""
    reach = np.ceil(radius * (1 + CLEAR) / frame.cell_m).astype(np.int64)
    for each in np.unique(reach).tolist():
        alike = np.flatnonzero(reach == each)
        pieces = len(alike) * (2 * each + 1) ** 2 // AT_ONCE + 1
        yield from ((some, each) for some in np.array_split(alike, pieces))


def _cells(frame: Frame, utm: Floats, reach: int) -> tuple[Indices, Indices, Floats, Floats]:
    """The cells around each place: columns, rows, and how far off their middles lie in metres."""
    steps = np.arange(-reach, reach + 1)
    down, across = (axis.ravel() for axis in np.meshgrid(steps, steps, indexing="ij"))
    column = np.floor((utm[:, 0] - frame.west) / frame.cell_m).astype(np.int64)[:, None] + across
    row = np.floor((frame.north - utm[:, 1]) / frame.cell_m).astype(np.int64)[:, None] + down
    x = frame.west + (column + 0.5) * frame.cell_m - utm[:, :1]
    y = frame.north - (row + 0.5) * frame.cell_m - utm[:, 1:]
    return column, row, x, y
