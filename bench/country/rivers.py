"""Rivers: the courses water takes, made to meander, with the delta's arms.

A reach follows its routed course; on a wide plain it swings about it as a sine-generated curve
(Langbein and Leopold 1966), whose direction, not its offset, is a sine of the way along it.
"""

from dataclasses import dataclass

import numpy as np

from .drainage import NOWHERE, Drainage
from .frame import Floats
from .noise import noise_at
from .plan import DELTA_APEX, DELTA_MOUTHS, RIVER

MEANDER, TURN = 71, 83  # offsets of the seed
POINTS_A_WAVE = 26
GRACE = 0.25  # share of a reach over which its ends are led to where they must be


@dataclass(frozen=True)
class Reach:
    """One river from its source, or from where it parts, to where it ends; unit coordinates."""

    line: Floats  # (n, 2), downstream
    flow: Floats  # (n,), share of the square that drains through
    trunk: bool = False  # the country's great river and its arms


def reaches(drainage: Drainage, least: float, side_m: int, seed: int) -> list[Reach]:
    """Every river that drains at least `least` of the square, the greatest first."""
    made: list[Reach] = []
    for course in _courses(drainage, least):
        made.append(_meandering(_reach(drainage, course), made, side_m, seed))
    trunk = Reach(made[0].line, made[0].flow, trunk=True)
    arms = [_arm(trunk, points, side_m, seed) for _, points in DELTA_MOUTHS]
    return [trunk, *arms, *made[1:]]


def width(flow: Floats, side_m: int) -> Floats:
    """Width of the channel in metres at these flows."""
    wide: Floats = 30 + 420 * np.sqrt(flow) * (side_m / 180_000) ** 0.5
    return wide


def _courses(drainage: Drainage, least: float) -> list[list[int]]:
    """Chains of cells, downstream; each ends on a cell of an earlier one, or at sea."""
    upstream: dict[int, list[int]] = {}
    wet = np.flatnonzero((drainage.flow >= least) & (drainage.receiver != NOWHERE))
    for cell in wet[np.argsort(-drainage.flow[wet], kind="stable")].tolist():
        upstream.setdefault(int(drainage.receiver[cell]), []).append(cell)
    mouths = [cell for cell in upstream if drainage.receiver[cell] == NOWHERE]
    waiting = [(mouth, first) for mouth in mouths for first in upstream[mouth]]
    waiting.sort(key=lambda pair: -float(drainage.flow[pair[1]]))
    chains = []
    while waiting:
        below, cell = waiting.pop(0)
        chain = [below, cell]
        while cell in upstream:
            waiting += [(cell, branch) for branch in upstream[cell][1:]]
            cell = upstream[cell][0]
            chain.append(cell)
        chains.append(chain[::-1])
    return [chain for chain in chains if len(chain) > 6]


def _reach(drainage: Drainage, course: list[int]) -> Reach:
    rows, columns = np.divmod(np.array(course), drainage.cells)
    line = np.column_stack([columns + 0.5, drainage.cells - rows - 0.5]) / drainage.cells
    flow = drainage.flow[course].copy()
    flow[-1] = flow[-2]
    return Reach(line, flow)


def _meandering(reach: Reach, made: list[Reach], side_m: int, seed: int) -> Reach:
    """The reach smoothed, swung about its course, and led to the river it joins."""
    smooth = _smoothed(reach.line, 9)
    line, at = _swung(smooth, width(reach.flow, side_m) / side_m, seed)
    flow = np.interp(at, _way(smooth), reach.flow)
    return Reach(_led(line, _nearest(made, reach.line[-1])), flow)


def _arm(trunk: Reach, points: tuple[tuple[float, float], ...], side_m: int, seed: int) -> Reach:
    start = trunk.line[np.argmin(np.hypot(*(trunk.line - DELTA_APEX).T))]
    smooth = _smoothed(_even(np.vstack([start, points]), 0.004), 21)
    flow = np.full(len(smooth), 0.16)
    line, at = _swung(smooth, width(flow, side_m) / side_m, seed)
    return Reach(line, np.interp(at, _way(smooth), flow), trunk=True)


