"""The registry as files beside CSV: lines of cells as a workbook, or as a GeoPackage."""

import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import shapely
import xlsxwriter
from numpy.typing import NDArray

PLACE = ("longitude", "latitude")
NUMBERS = frozenset({*PLACE, "accuracy_m", "size"})
AT_ONCE = 100_000  # rows


def write_workbook(lines: Iterator[list[str]], name: str, stream: IO[bytes]) -> None:
    """Codes and days as text, numbers as numbers where a sheet keeps all of their digits."""
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        sheet, bold = book.add_worksheet(name), book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        columns = next(lines)
        sheet.write_row(0, 0, columns, bold)
        numbers = {place for place, column in enumerate(columns) if column in NUMBERS}
        for at, row in enumerate(lines, 1):
            for place, cell in enumerate(row):
                if place in numbers and cell and float(f"{float(cell):.16G}") == float(cell):
                    sheet.write_number(at, place, float(cell))
                elif cell:
                    sheet.write_string(at, place, cell, text)


def write_geopackage(lines: Iterator[list[str]], name: str, stream: IO[bytes]) -> None:
    """One layer; of those who have a place its point, in degrees."""
    columns = next(lines)
    places = [columns.index(axis) for axis in PLACE if axis in columns]
    with tempfile.TemporaryDirectory() as folder:
        path, is_first = Path(folder) / "registry.gpkg", True
        while (rows := list(islice(lines, AT_ONCE))) or is_first:
            _write_layer(path, name, columns, rows, places, append=not is_first)
            is_first = False
        stream.write(path.read_bytes())


def _write_layer(
    path: Path,
    name: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    places: Sequence[int],
    *,
    append: bool,
) -> None:
    import pyogrio

    cells = [np.array([row[at] for row in rows], dtype=object) for at in range(len(columns))]
    is_point = len(places) == len(PLACE)
    pyogrio.raw.write(
        path,
        _points(rows, places) if is_point else None,
        cells,
        list(columns),
        field_mask=[column == "" for column in cells],
        layer=name,
        driver="GPKG",
        geometry_type="Point" if is_point else None,
        crs="EPSG:4326" if is_point else None,
        append=append,
    )


def _points(rows: Sequence[Sequence[str]], places: Sequence[int]) -> NDArray[Any]:
    """The points of rows as WKB; None of those who have none."""
    lon, lat = (np.array([float(row[at] or "nan") for row in rows]) for at in places)
    points = np.empty(len(rows), dtype=object)
    there = ~np.isnan(lon + lat)
    points[there] = shapely.to_wkb(shapely.points(lon[there], lat[there]))
    return points
