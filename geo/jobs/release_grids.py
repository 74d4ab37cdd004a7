"""Rasters on their way to a release: looked through, written as a COG, counted."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from geoalchemy2.shape import from_shape
from shapely import box
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.storage import keep_file, path_of
from core.words import kept
from geo.crs import label
from geo.jobs.release_extents import edges_of, kept_range, write_observed
from geo.lookups import write_raster
from geo.models.events import LayerKind
from geo.models.releases import Release
from geo.products.classed import covers
from geo.products.normal import Reading, grid_of
from geo.products.palettes import PRODUCT as PALETTE
from geo.queries.readings import classes_read, reading_of
from geo.raster import pieces
from geo.raster.cog import value_range, write_cog
from geo.raster.footprint import footprint
from geo.raster.grid import Grid
from geo.raster.histogram import Bins, Summary, round_edges
from geo.raster.open import dataset, opened
from geo.raster.reasons import Reason
from geo.reports import Report
from geo.services.exposure import clause_of, reasons_of
from geo.vector.subdivide import subdivided


class NothingObserved(Invalid):
    """{name} holds no value at all: every cell is nodata; ask for the file with the values."""


def read(session: Session, release: Release, path: Path, report: Report) -> None:
    """Note what a raster holds, and keep its normal form for the preview.

    Raises:
        NothingObserved, and what `geo.products.normal` refuses.
    """
    reading = reading_of(session, release)
    with _grid(release, path, reading) as (grid, reasons):
        seen = _keep_normal(session, release, grid, reasons, report)
        release.kind, release.unit = LayerKind.RASTER, release.unit or grid.unit
        release.found = (
            _found(grid, seen, reading)
            | _palette(release, grid, reading)
            | {"water": release.found.get("water", False)}
        )
    if reading.classes:
        _count_classes(session, release, path, reading)
    with opened(path_of(str(release.grid_sha256))) as grid:
        bins = Bins(grid, round_edges(min(seen.least, 0.0), seen.most))
        for piece in pieces.read(grid):
            bins.take(piece)
    _note(release, bins)
    _leave_out_zeros(release, seen)


def prepare(session: Session, release: Release, path: Path, report: Report) -> None:
    """Make the normal form as confirmed, lay it out, and count its cells from the floor on.

    Raises:
        NothingObserved
    """
    reading = reading_of(session, release)
    if reading.choice.nodata or reading.classes or reading.water or release.zeros == "unseen":
        with _grid(release, path, reading) as (grid, reasons):
            _keep_normal(session, release, grid, reasons, report)
    with opened(path_of(str(release.grid_sha256))) as grid:
        lay_out(release, grid)


def lay_out(release: Release, grid: Grid) -> None:
    """Write what places are looked up in, and count the cells, in one reading."""
    bins = Bins(grid, edges_of(release, *kept_range(release, *_value_range(release, grid))))
    with tempfile.TemporaryDirectory() as folder, reasons_of(release) as reasons:
        target = Path(folder) / "lookup"
        write_raster(target, grid, clause_of(release), footprint(grid).bounds, bins, reasons)
        release.lookup_sha256 = keep_file(target).sha256
    _note(release, bins)


@contextmanager
def _grid(release: Release, path: Path, reading: Reading) -> Iterator[tuple[Grid, Grid | None]]:
    """The grid of values of a release and that of its reasons; zeros that were not seen are none.

    A zero is a value that is 0, whatever number it is stored as.
    """
    with grid_of(path, reading) as (grid, reasons):
        unseen = (grid.stored(0.0),) if release.zeros == "unseen" else ()
        yield replace(grid, nodata=(*grid.nodata, *unseen)), reasons


def _count_classes(session: Session, release: Release, path: Path, reading: Reading) -> None:
    """Note on how many cells of the file each class stands, nodata included."""
    codes: dict[float, int] = {}
    for choice in (reading.choice, *reading.tiles):
        with opened(path, choice) as grid:
            for piece in pieces.read(grid):
                for code, count in zip(*np.unique(piece.cells, return_counts=True), strict=True):
                    codes[float(code)] = codes.get(float(code), 0) + int(count)
    for each in classes_read(session, release.id):
        each.count = _standing(each.code, codes)


def _standing(code: str, codes: Mapping[float, int]) -> int:
    held = np.array(list(codes), dtype=float)
    counts = np.array(list(codes.values()), dtype=np.int64)
    return int(counts[covers(code)(held)].sum())


def _note(release: Release, bins: Bins) -> None:
    release.histogram_edges = bins.edges.tolist()
    release.histogram = bins.counts.astype(float).tolist()


def _leave_out_zeros(release: Release, seen: Summary) -> None:
    """Before its meaning is known, a picture of the values is better without all the dry land."""
    edges, bins = release.histogram_edges or [], list(release.histogram or [])
    if 0.0 in edges[:-1]:
        bins[edges.index(0.0)] -= seen.zeros
        release.histogram = bins


def _value_range(release: Release, grid: Grid) -> tuple[float, float]:
    """The least and most value; of values known within bounds the most they may be."""
    least, most = value_range(grid)
    if release.most_sha256 is None:
        return least, most
    with opened(path_of(release.most_sha256)) as above:
        return least, max(most, value_range(above)[1])


def _keep_normal(
    session: Session, release: Release, grid: Grid, reasons: Grid | None, report: Report
) -> Summary:
    """Write the COG and that of its reasons, and say where they lie; answers what it holds.

    Raises NothingObserved.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "normal.tif"
        seen = write_cog(grid, target, report)
        if not seen.observed:
            raise NothingObserved(name=release.original_name)
        release.grid_sha256 = keep_file(target).sha256
        release.reasons_sha256 = _kept_reasons(release, reasons, Path(folder) / "reasons.tif")
    outline = footprint(grid)
    release.bounds = from_shape(box(*outline.bounds), 4326)
    parts, _owners = subdivided(np.array([outline], dtype=object))
    write_observed(session, release, parts)
    return seen


