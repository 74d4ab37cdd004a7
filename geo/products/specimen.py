"""A file under examination: what a recogniser may ask of it, each asked of the file only once."""

import math
import re
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from babel.dates import format_date

from core.words import apart, current
from geo.archives import contents, narrowed
from geo.products.parts import ANYWHERE, Inventory, Part, PartKind
from geo.raster.grid import Cells, Grid
from geo.raster.open import dataset, grid_at, readable
from geo.raster.windows import pieces, stored
from geo.vector.open import layer_at, read
from geo.vector.tables import texts_of

CELLS = 4_000_000  # of a grid are looked at, every so many rows and columns of a larger one
MOST_CODES = 256
BARE = {".dbf", ".csv", ".json", ".geojson"}  # tables as packages of vectors bring them


class Specimen:
    """An unpacked file and its inventory.

    Raises a Refusal where a part it is asked of cannot be read.
    """

    def __init__(self, place: Path, of: Inventory) -> None:
        self.place, self.of = place, of
        self._codes: dict[int, dict[float, int]] = {}

    @cached_property
    def grids(self) -> list[Part]:
        """The grids, those in a palette of colours too."""
        return [part for part in self.of.parts if part.kind in (PartKind.GRID, PartKind.PICTURE)]

    @cached_property
    def polygons(self) -> list[Part]:
        """The layers of polygons."""
        return [part for part in self.of.parts if part.kind is PartKind.POLYGONS]

    def called(self, part: Part) -> str:
        """The name of the file a part stands in, without folders, in lower case."""
        return (part.file or self.of.name).rsplit("/", 1)[-1].lower()

    def named(self, part: Part) -> str:
        """All names of a part, in lower case with underscores between their words."""
        names = f"{self.of.name} {part.file or ''} {part.layer or ''} {part.title}".lower()
        return re.sub(r"[\s./-]+", "_", names)

    def path(self, part: Part) -> Path:
        """Where the file of a part is unpacked."""
        return narrowed(self.of.name, self.place, part.file)

    def texts(self, part: Part, column: str) -> list[str]:
        """The different values of a column of a layer as text, in order; empty ones left out."""
        layer = layer_at(self.of.name, self.path(part), crs="EPSG:4326", layer=part.layer)
        found = read(layer, [column]).columns[column].texts()
        return sorted({text for text in found if text})

    def table_beside(self, name: str) -> dict[str, list[str]]:
        """The columns, as text, of the one table without shapes that has a word in its name
        (`..._source.dbf`); none where there is none, or it cannot be read."""
        word = re.compile(rf"(^|_){name}(_|$)")
        files = [
            file
            for file in contents(self.place)
            if word.search(file.stem.lower()) and file.suffix.lower() in BARE
        ]
        return texts_of(files[0]) if len(files) == 1 else {}

    def codes(self, part: Part) -> dict[float, int]:
        """How often each number stands in a grid, those for nodata too; nothing if many do."""
        if part.number not in self._codes:
            self._codes[part.number] = self._counted(part)
        return self._codes[part.number]

    def codes_seen(self, part: Part) -> dict[float, int]:
        """The same without nodata; where cells have 8 bits, each of them was looked at."""
        choice = part.choice(crs=None if part.crs else ANYWHERE)
        codes = self.codes(part)
        with grid_at(self.of.name, self.place, choice) as grid:
            if grid.dtype == "uint8":
                codes = _all_codes(grid)
            there = grid.observed(np.array(list(codes)))
        return {
            code: count for (code, count), seen in zip(codes.items(), there, strict=True) if seen
        }

    def tags(self, part: Part) -> dict[str, str]:
        """What the header of a grid says of itself, keys in lower case."""
        with readable(self.path(part)) as found, dataset(found) as source:
            tags = dict(source.tags())
            if source.count:
                tags |= source.tags(part.band or 1)
        return {key.lower(): str(value) for key, value in tags.items()}

    def highest(self, part: Part) -> float:
        """The highest value of a grid as far as it was looked at; NaN where it has none."""
        grid, cells = self._looked_at(part)
        known = grid.measured(cells[grid.observed(cells)])
        return float(known.max()) if known.size else float("nan")

    def _counted(self, part: Part) -> dict[float, int]:
        _grid, cells = self._looked_at(part)
        numbers, counts = np.unique(cells[np.isfinite(cells)], return_counts=True)
        if len(numbers) > MOST_CODES:
            return {}
        return dict(zip(numbers.tolist(), counts.tolist(), strict=True))

    def _looked_at(self, part: Part) -> tuple[Grid, Cells]:
        """A grid and its stored numbers, of a large one every so many."""
        choice = part.choice(crs=None if part.crs else ANYWHERE)
        with (
            grid_at(self.of.name, self.place, choice) as grid,
            dataset(grid.name) as source,
        ):
            step = max(1, math.ceil(math.sqrt(grid.width * grid.height / CELLS)))
            shape = (max(1, grid.height // step), max(1, grid.width // step))
            return grid, source.read(grid.band, out_shape=shape)


def _all_codes(grid: Grid) -> dict[float, int]:
    counts = np.zeros(256, dtype=np.int64)
    with dataset(grid.name) as source:
        for window in pieces(grid):
            counts += np.bincount(stored(source, grid, window).ravel(), minlength=256)
    return {float(code): int(counts[code]) for code in np.flatnonzero(counts)}


def day_said(day: date) -> str:
    """A day as it stands in a title: 13 Nov 2020."""
    return apart(str(format_date(day, "d MMM y", locale=current().locale)))
