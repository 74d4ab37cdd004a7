"""Asking the word lists: what a code is called in the reader's language."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.words import SOURCE, current
from registry.models.vocabularies import Word


def word_lists(session: Session) -> dict[str, list[Word]]:
    """Every list with its words, in their order."""
    words = session.scalars(select(Word).order_by(Word.list, Word.position, Word.code))
    return {name: list(of_list) for name, of_list in groupby(words, lambda word: word.list)}


def list_names(session: Session) -> list[str]:
    """The lists there are."""
    return list(session.scalars(select(Word.list).distinct().order_by(Word.list)))


def tags_written(session: Session) -> list[str]:
    """The languages in which words are written."""
    tag = func.jsonb_object_keys(Word.labels)
    return sorted({*session.scalars(select(tag).distinct())})


class Listed(dict[str, str]):
    """What the codes of a list are called; those that are `retired` are told, and not offered."""

    def __init__(self, words: Sequence[Word]) -> None:
        super().__init__({word.code: label(word.code, word.labels) for word in words})
        self.retired = frozenset(word.code for word in words if not word.active)


def labels(session: Session) -> dict[str, Listed]:
    """What every code is called, by list, in the reader's language or in English."""
    return {name: Listed(words) for name, words in word_lists(session).items()}


def offered(listed: Mapping[str, str], kept: str | Collection[str] = ()) -> list[tuple[str, str]]:
    """The codes of a list one may choose, each with what it is called: those in use, and of the
    retired ones what is `kept` on the record itself."""
    stays = {kept} if isinstance(kept, str) else {*kept}
    gone = listed.retired - stays if isinstance(listed, Listed) else frozenset()
    return [(code, said) for code, said in listed.items() if code not in gone]


def label(code: str, labels_by_language: Mapping[str, str]) -> str:
    """What a word is called in the reader's language, else in English, else its code."""
    return labels_by_language.get(current().tag) or labels_by_language.get(SOURCE) or code


def codes(session: Session) -> dict[str, frozenset[str]]:
    """The codes in use, by list."""
    words = session.execute(select(Word.list, Word.code).where(Word.active).order_by(Word.list))
    return {
        name: frozenset(word.code for word in of_list)
        for name, of_list in groupby(words, lambda word: word.list)
    }
