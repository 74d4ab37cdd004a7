"""Fields that are reckoned of others, whenever they are asked for."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.cql import TermUnknown, WrongKind
from registry.models.fields import FieldState, FieldType, Scope
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.field_answers import answers
from registry.queries.fields import known_fields, own_fields
from registry.queries.queryables import household_terms
from registry.queries.subjects import matching
from registry.services.fields import (
    FieldNeeded,
    FilledOrReckoned,
    Wanted,
    add_field,
    change_field,
    turn_field,
)
from registry.services.people import Household, Person, register

ROOMS = Wanted(Scope.GROUP, "rooms", FieldType.WHOLE, {"en": "Rooms"}, needs=None)


def reckoned(code: str, written: str, kind: FieldType = FieldType.NUMBER) -> Wanted:
    return Wanted(Scope.GROUP, code, kind, {"en": code.title()}, needs=None, computed=written)


def born(years: int) -> date:
    """Of somebody who is that many years old for all of this year."""
    return date(today().year - years, 1, 1)


@pytest.fixture
def asked(session: Session, anybody: Actor) -> Registrant:
    """Four people, of whom one is under five, in two rooms; and two people in no known number."""
    for wanted in (
        ROOMS,
        reckoned("crowding", "people / rooms"),
        reckoned("young", "share_of(age < 5)"),
        reckoned("cramped", "crowding > 1.5 AND young > 0", FieldType.FLAG),
    ):
        add_field(session, wanted, actor=anybody)
    ages = (35, 33, 8, 3)
    people = [Person(f"Doro {age}", birth_date=born(age)) for age in ages]
    home = register(session, Household(people, more={"rooms": 2}), actor=anybody)
    register(session, Household([Person("Ode"), Person("Ode 2")]), actor=anybody)
    return home


def names(session: Session, actor: Actor, written: str) -> list[str]:
    terms = household_terms(today(), own_fields(session))
    ids = matching(written, today(), actor=actor, terms=terms)
    return list(session.scalars(select(Registrant.name).where(Registrant.id.in_(ids))))


def test_indicators_are_told_on_the_page_of_a_household(
    session: Session, anybody: Actor, asked: Registrant
) -> None:
    told = answers(session, asked.id, Scope.GROUP, actor=anybody)

    assert {each.field.code: each.said for each in told} == {
        "rooms": "2",
        "crowding": "2",  # four people in two rooms
        "young": "0.25",  # one of four
        "cramped": "yes",
    }


def test_filters_find_by_indicators_of_indicators(
    session: Session, anybody: Actor, asked: Registrant
) -> None:
    assert names(session, anybody, "crowding = 2 AND young = 0.25") == ["Doro 35"]
    assert names(session, anybody, "cramped") == ["Doro 35"]
    assert names(session, anybody, "crowding IS NULL") == ["Ode"]  # its rooms are not known
    assert names(session, anybody, "NOT cramped") == []  # and so it is not known to be cramped


def test_an_indicator_counts_the_members_in_the_scan_of_the_filter(
    session: Session, anybody: Actor, asked: Registrant
) -> None:
    terms = household_terms(today(), own_fields(session))
    written = "crowding > 1 AND young > 0 AND count_of(age > 30) = 2"

    query = str(matching(written, today(), actor=anybody, terms=terms))

    assert query.count("FROM individuals") == 1


def test_what_is_reckoned_has_no_column_and_is_not_filled_in(
    session: Session, asked: Registrant
) -> None:
    known = known_fields(session, Scope.GROUP)

    assert known["crowding"].column is None
    assert known["rooms"].column is not None


@pytest.mark.parametrize(
    ("written", "kind", "refusal"),
    [
        ("people / stairs", FieldType.NUMBER, TermUnknown),
        ("people > 2", FieldType.NUMBER, WrongKind),
        ("people", FieldType.FLAG, WrongKind),
        ("later + 1", FieldType.NUMBER, TermUnknown),
        ("area_pcode", FieldType.TEXT, TermUnknown),
    ],
)
def test_what_comes_to_something_else_is_refused(
    session: Session,
    anybody: Actor,
    asked: Registrant,
    written: str,
    kind: FieldType,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        add_field(session, reckoned("other", written, kind), actor=anybody)


def test_indicators_cannot_go_round_in_a_circle(
    session: Session, anybody: Actor, asked: Registrant
) -> None:
    for written in ("young * 2", "crowding + young"):
        with pytest.raises(TermUnknown):
            change_field(session, reckoned("crowding", written), actor=anybody)


def test_who_may_ask_for_an_indicator_may_ask_for_what_it_is_reckoned_of(
    session: Session, anybody: Actor
) -> None:
    add_field(session, reckoned("ill", "count_of(disabled)"), actor=anybody)
    add_field(session, reckoned("many", "people * 2"), actor=anybody)

    known = known_fields(session, Scope.GROUP)
    assert known["ill"].needs == May.READ_REGISTRANTS
    assert known["many"].needs is None


def test_a_field_that_others_are_reckoned_of_is_not_retired(
    session: Session, anybody: Actor, asked: Registrant
) -> None:
    with pytest.raises(FieldNeeded, match="Crowding"):
        turn_field(session, Scope.GROUP, "rooms", FieldState.RETIRED, actor=anybody)


def test_a_field_that_is_filled_in_does_not_become_reckoned(
    session: Session, anybody: Actor, asked: Registrant
) -> None:
    with pytest.raises(FilledOrReckoned):
        change_field(session, reckoned("rooms", "people", FieldType.WHOLE), actor=anybody)


def test_indicators_of_people_are_asked_of_members(
    session: Session, anybody: Actor, asked: Registrant
) -> None:
    minor = Wanted(
        Scope.INDIVIDUAL, "minor", FieldType.FLAG, {"en": "Minor"}, needs=None, computed="age < 18"
    )
    add_field(session, minor, actor=anybody)

    assert names(session, anybody, "count_of(minor) = 2") == ["Doro 35"]
