"""Which cells areas cover, and how much of each: exact shares, piece by piece of the grid.

Areas are carried into the grid's own rows and columns first, where every cell is a unit square: a
share is the same there, and rotated, south-up and oblong grids need no code of their own.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.crs import CIRCLE, WGS84, Floats, carried, in_degrees
from geo.ellipsoid import Shapes, bands_km2, polygons_km2, quadrangles_km2
from geo.raster.grid import Grid, Indices
from geo.raster.lattice import NODES, between, ends
from geo.raster.windows import Window, pieces
from geo.vector.reproject import reprojected

SIDE = 1024  # cells of a piece; every area in it adds its cells to what is held at a time
NOISE = 1e-9  # a smaller share is the rounding of an edge that only touches the cell
WHOLE = 1 - 1e-6  # a larger share is that of a whole cell
COARSE = 20.0  # km2; within a larger cell the scale of a map may change
STRIP = 0.05  # degrees of latitude within which a square degree hardly changes its size


@dataclass(frozen=True)
class Covered:
    """The cells of a piece that areas cover: for each pair the area, the cell and the share.

    `cell` counts within the piece, row by row; `km2` is the covered part on the ground.
    """

    window: Window
    area: Indices
    cell: Indices
    share: Floats
    km2: Floats


def covered(grid: Grid, areas: Shapes) -> Iterator[Covered]:
    """The cells N areas cover, given as valid polygons in the grid's own system (None: no area)."""
    owners, shapes = _in_cells(grid, areas)
    tree = shapely.STRtree(shapes)
    for piece in pieces(grid, SIDE):
        met = np.sort(tree.query(_box(piece), predicate="intersects"))
        if not len(met):
            continue
        window = _around(shapes[met], piece)
        strips = _strips(grid)
        pair, cell, share = _shares(shapes[met], window, strips)
        sizes = _sizes(grid, window, strips).ravel()[cell]
        km2 = share * sizes
        if not _by_latitude(grid) and sizes.max(initial=0) > COARSE:
            cut = np.flatnonzero((share < WHOLE) & (sizes > COARSE))
            km2[cut] = _pieces_km2(grid, shapes[met][pair[cut]], window, cell[cut])
        if strips > 1:
            row, column = np.divmod(cell, window.width)
            cell = row // strips * window.width + column
            pair, cell, share, km2 = _whole_cells(pair, cell, share, km2)
            share /= strips
        yield Covered(window, owners[met][pair], cell, share, km2)


def _whole_cells(
    pair: Indices, cell: Indices, share: Floats, km2: Floats
) -> tuple[Indices, Indices, Floats, Floats]:
    """The strips of each cell put together again."""
    order = np.lexsort((cell, pair))
    pair, cell = pair[order], cell[order]
    starts = np.flatnonzero((np.diff(pair, prepend=-1) != 0) | (np.diff(cell, prepend=-1) != 0))
    if not len(starts):
        return pair, cell, share, km2
    parts = np.add.reduceat(share[order], starts), np.add.reduceat(km2[order], starts)
    return pair[starts], cell[starts], *parts


def _in_cells(grid: Grid, areas: Shapes) -> tuple[Indices, Shapes]:
    """The areas that meet the grid, in its columns and (downward) rows, with their numbers.

    On a grid of longitudes an area is also looked for a full circle east and west.
    """
    inverse = ~grid.transform
    frame = shapely.box(0, -grid.height, grid.width, 0)
    owners, shapes = [], []
    for turn in (0.0, CIRCLE, -CIRCLE) if in_degrees(grid.crs) else (0.0,):
        turned = shapely.transform(areas, _to_cells(inverse, turn))
        near = np.flatnonzero(shapely.intersects(shapely.envelope(turned), frame))
        owners.append(near)
        shapes.append(turned[near])
    return np.concatenate(owners), np.concatenate(shapes)


def _to_cells(inverse: Any, turn: float) -> Callable[[Floats], Floats]:
    def carry(at: Floats) -> Floats:
        x, y = at[:, 0] + turn, at[:, 1]
        column = x * inverse.a + y * inverse.b + inverse.c
        row = x * inverse.d + y * inverse.e + inverse.f
        return np.column_stack([column, -row])

    return carry


