"""Asking for registrants: who is found, who may ask, what a record tells of its life."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from geo.models.areas import Area
from registry.queries.registrants import (
    RegistrantUnknown,
    registered,
    registrant_by_number,
    registrants_page,
)
from registry.queries.timeline import timeline
from tests.make.imports import household, take_households
from tests.make.registry import join, make_household, make_person
from tests.make.registry import registered as registrant_of


def local(anybody: Actor, area: Area) -> Actor:
    """Somebody who may do everything, in one area."""
    return Actor(7, "Rana", anybody.permissions, area_ids=frozenset({area.id}))


def names(session: Session, text: str, actor: Actor, area: Area | None = None) -> list[str]:
    return [row.name for row in registrants_page(session, text, area, actor=actor).rows]


def test_who_may_not_read_people_finds_nobody(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        registrants_page(session, "Amina", actor=visitor)
    with pytest.raises(Forbidden):
        registrant_by_number(session, "HG-AAAAAAAA", actor=visitor)


def test_somebody_without_an_area_is_seen_by_national_actors_alone(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    nowhere = make_household(session, name="Halima Sen")

    assert names(session, "Halima", anybody) == ["Halima Sen"]
    assert names(session, "Halima", local(anybody, areas["X1"])) == []
    with pytest.raises(RegistrantUnknown):
        registrant_by_number(session, nowhere.number, actor=local(anybody, areas["X1"]))


def test_a_number_found_outside_ones_reach_reads_like_one_nobody_has(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    east = make_household(session, area_id=areas["X21"].id)

    with pytest.raises(RegistrantUnknown) as refused:
        registrant_by_number(session, east.number, actor=local(anybody, areas["X1"]))
    assert str(refused.value) == (
        f"No household or person you may see has the number {east.number}; look for a misread"
        " letter."
    )


def test_a_household_somebody_left_outside_ones_reach_is_not_told(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    here = make_household(session, area_id=areas["X11"].id)
    there = make_household(session, area_id=areas["X21"].id)
    person = make_person(session, here, area_id=areas["X11"].id)
    join(session, person, there).ended_on = date(2026, 11, 20)
    session.refresh(person)

    whole = registered(session, person.number, actor=anybody)
    seen = registered(session, person.number, actor=local(anybody, areas["X1"]))

    assert [group.number for group in whole.belongs_to] == [here.number, there.number]
    assert [group.number for group in seen.belongs_to] == [here.number]


def test_signs_that_mean_anything_in_a_pattern_mean_themselves(
    session: Session, anybody: Actor
) -> None:
    make_household(session, name="Halima Sen")
    make_household(session, name="50% farm_house")

    assert names(session, "%", anybody) == []  # it is no letter of a name
    assert names(session, "50%", anybody) == ["50% farm_house"]
    assert names(session, "m_h", anybody) == ["50% farm_house"]


def test_a_name_is_found_with_a_letter_wrong_or_missing(session: Session, anybody: Actor) -> None:
    make_household(session, name="Bartholomew Kivali")

    assert names(session, "Bartolomew", anybody) == ["Bartholomew Kivali"]
    assert names(session, "Bartholomev", anybody) == ["Bartholomew Kivali"]
    assert names(session, "Zuri", anybody) == []


def test_an_area_lists_its_households_and_not_its_people(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    west = make_household(session, name="Doro", area_id=areas["X11"].id)
    make_person(session, west, area_id=areas["X11"].id)
    make_household(session, name="Sen", area_id=areas["X21"].id)

    assert names(session, "", anybody, areas["X1"]) == ["Doro"]
    assert names(session, "", anybody, areas["X"]) == ["Doro", "Sen"]


def test_a_page_costs_the_same_for_one_member_and_for_ten(
    session: Session, anybody: Actor, statements: list[str]
) -> None:
    def cost(members: int) -> int:
        home = make_household(session)
        for _ in range(members):
            make_person(session, home)
        session.expire_all()
        before = len(statements)
        assert len(registered(session, home.number, actor=anybody).members) == members
        return len(statements) - before

    assert cost(10) == cost(1)


def test_a_record_tells_where_it_came_from_and_what_changed_it(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household())
    take_households(session, tmp_path, anybody, household(code="H0"), household(size=7))
    take_households(session, tmp_path, anybody, household(longitude=0.75, size=7))

    told = timeline(session, registrant_of(session), actor=anybody).told
    assert {(each.what, each.text, each.row) for each in told} == {
        ("registered", "list.csv", None),
        ("imports.update", "list.csv", 3),
        ("imports.update", "list.csv", 2),
        ("moved", "", None),
    }
