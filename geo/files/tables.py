"""A table as a file of one's own: GeoPackage, GeoJSON, CSV or a workbook, each with its provenance.

What the figures are, of which releases, and who took them along when, stands inside the file: as
metadata and a table of a GeoPackage, a member of a GeoJSON, a sheet of a workbook, and a second
file in the zip of a CSV, which has no room for it itself.
"""

import csv
import io
import math
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
import xlsxwriter
from numpy.typing import NDArray

from core.words import FORMULA, _

Value = str | int | float | date | None
PROVENANCE = "provenance"
SHEET_NAME = 31  # letters of a sheet's name
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


class FileKind(StrEnum):
    """What kind of file a table is written as."""

    GEOPACKAGE = "gpkg"
    GEOJSON = "geojson"
    CSV = "csv"
    WORKBOOK = "xlsx"

    @property
    def ending(self) -> str:
        """How its name ends."""
        return ".csv.zip" if self is FileKind.CSV else f".{self.value}"

    @property
    def media_type(self) -> str:
        """What it is to a browser, whether or not the machine knows its ending."""
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    FileKind.GEOPACKAGE: "application/geopackage+sqlite3",
    FileKind.GEOJSON: "application/geo+json",
    FileKind.CSV: "application/zip",
    FileKind.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Table:
    """Rows by column, and a shape of each row as WKB (EPSG:4326) where it has one.

    `provenance` says in pairs what it is and where it comes from.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    shapes: Sequence[bytes | None]
    provenance: Sequence[tuple[str, str]]


def write(table: Table, kind: FileKind, path: Path) -> None:
    """Write a table as a file of some kind."""
    _WRITERS[kind](table, path)


def _geopackage(table: Table, path: Path) -> None:
    import pyogrio

    shapes = shapely.from_wkb(list(table.shapes))
    many = np.array([_many(shape) for shape in shapes], dtype=object)
    fields = [_field([row[at] for row in table.rows]) for at in range(len(table.columns))]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(many),
        [values for values, _missing in fields],
        list(table.columns),
        field_mask=[missing for _values, missing in fields],
        layer=table.name,
        driver="GPKG",
        geometry_type="MultiPolygon",
        crs="EPSG:4326",
        dataset_metadata=dict(table.provenance),
    )
    said = [np.array(column, dtype=object) for column in zip(*table.provenance, strict=True)]
    pyogrio.raw.write(
        path,
        None,
        said,
        [_("what"), _("said")],
        layer=PROVENANCE,
        driver="GPKG",
        geometry_type=None,
        append=True,
    )


def _many(shape: Any) -> Any:
    """A polygon as the one part of many, for a layer holds one type."""
    return shapely.multipolygons([shape]) if shapely.get_type_id(shape) == 3 else shape


def _field(values: Sequence[Value]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """A column, and where it holds nothing."""
    missing = np.array([value is None for value in values], dtype=bool)
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int) for value in known):
        return np.array([value or 0 for value in values], dtype=np.int64), missing
    if known and all(isinstance(value, int | float) for value in known):
        numbers = [math.nan if value is None else value for value in values]
        return np.array(numbers, dtype=np.float64), missing
    return np.array([_plain(value) for value in values], dtype=object), missing


def _geojson(table: Table, path: Path) -> None:
    shapes = [_drawn(shape) for shape in table.shapes]
    features = [
        {
            "type": "Feature",
            "geometry": shape,
            "properties": dict(zip(table.columns, row, strict=True)),
        }
        for shape, row in zip(shapes, table.rows, strict=True)
    ]
    collection = {
        "type": "FeatureCollection",
        "name": table.name,
        PROVENANCE: dict(table.provenance),
        "features": features,
    }
    path.write_bytes(orjson.dumps(collection, default=str, option=orjson.OPT_NON_STR_KEYS))


def _drawn(shape: bytes | None) -> orjson.Fragment | None:
    return None if shape is None else orjson.Fragment(shapely.to_geojson(shapely.from_wkb(shape)))


def _csv(table: Table, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(f"{table.name}.csv", _lines(table.columns, table.rows))
        parts.writestr(f"{PROVENANCE}.csv", _lines([_("what"), _("said")], table.provenance))


def _lines(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow(columns)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return lines.getvalue()


def _harmless(value: Value) -> Value:
    """A text that a spreadsheet would take for a formula begins with an apostrophe."""
    plain = _plain(value)
    return f"'{plain}" if isinstance(plain, str) and re.match(FORMULA, plain) else plain


def _workbook(table: Table, path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        for name, columns, rows in (
            (table.name, table.columns, table.rows),
            (_("Provenance"), [_("what"), _("said")], table.provenance),
        ):
            sheet = book.add_worksheet(NOT_IN_SHEET_NAMES.sub(" ", name)[:SHEET_NAME])
            sheet.write_row(0, 0, columns, bold)
            sheet.freeze_panes(1, 0)
            for at, row in enumerate(rows, 1):
                sheet.write_row(at, 0, [_plain(value) for value in row])
            sheet.autofit()


def _plain(value: Value) -> str | int | float | None:
    return value.isoformat() if isinstance(value, date) else value


_WRITERS: dict[FileKind, Callable[[Table, Path], None]] = {
    FileKind.GEOPACKAGE: _geopackage,
    FileKind.GEOJSON: _geojson,
    FileKind.CSV: _csv,
    FileKind.WORKBOOK: _workbook,
}