def _kept_reasons(release: Release, reasons: Grid | None, target: Path) -> str | None:
    """The grid of reasons, if its product tells any that its values do not; whether it tells of
    permanent water is noted."""
    told: set[float] = set()
    if reasons is not None:
        told = write_cog(reasons, target).codes.keys() - {Reason.VALUE, Reason.NODATA}
    release.found = release.found | {"water": Reason.PERMANENT_WATER in told}
    return keep_file(target).sha256 if told else None


def keep_reasons(release: Release, file: Path) -> None:
    """Keep why cells of a release that was read have no value, told in a grid of the same cells."""
    with tempfile.TemporaryDirectory() as folder, opened(file) as reasons:
        target = Path(folder) / "reasons.tif"
        release.reasons_sha256 = _kept_reasons(release, reasons, target)


def _palette(release: Release, grid: Grid, reading: Reading) -> dict[str, object]:
    """The colours of a picture of classes; what each means has to be said."""
    if release.product != PALETTE or reading.classes:
        return {}
    with dataset(grid.name) as source:
        entries = source.colormap(grid.band)
    colours = {str(code): "#" + bytes(colour[:3]).hex() for code, colour in entries.items()}
    return {"asks_classes": True, "asks_zeros": False, "suspects": [], "colours": colours}


def _found(grid: Grid, seen: Summary, reading: Reading) -> dict[str, object]:
    """What the page shows of a raster, in plain values.

    Where classes say what each code means, nothing is left to ask of codes.
    """
    plain = not reading.classes
    return {
        "crs": label(grid.crs),
        "width": grid.width,
        "height": grid.height,
        "cell": [abs(grid.transform.a) or abs(grid.transform.b), abs(grid.transform.e)],
        "dtype": grid.dtype,
        "nodata": [str(code) for code in grid.nodata] if plain else [],
        "scaled": grid.scaled,
        "cells": seen.cells,
        "observed": seen.observed,
        "zeros": seen.zeros,
        "least": seen.least,
        "most": seen.most,
        "asks_zeros": plain and not grid.nodata and not grid.masked and seen.zeros > 0,
        "suspects": [
            {"number": each.number, "cells": each.cells, "alone": each.alone}
            for each in seen.suspects
        ]
        if plain
        else [],
        "codes": {f"{code:g}": count for code, count in seen.codes.items()} if plain else {},
        "notes": list(map(kept, grid.notes)),
    }
