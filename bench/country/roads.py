"""Roads between towns: the shortest net that joins all, and the short cuts people made."""

import numpy as np

from .frame import Floats
from .noise import noise_at

BEND = 211  # offset of the seed
DETOUR = 1.7  # a further road is built where the way round is so many times longer


def roads(towns: Floats, seed: int) -> list[Floats]:
    """Polylines in unit coordinates between towns (n, 2)."""
    return [_bent(towns[a], towns[b], seed) for a, b in _joined(towns)]


def _joined(towns: Floats) -> list[tuple[int, int]]:
    """Pairs of towns, shortest first, that are far apart without a road of their own."""
    count = len(towns)
    direct = np.hypot(*(towns[:, None] - towns[None]).transpose(2, 0, 1))
    by_road = np.where(np.eye(count, dtype=bool), 0.0, np.inf)
    built = []
    pairs = np.column_stack(np.triu_indices(count, 1))
    for a, b in pairs[np.argsort(direct[pairs[:, 0], pairs[:, 1]], kind="stable")].tolist():
        if by_road[a, b] > DETOUR * direct[a, b]:
            built.append((a, b))
            through = by_road[:, a, None] + direct[a, b] + by_road[None, b]
            by_road = np.minimum(by_road, np.minimum(through, through.T))
    return built


def _bent(start: Floats, end: Floats, seed: int) -> Floats:
    """A line from start to end that goes round what a straight one would cross."""
    length = float(np.hypot(*(end - start)))
    share = np.linspace(0, 1, max(8, int(length / 0.003)))
    straight = start + share[:, None] * (end - start)
    aside = np.column_stack(
        [
            noise_at(straight, wave, seed + BEND + axis) + 0.4 * noise_at(straight, wave / 3, seed)
            for axis, wave in ((0, 0.06), (1, 0.06))
        ]
    )
    bent: Floats = straight + 0.006 * aside * np.sin(np.pi * share)[:, None] ** 0.5
    return bent
