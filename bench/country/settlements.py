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
    """Towns first, then villages by falling size."""

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
    kept = [tuple(town) for town in towns.tolist()]
    cells: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for town in kept:
        cells.setdefault(_cell(town, apart), []).append(town)
    while len(kept) < count + len(towns):
        for site in _drawn(ground, 4 * count, rng).tolist():
            if _is_free(site, cells, apart):
                cells.setdefault(_cell(site, apart), []).append(tuple(site))
                kept.append(tuple(site))
        apart *= 0.9
    return np.array(kept[len(towns) : count + len(towns)])


def _cell(site: tuple[float, float], apart: float) -> tuple[int, int]:
    return int(site[0] / apart), int(site[1] / apart)


def _is_free(
    site: tuple[float, float], cells: dict[tuple[int, int], list[tuple[float, float]]], apart: float
) -> bool:
    column, row = _cell(site, apart)
    near = (
        other
        for i in (column - 1, column, column + 1)
        for j in (row - 1, row, row + 1)
        for other in cells.get((i, j), ())
    )
    return all(np.hypot(site[0] - u, site[1] - v) >= apart for u, v in near)


def _drawn(ground: Ground, count: int, rng: np.random.Generator) -> Floats:
    """Random sites on land, more of them where living is good."""
    sites = rng.random((6 * count, 2))
    sites = sites[_on_land(ground.land, sites)]
    worth = worth_of(ground, sites)
    return sites[rng.random(len(sites)) < worth][:count]


def _on_land(land: Mask, sites: Floats) -> Mask:
    cells = land.shape[0]
    column = np.clip((sites[:, 0] * cells).astype(int), 0, cells - 1)
    row = np.clip(((1 - sites[:, 1]) * cells).astype(int), 0, cells - 1)
    on_land: Mask = land[row, column]
    return on_land


def worth_of(ground: Ground, sites: Floats) -> Floats:
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
