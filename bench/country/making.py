"""Makes a country: every file in a folder, and the truth about them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from . import extent, files, households, people, rasters, truth
from .faults import household_faults, people_faults
from .flood import FIRST, NOT_OBSERVED, SECOND
from .households import Households
from .mapping import places_of, rivers_of, roads_of
from .paper import event, readme
from .services import service_points
from .sizes import Size
from .world import World

LEAST = {"at_least_0.5_m": 0.5, "at_least_0.1_m": 0.1}
RELEASES = {"flood_depth_r1.tif": FIRST, "flood_depth_r2.tif": SECOND}
EXTENT = "flood_extent.geojson"


def make(size: Size, seed: int, out: Path) -> dict[str, Any]:
    """Write the country of a size and seed into a folder; returns what truth.json says."""
    out.mkdir(parents=True, exist_ok=True)
    world = World(size, seed)
    write_places(world, out)
    runs = list(
        households.drawn(
            world.standing,
            world.settlements,
            world.frame.unit(world.centres.utm),
            size.households,
            seed,
        )
    )
    seen = observe(world, runs, out)
    counted = count(world, runs, seen, out)
    write_faults(world, runs[0], out)
    (out / "README.txt").write_text(readme(world), encoding="utf-8")
    told = event(world) | counted | {"files": _files(out)}
    files.write_json(out / "truth.json", told)
    return told


def write_places(world: World, out: Path) -> None:
    """Areas, rivers, roads, settlements and service points."""
    files.write_areas(out / "areas.gpkg", world.areas)
    files.write_features(out / "rivers.geojson", rivers_of(world))
    files.write_features(out / "roads.geojson", roads_of(world))
    files.write_features(out / "settlements.geojson", places_of(world))
    points = service_points(world)
    files.write_rows(out / "service_points.csv", points)
    files.write_features(
        out / "service_points.geojson",
        ((shapely.Point(row["longitude"], row["latitude"]), row) for row in points),
    )


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


def observe(world: World, runs: list[Households], out: Path) -> Seen:
    """Write the hazard files and read off each household's cell while they pass."""
    utm = np.vstack([run.utm for run in runs])
    depth = {
        file: rasters.write_depth(out / file, world.flood, look, world.channels, utm)
        for file, look in RELEASES.items()
    }
    radar = extent.radar_map(world.flood, world.channels)
    told = {"sensor": "radar", "observed_on": str(radar.observed_on)}
    flooded = extent.by_scene(radar.flooded(), radar.frame, world.size.scenes)
    files.write_features(
        out / EXTENT,
        ((shape, {"scene": n + 1, "water": "flood", **told}) for n, shape in enumerate(flooded)),
    )
    observed = shapely.MultiPolygon(list(radar.observed()))
    files.write_features(out / "observed_extent.geojson", [(observed, told)])
    return Seen(depth, *radar.at(utm))


@dataclass
class Count:
    """All questions' figures, filled run by run."""

    tallies: dict[str, dict[str, truth.Tally]] = field(default_factory=dict)
    inside: dict[str, dict[str, truth.Tally]] = field(default_factory=dict)
    movement: truth.Movement = field(default_factory=truth.Movement)
    entitled: int = 0
    amount: int = 0
    people: int = 0
    listed: int = 0


def count(world: World, runs: list[Households], seen: Seen, out: Path) -> dict[str, Any]:
    """Write households and people, and count the answers to every question on the way."""
    tables = files.Table(out / "households.csv"), files.Table(out / "people.csv")
    counted = Count()
    for run in runs:
        listed = people.members(run, world.seed)
        tables[0].add(households.table(run, world.areas, world.settlements, world.seed))
        tables[1].add(people.table(run, listed, world.seed))
        _count_run(
            world, run, truth.groups_of(run, listed), seen.part(run.first, run.count), counted
        )
    for table in tables:
        table.close()
    if world.size.parquet:
        _write_points(out / "households.parquet", runs)
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


def _count_run(
    world: World, run: Households, groups: NDArray[np.int64], seen: Seen, counted: Count
) -> None:
    drawn = shapely.contains_xy(world.drawn, run.degrees) & run.located
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
        },
        "help": {
            "question": "in the drawn polygon, flood_depth_r2.tif, at least 0.5 m",
            "rule": {"base": truth.BASE, "per_member": truth.PER_MEMBER, "cap": truth.CAP},
            "currency": truth.CURRENCY,
            "households": counted.entitled,
            "amount": counted.amount,
        },
    }


def _write_points(path: Path, runs: list[Households]) -> None:
    """The located households as id, x, y (EPSG:4326) for the bench."""
    located = np.concatenate([run.located for run in runs])
    degrees = np.vstack([run.degrees for run in runs])[located]
    number = np.flatnonzero(located) + 1
    table = pa.table({"id": number, "x": degrees[:, 0], "y": degrees[:, 1]})
    pq.write_table(table, path, compression="zstd")


def write_faults(world: World, run: Households, out: Path) -> None:
    """The two small files that a careful import must not swallow."""
    files.write_rows(out / "households_with_faults.csv", household_faults(world, run))
    files.write_rows(out / "people_with_faults.csv", people_faults(world, run))


def _files(out: Path) -> dict[str, dict[str, Any]]:
    return {
        path.name: {"bytes": path.stat().st_size, "sha256": files.digest(path)}
        for path in sorted(out.iterdir())
        if path.name != "truth.json"
    }
