"""Rasters on their way to a release: looked through, written as a COG, counted."""

import tempfile
from pathlib import Path

import numpy as np
from geoalchemy2.shape import from_shape
from shapely import box
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.storage import keep_file, path_of
from geo.crs import label
from geo.jobs.release_extents import write_observed
from geo.lookups import write_raster
from geo.models.events import LayerKind
from geo.models.releases import Direction, Release
from geo.raster import pieces
from geo.raster.bands import Choice
from geo.raster.cog import value_range, write_cog
from geo.raster.footprint import footprint
from geo.raster.grid import Grid
from geo.raster.histogram import Bins, Summary, round_edges
from geo.raster.open import opened
from geo.services.exposure import clause_of
from geo.vector.subdivide import subdivided


class NothingObserved(Invalid):
    """{name} holds no value at all: every cell is nodata; ask for the file with the values."""


def read(session: Session, release: Release, path: Path) -> None:
    """Note what a raster holds, and keep its normal form for the preview.

    Raises:
        NothingObserved, and what `geo.raster.open` refuses.
    """
    with opened(path, _choice(release)) as grid:
        seen = _keep_normal(session, release, grid)
        release.kind, release.unit = LayerKind.RASTER, grid.unit
        release.found = _found(grid, seen)
    with opened(path_of(str(release.grid_sha256))) as grid:
        bins = Bins(grid, round_edges(min(seen.least, 0.0), seen.most))
        for piece in pieces.read(grid):
            bins.take(piece)
    _note(release, bins)
    _leave_out_zeros(release, seen)


def prepare(session: Session, release: Release, path: Path) -> None:
    """Make the normal form as confirmed, lay it out, and count its cells from the floor on.

    Raises:
        NothingObserved
    """
    if release.extra_nodata:
        with opened(path, _choice(release)) as grid:
            _keep_normal(session, release, grid)
    with opened(path_of(str(release.grid_sha256))) as grid:
        lay_out(release, grid)


def lay_out(release: Release, grid: Grid) -> None:
    """Write what places are looked up in, and count the cells, in one reading."""
    bins = Bins(grid, round_edges(*_kept_range(release, *value_range(grid))))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "lookup"
        write_raster(target, grid, clause_of(release), footprint(grid).bounds, bins)
        release.lookup_sha256 = keep_file(target).sha256
    _note(release, bins)


def _note(release: Release, bins: Bins) -> None:
    release.histogram_edges = bins.edges.tolist()
    release.histogram = bins.counts.astype(float).tolist()


def _leave_out_zeros(release: Release, seen: Summary) -> None:
    """Before its meaning is known, a picture of the values is better without all the dry land."""
    edges, bins = release.histogram_edges or [], list(release.histogram or [])
    if 0.0 in edges[:-1]:
        bins[edges.index(0.0)] -= seen.zeros
        release.histogram = bins


def _kept_range(release: Release, least: float, most: float) -> tuple[float, float]:
    """From where to where the values go that are kept of places."""
    if release.direction is Direction.AT_MOST:
        return least, most if release.floor is None else release.floor
    floor = release.floor or 0.0
    return floor, max(most, floor)


def _choice(release: Release) -> Choice:
    return Choice(
        crs=release.crs,
        layer=release.layer_in_file,
        band=release.band,
        nodata=tuple(release.extra_nodata or ()),
    )


def _keep_normal(session: Session, release: Release, grid: Grid) -> Summary:
    """Write the COG, and say where it lies; answers what it holds. Raises NothingObserved."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "normal.tif"
        seen = write_cog(grid, target)
        if not seen.observed:
            raise NothingObserved(name=release.original_name)
        release.grid_sha256 = keep_file(target).sha256
    outline = footprint(grid)
    release.bounds = from_shape(box(*outline.bounds), 4326)
    parts, _owners = subdivided(np.array([outline], dtype=object))
    write_observed(session, release, parts)
    return seen


def _found(grid: Grid, seen: Summary) -> dict[str, object]:
    """What the page shows of a raster, in plain values."""
    return {
        "crs": label(grid.crs),
        "width": grid.width,
        "height": grid.height,
        "cell": [abs(grid.transform.a) or abs(grid.transform.b), abs(grid.transform.e)],
        "dtype": grid.dtype,
        "nodata": [str(code) for code in grid.nodata],
        "scaled": grid.scaled,
        "cells": seen.cells,
        "observed": seen.observed,
        "zeros": seen.zeros,
        "least": seen.least,
        "most": seen.most,
        "asks_zeros": not grid.nodata and not grid.masked and seen.zeros > 0,
        "notes": list(grid.notes),
    }
