"""Makes a country: every file in a folder, and the truth about them."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from . import extent, files, households, rasters
from .counting import EXTENT, RELEASES, Seen, count, squares_of
from .faults import household_faults, people_faults
from .grading import steady
from .households import Households
from .mapping import places_of, rivers_of, roads_of
from .paper import event, readme
from .services import service_points
from .sizes import Size
from .world import World

TRUTH = "truth.json"


def make(size: Size, seed: int, out: Path) -> dict[str, Any]:
    """Write the country of a size and seed into a folder; returns what truth.json says.

    Files appear when all are made, truth.json last, so that a folder that holds it is whole.
    """
    desk = out / ".making"
    shutil.rmtree(desk, ignore_errors=True)
    desk.mkdir(parents=True)
    told = _made(World(size, seed), desk)
    for path in sorted(desk.iterdir(), key=lambda path: path.name == TRUTH):
        path.replace(out / path.name)
    desk.rmdir()
    return told


def _made(world: World, out: Path) -> dict[str, Any]:
    write_places(world, out)
    runs = list(households.drawn(world))
    seen = observe(world, runs, out)
    squares = list(seen.squares.values())
    runs = [replace(run, accuracy=steady(run, world.frame, squares)) for run in runs]
    counted = count(world, runs, seen, out)
    if world.size.parquet:
        _write_points(out / "households.parquet", runs)
    write_faults(world, runs[0], out)
    (out / "README.txt").write_text(readme(world), encoding="utf-8")
    told = event(world) | counted | {"files": _files(out)}
    files.write_json(out / TRUTH, told)
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
    stored = {file: rasters.stored(out / file) for file in RELEASES}
    return Seen(depth, *radar.at(utm), squares_of(stored, radar.seen, radar.wet))


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
    }
