"""Writes households and people, and counts the answer to every question as they pass."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from . import files, households, people, truth
from .flood import FIRST, NOT_OBSERVED, SECOND
from .households import Households
from .world import World

LEAST = {"at_least_0.5_m": 0.5, "at_least_0.1_m": 0.1}
RELEASES = {"flood_depth_r1.tif": FIRST, "flood_depth_r2.tif": SECOND}
EXTENT = "flood_extent.geojson"


@dataclass(frozen=True)
class Seen:
    """What each household's cell holds: depth by release file, and the radar's two answers."""

    depth: dict[str, NDArray[np.float32]]
    radar_seen: NDArray[np.bool_]
    radar_wet: NDArray[np.bool_]

    def part(self, first: int, count: int) -> "Seen":
        """The same for a run of households."""
        rows = slice(first, first + count)
        depth = {file: values[rows] for file, values in self.depth.items()}
        return Seen(depth, self.radar_seen[rows], self.radar_wet[rows])


@dataclass
class Count:
    """All questions' figures, filled run by run."""

    tallies: dict[str, dict[str, truth.Tally]] = field(default_factory=dict)
    inside: dict[str, dict[str, truth.Tally]] = field(default_factory=dict)
    movement: truth.Movement = field(default_factory=truth.Movement)
    entitled: int = 0
    amount: int = 0
    nearby: int = 0
    people: int = 0
    listed: int = 0


def count(world: World, runs: list[Households], seen: Seen, out: Path) -> dict[str, Any]:
    """Write households and people, and count the answers to every question on the way."""
    tables = files.Table(out / "households.csv"), files.Table(out / "people.csv")
    counted = Count()
    for run in runs:
        listed = people.members(run, world.seed)
        tables[0].add(households.table(run, world))
        tables[1].add(people.table(run, listed, world.seed))
        _count_run(
            world, run, truth.groups_of(run, listed), seen.part(run.first, run.count), counted
        )
    for table in tables:
        table.close()
    return _told(world, runs, counted)


def answers(run: Households, seen: Seen) -> dict[str, dict[str, NDArray[np.int64]]]:
    """Each household's answer by hazard file and question."""
    asked = {
        file: {
            key: truth.answers_of_depth(seen.depth[file], least, NOT_OBSERVED, run.located)
            for key, least in LEAST.items()
        }
        for file in RELEASES
    }
    radar = truth.answers_of_extent(seen.radar_seen, seen.radar_wet, run.located)
    return {**asked, EXTENT: {"inside": radar}}


def in_drawn(world: World, run: Households) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who is asked about in the drawn polygon, and who may live in it without anybody knowing.

    Asked are households with a point in it and those of whom only a commune wholly in it is known.
    """
    wholly, partly = (np.append(over, False)[run.stated_area] for over in world.drawn_over)
    within = shapely.contains_xy(world.drawn, run.degrees)
    return np.where(run.located, within, wholly), ~run.located & partly


def _count_run(
    world: World, run: Households, groups: NDArray[np.int64], seen: Seen, counted: Count
) -> None:
    drawn, across = in_drawn(world, run)
    asked = answers(run, seen)
    for file, questions in asked.items():
        for key, answer in questions.items():
            for tallies, kept in ((counted.tallies, slice(None)), (counted.inside, drawn)):
                tally = tallies.setdefault(file, {}).setdefault(
                    key, truth.Tally(world.size.communes)
                )
                tally.add(run.stated_area[kept], answer[kept], run.size[kept], groups[kept])
    before, after = (asked[file]["at_least_0.5_m"] for file in RELEASES)
    counted.movement.add(before, after)
    entitled = drawn & (after == truth.IN)
    counted.entitled += int(entitled.sum())
    counted.amount += int(truth.amounts(run.size[entitled]).sum())
    counted.nearby += int(across.sum())
    counted.people += int(run.size.sum())
    counted.listed += int(run.listed.sum())


def _told(world: World, runs: list[Households], counted: Count) -> dict[str, Any]:
    codes = world.areas.ranks.commune_codes
    located = np.concatenate([run.located for run in runs])
    placed = np.concatenate([run.source != households.NOWHERE for run in runs])
    return {
        "counts": {
            "areas": {f"adm{level}": len(world.areas.codes(level)) for level in range(4)},
            "settlements": len(world.settlements.names),
            "households": len(located),
            "households_with_coordinates": int(located.sum()),
            "households_with_area_only": int((placed & ~located).sum()),
            "households_with_no_place": int((~placed).sum()),
            "people": counted.people,
            "people_listed": counted.listed,
        },
        "answers": {
            file: {
                key: {"country": tally.figures(), "by_area": tally.by_area(codes)}
                for key, tally in questions.items()
            }
            for file, questions in counted.tallies.items()
        },
        "difference_r1_to_r2_at_least_0.5_m": counted.movement.counts,
        "drawn": {
            "polygon": shapely.geometry.mapping(world.drawn),
            "answers": {
                file: {key: tally.figures() for key, tally in questions.items()}
                for file, questions in counted.inside.items()
            },
            "unlocated_nearby": counted.nearby,
        },
        "help": {
            "question": "in the drawn polygon, flood_depth_r2.tif, at least 0.5 m",
            "rule": {"base": truth.BASE, "per_member": truth.PER_MEMBER, "cap": truth.CAP},
            "currency": truth.CURRENCY,
            "households": counted.entitled,
            "amount": counted.amount,
        },
    }
