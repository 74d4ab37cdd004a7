"""How water would lie along the rivers: each place belongs to the reach that floods it most.

Two grids over the square (row 0 in the north) hold all that a release needs: the height a full
flood reaches above the river, and how far up the side of its plain a place lies.
"""

from dataclasses import dataclass

import numpy as np

from .frame import Floats
from .noise import layered, noise_at
from .relief import axes
from .rivers import Reach

PLAIN, SIDE = 131, 149  # offsets of the seed
RISE = 4.0  # metres from the river to the foot of the hills
REACH = 1.5  # no water farther than so many half-widths of the plain


@dataclass(frozen=True)
class Valley:
    """Stage of a full flood (metres) and squared distance to the river in half-widths."""

    stage: Floats
    side: Floats


def valley(reaches: list[Reach], cells: int, seed: int) -> Valley:
    """The plains of all rivers as the upper envelope of what each point of a river floods."""
    best = np.full((cells, cells), -np.inf)
    stage, side = np.zeros((cells, cells)), np.full((cells, cells), REACH**2)
    for u, v, full, half in _springs(reaches, cells, seed):
        window, apart = _around(u, v, half * REACH, cells)
        score = full - RISE * apart / half**2
        better = score > best[window]
        best[window] = np.where(better, score, best[window])
        stage[window] = np.where(better, full, stage[window])
        side[window] = np.where(better, np.minimum(apart / half**2, REACH**2), side[window])
    us, vs = axes(cells)
    rough = np.exp(0.32 * layered(us, vs, 0.025, 4, seed + SIDE))
    return Valley(_blurred(stage), side * rough)


def _springs(reaches: list[Reach], cells: int, seed: int) -> list[tuple[float, ...]]:
    """Points of all rivers about a cell apart: u, v, full stage, half-width of the plain."""
    springs = []
    for reach in reaches:
        step = np.hypot(*np.diff(reach.line, axis=0).T).mean()
        every = max(1, int(1 / cells / step))
        points, flow = reach.line[::every], np.minimum(reach.flow[::every], 1)
        half = 0.034 * flow**0.38 * np.exp(0.30 * noise_at(points, 0.05, seed + PLAIN))
        springs.append(np.column_stack([points, 4.8 * flow**0.26, np.maximum(half, 1.2 / cells)]))
    return [tuple(spring) for spring in np.vstack(springs).tolist()]


def _around(u: float, v: float, far: float, cells: int) -> tuple[tuple[slice, slice], Floats]:
    """The window of cells within `far` of a point, and their squared distances to it."""
    left, right = (int(np.clip((u + side) * cells, 0, cells)) for side in (-far, far + 1 / cells))
    top, low = (int(np.clip((1 - v + side) * cells, 0, cells)) for side in (-far, far + 1 / cells))
    across = ((np.arange(left, right) + 0.5) / cells - u) ** 2
    down = (1 - (np.arange(top, low) + 0.5) / cells - v) ** 2
    return (slice(top, low), slice(left, right)), down[:, None] + across[None, :]


def _blurred(field: Floats, times: int = 3) -> Floats:
    for _ in range(times):
        padded = np.pad(field, 1, mode="edge")
        field = (padded[:-2] + padded[1:-1] + padded[2:])[:, 1:-1] / 3
        padded = np.pad(field, 1, mode="edge")
        field = (padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:])[1:-1] / 3
    return field