def _swung(axis: Floats, widths: Floats, seed: int) -> tuple[Floats, Floats]:
    """A sine-generated curve about an axis; also how far along the axis each point stands."""
    way = _way(axis)
    wave = np.maximum(12 * widths, 0.0045)
    step = float(wave.min()) / POINTS_A_WAVE
    along = np.arange(0, 2.2 * way[-1], step)
    here = np.column_stack([np.interp(along / 1.6, way, axis[:, k]) for k in (0, 1)])
    length = np.interp(along / 1.6, way, wave) * np.exp(0.22 * noise_at(here, 0.03, seed + MEANDER))
    turn = np.clip(1.05 + 0.35 * noise_at(here, 0.04, seed + TURN), 0.2, 1.75)
    direction = turn * np.sin(np.cumsum(2 * np.pi * step / (length * 1.6)))
    forward, aside = np.cumsum(np.cos(direction)) * step, np.cumsum(np.sin(direction)) * step
    aside -= _moving_mean(aside, int(2 * np.median(length) * 1.6 / step))
    kept = forward < way[-1]
    forward, aside = forward[kept], aside[kept]
    aside *= np.minimum(1, np.minimum(forward, way[-1] - forward) / (3 * length[kept]))
    ahead = np.gradient(axis, axis=0)
    ahead /= np.hypot(*ahead.T)[:, None]
    ahead = _smoothed(ahead, 9)
    left = np.column_stack(
        [-np.interp(forward, way, ahead[:, 1]), np.interp(forward, way, ahead[:, 0])]
    )
    middle = np.column_stack([np.interp(forward, way, axis[:, k]) for k in (0, 1)])
    return middle + aside[:, None] * left, forward


def _led(line: Floats, target: Floats | None) -> Floats:
    """The line with its last part drawn to `target`, where it joins a river."""
    if target is None:
        return line
    share = np.linspace(0, 1, len(line))
    pull = np.clip((share - 1 + GRACE) / GRACE, 0, 1) ** 2
    return line + pull[:, None] * (target - line[-1])


def _nearest(made: list[Reach], point: Floats) -> Floats | None:
    """The river point nearest to where a course ends, if any is near."""
    if not made:
        return None
    points = np.vstack([reach.line for reach in made])
    apart = np.hypot(*(points - point).T)
    return points[np.argmin(apart)] if apart.min() < 0.02 else None


def _even(points: Floats, step: float) -> Floats:
    """The polyline through `points` with a vertex every `step`."""
    way = _way(points)
    at = np.linspace(0, way[-1], max(2, round(way[-1] / step)))
    return np.column_stack([np.interp(at, way, points[:, k]) for k in (0, 1)])


def _way(line: Floats) -> Floats:
    """Distance along a polyline at each vertex."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _smoothed(line: Floats, window: int) -> Floats:
    """The line with corners rounded; its ends stay."""
    smooth = line
    for _ in range(2):
        smooth = np.column_stack([_moving_mean(smooth[:, k], window) for k in (0, 1)])
        smooth[0], smooth[-1] = line[0], line[-1]
    return smooth


def _moving_mean(values: Floats, window: int) -> Floats:
    half = max(1, min(window // 2, (len(values) - 1) // 2))
    padded = np.pad(values, half, mode="reflect", reflect_type="odd")
    total = np.cumsum(np.concatenate([[0.0], padded]))
    mean: Floats = (total[2 * half + 1 :] - total[: -2 * half - 1]) / (2 * half + 1)
    return mean


def river_name(reach: Reach) -> str:
    """The name of the great river for its trunk; others are named by the places they pass."""
    return RIVER if reach.trunk else ""
