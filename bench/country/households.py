"""Households: where each stands, how well that is known, and how many people it has."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .frame import Floats
from .settlements import Settlements
from .standing import NO_AREA, Indices
from .world import World

CHUNK = 200_000  # households drawn, written and counted at a time
SIZES = (0.075, 0.115, 0.14, 0.16, 0.16, 0.13, 0.09, 0.06, 0.035, 0.018, 0.01, 0.007)
SOURCES = ("gps", "building", "address", "settlement", "area", "")
SHARES = (0.745, 0.085, 0.055, 0.055, 0.043, 0.017)
GPS, BUILDING, ADDRESS, SETTLEMENT, AREA, NOWHERE = range(6)
PARTIAL, DISPERSED = 0.06, 0.13
LOCATED_FROM, LOCATED_DAYS = date(2023, 3, 1), 1320
STREETS = (
    *("Quay", "Market", "Mill", "Ferry", "Mango", "Station", "School", "Tailor", "Bridge", "Old"),
    *("Weaver", "Potter", "Fisher", "Garden", "Lime", "Well", "Dyke", "Reed", "Canal", "Hill"),
)


@dataclass(frozen=True)
class Households:
    """A run of households, a row each; the first has number `first`."""

    first: int
    settlement: Indices  # row of the settlements
    source: Indices  # place in SOURCES
    utm: Floats  # where it stands, known or not
    degrees: Floats
    area: Indices  # commune it stands in
    accuracy: Floats  # metres
    size: Indices
    listed: Indices  # of them, on the roster

    @property
    def count(self) -> int:
        """How many."""
        return len(self.size)

    @property
    def located(self) -> NDArray[np.bool_]:
        """Which have coordinates."""
        return self.source < AREA

    @property
    def stated_area(self) -> Indices:
        """The commune each states, NO_AREA where it states none."""
        return np.where(self.source == NOWHERE, NO_AREA, self.area)


def drawn(world: World) -> Iterator[Households]:
    """All households of a country in runs of at most CHUNK, each from its own seed."""
    count = world.size.households
    for first in range(0, count, CHUNK):
        rng = np.random.default_rng([world.seed, 1, first])
        yield _run(first, min(CHUNK, count - first), world, rng)


def _run(first: int, count: int, world: World, rng: np.random.Generator) -> Households:
    weight = world.settlements.weight
    settlement = rng.choice(len(weight), count, p=weight)
    source = rng.choice(len(SOURCES), count, p=SHARES)
    away = _spread(world.settlements, world.size.households)[settlement]
    away = np.where(rng.random(count) < DISPERSED, 900 + 2.2 * away, away)
    away[source == SETTLEMENT] = 0.0
    stands = world.standing.near(world.middles[settlement], away, rng)
    size = rng.choice(len(SIZES), count, p=SIZES) + 1
    partial = (rng.random(count) < PARTIAL) & (size > 1)
    listed = np.where(partial, (rng.random(count) * size).astype(np.int64), size)
    place = stands.utm, stands.degrees, stands.area, _accuracy(source, rng)
    return Households(first, settlement, source, *place, size, listed)


def _spread(places: Settlements, count: int) -> Floats:
    """How far, in metres, the houses of a settlement scatter: the more people the farther."""
    wide: Floats = 170 + 55 * np.sqrt(np.minimum(places.weight * count, 20_000) ** 0.9)
    return wide


def _accuracy(source: Indices, rng: np.random.Generator) -> Floats:
    """Metres, by how the place was found: a receiver, a footprint, an address, a guess."""
    gps = np.clip(5.6 * np.exp(0.55 * np.abs(rng.standard_normal(len(source)))), 3, 60)
    by_source = np.select(
        [source == GPS, source == BUILDING, source == ADDRESS],
        [gps, rng.uniform(3, 9, len(source)), rng.uniform(20, 150, len(source))],
        rng.choice([200.0, 250.0, 300.0, 400.0, 500.0], len(source)),
    )
    rounded: Floats = np.round(by_source, 1)
    return rounded


def codes(first: int, count: int) -> pa.Array:
    """Household codes by number: H00000001 on."""
    number = pa.array(np.arange(first + 1, first + count + 1)).cast(pa.string())
    return pc.binary_join_element_wise("H", pc.utf8_lpad(number, 8, "0"), "")


def table(run: Households, world: World) -> pa.Table:
    """The run as the rows of households.csv."""
    rng = np.random.default_rng([world.seed, 3, run.first])
    located, placed = run.located, run.source != NOWHERE
    return pa.table(
        {
            "code": codes(run.first, run.count),
            "area_pcode": _taken(world.areas.ranks.commune_codes, run.area, placed),
            "settlement": _taken(world.settlements.names, run.settlement, placed),
            "longitude": pa.array(run.degrees[:, 0], mask=~located),
            "latitude": pa.array(run.degrees[:, 1], mask=~located),
            "accuracy_m": pa.array(run.accuracy, mask=~located),
            "location_source": _taken(list(SOURCES), run.source, placed),
            "located_on": _located_on(rng, located),
            "size": pa.array(run.size),
            "roster": _taken(["partial", "complete"], (run.listed == run.size).astype(int)),
            "address": _addresses(rng, run.count, placed),
            "phone": _phones(rng, run.count),
        }
    )


def _taken(words: list[str], rows: Indices, kept: NDArray[np.bool_] | None = None) -> pa.Array:
    """The word of each row; null where not kept."""
    mask = None if kept is None else ~kept
    return pa.array(words, pa.string()).take(pa.array(rows, mask=mask))


def _located_on(rng: np.random.Generator, located: NDArray[np.bool_]) -> pa.Array:
    days = np.datetime64(LOCATED_FROM) + rng.integers(0, LOCATED_DAYS, len(located))
    return pa.array(days.astype("datetime64[D]"), mask=~located)


def _addresses(rng: np.random.Generator, count: int, placed: NDArray[np.bool_]) -> pa.Array:
    known = placed & (rng.random(count) < 0.6)
    number = pa.array(rng.integers(1, 180, count)).cast(pa.string())
    street = _taken(list(STREETS), rng.integers(0, len(STREETS), count), known)
    return pc.binary_join_element_wise(number, street, pa.scalar("street"), " ")


def _phones(rng: np.random.Generator, count: int) -> pa.Array:
    """Numbers under +000, which is nobody's."""
    number = pa.array(rng.integers(5_000_000, 10_000_000, count)).cast(pa.string())
    phone = pc.binary_join_element_wise("+000", pc.utf8_slice_codeunits(number, 0, 3), " ")
    phone = pc.binary_join_element_wise(phone, pc.utf8_slice_codeunits(number, 3), " ")
    return pc.if_else(pa.array(rng.random(count) < 0.78), phone, pa.scalar(None, pa.string()))
