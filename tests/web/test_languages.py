"""Every page in a language 40 % longer, written from right to left: no sentence stays raw."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.roles import Role
from core.clock import day_said
from core.money import said
from core.words import PSEUDO, _, counted, figure_said, language_of, percent_said, speaking
from tests.web.conftest import Browser
from tests.web.sentences import raw_words
from tests.web.world import addresses, furnish


@pytest.fixture
def furnished(
    web: Flask, signed_in: Callable[..., Browser], session: Session
) -> tuple[Browser, list[str]]:
    """A browser in the pseudo-language whose owner may do everything, and every page's address."""
    browser = signed_in(*Role)
    rows = furnish(session, session.scalars(select(User)).one())
    browser.act("/language", language=PSEUDO)
    return browser, addresses(web, rows)


def test_a_number_without_end_is_written_by_its_power_of_ten() -> None:
    """What files declare as no data, such as the least number of 32 bits."""
    assert figure_said(-3.4028234663852886e38) == "-3.40282E38"
    assert figure_said(123_456_789_012_345) == "123,456,789,012,345"


def test_no_page_has_a_sentence_that_cannot_be_translated(
    furnished: tuple[Browser, list[str]],
) -> None:
    browser, pages = furnished
    raw = {}
    for address in pages:
        answer = browser.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        raw[address] = raw_words(answer.text)

    assert {address: words for address, words in raw.items() if words} == {}


def test_figures_days_and_codes_are_set_apart_where_the_line_runs_from_the_right() -> None:
    with speaking(language_of(PSEUDO)):
        written = [
            figure_said(-28.85),
            percent_said(0.382),
            day_said(date(2026, 11, 19)),
            said(Decimal(155700), "MUR"),
        ]
        sentence = _("{number} stands in {area}", number="HG-27NJVF4T", area="Suma")
        many = counted("{count} row", "{count} rows", 1200)

    assert written == [
        "\u2068-28.85\u2069",
        "\u206838.2 %\u2069",
        "\u206819 Nov 2026\u2069",
        "\u2068MUR 155,700\u2069",
    ]
    assert sentence.startswith("⟦\u2068HG-27NJVF4T\u2069 stands in \u2068Suma\u2069")
    assert "\u20681,200\u2069" in many
    assert (figure_said(-28.85), _("{n} in", n=3)) == (
        "-28.85",
        "3 in",
    )  # nothing is added in English


def test_a_page_says_its_language_and_direction(signed_in: Callable[..., Browser]) -> None:
    browser = signed_in(Role.VIEWER)
    browser.act("/language", language=PSEUDO)

    assert f'<html lang="{PSEUDO}" dir="rtl">' in browser.get("/me").text
