"""`highground sample`: the hazard's value at each point of a file, and whether that means hit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import shapely
from numpy.typing import NDArray

from app.cli.hazards import (
    FILE,
    Polygons,
    Question,
    extent_file,
    hazard_options,
    hazard_polygons,
    hazard_source,
    observed_extent,
    question,
    read_as_asked,
    refuse_for_raster,
    said_clause,
    tell_suspects,
    told,
    unlocated_reasons,
)
from app.cli.tables import TableCommand, answering, say, tell, write_table
from core.words import _
from geo.crs import Flags, carried, in_degrees
from geo.raster.grid import Grid
from geo.raster.onto import onto_grid
from geo.raster.sample import Readings
from geo.raster.sample import sample as read_at
from geo.raster.zonal import largest
from geo.vector.columns import float_texts
from geo.vector.locate import NOWHERE, indexed
from geo.vector.open import Layer
from geo.vector.overlaps import first_overlapping
from geo.vector.places import Asked, Places, places
from geo.vector.repair import repaired
from geo.vector.reproject import reprojected

HEADER = ("id", "status", "value")
STATUSES = np.array(["in", "out", "not_observed", "unlocated"])
IN, OUT, NOT_OBSERVED, UNLOCATED = range(len(STATUSES))
LARGEST = "max"


@dataclass(frozen=True)
class Answers:
    """The status of each of N located places, as a position in STATUSES, and its value as text."""

    status: NDArray[np.int64]
    values: Sequence[str]


@click.command(cls=TableCommand)
@click.argument("hazard", type=FILE)
@click.argument("points", type=FILE)
@click.option("--out", type=FILE, required=True, help="The CSV to write: id, status, value.")
@click.option("--id", "id_column", metavar="COL", help="The column that names a row (its number).")
@click.option("--x", metavar="COL", help="The column of longitudes or eastings in a CSV.")
@click.option("--y", metavar="COL", help="The column of latitudes or northings in a CSV.")
@click.option("--points-crs", help="The coordinate system of POINTS (a CSV: EPSG:4326).")
@click.option("--points-layer", help="The layer of POINTS.")
@click.option("--footprint", type=click.Choice([LARGEST]), help="Largest value a polygon meets.")
@hazard_options
def sample(hazard: Path, points: Path, out: Path, **options: Any) -> None:
    """Say of each point in POINTS whether HAZARD hits it, and the hazard's value there.

    HAZARD is a raster or a layer of polygons, POINTS a CSV or a layer of points or polygons (asked
    at their centroids); both may be zipped or gzipped. Values are taken from the cell a point lies
    in, without interpolation. Hit means above 0, or inside a polygon, unless a threshold is given.
    """
    said = Asked(
        id=options["id_column"],
        x=options["x"],
        y=options["y"],
        crs=options["points_crs"],
        layer=options["points_layer"],
    )
    with answering(out, hazard, points, extent_file(options["observed"]), options["shapes"]):
        asked = question(options)
        at = places(points, said)
        there = _located(at, keep_footprints=options["footprint"] == LARGEST)
        with (
            read_as_asked(hazard, asked) as (file, asked),
            hazard_source(file, asked) as source,
        ):
            answers = _asked(source, there, asked)
            about = told(hazard, source)
        write_table(out, HEADER, _columns(at, answers))
    say(_summary(at, answers, asked, about))


def _located(at: Places, *, keep_footprints: bool) -> Places:
    """The places that have a point; with their footprints, if those shall be asked."""
    footprints = at.footprints if keep_footprints else None
    return replace(
        at,
        ids=[],
        x=at.x[at.located],
        y=at.y[at.located],
        reasons=at.reasons[at.located],
        footprints=None if footprints is None else footprints[at.located],
    )


def _asked(source: Grid | Layer, at: Places, asked: Question) -> Answers:
    if isinstance(source, Grid):
        refuse_for_raster(source, asked)
        for note in source.notes:
            tell(note)
        return _ask_raster(source, at, asked)
    return _ask_polygons(source, at, asked)


def _ask_raster(grid: Grid, at: Places, asked: Question) -> Answers:
    readings = _readings(grid, at)
    observed = readings.observed
    if asked.observed_file is not None:
        observed = observed & _inside(asked.observed_file, at)
    tell_suspects(grid, readings.values[observed])
    status = np.where(asked.clause.met(readings.values), IN, OUT)
    status[~observed] = NOT_OBSERVED
    return Answers(status, _value_texts(readings.values, observed))


def _readings(grid: Grid, at: Places) -> Readings:
    """What the points read; where there are footprints, the largest value each covers."""
    readings = read_at(grid, *carried(at.x, at.y, at.crs, grid.crs))
    if at.footprints is None:
        return readings
    shapes = repaired(onto_grid(repaired(at.footprints).shapes, at.crs, grid)).shapes
    areal = ~shapely.is_missing(at.footprints)
    values, found = largest(grid, shapes)
    return Readings(
        np.where(areal, values, readings.values), np.where(areal, found, readings.observed)
    )


def _ask_polygons(layer: Layer, at: Places, asked: Question) -> Answers:
    hazard = hazard_polygons(layer, asked)
    found = _worst_met(hazard, at, asked)
    inside = found != NOWHERE
    status = np.full(len(found), NOT_OBSERVED if asked.observed is None else OUT)
    status[inside] = _judged(hazard, found[inside], asked)
    if asked.observed_file is not None:
        status[~_inside(asked.observed_file, at)] = NOT_OBSERVED
    if asked.observed is None:
        tell(_("Nothing says what was observed outside the polygons; it counts as not observed."))
    texts = np.array([*hazard.texts, ""], dtype=object)  # the last one for those outside
    values = np.where(status == NOT_OBSERVED, "", texts[found])
    return Answers(status, values.tolist())


def _judged(hazard: Polygons, polygon: NDArray[np.int64], asked: Question) -> NDArray[np.int64]:
    """The statuses of places inside polygons: all in, unless a threshold judges their values."""
    if hazard.numbers is None or not asked.clause.bounded:
        return np.full(len(polygon), IN)
    numbers = hazard.numbers[polygon]
    judged = np.where(asked.clause.met(numbers), IN, OUT)
    return np.where(np.isnan(numbers), NOT_OBSERVED, judged)


def _worst_met(hazard: Polygons, at: Places, asked: Question) -> NDArray[np.int64]:
    """The polygon each place lies in, or its footprint overlaps; or NOWHERE.

    Of several, the one of the largest value (the smallest if only an upper bound is asked), or the
    first in the file where values are no numbers.
    """
    order = np.arange(len(hazard.shapes))
    if hazard.numbers is not None:
        upward = asked.clause.at_least is None and asked.clause.at_most is not None
        order = np.argsort(hazard.numbers if upward else -hazard.numbers, kind="stable")
    shapes, crs = hazard.shapes[order], hazard.layer.crs
    x, y = carried(at.x, at.y, at.crs, crs)
    found = indexed(shapes, len(x), degrees=in_degrees(crs)).covering(x, y)
    if at.footprints is not None:
        footprints = repaired(reprojected(at.footprints, at.crs, crs)).shapes
        areal = ~shapely.is_missing(at.footprints)
        found[areal] = first_overlapping(footprints[areal], shapes)
    return np.append(order, NOWHERE)[found]


def _inside(observed: Path, at: Places) -> Flags:
    """Which places lie in the observed extent a file gives."""
    layer, shapes = observed_extent(observed)
    x, y = carried(at.x, at.y, at.crs, layer.crs)
    found = indexed(shapes, len(x), degrees=in_degrees(layer.crs)).covering(x, y)
    return np.asarray(found != NOWHERE)


def _value_texts(values: NDArray[Any], known: Flags) -> list[str]:
    """Values as text, empty where not known: whole numbers plainly, floats in shortest digits."""
    if values.dtype.kind == "f":
        return float_texts(np.where(known, values, values.dtype.type("nan")))
    pairs = zip(values.tolist(), known.tolist(), strict=True)
    return [str(value) if there else "" for value, there in pairs]


def _columns(at: Places, answers: Answers) -> tuple[list[str], list[str], list[str]]:
    """The answers of the located places put back among all rows."""
    status = np.full(len(at.ids), UNLOCATED)
    status[at.located] = answers.status
    values = np.full(len(at.ids), "", dtype=object)
    values[at.located] = answers.values
    return at.ids, STATUSES[status].tolist(), values.tolist()


def _summary(
    at: Places, answers: Answers, asked: Question, about: dict[str, object]
) -> dict[str, object]:
    counts = np.bincount(answers.status, minlength=len(STATUSES)).tolist()
    return {
        "rows": len(at.ids),
        "in": counts[IN],
        "out": counts[OUT],
        "not_observed": counts[NOT_OBSERVED],
        "unlocated": len(at.ids) - len(answers.status),
        "unlocated_reasons": unlocated_reasons(at),
        "clause": said_clause(asked, about),
        "hazard": about,
    }
