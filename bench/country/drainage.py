"""Where the water goes: every cell hands its rain to one neighbour, down to the sea.

Priority flood (Barnes, Lehman and Mulla 2014): cells are taken from the sea inland, lowest first,
so that no hollow holds water back and each cell knows the neighbour it was reached from. A little
chance is added on the way, else water would cross filled hollows in straight lines.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .frame import Floats
from .noise import hashed

Indices = NDArray[np.int64]
NOWHERE = -1
CLIMB = 2e-3  # height gained, at most, from one cell to the next


@dataclass(frozen=True)
class Drainage:
    """The routing of a square grid, by flat cell index."""

    cells: int
    receiver: Indices  # the cell below, or NOWHERE
    flow: Floats  # share of the square that drains through, inflow from abroad included


def route(heights: Floats, inflow: dict[tuple[int, int], float]) -> Drainage:
    """Route a grid of heights (row 0 in the north); cells below -1 are sea and take all water."""
    cells = heights.shape[0]
    receiver, order = _flood(heights)
    flow = np.full(cells * cells, 1 / cells**2)
    for (row, column), share in inflow.items():
        flow[row * cells + column] += share
    for cell, below in zip(order[::-1].tolist(), receiver[order[::-1]].tolist(), strict=True):
        if below != NOWHERE:
            flow[below] += flow[cell]
    return Drainage(cells, receiver, flow)


def _flood(heights: Floats) -> tuple[Indices, Indices]:
    cells = heights.shape[0]
    level = np.pad(heights, 1, constant_values=np.inf).ravel().tolist()
    wide = cells + 2
    chance = (CLIMB * (0.5 + hashed(np.arange(wide), np.arange(wide)[:, None], 0))).ravel().tolist()
    steps = (-wide, wide, -1, 1, -wide - 1, -wide + 1, wide - 1, wide + 1)
    receiver = [NOWHERE] * (wide * wide)
    seen = [height == float("inf") or height < -1 for height in level]
    queue = [(height, cell) for cell, height in enumerate(level) if height < -1]
    heapq.heapify(queue)
    order = []
    while queue:
        height, cell = heapq.heappop(queue)
        order.append(cell)
        for step in steps:
            above = cell + step
            if not seen[above]:
                seen[above] = True
                receiver[above] = cell
                heapq.heappush(queue, (max(height + chance[above], level[above]), above))
    return _unpadded(np.array(receiver), cells), _inner(order, cells)


def _inner(padded: list[int], cells: int) -> Indices:
    rows, columns = np.divmod(np.array(padded, dtype=np.int64), cells + 2)
    inner: Indices = (rows - 1) * cells + columns - 1
    return inner


def _unpadded(receiver: Indices, cells: int) -> Indices:
    inside = receiver.reshape(cells + 2, cells + 2)[1:-1, 1:-1].ravel()
    rows, columns = np.divmod(inside, cells + 2)
    return np.where(inside == NOWHERE, NOWHERE, (rows - 1) * cells + columns - 1)
