"""Rivers: the courses water takes, made to meander, with the arms of the delta."""

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Point, get_coordinates

from .drainage import NOWHERE, Drainage
from .frame import Floats
from .meanders import even, smoothed, swung, way_along
from .plan import DELTA_ARMS

LEAST_POINTS = 40
ARM_FLOW = 0.16
GRACE = 0.25  # share of a reach over which its ends are led to where they must be


@dataclass(frozen=True)
class Reach:
    """One river from its source, or from where it parts, to where it ends; unit coordinates."""

    line: Floats  # (n, 2), downstream
    flow: Floats  # (n,), share of the square that drains through
    trunk: bool = False  # the country's great river and its arms


def reaches(drainage: Drainage, least: float, side_m: int, seed: int) -> list[Reach]:
    """Every river that drains at least `least` of the square: the great one, its arms, the rest."""
    first, *others = (_reach(drainage, course) for course in _courses(drainage, least))
    trunk = _meandering(first, [], side_m, seed)
    made = [Reach(trunk.line, trunk.flow, trunk=True)]
    for _, points in DELTA_ARMS:
        made.append(_arm(made, points, side_m, seed))
    for reach in others:
        joined = _cut(_meandering(reach, made, side_m, seed), made)
        if len(joined.line) > LEAST_POINTS:
            made.append(joined)
    return made


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
    smooth = smoothed(reach.line, 7)
    line, at = swung(smooth, width(reach.flow, side_m) / side_m, seed)
    flow = np.interp(at, way_along(smooth), reach.flow)
    return Reach(_led(line, _nearest(made, reach.line[-1])), flow)


def _arm(
    made: list[Reach], points: tuple[tuple[float, float], ...], side_m: int, seed: int
) -> Reach:
    """An arm of the delta, from the nearest point of what it parts from."""
    corners = np.array(points)
    parting = _nearest(made, corners[0])
    corners[0] = corners[0] if parting is None else parting
    smooth = smoothed(even(corners, 0.004), 15)
    flow = np.full(len(smooth), ARM_FLOW)
    line, at = swung(smooth, width(flow, side_m) / side_m, seed)
    return Reach(line, np.interp(at, way_along(smooth), flow), trunk=True)


def _cut(reach: Reach, made: list[Reach]) -> Reach:
    """The reach down to where it first meets a river made before."""
    line = LineString(reach.line)
    met = [get_coordinates(line.intersection(LineString(other.line))) for other in made]
    crossings = np.vstack([*met, reach.line[-1:]])
    first = min(line.project(Point(crossing)) for crossing in crossings)
    kept = way_along(reach.line) < first
    end = get_coordinates(line.interpolate(first))
    last = reach.flow[np.flatnonzero(kept)[-1:]]
    return Reach(np.vstack([reach.line[kept], end]), np.concatenate([reach.flow[kept], last]))


def _led(line: Floats, target: Floats | None) -> Floats:
    """The line with its last part drawn to `target`, where it joins a river."""
    if target is None:
        return line
    share = np.linspace(0, 1, len(line))
    pull = np.clip((share - 1 + GRACE) / GRACE, 0, 1) ** 2
    led: Floats = line + pull[:, None] * (target - line[-1])
    return led


def _nearest(made: list[Reach], point: Floats) -> Floats | None:
    """The river point nearest to where a course ends, if any is near."""
    if not made:
        return None
    points = np.vstack([reach.line for reach in made])
    apart = np.hypot(*(points - point).T)
    return points[np.argmin(apart)] if apart.min() < 0.02 else None
