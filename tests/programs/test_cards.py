"""Voucher cards: what is printed is what an independent reader reads."""

import io
import uuid
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.storage import path_of
from programs.documents.cards import Card, write_cards
from programs.jobs.vouchers import print_cards
from programs.models.entitlements import Voucher
from programs.models.programs import Delivery
from programs.queries.standing import file_made
from programs.services.vouchers import NoVouchersDue, issue_vouchers, redeem
from registry.documents.brand import Brand
from tests.make.jobs import Silent
from tests.make.programs import (
    DARA,
    FINN,
    UNTIL,
    make_approved,
    make_family,
    make_gift,
    make_program,
)

MADE_AT = datetime(2026, 11, 22, tzinfo=UTC)


def _card(number: int = 1, **given: str | None) -> Card:
    said = {
        "code": f"V-ABCDEFGH{number:04}",
        "registrant": "HG-7K3M9QXA",
        "name": "Household of Amina Doro",
        "name_local": "أسرة أمينة دورو",
        "area": "Lower Quay",
        "program": "Flood cash Lower Oru",
        "benefit": "Food",
        "amount": "MUR 2,400",
        "expires_on": "31 Dec 2026",
        **given,
    }
    return Card(people=6, **said)  # type: ignore[arg-type]


def _print(folder: Path, *cards: Card) -> Path:
    path = folder / "cards.pdf"
    write_cards(path, cards, made_at=MADE_AT, report=lambda _done: None, brand=Brand())
    return path


def _pages(path: Path) -> list[NDArray[np.uint8]]:
    """Each sheet as a grey picture of 200 dots an inch."""
    return [
        page.render(scale=200 / 72).to_numpy().mean(axis=2).astype(np.uint8)
        for page in pypdfium2.PdfDocument(path)
    ]


def _codes(path: Path) -> list[str]:
    return [found.text for page in _pages(path) for found in zxingcpp.read_barcodes(page)]


def _words(path: Path) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))


def test_every_code_of_a_sheet_is_read_by_another_reader(tmp_path: Path) -> None:
    cards = [_card(n) for n in range(19)]

    path = _print(tmp_path, *cards)

    assert len(_pages(path)) == 3
    assert sorted(_codes(path)) == [card.code for card in cards]


def test_a_card_says_whose_it_is_what_is_due_and_until_when(tmp_path: Path) -> None:
    said = _words(_print(tmp_path, _card()))

    for words in ("Household of Amina Doro", "household of 6", "Lower Quay", "MUR 2,400"):
        assert words in said
    assert "V-ABCD EFGH 0001" in said
    assert "Good until 31 Dec 2026, once." in said


def test_a_card_says_who_hands_it_out(tmp_path: Path) -> None:
    logo = io.BytesIO()
    Image.new("RGB", (40, 40), (165, 29, 45)).save(logo, "PNG")
    brand = Brand("Karsa relief", logo.getvalue(), (165, 29, 45))
    plain, own = tmp_path / "plain.pdf", tmp_path / "own.pdf"
    for path, look in ((plain, Brand()), (own, brand)):
        write_cards(path, [_card()], made_at=MADE_AT, report=lambda _done: None, brand=look)

    assert "Highground" in _words(plain)
    assert "Karsa relief" in _words(own)
    assert _codes(own) == [_card().code]
    red = [_of_colour(path, brand.accent) for path in (plain, own)]
    assert red[0] == 0
    assert red[1] > (5.0 * 200 / 25.4) ** 2 * 0.9  # the logo, 5 mm a side, and the number


def _of_colour(path: Path, colour: tuple[int, int, int]) -> int:
    """The dots of the first sheet that have a colour, at 200 an inch."""
    page = pypdfium2.PdfDocument(path)[0].render(scale=200 / 72, rev_byteorder=True).to_numpy()
    return int((abs(page[:, :, :3].astype(int) - colour) < 4).all(axis=2).sum())


def test_arabic_letters_are_joined_and_run_from_the_right(tmp_path: Path) -> None:
    joined = _strokes(_print(tmp_path, _card(name_local="محمد")))
    apart = _strokes(_print(tmp_path, _card(name_local="م ح م د")))
    long_then_short = _strokes(_print(tmp_path, _card(name_local="محمممممد د")))

    assert len(joined) == 1 < len(apart)
    assert long_then_short[0] < long_then_short[1] / 3  # the first word stands at the right


def _strokes(path: Path) -> list[int]:
    """The widths, from left to right, of what is joined on the line of the local name."""
    dot = 200 / 25.4
    line = _pages(path)[0][int(28.6 * dot) : int(34.0 * dot), int(50 * dot) : int(100 * dot)]
    ink = (line < 128).any(axis=0)
    edges = np.flatnonzero(np.diff(ink, prepend=False, append=False)).reshape(-1, 2)
    return [int(end - start) for start, end in edges]


@pytest.mark.parametrize("name", ["Đặng Łukasz Peñaranda", "Ольга Ким", "Ελένη"])
def test_letters_beyond_english_are_printed(tmp_path: Path, name: str) -> None:
    assert name in _words(_print(tmp_path, _card(name=name, name_local=None)))


def test_a_long_name_stays_on_its_card(tmp_path: Path) -> None:
    path = _print(tmp_path, _card(name="Maria " * 20, name_local=None))

    page, dot = _pages(path)[0], 200 / 25.4
    right_half_of_the_sheet = page[int(20 * dot) : int(40 * dot), int(108 * dot) : int(200 * dot)]
    assert (right_half_of_the_sheet == 255).all()


def test_the_same_cards_are_the_same_bytes(tmp_path: Path) -> None:
    first = _print(tmp_path, _card(1), _card(2)).read_bytes()

    assert _print(tmp_path, _card(1), _card(2)).read_bytes() == first


def test_printed_cards_are_those_that_can_be_used(session: Session) -> None:
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER))
    families = [make_family(session, size) for size in (1, 2, 3)]
    cycle = make_approved(session, program, *families)
    with pytest.raises(NoVouchersDue):
        print_cards(session, actor=DARA, progress=Silent(), cycle_id=cycle.id)
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    codes = session.scalars(select(Voucher.code).order_by(Voucher.id)).all()
    redeem(session, codes[0], uuid.uuid4(), actor=FINN)
    progress = Silent()

    made = print_cards(session, actor=DARA, progress=progress, cycle_id=cycle.id)

    assert sorted(_codes(path_of(made["sha256"]))) == sorted(codes[1:])
    assert made["cards"] == 2
    assert progress.said == [(2, 2, "")]
    file = file_made(session, cycle.id, made["sha256"], actor=DARA)
    assert file.name == f"{program.number}-1-cards.pdf"
