"""Finds sentences that nobody can translate in a page of the pseudo-language."""

import re

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString

SPOKEN = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[A-Za-z]*[a-z]{3,}[A-Za-z]*")
DATA = {"Highground", "English", "example", "org"}
SILENT = ["script", "style", "svg", "code", "template"]
SHOWN = ("aria-label", "title", "placeholder", "alt")


def raw_words(page: str) -> list[str]:
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
