"""Every page in a language 40 % longer, written from right to left: no sentence stays raw."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.roles import Role
from core.words import PSEUDO
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


def test_a_page_says_its_language_and_direction(furnished: tuple[Browser, list[str]]) -> None:
    browser, _ = furnished

    assert f'<html lang="{PSEUDO}" dir="rtl">' in browser.get("/me").text
