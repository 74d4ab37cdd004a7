"""Disability by the short set of the Washington Group."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.models.registrants import Individual
from registry.parsing.abilities import ANSWERS
from tests.make.registry import make_person


@pytest.mark.parametrize(
    ("answers", "otherwise", "disabled"),
    [
        ((1, 1, 1, 1, 1, 1), True, False),  # no difficulty with any, whatever was said before
        ((2, 2, 2, 2, 2, 2), None, False),
        ((1, 1, 3, 1, 1, 1), False, True),
        ((4, None, None, None, None, None), None, True),
        ((1, 1, 1, 1, 1, 7), None, None),  # one was refused: it is not known
        ((1, 1, 1, 1, 1, 9), True, True),  # one is not known: what was said otherwise holds
        ((None,) * 6, False, False),
    ],
)
def test_much_difficulty_with_one_of_six_is_a_disability(
    session: Session,
    answers: tuple[int | None, ...],
    otherwise: bool | None,
    disabled: bool | None,
) -> None:
    person = make_person(session, has_disability=otherwise)
    of = update(Individual).where(Individual.registrant_id == person.id)
    session.execute(of.values(dict(zip(ANSWERS, answers, strict=True))))

    found = select(Individual.disabled).where(Individual.registrant_id == person.id)
    assert session.scalar(found) is disabled
