"""Voucher cards on A4 sheets: eight to a page, to be printed, cut and handed out."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import numpy as np
import zxingcpp
from fpdf import FPDF
from numpy.typing import NDArray

from core.words import _, counted
from registry.documents.brand import Brand
from registry.documents.paper import INK, LINE, SOFT, paper, write_line

COLUMNS, ROWS = 2, 4
WIDTH, HEIGHT = 97.0, 68.0  # millimetres
LEFT, TOP = (210 - COLUMNS * WIDTH) / 2, (297 - ROWS * HEIGHT) / 2
PAD, QR, NUMBER, MARK = 6.0, 33.0, 52.0, 5.0
ON_A_SHEET = COLUMNS * ROWS


@dataclass(frozen=True)
class Card:
    """What stands on one card; amount and day are written in the language of the sheet. It is of a
    household, or of a person `alone`."""

    code: str
    registrant: str
    name: str
    name_local: str | None
    people: int
    area: str | None
    program: str
    benefit: str
    amount: str
    expires_on: str
    alone: bool = False


def write_cards(
    path: Path,
    cards: Iterable[Card],
    *,
    made_at: datetime,
    report: Callable[[int], None],
    brand: Brand,
) -> int:
    """Write the cards as a PDF, eight to a sheet of A4; answers how many there were.

    Names are shaped, so that Arabic letters join and run from the right. The same cards of the
    same moment are the same bytes. `report` is told after each sheet how many are done.
    """
    pdf = paper()
    pdf.set_creation_date(made_at)
    done = 0
    for _sheet, on_it in groupby(enumerate(cards), key=lambda numbered: numbered[0] // ON_A_SHEET):
        pdf.add_page()
        for number, card in on_it:
            row, column = divmod(number % ON_A_SHEET, COLUMNS)
            _draw(pdf, card, brand, LEFT + column * WIDTH, TOP + row * HEIGHT)
            done = number + 1
        report(done)
    pdf.output(str(path))
    return done


def modules(code: str) -> NDArray[np.bool_]:
    """The dark modules of a code's QR symbol, without quiet zone, by row and column."""
    symbol = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = np.asarray(symbol.to_image(scale=1, add_quiet_zones=False))
    dark: NDArray[np.bool_] = image == 0
    return dark


def _draw(pdf: FPDF, card: Card, brand: Brand, x: float, y: float) -> None:
    pdf.set_draw_color(*LINE)
    pdf.set_line_width(0.2)
    pdf.rect(x, y, WIDTH, HEIGHT)
    _draw_code(pdf, card.code, x + PAD, y + PAD)
    _draw_words(pdf, card, x + PAD + QR + 5, y + PAD)
    _draw_foot(pdf, card, brand, x + PAD, y + HEIGHT - PAD)
    _draw_brand(pdf, brand, x + PAD + NUMBER, y + HEIGHT - PAD - 13.8)


def _draw_code(pdf: FPDF, code: str, x: float, y: float) -> None:
    """The symbol as rectangles, one for each run of dark modules in a row."""
    dark = modules(code)
    side = QR / len(dark)
    pdf.set_fill_color(*INK)
    for row, line in enumerate(dark):
        edges = np.flatnonzero(np.diff(line, prepend=False, append=False))
        for start, end in edges.reshape(-1, 2):
            pdf.rect(x + start * side, y + row * side, (end - start) * side, side, style="F")


def _draw_words(pdf: FPDF, card: Card, x: float, y: float) -> None:
    width = WIDTH - (PAD + QR + 5) - PAD
    lines = [
        ("", 7.5, SOFT, 4.0, card.program),
        ("B", 11.5, INK, 5.6, card.name),
        ("", 11.5, INK, 6.2, card.name_local or ""),
        ("", 8.5, SOFT, 4.4, _whose(card)),
        ("", 8.5, SOFT, 4.4, card.area or ""),
        ("B", 15.0, INK, 9.0, card.amount),
        ("", 8.5, SOFT, 4.4, card.benefit),
    ]
    for weight, size, colour, height, words in lines:
        if words:
            write_line(pdf, (weight, size, colour), (x, y, width, height), words)
            y += height


def _draw_brand(pdf: FPDF, brand: Brand, x: float, y: float) -> None:
    """Who hands the card out, beside its number and well away from the symbol."""
    if brand.logo is not None:
        pdf.image(io.BytesIO(brand.logo), x, y, MARK, MARK, keep_aspect_ratio=True)
    beside = MARK + 1 if brand.logo is not None else 0.0
    room = WIDTH - 2 * PAD - NUMBER - beside
    write_line(pdf, ("B", 7.5, SOFT), (x + beside, y, room, MARK), brand.name)


def _draw_foot(pdf: FPDF, card: Card, brand: Brand, x: float, y: float) -> None:
    body = card.code.partition("-")[2]
    spaced = " ".join(body[place : place + 4] for place in range(0, len(body), 4))
    width = WIDTH - 2 * PAD
    write_line(pdf, ("B", 13.0, brand.accent), (x, y - 14.5, width, 6.5), f"V-{spaced}")
    good = _("Good until {day}, once.", day=card.expires_on)
    found = _("Found? Hand it in at any office. {number}", number=card.registrant)
    write_line(pdf, ("", 8.0, INK), (x, y - 7.6, width, 4.0), good)
    write_line(pdf, ("", 7.0, SOFT), (x, y - 3.6, width, 3.6), found)


def _whose(card: Card) -> str:
    if card.alone:
        return _("for this person alone")
    return counted("household of {count}", "household of {count}", card.people)
