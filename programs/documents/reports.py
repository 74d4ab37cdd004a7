"""Reports on sheets of A4: a title, and parts of rows in columns, as many sheets as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fpdf import FPDF

from registry.documents.paper import ACCENT, INK, LINE, SOFT, paper, write_lines

MARGIN, WIDE, BOTTOM, STEP, GAP = 22.0, 166.0, 268.0, 5.0, 3.0  # millimetres
MOST_ROWS = 2000  # of a part; a ledger longer than that is taken along as a table


@dataclass(frozen=True)
class Part:
    """One part: its heading, the share of the width each column takes, and its rows.

    The columns from `numbers` on are written to the end of their width. `heads` stand above.
    """

    heading: str
    rows: Sequence[Sequence[str]]
    shares: Sequence[float] = (0.4, 0.6)
    heads: Sequence[str] = ()
    numbers: int = 9


@dataclass(frozen=True)
class Report:
    """What a report says, in the language of who asks; `rtl` if that runs from the right."""

    title: str
    about: str
    parts: Sequence[Part]
    foot: str
    rtl: bool = False


def report_pdf(report: Report, *, made_at: datetime) -> bytes:
    """The report as a PDF; the same report of the same moment is the same bytes."""
    pdf = paper()
    pdf.set_creation_date(made_at)
    pdf.set_title(report.title)
    align = "R" if report.rtl else "L"
    y = _new_page(pdf, report)
    y = write_lines(pdf, ("B", 20, INK), (MARGIN, y, WIDE, 9), report.title, align=align)
    y = write_lines(pdf, ("", 11, SOFT), (MARGIN, y, WIDE, 6), report.about, align=align) + 4
    for part in report.parts:
        y = _part(pdf, report, part, y)
    return bytes(pdf.output())


def _part(pdf: FPDF, report: Report, part: Part, y: float) -> float:
    align = "R" if report.rtl else "L"
    y = _room(pdf, report, y + 2, 4 * STEP)
    y = write_lines(pdf, ("B", 13, ACCENT), (MARGIN, y, WIDE, 7), part.heading, align=align) + 1
    if part.heads:
        y = _row(pdf, report, part, part.heads, y, bold=True)
    for row in part.rows[:MOST_ROWS]:
        y = _row(pdf, report, part, row, _room(pdf, report, y, 3 * STEP), bold=False)
    return y + 3


def _row(
    pdf: FPDF, report: Report, part: Part, row: Sequence[str], y: float, *, bold: bool
) -> float:
    pdf.set_draw_color(*LINE)
    pdf.line(MARGIN, y, MARGIN + WIDE, y)
    x, ends = MARGIN, [y]
    for place, (cell, share) in enumerate(zip(row, part.shares, strict=True)):
        width = WIDE * share
        left = 2 * MARGIN + WIDE - x - width if report.rtl else x
        is_last = place >= part.numbers
        side = "R" if is_last is not report.rtl else "L"
        box = (left, y + 1.2, width - GAP if not is_last else width, STEP)
        style = ("B" if bold else "", 9.5, SOFT if bold or (place == 0 and not is_last) else INK)
        ends.append(write_lines(pdf, style, box, cell, align=side))
        x += width
    return max(ends) + 1.2


def _room(pdf: FPDF, report: Report, y: float, needed: float) -> float:
    """Where the next line may begin: here, or at the top of a new sheet."""
    return y if y + needed <= BOTTOM else _new_page(pdf, report)


def _new_page(pdf: FPDF, report: Report) -> float:
    pdf.add_page()
    words = f"{report.foot}  {pdf.page_no()}"
    align = "R" if report.rtl else "L"
    write_lines(pdf, ("", 8.5, SOFT), (MARGIN, 281, WIDE, 4), words, align=align)
    return MARGIN
