"""A file read as the product it is, for whoever asks it from file to file: codes by their meaning,
masks laid over them, and what could be seen beside what was."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from core.errors import Invalid
from geo.archives import listed
from geo.formats import named
from geo.products.inventory import inventory
from geo.products.meaning import Recognition
from geo.products.normal import Reading, as_recognised, grid_of, shapes_of
from geo.products.parts import PartKind
from geo.products.recognition import recognise
from geo.raster.bands import Choice
from geo.raster.grid import Grid
from geo.vector.composites import EXTENT, OBSERVED, VALUE, write_layer

CODED = 50_000_000  # cells of 8 bits that are looked through for codes


class NoProduct(Invalid):
    """{name} is no product we know; ask it without that, by its numbers as they stand."""


@dataclass(frozen=True)
class ReadAs:
    """The file to be asked in the place of another, what of it, and of polygons the column of their
    values and the file of what could be seen, where the product says."""

    title: str
    file: Path
    choice: Choice
    field: str | None = None
    observed: Path | None = None


@contextmanager
def as_product(path: Path, choice: Choice) -> Iterator[ReadAs]:
    """A file as the product it is recognised as, readable as long as the block lasts.

    Raises NoProduct, and what reading it refuses.
    """
    found = recognise(path, inventory(path, choice))
    if found is None or found.part is None:
        raise NoProduct(name=named(path))
    reading = as_recognised(found)
    if found.part.kind is not PartKind.POLYGONS:
        with grid_of(path, reading) as (grid, _reasons):
            made = bool(reading.classes or reading.tiles or reading.water or reading.excluded)
            file, chosen = (Path(grid.name), Choice()) if made else (path, reading.choice)
            yield ReadAs(found.title, file, chosen)
        return
    with tempfile.TemporaryDirectory(prefix="highground-") as folder:
        yield _polygons(path, found, reading, Path(folder))


def codes_said(path: Path, grid: Grid) -> str:
    """What the numbers of a grid stand for, where it is a product whose numbers are codes; empty of
    all others. Only grids of 8 bits are looked at."""
    if grid.dtype != "uint8" or grid.width * grid.height > CODED:
        return ""
    found = recognise(path, inventory(path))
    if found is None or not found.classes:
        return ""
    return listed([f"{one.code} {one.label}" for one in found.classes])


def _polygons(path: Path, found: Recognition, reading: Reading, folder: Path) -> ReadAs:
    normal = shapes_of(path, reading)
    parts, values, file = normal.parts, normal.values, folder / f"{path.stem}.gpkg"
    seen = None
    if normal.observed is not None:
        seen = folder / "observed.gpkg"
        write_layer(seen, OBSERVED, np.concatenate([parts, normal.observed]), {}, {})
    if normal.water is not None:
        parts = shapely.difference(parts, shapely.union_all(normal.water))
        left = ~shapely.is_empty(parts)
        parts, values = parts[left], values[left]
    write_layer(file, EXTENT, parts, {VALUE: values}, {})
    field = VALUE if found.value_field else None
    return ReadAs(found.title, file, Choice(layer=EXTENT), field, seen)
