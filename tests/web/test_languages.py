"""Every page in a language 40 % longer, written from right to left: no sentence stays raw."""

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.roles import Role
from core.words import PSEUDO
from tests.web.conftest import Browser
from tests.web.world import furnish

SPOKEN = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[A-Za-z]*[a-z]{3,}[A-Za-z]*")
DATA = {"Highground", "English", "example", "org"}
SILENT = ["script", "style", "svg", "code", "template"]
SHOWN = ("aria-label", "title", "placeholder", "alt")


def _raw_words(page: str) -> list[str]:
    """Words of a page that did not pass through the catalogue of sentences."""
    soup = BeautifulSoup(page, "html.parser")
    for silent in [*soup.find_all(SILENT), *soup.select("[translate=no], .code")]:
        silent.decompose()
    texts = [str(t) for t in soup.find_all(string=True) if type(t) is NavigableString]
    texts += [str(tag[name]) for tag in soup.find_all() for name in SHOWN if tag.get(name)]
    assert not any(isinstance(t, Comment) for t in texts)
    left = WORD.findall(_unspoken("\n".join(texts)))  # a sentence may run through several tags
    return sorted(set(left) - DATA)


def _unspoken(text: str) -> str:
    """A text without its translated sentences, those within sentences first."""
    while SPOKEN.search(text):
        text = SPOKEN.sub(" ", text)
    return text


def _pages(web: Flask, examples: dict[str, dict[str, object]]) -> dict[str, str]:
    """Endpoint -> address of every page that can be opened in the furnished platform."""
    with web.test_request_context():
        found = {}
        for rule in web.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint != "static":
                known = examples.get(rule.endpoint, {})
                if rule.arguments <= set(known):
                    built = rule.build(known)
                    found[rule.endpoint] = built[1] if built else ""
        return found


@pytest.fixture
def furnished(
    web: Flask, signed_in: Callable[..., Browser], session: Session
) -> tuple[Browser, dict[str, str]]:
    """A browser in the pseudo-language whose owner may do everything, and every page's address."""
    browser = signed_in(*Role)
    examples = furnish(session, session.scalars(select(User)).one())
    browser.act("/language", language=PSEUDO)
    return browser, _pages(web, examples)


def test_no_page_has_a_sentence_that_cannot_be_translated(
    furnished: tuple[Browser, dict[str, str]],
) -> None:
    browser, pages = furnished
    raw = {}
    for endpoint, address in pages.items():
        answer = browser.get(address)
        assert answer.status_code < 500, endpoint
        if answer.mimetype == "text/html" and answer.status_code != 303:
            raw[endpoint] = _raw_words(answer.text)

    assert {endpoint: words for endpoint, words in raw.items() if words} == {}
    assert len(raw) > 10


def test_a_page_says_its_language_and_direction(furnished: tuple[Browser, dict[str, str]]) -> None:
    browser, _ = furnished

    assert f'<html lang="{PSEUDO}" dir="rtl">' in browser.get("/me").text
