"""Schools, clinics, markets and posts: places that could serve people, with what they can bear."""

from typing import Any

import numpy as np

from .script import in_kesari
from .world import World

KINDS = {  # chance in a village, capacity in people a day
    "school": (0.45, (60, 420)),
    "clinic": (0.10, (25, 120)),
    "market": (0.09, (150, 900)),
    "post": (0.07, (40, 220)),
}
TOWN_KINDS = ("school", "school", "clinic", "market", "post")
SPREAD = 160.0  # metres from the middle of the settlement


def service_points(world: World) -> list[dict[str, Any]]:
    """Rows of service_points.csv."""
    rng = np.random.default_rng([world.seed, 13])
    places = [
        (settlement, kind)
        for settlement in range(len(world.settlements.names))
        for kind in _kinds(world, settlement, rng)
    ]
    at = world.middles[[settlement for settlement, _ in places]]
    stands = world.standing.near(at, np.full(len(places), SPREAD), rng)
    return [
        {
            "code": f"SP{number + 1:05d}",
            "name": f"{world.settlements.names[settlement]} {kind}",
            "name_local": in_kesari(f"{world.settlements.names[settlement]} {kind}"),
            "kind": kind,
            "area_pcode": world.areas.ranks.commune_codes[int(stands.area[number])],
            "settlement": world.settlements.names[settlement],
            "longitude": float(stands.degrees[number, 0]),
            "latitude": float(stands.degrees[number, 1]),
            "capacity": int(rng.integers(*KINDS[kind][1]) // 10 * 10),
        }
        for number, (settlement, kind) in enumerate(places)
    ]


def _kinds(world: World, settlement: int, rng: np.random.Generator) -> list[str]:
    if settlement < world.settlements.towns:
        return list(TOWN_KINDS)
    return [kind for kind, (chance, _) in KINDS.items() if rng.random() < chance]
