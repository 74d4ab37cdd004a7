"""Rows as files to take along: CSV, or a workbook."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from werkzeug.wrappers import Response

from core.errors import NotFound
from geo.files.tables import MEDIA_TYPES, FileKind

KINDS = ("csv", "xlsx")
WIDEST = 60  # letters a column is as wide as at most


class RowsKindUnknown(NotFound):
    """There is no file of the kind {asked}; take csv or xlsx."""


def rows_sent(rows: Iterable[Sequence[str]], kind: str, name: str) -> Response:
    """Rows, headings first, as a file of this kind."""
    if kind not in KINDS:
        raise RowsKindUnknown(asked=kind)
    answer = _csv(rows) if kind == "csv" else _workbook(rows)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return answer


def _csv(rows: Iterable[Sequence[str]]) -> Response:
    """As Excel opens it as well: UTF-8 with its mark."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv")


def _workbook(rows: Iterable[Sequence[str]]) -> Response:
    """Every cell as text, so that codes and days stay as they are written."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": True}) as book:
        sheet, text = book.add_worksheet(), book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(at, place, cell, text if at else bold)
    return Response(out.getvalue(), mimetype=MEDIA_TYPES[FileKind.WORKBOOK])
