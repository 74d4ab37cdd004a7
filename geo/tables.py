"""Tables as people send them: CSV in any dress, or a sheet of a workbook.

Nothing here knows what the columns mean. Rows are read one after the other, so that a file of a
million rows never stands in memory.
"""

import codecs
import csv
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from core.errors import Invalid

CHUNK = 1 << 20
LONGEST_CELL = 1 << 17
DELIMITERS = ",;\t|"
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WORKBOOKS = {b"PK\x03\x04": "xlsx or ods", b"\xd0\xcf\x11\xe0": "xls"}


class NotATable(Invalid):
    """{name} is not a table we can read; save it as CSV or as an Excel workbook (.xlsx)."""


class TableEmpty(Invalid):
    """{name} has no rows below its headings; check that the right sheet comes first."""


class HeadingsMissing(Invalid):
    """The first row of {name} has no headings; put the name of each column there."""


class HeadingRepeated(Invalid):
    """Two columns of {name} are both headed "{heading}"; give each its own heading."""


class QuoteOpen(Invalid):
    """The quotation marks of row {row} do not pair up; correct them and send the file again."""


@dataclass(frozen=True)
class Table:
    """A table's headings and its rows, each with its number in the sheet (the headings are 1).

    A row has as many cells as there are headings, `None` where a cell is empty, and its last item
    says whether it had more of them than there are headings. Empty rows are left out.
    """

    columns: list[str]
    rows: Iterator[tuple[int, list[str | None], bool]]


def sheets(path: Path, name: str) -> list[str]:
    """The names of the sheets of a workbook that hold anything. Raises NotATable."""
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        return [title for title in workbook.sheet_names if workbook.get_sheet_by_name(title).height]
    except CalamineError:
        raise NotATable(name=name) from None


@contextmanager
def opened(path: Path, name: str, sheet: str | None = None) -> Iterator[Table]:
    """Read a table, whatever its encoding, delimiter or workbook; `name` is what people call it.

    Of a workbook it is the named sheet, or the first one that holds anything.

    Raises:
        NotATable, HeadingsMissing, HeadingRepeated: at once.
        TableEmpty, QuoteOpen: while its rows are read.
    """
    with path.open("rb") as file:
        start = file.read(4)
    rows = _of_workbook(path, name, sheet) if start in WORKBOOKS else _of_text(path, name)
    try:
        columns = _headings(next(rows, []), name)
        yield Table(columns, _numbered(rows, len(columns), name))
    finally:
        rows.close()


def _headings(row: Sequence[str], name: str) -> list[str]:
    columns = [cell.strip() for cell in row]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise HeadingsMissing(name=name)
    seen: set[str] = set()
    for heading in filter(None, columns):
        if heading in seen:
            raise HeadingRepeated(name=name, heading=heading)
        seen.add(heading)
    return columns


def _numbered(
    rows: Iterator[list[str]], width: int, name: str
) -> Iterator[tuple[int, list[str | None], bool]]:
    empty = True
    for number, row in enumerate(rows, 2):
        cells = [cell.strip() or None for cell in row]
        if any(cells):
            empty = False
            over = any(cells[width:])
            yield number, cells[:width] + [None] * (width - len(cells)), over
    if empty:
        raise TableEmpty(name=name)


def _of_text(path: Path, name: str) -> Generator[list[str], None, None]:
    encoding = _encoding(path, name)
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(file.readline())
        file.seek(0)
        read = 0
        try:
            for row in csv.reader(file, delimiter=delimiter, strict=True):
                yield row
                read += 1
        except csv.Error:
            raise QuoteOpen(row=read + 1) from None


def _encoding(path: Path, name: str) -> str:
    """UTF-8 or UTF-16 by its mark, UTF-8 if all of it is, else the old code page of Windows."""
    with path.open("rb") as file:
        start = file.read(4)
        for bom, encoding in BOMS.items():
            if start.startswith(bom):
                return encoding
        file.seek(0)
        if any(b"\0" in chunk for chunk in iter(lambda: file.read(CHUNK), b"")):
            raise NotATable(name=name)
    for encoding in ("utf-8", "cp1252"):
        if _decodes(path, encoding):
            return encoding
    raise NotATable(name=name)


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as file:
            while file.read(CHUNK):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(line: str) -> str:
    """The sign that cuts the headings into the most columns; a comma where none does."""
    cut = {sign: len(next(csv.reader([line], delimiter=sign), [])) for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: cut[sign])


def _of_workbook(path: Path, name: str, wanted: str | None) -> Generator[list[str], None, None]:
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        titles = workbook.sheet_names if wanted is None else [wanted]
        found = (workbook.get_sheet_by_name(title) for title in titles)
        sheet = next((sheet for sheet in found if sheet.height), None)
    except CalamineError:
        raise NotATable(name=name) from None
    for row in sheet.iter_rows() if sheet else ():
        yield [_written(cell) for cell in row]


def _written(cell: str | float | bool | date | time | timedelta) -> str:
    """A cell of a workbook as one would write it: 12 and not 12.0, days as 2026-06-02."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return re.sub(r"\s+", " ", str(cell))
