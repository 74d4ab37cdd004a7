"""Writes households and people, and counts the answer to every question as they pass."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from . import files, grading, households, people, truth
from .flood import FIRST, NOT_OBSERVED, SECOND
from .households import Households
from .world import World

LEAST = {"at_least_0.5_m": 0.5, "at_least_0.1_m": 0.1}
RELEASES = {"flood_depth_r1.tif": FIRST, "flood_depth_r2.tif": SECOND}
EXTENT = "flood_extent.geojson"

Question = tuple[str, str]  # a hazard file, and what is asked of it
QUESTIONS = (*((file, key) for file in RELEASES for key in LEAST), (EXTENT, "inside"))


@dataclass(frozen=True)
class Seen:
    """What each household's cell holds: depth by release file, and the radar's two answers; and
    what each cell of the country is, by question."""

    depth: dict[str, NDArray[np.float32]]
    radar_seen: NDArray[np.bool_]
    radar_wet: NDArray[np.bool_]
    squares: dict[Question, grading.Classes]

    def part(self, first: int, count: int) -> "Seen":
        """The same for a run of households."""
        rows = slice(first, first + count)
        depth = {file: values[rows] for file, values in self.depth.items()}
        return Seen(depth, self.radar_seen[rows], self.radar_wet[rows], self.squares)


def count(world: World, runs: list[Households], seen: Seen, out: Path) -> dict[str, Any]:
    """Write households and people, and count the answers to every question on the way."""
    counting = Counting(world, seen)
    with files.table(out / "households.csv") as here, files.table(out / "people.csv") as there:
        for run in runs:
            listed = people.members(run, world.seed)
            here.add(households.table(run, world))
            there.add(people.table(run, listed, world.seed))
            groups = truth.groups_of(run, listed)
            counting.add(run, groups, seen.part(run.first, run.count))
    return counting.told()


class Counting:
    """All questions' figures, filled run by run."""

    def __init__(self, world: World, seen: Seen) -> None:
        """Begin with nobody."""
        communes = world.size.communes
        self._world = world
        self._of_communes = {
            question: grading.of_communes(world.frame, square, world.areas.shapes)
            for question, square in seen.squares.items()
        }
        self._everywhere, self._drawn, self._by_point, self._drawn_by_point = (
            {question: truth.Tally(communes) for question in QUESTIONS} for _ in range(4)
        )
        self._movement, self._movement_by_point = truth.Movement(), truth.Movement()
        self._counts: Counter[str] = Counter()
        self._help: Counter[str] = Counter()

    def add(self, run: Households, groups: NDArray[np.int64], seen: Seen) -> None:
        """Count a run of households; `groups` are their people by sex and age (n, 9)."""
        drawn, nearby = in_drawn(self._world, run)
        by_point = {question: truth.sure(said) for question, said in answers(run, seen).items()}
        graded = {
            question: grading.graded(run, self._world.frame, square, self._of_communes[question])
            for question, square in seen.squares.items()
        }
        for told, within, asked in (
            (self._everywhere, self._drawn, graded),
            (self._by_point, self._drawn_by_point, by_point),
        ):
            for question, said in asked.items():
                told[question].add(run.stated_area, said, run.size, groups)
                part = said.those(drawn), run.size[drawn], groups[drawn]
                within[question].add(run.stated_area[drawn], *part)
        self._movement.add(*_both(graded))
        self._movement_by_point.add(*_both(by_point))
        _before, after = _both(graded)
        amounts = truth.amounts(run.size[drawn & (after == truth.IN)])
        self._help.update(households=len(amounts), amount=int(amounts.sum()))
        self._counts.update(_counts(run), unlocated_nearby=int(nearby.sum()))

    def told(self) -> dict[str, Any]:
        """All figures, as truth.json says them."""
        world, counts = self._world, dict(self._counts)
        nearby = counts.pop("unlocated_nearby")
        areas = {f"adm{level}": len(world.areas.codes(level)) for level in range(4)}
        return {
            "counts": {"areas": areas, "settlements": len(world.settlements.names), **counts},
            "answers": _by_file(self._everywhere, self._in_full),
            "difference_r1_to_r2_at_least_0.5_m": self._movement.counts,
            "drawn": {
                "polygon": shapely.geometry.mapping(world.drawn),
                "answers": _by_file(self._drawn, truth.Tally.figures),
                "unlocated_nearby": nearby,
            },
            "by_point": {
                "answers": _by_file(self._by_point, self._in_full),
                "difference_r1_to_r2_at_least_0.5_m": self._movement_by_point.counts,
                "drawn": _by_file(self._drawn_by_point, truth.Tally.figures),
            },
            "help": {
                "question": "in the drawn polygon, flood_depth_r2.tif, at least 0.5 m",
                "rule": {"base": truth.BASE, "per_member": truth.PER_MEMBER, "cap": truth.CAP},
                "currency": truth.CURRENCY,
                **self._help,
            },
        }

    def _in_full(self, tally: truth.Tally) -> dict[str, Any]:
        codes = self._world.areas.ranks.commune_codes
        return {"country": tally.figures(), "by_area": tally.by_area(codes)}


def squares_of(
    depths: dict[str, NDArray[np.float32]], seen: NDArray[np.bool_], wet: NDArray[np.bool_]
) -> dict[Question, grading.Classes]:
    """What each cell of the country is, by question."""
    asked = {
        (file, key): grading.of_depth(depths[file], least, NOT_OBSERVED)
        for file in RELEASES
        for key, least in LEAST.items()
    }
    return {**asked, (EXTENT, "inside"): grading.of_radar(seen, wet)}


def _both(asked: dict[Question, truth.Graded]) -> list[NDArray[np.int64]]:
    """The answers of both releases at half a metre."""
    return [asked[file, "at_least_0.5_m"].answer for file in RELEASES]


def answers(run: Households, seen: Seen) -> dict[Question, NDArray[np.int64]]:
    """Each household's answer by question, by its point alone."""
    asked = {
        (file, key): truth.answers_of_depth(seen.depth[file], least, NOT_OBSERVED, run.located)
        for file in RELEASES
        for key, least in LEAST.items()
    }
    radar = truth.answers_of_extent(seen.radar_seen, seen.radar_wet, run.located)
    return {**asked, (EXTENT, "inside"): radar}


def in_drawn(world: World, run: Households) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who is asked about in the drawn polygon, and who may live in it without anybody knowing.

    Asked are households with a point in it and those of whom only a commune wholly in it is known.
    """
    wholly, partly = (np.append(over, False)[run.stated_area] for over in world.drawn_over)
    within = shapely.contains_xy(world.drawn, run.degrees)
    return np.where(run.located, within, wholly), ~run.located & partly


def _counts(run: Households) -> dict[str, int]:
    placed = run.source != households.NOWHERE
    return {
        "households": run.count,
        "households_with_coordinates": int(run.located.sum()),
        "households_with_area_only": int((placed & ~run.located).sum()),
        "households_with_no_place": int((~placed).sum()),
        "people": int(run.size.sum()),
        "people_listed": int(run.listed.sum()),
    }


def _by_file(
    tallies: dict[Question, truth.Tally], told: Callable[[truth.Tally], dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    by_file: dict[str, dict[str, Any]] = {}
    for (file, key), tally in tallies.items():
        by_file.setdefault(file, {})[key] = told(tally)
    return by_file
