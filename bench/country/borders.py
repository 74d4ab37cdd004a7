"""Borders: from every seat its land grows until it meets the next, held up by rivers and ridges.

Fast sweeping over a grid: each pass carries the cost of the way from the nearest seat down, up,
right and left, until nothing changes. Rivers cost most, so borders come to lie along them.
"""

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize, sieve
from rasterio.transform import Affine
from shapely import LineString

from .frame import Floats
from .noise import layered
from .relief import Mask, axes
from .rivers import Reach

Labels = NDArray[np.int32]

WOODS = 401  # offset of the seed
SEA_WAY, DIAGONAL = 25.0, float(np.sqrt(2))


def cost_of_way(land: Mask, reaches: list[Reach], seed: int) -> Floats:
    """What one cell costs to cross: hills and woods some, rivers much, the sea most."""
    cells = land.shape[0]
    us, vs = axes(cells)
    cost = np.exp(0.55 * layered(us, vs, 0.03, 5, seed + WOODS))
    transform = Affine(1 / cells, 0, 0, 0, -1 / cells, 1)
    rivers = [(LineString(reach.line[::2]), _toll(reach)) for reach in reaches[::-1]]
    toll = rasterize(
        rivers, (cells, cells), transform=transform, all_touched=True, dtype=np.float32
    )
    return np.where(land, np.where(toll > 0, toll, cost), SEA_WAY)


def _toll(reach: Reach) -> float:
    """What it costs to cross a river: the more water the more."""
    share = min(float(np.median(reach.flow)), 0.6)
    return 4 + 24 * float(share**0.4)


def grown(cost: Floats, seats: Floats) -> Labels:
    """For each cell the index of the seat (n, 2; unit coordinates) it is cheapest to reach from."""
    cells = cost.shape[0]
    way = np.full(cost.shape, np.inf)
    label = np.full(cost.shape, -1, dtype=np.int32)
    row = np.clip(((1 - seats[:, 1]) * cells).astype(int), 0, cells - 1)
    column = np.clip((seats[:, 0] * cells).astype(int), 0, cells - 1)
    way[row, column], label[row, column] = 0.0, np.arange(len(seats))
    before = np.inf
    while (now := float(np.minimum(way, 1e9).sum())) < before:
        before = now
        _sweep(way, label, cost)
        _sweep(way[::-1], label[::-1], cost[::-1])
        _sweep(way.T, label.T, cost.T)
        _sweep(way.T[::-1], label.T[::-1], cost.T[::-1])
    return label


def _sweep(way: Floats, label: Labels, cost: Floats) -> None:
    """Carry the way from each row to the next, straight and across both corners."""
    for above in range(len(way) - 1):
        here, owner = way[above + 1], label[above + 1]
        _carry(way[above], label[above], here, owner, cost[above + 1])
        _carry(
            way[above, 1:], label[above, 1:], here[:-1], owner[:-1], DIAGONAL * cost[above + 1, :-1]
        )
        _carry(
            way[above, :-1], label[above, :-1], here[1:], owner[1:], DIAGONAL * cost[above + 1, 1:]
        )


def _carry(way: Floats, label: Labels, here: Floats, owner: Labels, cost: Floats) -> None:
    through = way + cost
    nearer = through < here
    here[nearer] = through[nearer]
    owner[nearer] = label[nearer]


def tidied(label: Labels, land: Mask, least: int) -> Labels:
    """Labels on land, -1 at sea, without scraps of fewer than `least` cells."""
    shifted = np.where(land, label + 1, 0).astype(np.int32)
    kept = sieve(shifted, least, connectivity=4, mask=land) - 1
    tidy: Labels = np.where(land, kept, -1).astype(np.int32)
    return tidy
