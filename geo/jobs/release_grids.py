"""Rasters on their way to a release: looked through, written as a COG, counted."""

import tempfile
from pathlib import Path

import numpy as np
from geoalchemy2.shape import from_shape
from shapely import box
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.storage import keep_file, path_of
from geo.crs import Floats, label
from geo.jobs.release_extents import write_observed
from geo.models.events import LayerKind
from geo.models.releases import Direction, Release
from geo.raster.bands import Choice
from geo.raster.cog import write_cog
from geo.raster.footprint import footprint
from geo.raster.grid import Grid
from geo.raster.histogram import Summary, counts, round_edges, summary
from geo.raster.open import opened
from geo.vector.subdivide import subdivided


class NothingObserved(Invalid):
    """{name} holds no value at all: every cell is nodata; ask for the file with the values."""


def read(session: Session, release: Release, path: Path) -> None:
    """Note what a raster holds, and keep its normal form for the preview.

    Raises:
        NothingObserved, and what `geo.raster.open` refuses.
    """
    with opened(path, _choice(release)) as grid:
        seen = summary(grid)
        if not seen.observed:
            raise NothingObserved(name=release.original_name)
        release.kind, release.unit = LayerKind.RASTER, grid.unit
        release.found = _found(grid, seen)
        edges = round_edges(min(seen.least, 0.0), seen.most)
        _count(release, grid, edges)
        _leave_out_zeros(release, seen)
        _keep_normal(session, release, grid)


def prepare(session: Session, release: Release, path: Path) -> None:
    """Make the normal form as confirmed, and count its cells from the floor on."""
    if release.extra_nodata:
        with opened(path, _choice(release)) as grid:
            _keep_normal(session, release, grid)
    with opened(path_of(str(release.grid_sha256))) as grid:
        seen = summary(grid)
        if not seen.observed:
            raise NothingObserved(name=release.original_name)
        _count(release, grid, round_edges(*_kept_range(release, seen)))


def _count(release: Release, grid: Grid, edges: Floats) -> None:
    release.histogram_edges = edges.tolist()
    release.histogram = counts(grid, edges).astype(float).tolist()


def _leave_out_zeros(release: Release, seen: Summary) -> None:
    """Before its meaning is known, a picture of the values is better without all the dry land."""
    edges, bins = release.histogram_edges or [], list(release.histogram or [])
    if 0.0 in edges[:-1]:
        bins[edges.index(0.0)] -= seen.zeros
        release.histogram = bins


def _kept_range(release: Release, seen: Summary) -> tuple[float, float]:
    """From where to where the values go that are kept of places."""
    if release.direction is Direction.AT_MOST:
        return seen.least, seen.most if release.floor is None else release.floor
    floor = release.floor or 0.0
    return floor, max(seen.most, floor)


def _choice(release: Release) -> Choice:
    return Choice(
        crs=release.crs,
        layer=release.layer_in_file,
        band=release.band,
        nodata=tuple(release.extra_nodata or ()),
    )


def _keep_normal(session: Session, release: Release, grid: Grid) -> None:
    """Write the COG, and say where it lies."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "normal.tif"
        write_cog(grid, target)
        release.grid_sha256 = keep_file(target).sha256
    outline = footprint(grid)
    release.bounds = from_shape(box(*outline.bounds), 4326)
    parts, _owners = subdivided(np.array([outline], dtype=object))
    write_observed(session, release, parts)


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
