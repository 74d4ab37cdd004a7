"""Workbooks: the sheets that hold anything, and the rows of one as one would write them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from geo.tables.errors import Failed
from geo.tables.refusals import NotATable, SheetUnknown, WorkbookLocked

HEADINGS = 20  # rows among which known headings are looked for
LOCKED = "EncryptedPackage".encode("utf-16-le")
LONGEST_WHOLE = 1e21  # whole numbers are written out to here


@dataclass(frozen=True)
class Sheet:
    """One sheet of an open workbook."""

    title: str
    sheet: CalamineSheet
    failed: Failed = field(default_factory=dict)

    def records(self) -> Iterator[list[str]]:
        """Its rows from the first row of the sheet; cells merged downward each hold their text."""
        west = self.sheet.start[1] if self.sheet.start else 0
        merged = _merged_down(self.sheet, west)
        above: dict[int, str] = {}
        for number, row in enumerate(self.sheet.iter_rows()):
            cells = [_written(cell) for cell in row]
            for place in merged.get(number, ()):
                cells[place] = above.get(place, "")
            for column, said in self.failed.get(number, {}).items():
                cells[column - west] = said
            if merged:
                above = dict(enumerate(cells))
            yield cells


def opened(path: Path, name: str) -> CalamineWorkbook:
    """An open workbook. Raises NotATable, WorkbookLocked."""
    try:
        return CalamineWorkbook.from_path(str(path))
    except CalamineError:
        with path.open("rb") as file:
            if LOCKED in file.read(1 << 20):
                raise WorkbookLocked(name=name) from None
        raise NotATable(name=name) from None


def titles(workbook: CalamineWorkbook) -> list[str]:
    """The sheets that hold anything, those that are hidden last."""
    shown = sorted(workbook.sheets_metadata, key=lambda each: _is_hidden(each.visible))
    return [each.name for each in shown if _height(workbook, each.name)]


def chosen(
    workbook: CalamineWorkbook, name: str, wanted: str, known: Callable[[str], bool]
) -> Sheet | None:
    """The wanted sheet, or the one with the most known headings; None if all are empty.

    Raises NotATable, SheetUnknown.
    """
    if wanted and wanted not in workbook.sheet_names:
        raise SheetUnknown(name=name, sheet=wanted, sheets=", ".join(workbook.sheet_names))
    try:
        there = [wanted] if wanted else titles(workbook)
        sheets = [Sheet(title, workbook.get_sheet_by_name(title)) for title in there]
        return max(sheets, key=lambda sheet: _known(sheet, known), default=None)
    except CalamineError:
        raise NotATable(name=name) from None


def _height(workbook: CalamineWorkbook, title: str) -> int:
    try:
        return workbook.get_sheet_by_name(title).height
    except CalamineError:  # a sheet of charts, say
        return 0


def _is_hidden(visible: SheetVisibleEnum) -> bool:
    return visible is not SheetVisibleEnum.Visible


def _known(sheet: Sheet, known: Callable[[str], bool]) -> int:
    rows = islice(sheet.records(), HEADINGS)
    return max((sum(known(cell.strip()) for cell in set(row)) for row in rows), default=0)


def _merged_down(sheet: CalamineSheet, west: int) -> dict[int, list[int]]:
    """By row, the places of cells that continue one merged with those above it."""
    found: dict[int, list[int]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for row in range(top + 1, bottom + 1) if left == right else ():
            found.setdefault(row, []).append(left - west)
    return found


def _written(cell: Any) -> str:
    """A cell of a workbook as one would write it: 12 and not 12.0, days as 2026-06-02."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < LONGEST_WHOLE
        return str(int(cell)) if whole else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return re.sub(r"\s+", " ", str(cell)) if isinstance(cell, str | timedelta) else str(cell)
