"""Lines that swing: a river's way about the axis of its valley.

The direction, not the offset, of a meandering river is a sine of the way along it (the
sine-generated curve of Langbein and Leopold, 1966); wavelength and swing vary from place to place.
"""

import numpy as np

from .frame import Floats
from .noise import noise_at

MEANDER, TURN = 71, 83  # offsets of the seed
WIDTHS_A_WAVE, SHORTEST_WAVE = 12, 0.0045
POINTS_A_WAVE = 26
SINUOSITY = 1.6  # way along the river for one along the axis, about


def swung(axis: Floats, widths: Floats, seed: int) -> tuple[Floats, Floats]:
    """A river of `widths` (n,) about an axis (n, 2); all in unit coordinates.

    Returns its points and how far along the axis each stands.
    """
    forward, aside = _curve(axis, np.maximum(WIDTHS_A_WAVE * widths, SHORTEST_WAVE), seed)
    way = way_along(axis)
    ahead = np.gradient(axis, axis=0)
    ahead = smoothed(ahead / np.hypot(*ahead.T)[:, None], 9)
    left = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    middle, left = (_interpolated(forward, way, values) for values in (axis, left))
    return middle + aside[:, None] * left, forward


def _curve(axis: Floats, wave: Floats, seed: int) -> tuple[Floats, Floats]:
    """Ways forward along an axis and offsets to its left; none at its two ends."""
    way = way_along(axis)
    step = float(wave.min()) / POINTS_A_WAVE
    along = np.arange(0, 2.2 * way[-1], step) / SINUOSITY
    here = _interpolated(along, way, axis)
    length = np.interp(along, way, wave) * np.exp(0.22 * noise_at(here, 0.03, seed + MEANDER))
    turn = np.clip(1.05 + 0.35 * noise_at(here, 0.04, seed + TURN), 0.2, 1.75)
    direction = turn * np.sin(np.cumsum(2 * np.pi * step / (length * SINUOSITY)))
    forward, aside = np.cumsum(np.cos(direction)) * step, np.cumsum(np.sin(direction)) * step
    aside -= _moving_mean(aside, int(2 * np.median(length) * SINUOSITY / step))
    kept = forward < way[-1]
    to_end = np.minimum(forward, way[-1] - forward)
    return forward[kept], (aside * np.clip(to_end / (3 * length), 0, 1))[kept]


def even(points: Floats, step: float) -> Floats:
    """The polyline through `points` with a vertex about every `step`."""
    way = way_along(points)
    return _interpolated(np.linspace(0, way[-1], max(2, round(way[-1] / step))), way, points)


def way_along(line: Floats) -> Floats:
    """Distance along a polyline (n, 2) at each vertex."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def smoothed(line: Floats, window: int) -> Floats:
    """The line with corners rounded; its ends stay."""
    smooth = line
    for _ in range(2):
        smooth = np.column_stack([_moving_mean(smooth[:, k], window) for k in (0, 1)])
        smooth[0], smooth[-1] = line[0], line[-1]
    return smooth


def _interpolated(at: Floats, way: Floats, values: Floats) -> Floats:
    return np.column_stack([np.interp(at, way, values[:, k]) for k in (0, 1)])


def _moving_mean(values: Floats, window: int) -> Floats:
    half = max(1, min(window // 2, (len(values) - 1) // 2))
    padded = np.pad(values, half, mode="reflect", reflect_type="odd")
    total = np.cumsum(np.concatenate([[0.0], padded]))
    mean: Floats = (total[2 * half + 1 :] - total[: -2 * half - 1]) / (2 * half + 1)
    return mean
