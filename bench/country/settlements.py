"""Towns and villages: most stand near water or a road, few on the hills, none in a river."""

from dataclasses import dataclass

import numpy as np
from shapely import LineString, STRtree, points

from .frame import Floats
from .noise import noise_at
from .placenames import place_names
from .plan import District
from .relief import Mask
from .rivers import Reach

TOWN_WEIGHTS = np.array([0.0, 4.0, 9.0, 26.0])  # by rank, an average village being about 1
CLEARING = 307  # offset of the seed


@dataclass(frozen=True)
class Settlements:
    """Towns first, then villages."""

    names: list[str]
    at: Floats  # (n, 2) unit coordinates
    weight: Floats  # (n,) share of the people
    kind: list[str]  # city | town | village
    towns: int


@dataclass(frozen=True)
class Ground:
    """What makes a site good."""

    land: Mask
    reaches: list[Reach]
    roads: list[Floats]
    seed: int


def settle(
    ground: Ground, districts: list[District], count: int, rng: np.random.Generator
) -> Settlements:
    """So many settlements: the districts' towns and villages between them."""
    towns = np.array([(district.u, district.v) for district in districts])
    villages = _villages(ground, towns, count - len(towns), rng)
    at = np.vstack([towns, villages])
    names = [district.town for district in districts]
    names += place_names(len(villages), set(names), rng)
    ranks = np.array([district.rank for district in districts])
    crowd = max(0.7, (count / 800) ** 0.7)  # the more villages a country has, the larger its towns
    weight = np.concatenate([crowd * TOWN_WEIGHTS[ranks], _village_weights(len(villages), rng)])
    kind = ["city" if rank == 3 else "town" for rank in ranks] + ["village"] * len(villages)
    return Settlements(names, at, weight / weight.sum(), kind, len(towns))


def _village_weights(count: int, rng: np.random.Generator) -> Floats:
    """Villages differ as cities do: many small ones, few large."""
    weight = rng.pareto(2.2, count) + 0.35
    return np.minimum(weight, 6)


def _villages(ground: Ground, towns: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Sites drawn by their worth and kept apart from one another; (count, 2)."""
    apart = 0.36 / np.sqrt(count + len(towns))
    taken = Taken(apart)
    for town in towns.tolist():
        taken.add(town)
    villages: list[list[float]] = []
    while len(villages) < count:
        for site in _drawn(ground, 4 * count, rng).tolist():
            if taken.is_free(site, apart):
                taken.add(site)
                villages.append(site)
        apart *= 0.9
    return np.array(villages[:count])


class Taken:
    """Sites that are taken, found again by the cell they lie in."""

    def __init__(self, room: float) -> None:
        """Cells are `room` wide; nothing is asked about farther away."""
        self._room = room
        self._sites: dict[tuple[int, int], list[list[float]]] = {}

    def add(self, site: list[float]) -> None:
        """Take a site (u, v)."""
        self._sites.setdefault(self._cell(site), []).append(site)

    def is_free(self, site: list[float], apart: float) -> bool:
        """Whether no taken site is nearer than `apart`."""
        column, row = self._cell(site)
        near = (
            other
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for other in self._sites.get((i, j), ())
        )
        return all(np.hypot(site[0] - u, site[1] - v) >= apart for u, v in near)

    def _cell(self, site: list[float]) -> tuple[int, int]:
        return int(site[0] / self._room), int(site[1] / self._room)


def _drawn(ground: Ground, count: int, rng: np.random.Generator) -> Floats:
    """Random sites on land, more of them where living is good."""
    sites = rng.random((6 * count, 2))
    sites = sites[_on_land(ground.land, sites)]
    worth = _worth(ground, sites)
    return sites[rng.random(len(sites)) < worth][:count]


def _on_land(land: Mask, sites: Floats) -> Mask:
    cells = land.shape[0]
    column = np.clip((sites[:, 0] * cells).astype(int), 0, cells - 1)
    row = np.clip(((1 - sites[:, 1]) * cells).astype(int), 0, cells - 1)
    on_land: Mask = land[row, column]
    return on_land


def _worth(ground: Ground, sites: Floats) -> Floats:
    """How likely people settle at each site (n, 2): 0 to 1."""
    rivers = [reach.line[::4] for reach in ground.reaches]
    water, road = _distance(rivers, sites), _distance(ground.roads, sites)
    clearing = 1 + 0.5 * noise_at(sites, 0.08, ground.seed + CLEARING)
    good = 0.10 + 0.85 * np.exp(-water / 0.016) + 0.35 * np.exp(-road / 0.010)
    return np.clip(good * np.clip(clearing, 0.25, 2) * 0.75, 0, 1)


def _distance(lines: list[Floats], sites: Floats) -> Floats:
    pieces = [line[i : i + 12] for line in lines for i in range(0, len(line) - 1, 11)]
    tree = STRtree([LineString(piece) for piece in pieces if len(piece) > 1])
    _, distance = tree.query_nearest(points(sites), return_distance=True, all_matches=False)
    apart: Floats = distance
    return apart