def _box(window: Window) -> Any:
    right, bottom = window.left + window.width, window.top + window.height
    return shapely.box(window.left, -bottom, right, -window.top)


def _around(shapes: Shapes, piece: Window) -> Window:
    """The part of a piece that the shapes reach."""
    west, south, east, north = shapely.total_bounds(shapes)
    left, top = max(piece.left, math.floor(west)), max(piece.top, math.floor(-north))
    right = min(piece.left + piece.width, math.ceil(east))
    bottom = min(piece.top + piece.height, math.ceil(-south))
    return Window(top, left, max(1, bottom - top), max(1, right - left))


def _strips(grid: Grid) -> int:
    """Into how many strips a row of degrees is cut, that each may be taken to be of one size."""
    if not _by_latitude(grid):
        return 1
    return math.ceil(abs(grid.transform.e) / STRIP)


def _by_latitude(grid: Grid) -> bool:
    """Whether all cells of a row are of one size on the ground."""
    return in_degrees(grid.crs) and not grid.rotated


def _shares(shapes: Shapes, window: Window, strips: int) -> tuple[Indices, Indices, Floats]:
    """For each covered strip of a cell: which shape covers it, its number and the share."""
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    from geo.raster.extract import Polygons

    blank = np.broadcast_to(np.zeros(1, np.uint8), (window.height * strips, window.width))
    left, top = window.left, -window.top
    raster = NumPyRasterSource(blank, left, top - window.height, left + window.width, top)
    found = exact_extract(raster, Polygons(shapes), ["cell_id", "coverage"], output="pandas")
    cells, shares = list(found["cell_id"]), list(found["coverage"])
    pair = np.repeat(np.arange(len(shapes)), [len(some) for some in cells])
    share = np.concatenate(shares)
    real = share > NOISE
    return pair[real], np.concatenate(cells)[real], share[real]


def _pieces_km2(grid: Grid, shapes: Shapes, window: Window, cell: Indices) -> Floats:
    """The true sizes of what N shapes cover of a cell each, where a cell is not of one scale."""
    row, column = np.divmod(cell, window.width)
    left, bottom = window.left + column, -(window.top + row + 1)
    pieces = shapely.intersection(shapes, shapely.box(left, bottom, left + 1, bottom + 1))
    to = grid.transform

    def place(at: Floats) -> Floats:
        column, row = at[:, 0], -at[:, 1]
        x, y = to.a * column + to.b * row + to.c, to.d * column + to.e * row + to.f
        return np.column_stack([x, y])

    return polygons_km2(reprojected(shapely.transform(pieces, place), grid.crs, WGS84))


def _sizes(grid: Grid, window: Window, strips: int) -> Floats:
    """The true sizes in km2 of the cells of a window, each cut into strips from above."""
    if _by_latitude(grid):
        rows = window.top + np.arange(window.height * strips + 1) / strips
        bands = bands_km2(grid.transform.f + rows * grid.transform.e, abs(grid.transform.a))
        return np.broadcast_to(bands[:, None], (window.height * strips, window.width))
    rows, columns = (np.linspace(0, NODES - 1, side) for side in (window.height, window.width))
    return between(_sizes_at_nodes(grid, window), rows, columns)


def _sizes_at_nodes(grid: Grid, window: Window) -> Floats:
    """The true sizes of cells on a lattice over a window, from its corners to its corners."""
    rows = ends(window.top, window.top + window.height - 1)
    columns = ends(window.left, window.left + window.width - 1)
    row, column = (some.reshape(-1, 1) for some in np.meshgrid(rows, columns, indexing="ij"))
    corners = column + np.array([0, 1, 1, 0]), row + np.array([0, 0, 1, 1])
    to = grid.transform
    x = to.a * corners[0] + to.b * corners[1] + to.c
    y = to.d * corners[0] + to.e * corners[1] + to.f
    lon, lat = carried(x, y, grid.crs, WGS84)
    with np.errstate(invalid="ignore"):
        sizes = quadrangles_km2(lon, lat).reshape(NODES, NODES)
    beyond = ~np.isfinite(sizes)  # corners the projection cannot hold
    sizes[beyond] = 0 if beyond.all() else sizes[~beyond].mean()
    return sizes
