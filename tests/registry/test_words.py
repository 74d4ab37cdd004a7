"""The words a registry begins with: the same in its tables and in a check without them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.checking.words import Meant, Words, own_words
from registry.models.vocabularies import Word
from registry.parsing.lists import LANGUAGES, LISTS


@pytest.fixture(scope="module")
def words() -> Words:
    return own_words()


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_check_goes_by_the_words_a_registry_begins_with(session: Session, name: str) -> None:
    kept = session.scalars(select(Word).where(Word.list == name).order_by(Word.position)).all()

    assert [(w.code, tuple(w.labels[tag] for tag in LANGUAGES)) for w in kept] == [
        (word.code, word.labels) for word in LISTS[name]
    ]
    assert [set(w.synonyms) for w in kept] == [set(word.synonyms) for word in LISTS[name]]


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("sex", "Féminin", "female"),
        ("sex", "MASCULIN ", "male"),
        ("sex", "أنثى", "female"),
        ("sex", "Mujer", "female"),
        ("relation", "parent/parentlaw", "parent"),
        ("relation", "non_relative", "not_related"),
        ("relation", "Chef de ménage", "head"),
        ("id_type", "Carte d\u2019identité nationale", "national_id"),
        ("yes_no", "Oui", "yes"),
        ("location_source", "GPS", "gps"),
        ("sex", "Kobieta", "female"),
        ("sex", "муж.", "male"),
        ("relation", "Hane Reisi", "head"),
        ("tenure", "Propriétaire", "owned"),
        ("yes_no", "нет", "no"),
    ],
)
def test_words_are_known_without_case_accents_and_signs(
    words: Words, name: str, cell: str, code: str
) -> None:
    assert words.meant(name, cell) == Meant(code)


@pytest.mark.parametrize("cell", ["feminn", "femiinin", "fwminin", "feminni"])
def test_one_letter_may_be_wrong_in_a_long_word(words: Words, cell: str) -> None:
    assert words.meant("sex", cell) == Meant("female", alike=True)


@pytest.mark.parametrize("cell", ["x", "mm", "fenimn", "feminanas", ""])
def test_more_than_a_letter_away_or_short_words_are_unknown(words: Words, cell: str) -> None:
    assert words.meant("sex", cell) == Meant(None)


def test_a_letter_away_from_two_meanings_is_neither(words: Words) -> None:
    assert words.meant("relation", "mothes") == Meant("parent", alike=True)
    assert words.meant("relation", "sobrinx") == Meant("other_relative", alike=True)
    assert words.meant("relation", "niego") == Meant("grandchild", alike=True)
