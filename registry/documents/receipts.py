"""The receipt of a consent on one sheet of A4, to be handed to whoever gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.documents.paper import ACCENT, INK, LINE, SOFT, paper, write_lines

MARGIN, WORDS, ANSWERS, GAP = 22.0, 52.0, 114.0, 4.0  # millimetres: of the sheet, its columns


@dataclass(frozen=True)
class Receipt:
    """What stands on a receipt, in the language of whom it is handed to.

    `lines` are pairs of what is said and what holds; `advice` says how it can be taken back, and
    `signed` who wrote it down. `rtl` is whether the language runs from the right.
    """

    title: str
    number: str
    state: str
    lines: Sequence[tuple[str, str]]
    advice: str
    signed: str
    rtl: bool = False


def receipt_pdf(receipt: Receipt, *, made_at: datetime) -> bytes:
    """The receipt as a PDF; the same receipt of the same moment is the same bytes."""
    pdf = paper()
    pdf.set_creation_date(made_at)
    pdf.set_title(f"{receipt.title} {receipt.number}")
    pdf.add_page()
    wide, align = 210 - 2 * MARGIN, "R" if receipt.rtl else "L"
    y = write_lines(pdf, ("B", 22, INK), (MARGIN, MARGIN, wide, 10), receipt.title, align=align)
    y = write_lines(pdf, ("B", 15, ACCENT), (MARGIN, y, wide, 8), receipt.number, align=align)
    y = write_lines(pdf, ("", 11, INK), (MARGIN, y, wide, 6), receipt.state, align=align) + 4
    said_at, holds_at = (
        (MARGIN + ANSWERS + GAP, MARGIN) if receipt.rtl else (MARGIN, MARGIN + WORDS)
    )
    for said, holds in receipt.lines:
        pdf.set_draw_color(*LINE)
        pdf.line(MARGIN, y, MARGIN + wide, y)
        pair = [
            write_lines(pdf, ("", 10, SOFT), (said_at, y + 2, WORDS - GAP, 5), said, align=align),
            write_lines(
                pdf, ("", 11, INK), (holds_at, y + 2, ANSWERS - GAP, 5), holds, align=align
            ),
        ]
        y = max(pair) + 2
    y = write_lines(pdf, ("", 11, INK), (MARGIN, y + 5, wide, 6), receipt.advice, align=align)
    foot = (MARGIN, 297 - MARGIN, wide, 4)
    write_lines(pdf, ("", 8.5, SOFT), foot, receipt.signed, align=align)
    return bytes(pdf.output())
