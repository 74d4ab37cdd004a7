"""`highground zonal`: the hazard's figures for each area of a file."""

from pathlib import Path
from typing import Any

import click
import numpy as np
import shapely

from app.cli.hazards import (
    ALL,
    FILE,
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
)
from app.cli.tables import TableCommand, answering, say, tell, write_table
from core.words import _
from geo.crs import WGS84, Floats
from geo.ellipsoid import Shapes, polygons_km2
from geo.raster.grid import Grid
from geo.raster.onto import onto_grid
from geo.raster.zonal import zonal as zones_of
from geo.vector.areas import Areas, areas_of
from geo.vector.columns import float_texts
from geo.vector.open import Layer
from geo.vector.reproject import on_the_globe, reprojected
from geo.vector.shares import clipped, covered_km2, overlap

HEADER = (
    "id",
    "cells",
    "observed_cells",
    "mean",
    "min",
    "max",
    "sum",
    "hit_share",
    "hit_km2",
    "observed_km2",
)


@click.command(cls=TableCommand)
@click.argument("hazard", type=FILE)
@click.argument("areas", type=FILE)
@click.option("--out", type=FILE, required=True, help="The CSV to write, a row an area.")
@click.option("--id", "id_column", metavar="COL", help="The column that names an area.")
@click.option("--areas-crs", help="The coordinate system of AREAS, if it does not say.")
@click.option("--areas-layer", help="The layer of AREAS.")
@hazard_options
def zonal(hazard: Path, areas: Path, out: Path, **options: Any) -> None:
    """Say of each polygon in AREAS what HAZARD holds there.

    Cells count by the share an area covers of them; mean, min, max and sum run over those with a
    value. Areas in km2 are true areas on the WGS 84 ellipsoid. Hit means above 0, or inside a
    polygon, unless a threshold is given. Both files may be zipped or gzipped.
    """
    with answering(out, hazard, areas, extent_file(options["observed"]), options["shapes"]):
        asked = question(options)
        zones = areas_of(
            areas,
            id_column=options["id_column"],
            crs=options["areas_crs"],
            layer=options["areas_layer"],
        )
        with (
            read_as_asked(hazard, asked) as (file, asked),
            hazard_source(file, asked) as source,
        ):
            columns = _asked(source, zones, asked)
            about = told(hazard, source)
        there = ~shapely.is_missing(zones.shapes)
        texts = [float_texts(np.where(there, column, np.nan)) for column in columns]
        write_table(out, HEADER, [zones.ids, *texts])
    say(_summary(zones, columns, asked, about))


def _asked(source: Grid | Layer, areas: Areas, asked: Question) -> list[Floats]:
    """The columns of figures, in the order of the header; NaN where there is no answer."""
    if isinstance(source, Grid):
        refuse_for_raster(source, asked)
        for note in source.notes:
            tell(note)
        return _ask_raster(source, areas, asked)
    return _ask_polygons(source, areas, asked)


def _ask_raster(grid: Grid, areas: Areas, asked: Question) -> list[Floats]:
    shapes = onto_grid(areas.shapes, areas.crs, grid)
    zones = zones_of(grid, shapes, asked.clause)
    cells = zones.cells
    if asked.observed_file is not None:
        zones = zones_of(grid, _observed_part(areas, grid, asked.observed_file), asked.clause)
    ends = np.concatenate([zones.low, zones.high])
    tell_suspects(grid, ends[~np.isnan(ends)])
    return [
        cells,
        zones.observed_cells,
        zones.mean,
        zones.low,
        zones.high,
        zones.sum,
        zones.hit_share,
        zones.hit_km2,
        zones.observed_km2,
    ]


def _observed_part(areas: Areas, grid: Grid, observed: Path) -> Shapes:
    """The parts of areas that lie in the observed extent, in the grid's system."""
    layer, extent = observed_extent(observed)
    shapes = reprojected(areas.shapes, areas.crs, layer.crs)
    return onto_grid(clipped(shapes, extent), layer.crs, grid)


def _ask_polygons(layer: Layer, areas: Areas, asked: Question) -> list[Floats]:
    hazard = hazard_polygons(layer, asked)
    shapes = on_the_globe(reprojected(areas.shapes, areas.crs, WGS84))
    cover = on_the_globe(reprojected(hazard.shapes, layer.crs, WGS84))
    hit, known = cover, cover
    if hazard.numbers is not None and asked.clause.bounded:
        hit, known = cover[asked.clause.met(hazard.numbers)], cover[~np.isnan(hazard.numbers)]
    if asked.observed_file is not None:
        seen_layer, extent = observed_extent(asked.observed_file)
        known = on_the_globe(reprojected(extent, seen_layer.crs, WGS84))
        hit = overlap(hit, known)
    if asked.observed is None:
        tell(_("Nothing says what was observed outside the polygons; it counts as not observed."))
    hit_km2 = covered_km2(shapes, hit)
    observed_km2 = polygons_km2(shapes) if asked.observed == ALL else covered_km2(shapes, known)
    nothing = np.full(len(shapes), np.nan)
    share = np.divide(hit_km2, observed_km2, out=nothing.copy(), where=observed_km2 > 0)
    return [nothing] * 6 + [share, hit_km2, observed_km2]


def _summary(
    areas: Areas, columns: list[Floats], asked: Question, about: dict[str, object]
) -> dict[str, object]:
    observed = columns[HEADER.index("observed_km2") - 1] > 0
    return {
        "rows": len(areas.ids),
        "observed": int(observed.sum()),
        "not_observed": int((~observed).sum()),
        "areas_repaired": areas.repaired,
        "clause": said_clause(asked, about),
        "hazard": about,
    }
