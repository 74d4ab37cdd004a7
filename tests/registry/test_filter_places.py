"""Where those live whom a filter means: by area, households and people together."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import Terms
from geo.models.areas import Area
from programs.queries.queryables import widest_terms
from registry.models.filters import Subject
from registry.queries.filter_places import Meaning, Spread, where_they_live
from registry.queries.filters import count_matching
from tests.make.country import make_decided
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person
from tests.registry.test_filters import COUNTER, DAY, READER

SMALL = date(2024, 5, 1)


@pytest.fixture
def lived(session: Session) -> dict[str, Area]:
    """In each household an adult; in the first two of X11, and in the one of no area, two small
    children; the last of X21 has nobody listed, and says that it is six."""
    areas = make_country(session)
    homes = [*("X11",) * 4, *("X12",) * 3, *("X21",) * 2]
    for turn, code in enumerate(homes):
        place = make_location(session, 0.5, 0.5, area_id=areas[code].id)
        said: dict[str, Any] = {"stated_size": 6, "is_partial": True} if turn == 8 else {}
        home = make_household(session, place, area_id=areas[code].id, **said)
        if turn != 8:
            make_person(session, home)
        for _child in range(2 if turn < 2 else 0):
            make_person(session, home, birth_date=SMALL)
    lost = make_household(session)
    for _child in range(2):
        make_person(session, lost, birth_date=SMALL)
    return areas


def asked(
    session: Session,
    written: str,
    actor: Actor = READER,
    area: Area | None = None,
    subject: Subject = Subject.HOUSEHOLDS,
) -> Spread:
    terms: Terms = widest_terms(session, DAY, actor=actor, subject=subject)
    meaning = Meaning(written, DAY, subject)
    return where_they_live(session, meaning, area, actor=actor, terms=terms)


def figures(told: Spread) -> dict[str, tuple[int, int, int]]:
    rows = {area.pcode: area for area in told.areas} | {"": told.whole}
    return {pcode: (row.households, row.people, row.of) for pcode, row in rows.items()}


def test_households_and_their_people_are_counted_together_by_area(
    session: Session, lived: dict[str, Area]
) -> None:
    assert figures(asked(session, "")) == {"X1": (7, 11, 7), "X2": (2, 7, 2), "": (10, 20, 10)}
    small = asked(session, "count_of(age < 5) >= 2")
    assert figures(small) == {"X1": (2, 6, 7), "X2": (0, 0, 2), "": (3, 8, 10)}
    assert small.areas[0].share(Subject.HOUSEHOLDS) == pytest.approx(2 / 7)


def test_people_and_the_households_they_count_in_are_counted_together(
    session: Session, lived: dict[str, Area]
) -> None:
    told = asked(session, "age < 5", subject=Subject.PEOPLE)

    assert figures(told) == {"X1": (2, 4, 11), "X2": (0, 0, 1), "": (3, 6, 14)}


def test_below_an_area_its_own_areas_are_told(session: Session, lived: dict[str, Area]) -> None:
    told = asked(session, "people >= 3", area=lived["X1"])

    assert figures(told) == {"X11": (2, 6, 4), "X12": (0, 0, 3), "": (2, 6, 7)}
    assert (told.whole.pcode, told.level) == ("X1", 2)


def test_whoever_is_bound_to_an_area_is_told_of_it_alone(
    session: Session, lived: dict[str, Area]
) -> None:
    bound = replace(READER, national=False, area_ids=frozenset({lived["X12"].id}))

    assert figures(asked(session, "", bound)) == {"X1": (3, 3, 3), "": (3, 3, 3)}
    assert figures(asked(session, "", bound, lived["X1"])) == {"X12": (3, 3, 3), "": (3, 3, 3)}


def test_who_may_only_count_is_told_of_no_few_and_of_no_household(
    session: Session, lived: dict[str, Area]
) -> None:
    make_decided(session, largest_household=30)

    told = asked(session, "", COUNTER)

    rows = [told.whole, *told.areas]
    assert told.about
    assert all(row.households % 5 == row.of % 5 == row.people % 30 == 0 for row in rows)
    assert all(row.people == 0 for row in rows if not row.households)
    whole = count_matching(session, "", DAY, actor=COUNTER)
    assert (told.whole.households, told.whole.of) == (whole.meant, whole.of)
    people = asked(session, "", COUNTER, subject=Subject.PEOPLE)
    assert all(row.households % 5 == row.people % 5 == 0 for row in people.areas)
