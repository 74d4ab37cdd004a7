"""The receipt of a consent says on paper what it says on the page."""

from datetime import UTC, datetime

import pypdfium2
import pytest

from registry.documents.receipts import Receipt, receipt_pdf

MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADVICE = "It can be taken back at any time, by whoever shows this number."


def words_of(pdf: bytes) -> str:
    (page,) = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range().split())


@pytest.mark.parametrize("rtl", [False, True])
def test_a_receipt_says_what_when_by_whom_and_how_it_is_taken_back(rtl: bool) -> None:
    lines = [("Who", "Amina Doro, HG-1"), ("What for", "being shown to partners")]
    told = Receipt("Receipt", "CON-7", "agreed", lines, ADVICE, "Written out by Dara Kesh", rtl)
    pdf = receipt_pdf(told, made_at=MOMENT)

    said = words_of(pdf)
    for part in ("CON-7", "agreed", "Amina Doro, HG-1", "being shown to partners", ADVICE, "Dara"):
        assert part in said
    assert pdf == receipt_pdf(told, made_at=MOMENT)


def test_a_long_reason_is_written_in_lines_one_below_the_other() -> None:
    lines = [("Taken back on", "because " * 60), ("Last", "the end")]
    pdf = receipt_pdf(Receipt("Receipt", "CON-7", "", lines, ADVICE, ""), made_at=MOMENT)

    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    boxes = [page.get_rect(n) for n in range(page.count_rects())]
    assert min(left for left, _b, _r, _t in boxes) >= 60  # points: within the margins
    assert max(right for _l, _b, right, _t in boxes) <= 595 - 60
    assert words_of(pdf).count("because") == 60
