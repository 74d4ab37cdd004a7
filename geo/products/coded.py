"""Tables by area laid on the shapes of their areas, so that they are read as polygons are."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from core.errors import Invalid
from core.words import counted
from geo.archives import listed
from geo.ellipsoid import Shapes
from geo.products.tables import Sheet, sheet_of
from geo.raster.bands import Choice
from geo.vector.open import Layer, opened, polygons, read
from geo.vector.repair import repaired


class CodesOfNoArea(Invalid):
    """{name} has no column most of whose codes are those of areas in {areas}; choose the areas of
    the version that its codes are of."""


class CodeTwice(Invalid):
    """{name} has several rows for {codes}; leave one row for each area."""


@dataclass(frozen=True)
class Laid:
    """A table laid on its areas: a layer of polygons with its columns, and the codes of no area."""

    path: Path
    unmatched: tuple[str, ...]

    @property
    def notes(self) -> list[str]:
        """What is to be said of it."""
        if not self.unmatched:
            return []
        said = counted(
            "{count} row stands for no area and is left out ({codes}).",
            "{count} rows stand for no area and are left out ({codes}).",
            len(self.unmatched),
            codes=listed(self.unmatched),
        )
        return [said]


@contextmanager
def laid_on(
    path: Path, choice: Choice, areas: Path, areas_layer: str | None = None
) -> Iterator[Laid]:
    """A table by area as a GeoPackage that stands until the block ends.

    Its columns are the table's: numbers where all of one are, else text. Areas without a row are
    not in it. Raises CodesOfNoArea, CodeTwice, and what reading either file refuses.
    """
    sheet = sheet_of(path, choice)
    with opened(areas, layer=areas_layer) as layer:
        features = read(layer, layer.columns)
        shapes = repaired(polygons(layer, features.shapes)).shapes
    named = {name: column.texts() for name, column in features.columns.items()}
    coded, of_area = _matched(sheet, named, areas.name)
    place = {code: at for at, code in enumerate(of_area) if code and shapes[at] is not None}
    rows = [row for row, code in enumerate(coded) if code in place]
    unmatched = tuple(code for code in coded if code not in place)
    with tempfile.TemporaryDirectory(prefix="highground-") as folder:
        laid = Path(folder) / f"{path.stem}.gpkg"
        _write(laid, layer, shapes[[place[coded[row]] for row in rows]], _columns(sheet, rows))
        yield Laid(laid, unmatched)


def _matched(sheet: Sheet, named: dict[str, list[str]], areas: str) -> tuple[list[str], list[str]]:
    """The codes of the table's rows, and those of the areas: the two columns that match best."""
    pairs = [
        (sheet.columns[column], texts)
        for texts in named.values()
        if (column := sheet.coded_by(set(texts))) is not None
    ]
    if not pairs:
        raise CodesOfNoArea(name=sheet.name, areas=areas)
    coded, texts = max(pairs, key=lambda pair: (-len(_twice(pair[0])), _held(*pair)))
    if twice := _twice(coded):
        raise CodeTwice(name=sheet.name, codes=listed(twice))
    return coded, texts


def _held(coded: list[str], texts: list[str]) -> int:
    known = set(texts)
    return sum(code in known for code in coded)


def _twice(coded: list[str]) -> list[str]:
    """The codes of more than one row."""
    return [code for code, times in Counter(coded).items() if code and times > 1]


def _columns(sheet: Sheet, rows: list[int]) -> dict[str, NDArray[Any]]:
    measured = sheet.measured
    return {
        name: sheet.values(name)[rows]
        if name in measured
        else np.array([texts[row] for row in rows], dtype=object)
        for name, texts in sheet.columns.items()
    }


def _write(path: Path, layer: Layer, shapes: Shapes, columns: dict[str, NDArray[Any]]) -> None:
    import pyogrio

    parts, of_row = shapely.get_parts(shapes, return_index=True)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.multipolygons(parts, indices=of_row)),
        list(columns.values()),
        list(columns),
        driver="GPKG",
        geometry_type="MultiPolygon",
        crs=layer.crs.to_wkt(),
    )
