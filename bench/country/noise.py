"""Smooth noise that is a function of place alone: the same at every resolution, order and size.

Value noise: an integer hash at the corners of a lattice, blended by cubic B-splines. Values have a
mean near 0 and a standard deviation near 1.
"""

import numpy as np
from numpy.typing import NDArray

from .frame import Floats

SPREAD = 7.2  # B-spline blending leaves a standard deviation of 0.14 of values in [-0.5, 0.5)
HIGHEST = SPREAD / 2  # no noise is farther from 0
MASK = np.uint64(0xFFFFFFFF)


def hashed(column: NDArray[np.int64], row: NDArray[np.int64], seed: int) -> Floats:
    """Values in [-0.5, 0.5) for lattice corners; the arrays broadcast."""
    word = (column.astype(np.uint64) * np.uint64(0x9E3779B1)) & MASK
    word = word ^ ((row.astype(np.uint64) * np.uint64(0x85EBCA77)) & MASK)
    word = (word + np.uint64(seed * 0xC2B2AE3D & 0xFFFFFFFF)) & MASK
    for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39)):
        word = ((word ^ (word >> np.uint64(shift))) * np.uint64(factor)) & MASK
    return (word ^ (word >> np.uint64(15))).astype(np.float64) / 2**32 - 0.5


def _spline(fraction: Floats) -> Floats:
    """Weights (n, 4) of the four neighbours of points at `fraction` of their interval."""
    t = fraction
    return np.column_stack(
        [
            (1 - t) ** 3 / 6,
            (3 * t**3 - 6 * t**2 + 4) / 6,
            (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6,
            t**3 / 6,
        ]
    )


def _between(values: Floats, along: Floats) -> Floats:
    """Rows of `values` (k, m) blended at the places `along` (n,) between them; (n, m).

    Four taps a row and no matrix product: those wake a thread a core, which wait for one another.
    """
    corner = np.floor(along).astype(np.int64)
    weights = _spline(along - corner)
    total = weights[:, :1] * values[corner - 1]
    for tap in (1, 2, 3):
        total += weights[:, tap, None] * values[corner + tap - 1]
    return total


def _span(along: Floats) -> tuple[int, int]:
    first = int(np.floor(along.min())) - 1
    return first, int(np.floor(along.max())) + 3 - first


def _crossed(lattice: Floats, x: Floats, y: Floats) -> Floats:
    """A lattice blended at all columns x (w,) and rows y (h,), counted from its first; (h, w)."""
    columns = _between(np.ascontiguousarray(lattice.T), x)
    return _between(np.ascontiguousarray(columns.T), y)


def blend(lattice: Floats, us: Floats, vs: Floats) -> Floats:
    """A lattice of cell centres over the unit square (row 0 in the north), made smooth and fine.

    `us` (w,) and `vs` (h,) are unit coordinates of the wanted columns and rows; returns (h, w).
    """
    rows, columns = lattice.shape
    x, y = us * columns - 0.5, (1 - vs) * rows - 0.5
    (left, width), (top, height) = _span(x), _span(y)
    taken = lattice[
        np.clip(np.arange(top, top + height), 0, rows - 1)[:, None],
        np.clip(np.arange(left, left + width), 0, columns - 1)[None, :],
    ]
    return _crossed(taken, x - left, y - top)


def noise(us: Floats, vs: Floats, wavelength: float, seed: int) -> Floats:
    """One octave over the grid of columns `us` (w,) and rows `vs` (h,); returns (h, w)."""
    x, y = us / wavelength, vs / wavelength
    (left, width), (top, height) = _span(x), _span(y)
    corners = hashed(
        np.arange(left, left + width)[None, :], np.arange(top, top + height)[:, None], seed
    )
    return _crossed(SPREAD * corners, x - left, y - top)


def layered(us: Floats, vs: Floats, wavelength: float, octaves: int, seed: int) -> Floats:
    """Octaves of `noise`, each half as long and half as strong as the one before; (h, w)."""
    total = np.zeros((len(vs), len(us)))
    for octave in range(octaves):
        total += noise(us, vs, wavelength / 2**octave, seed + 101 * octave) / 2**octave
    return total


def exceeds(
    us: Floats, vs: Floats, wavelength: float, octaves: int, seed: int, least: float
) -> NDArray[np.bool_]:
    """Where `layered` noise is above `least`; octaves that could change no answer are spared."""
    total = np.zeros((len(vs), len(us)))
    for octave in range(octaves):
        total += noise(us, vs, wavelength / 2**octave, seed + 101 * octave) / 2**octave
        still = HIGHEST * (2.0**-octave - 2.0 ** (1 - octaves))
        if (np.abs(total - least) > still).all():
            break
    return total > least


def noise_at(points: Floats, wavelength: float, seed: int) -> Floats:
    """One octave at scattered unit points (n, 2); returns (n,)."""
    scaled = points / wavelength
    corner = np.floor(scaled).astype(np.int64)
    across, down = _spline(scaled[:, 0] - corner[:, 0]), _spline(scaled[:, 1] - corner[:, 1])
    total = np.zeros(len(points))
    for j in range(4):
        for i in range(4):
            value = hashed(corner[:, 0] + i - 1, corner[:, 1] + j - 1, seed)
            total += value * across[:, i] * down[:, j]
    return SPREAD * total
