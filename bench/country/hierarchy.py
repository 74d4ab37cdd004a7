"""Who belongs to whom: communes join the district town that is nearest over land."""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .borders import Labels
from .frame import Floats
from .plan import District
from .settlements import Settlements

MOST_COMMUNES = 99  # of a district, by the two digits of their codes

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Hierarchy:
    """Codes and names, a row a commune (by seat) and a row a district."""

    commune_codes: list[str]
    commune_names: list[str]
    district_of: Indices  # of each commune, a row of the districts
    district_codes: list[str]
    district_names: list[str]


def hierarchy(
    label: Labels, places: Settlements, communes: int, districts: list[District], invented: int
) -> Hierarchy:
    """Group the communes, whose seats are the first settlements, and give all their P-codes."""
    seats = places.at[:communes]
    neighbours = _neighbours(label, communes)
    towns = _far_apart(seats, len(districts), len(districts) + invented)
    named_of = _nearest_over_land(neighbours, seats, towns[: len(districts)])
    district_of = _nearest_over_land(neighbours, seats, towns)
    codes = [district.code for district in districts]
    for town in towns[len(districts) :]:
        codes.append(_next_code(codes, districts[named_of[town]].code[:4]))
    names = [district.name for district in districts]
    names += [places.names[town] for town in towns[len(districts) :]]
    return Hierarchy(
        _commune_codes(places.names[:communes], district_of, codes),
        places.names[:communes],
        district_of,
        codes,
        names,
    )


def _neighbours(label: Labels, communes: int) -> list[set[int]]:
    pairs = np.vstack(
        [
            np.column_stack([label[:, :-1].ravel(), label[:, 1:].ravel()]),
            np.column_stack([label[:-1].ravel(), label[1:].ravel()]),
        ]
    )
    pairs = np.unique(pairs[(pairs[:, 0] != pairs[:, 1]) & (pairs.min(axis=1) >= 0)], axis=0)
    neighbours: list[set[int]] = [set() for _ in range(communes)]
    for one, other in pairs.tolist():
        neighbours[one].add(other)
        neighbours[other].add(one)
    return neighbours


def _far_apart(seats: Floats, named: int, wanted: int) -> list[int]:
    """The named towns and, one by one, the seat farthest from all taken so far."""
    taken = list(range(named))
    apart = np.min([np.hypot(*(seats - seats[town]).T) for town in taken], axis=0)
    while len(taken) < wanted:
        taken.append(int(np.argmax(apart)))
        apart = np.minimum(apart, np.hypot(*(seats - seats[taken[-1]]).T))
    return taken


def _nearest_over_land(neighbours: list[set[int]], seats: Floats, towns: list[int]) -> Indices:
    """For each commune the town (its place in `towns`) with the shortest way through neighbours."""
    owner = np.full(len(seats), -1)
    queue = [(0.0, town, place) for place, town in enumerate(towns)]
    while queue:
        way, commune, place = heapq.heappop(queue)
        if owner[commune] >= 0:
            continue
        owner[commune] = place
        for other in neighbours[commune]:
            step = float(np.hypot(*(seats[other] - seats[commune])))
            heapq.heappush(queue, (way + step, other, place))
    for island in np.flatnonzero(owner < 0):
        owner[island] = int(np.argmin(np.hypot(*(seats[towns] - seats[island]).T)))
    return owner


def _next_code(codes: list[str], province: str) -> str:
    return f"{province}{sum(code.startswith(province) for code in codes) + 1:02d}"


def _commune_codes(names: list[str], district_of: Indices, codes: list[str]) -> list[str]:
    """P-codes in the order of the names within each district."""
    given = [""] * len(names)
    order = sorted(range(len(names)), key=lambda commune: names[commune])
    counts: dict[int, int] = {}
    for commune in order:
        district = int(district_of[commune])
        counts[district] = counts.get(district, 0) + 1
        if counts[district] > MOST_COMMUNES:
            raise ValueError(f"{codes[district]} has too many communes for its codes: other seed")
        given[commune] = f"{codes[district]}{counts[district]:02d}"
    return given
