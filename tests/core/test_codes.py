"""Public numbers."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.codes import ALPHABET, NumberMistyped, understood

MANY = "select count(distinct public_number('HG', i, 8)) from generate_series(1, 100000) i"
FEW = "select public_number('HG', i, 8) from generate_series(1, 200) i"


def test_a_hundred_thousand_keys_make_a_hundred_thousand_numbers(session: Session) -> None:
    assert session.scalar(text(MANY)) == 100_000


def test_a_number_is_understood_as_people_say_it(session: Session) -> None:
    for number in session.scalars(text(FEW)):
        assert understood(number.lower().replace("-", " "), "HG") == number
        assert understood(number.removeprefix("HG-"), "HG") == number


def test_no_single_misread_letter_is_taken_for_another_number(session: Session) -> None:
    for number in session.scalars(text(FEW)):
        for place in range(3, 11):
            wrong = ALPHABET[(ALPHABET.index(number[place]) + 7) % 32]
            with pytest.raises(NumberMistyped, match="misread"):
                understood(number[:place] + wrong + number[place + 1 :], "HG")


@given(some.text(max_size=20))
def test_whatever_is_typed_is_understood_or_refused(typed: str) -> None:
    with suppress(NumberMistyped):
        assert understood(typed, "HG").startswith("HG-")
