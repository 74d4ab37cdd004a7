"""The places people ask about: rows of a table or features of a layer, an id and a point each.

Every row is kept in its order. A row without a usable point is *unlocated*, and why is told.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from operator import itemgetter
from pathlib import Path
from typing import TextIO

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from core.errors import Invalid
from geo.archives import contents, unpacked
from geo.crs import WGS84, Floats, parsed, within_range
from geo.ellipsoid import Shapes
from geo.vector.columns import column_of, numbers
from geo.vector.open import SHAPES, NoSuchLayer, SeveralLayers, opened, read

TABLES = {".csv", ".tsv", ".txt"}
X_NAMES = ("lon", "lng", "longitude", "x")
Y_NAMES = ("lat", "latitude", "y")
DELIMITERS = (",", ";", "\t", "|")
LINES, POLYGONS = (1, 2, 5), (3, 6, 7)


class NoCoordinates(Invalid):
    """{name} has no column we know as {axis} ({known}); name it. It has {columns}."""


class TableBroken(Invalid):
    """{name} cannot be read as a table ({reason}); correct it or export it again."""


class NotATable(Invalid):
    """{name} is a table and has no layers; leave the layer out."""


class NoColumnsOfPlaces(Invalid):
    """{name} holds shapes, which say themselves where they lie; leave the columns x and y out."""


class PointsAreLines(Invalid):
    """{name} holds lines where points or polygons are needed; choose another layer or file."""


class Reason(IntEnum):
    """Why a row has no place; `LOCATED` where it has one."""

    LOCATED = 0
    MISSING = 1
    NOT_A_NUMBER = 2
    OUT_OF_RANGE = 3


@dataclass(frozen=True)
class Places:
    """N places in their order: ids as text, points in `crs`, and why a row has none.

    `footprints` are the polygons whose centroids the points are, None where the row is a point.
    """

    ids: list[str]
    x: Floats
    y: Floats
    reasons: NDArray[np.uint8]
    crs: CRS
    footprints: Shapes | None = None

    @property
    def located(self) -> NDArray[np.bool_]:
        return np.asarray(self.reasons == Reason.LOCATED)


@dataclass(frozen=True)
class Asked:
    """What a person says about a file of places."""

    id: str | None = None
    x: str | None = None
    y: str | None = None
    crs: str | None = None
    layer: str | None = None


NOTHING_SAID = Asked()


def places(path: Path, asked: Asked = NOTHING_SAID) -> Places:
    """The places in a CSV (EPSG:4326 if nothing else is said) or in a layer of points or polygons.

    Raises a Refusal where the file or the choice cannot be used.
    """
    with unpacked(path) as place:
        table, left = _table(path.name, contents(place), asked)
        if table is not None:
            return _from_table(path.name, table, left)
    return _from_layer(path, asked)


def _table(name: str, files: list[Path], asked: Asked) -> tuple[Path | None, Asked]:
    """The table that is meant, of an archive without shapes, and what is left to be asked of it."""
    if len(files) == 1:
        return (files[0] if _is_table(files[0]) else None), asked
    tables = [file for file in files if file.suffix.lower() == ".csv"]
    if not tables or any(file.suffix.lower() in SHAPES for file in files):
        return None, asked
    if len(tables) == 1:
        return tables[0], asked
    names = ", ".join(table.stem for table in tables)
    if asked.layer is None:
        raise SeveralLayers(name=name, layers=names)
    called = {table.stem.lower(): table for table in tables}
    if asked.layer.lower() not in called:
        raise NoSuchLayer(name=name, layer=asked.layer, layers=names)
    return called[asked.layer.lower()], replace(asked, layer=None)


def _is_table(path: Path) -> bool:
    if path.suffix.lower() in TABLES:
        return True
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as stream:  # a gzip that lost its name
        start = stream.read(512)
    return b"\0" not in start and not start.lstrip().startswith((b"{", b"<"))


def _from_table(name: str, path: Path, asked: Asked) -> Places:
    if asked.layer is not None:
        raise NotATable(name=name)
    ids, xs, ys = _columns(name, path, asked, _encoding(path))
    crs = parsed(asked.crs) if asked.crs else WGS84
    x, y = numbers(xs), numbers(ys)
    reasons = _reasons(x, y, crs)
    gaps = [not a.strip() or not b.strip() for a, b in zip(xs, ys, strict=True)]
    reasons[np.array(gaps, dtype=bool)] = Reason.MISSING
    return Places(ids, x, y, reasons, crs)


def _encoding(path: Path) -> str:
    """UTF-16 if the file says so, UTF-8 if all of it can be, else Western European."""
    with path.open("rb") as stream:
        if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
    try:
        with path.open(encoding="utf-8") as text:
            while text.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _columns(
    name: str, path: Path, asked: Asked, encoding: str
) -> tuple[list[str], list[str], list[str]]:
    """The ids and the two coordinates of every row, as they are written."""
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        rows = _rows(name, stream)
        header = next(rows, [])
        x = _axis(name, "x", asked.x, X_NAMES, header)
        y = _axis(name, "y", asked.y, Y_NAMES, header)
        id_at = None if asked.id is None else _position(asked.id, header, name)
        wanted = [x, y] if id_at is None else [x, y, id_at]
        found = list(zip(*map(itemgetter(*wanted), rows), strict=True)) or [(), (), ()]
    xs, ys = list(found[0]), list(found[1])
    ids = list(found[2]) if id_at is not None else _row_numbers(len(xs))
    return ids, xs, ys


def _rows(name: str, stream: TextIO) -> Iterator[list[str]]:
    """The header and the rows of a table, every row as long as the header; blank lines left out."""
    first = next(filter(str.strip, stream), "")
    stream.seek(0)
    delimiter = max(DELIMITERS, key=first.count)
    width = 0
    lines = csv.reader(stream, delimiter=delimiter, strict=True)
    try:
        for row in lines:
            if not row:
                continue
            width = width or len(row)
            if len(row) > width and any(row[width:]):
                reason = f"line {lines.line_num} has {len(row)} cells, the header {width}"
                raise TableBroken(name=name, reason=reason)
            yield row + [""] * (width - len(row))
    except csv.Error as error:
        raise TableBroken(name=name, reason=f"line {lines.line_num}: {error}") from error


def _axis(name: str, axis: str, wanted: str | None, known: Sequence[str], header: list[str]) -> int:
    if wanted is not None:
        return _position(wanted, header, name)
    spelt = [column.strip().lower() for column in header]
    for guess in known:
        if spelt.count(guess) > 1:
            raise TableBroken(name=name, reason=f"two of its columns are called {guess}")
        if guess in spelt:
            return spelt.index(guess)
    columns = ", ".join(header) or "none"
    raise NoCoordinates(name=name, axis=axis, known=", ".join(known), columns=columns)


def _position(wanted: str, header: list[str], name: str) -> int:
    return header.index(column_of(wanted, header, name))


def _from_layer(path: Path, asked: Asked) -> Places:
    if asked.x is not None or asked.y is not None:
        raise NoColumnsOfPlaces(name=path.name)
    with opened(path, crs=asked.crs, layer=asked.layer) as layer:
        features = read(layer, [asked.id] if asked.id else [])
    shapes = features.shapes
    kinds = shapely.get_type_id(shapes)
    if np.isin(kinds, LINES).any():
        raise PointsAreLines(name=path.name)
    middles = shapely.centroid(shapes)
    middles[shapely.is_empty(middles)] = None
    x, y = shapely.get_x(middles), shapely.get_y(middles)
    ids = features.columns[asked.id].texts() if asked.id else _row_numbers(len(shapes))
    areal = np.isin(kinds, POLYGONS)
    footprints = np.where(areal, shapes, np.array(None)) if areal.any() else None
    reasons = _reasons(x, y, layer.crs)
    reasons[shapely.is_missing(middles)] = Reason.MISSING
    return Places(ids, x, y, reasons, layer.crs, footprints)


def _reasons(x: Floats, y: Floats, crs: CRS) -> NDArray[np.uint8]:
    reasons = np.full(len(x), Reason.LOCATED, dtype=np.uint8)
    reasons[~within_range(x, y, crs)] = Reason.OUT_OF_RANGE
    reasons[np.isnan(x) | np.isnan(y)] = Reason.NOT_A_NUMBER
    return reasons


def _row_numbers(rows: int) -> list[str]:
    return [str(number) for number in range(1, rows + 1)]
