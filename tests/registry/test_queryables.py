"""Filters over households: who is meant."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import TermNotYours, TermUnknown
from registry.models.registrants import Registrant, RegistrantState
from registry.queries.queryables import matching
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person

DAY = date(2026, 11, 20)
COUNTER = Actor(id=3, name="Cora", permissions=frozenset({"registrant:count"}), national=True)


def _village(session: Session) -> None:
    """Doro: woman of 36, her mother of 61, girl of 4, in X11. Kesh: man of 41, in X21, partial
    with five stated. Ode: nobody listed, none stated, no known place."""
    areas = make_country(session)
    west = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    east = make_location(session, 2.5, 0.5, area_id=areas["X21"].id)
    doro = make_household(session, west, name="Doro")
    make_person(session, doro, birth_date=date(1990, 3, 14), relation="head")
    make_person(session, doro, birth_date=date(1965, 11, 20), has_disability=True)
    make_person(session, doro, birth_date=date(2021, 11, 21))
    kesh = make_household(session, east, name="Kesh", is_partial=True, stated_size=5)
    make_person(session, kesh, sex="male", birth_date=date(1985, 1, 1), relation="head")
    make_household(session, name="Ode")
    make_household(session, west, name="Gone", state=RegistrantState.EXITED)


def _meant(session: Session, written: str, actor: Actor) -> set[str]:
    names = select(Registrant.name).where(Registrant.id.in_(matching(written, DAY, actor=actor)))
    return set(session.scalars(names))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", {"Doro", "Kesh", "Ode"}),
        ("people >= 3", {"Doro", "Kesh"}),
        ("people = 5 AND size = 5", {"Kesh"}),
        ("people = 0", {"Ode"}),
        ("children_under_5 > 0", {"Doro"}),
        ("children = 1 AND girls = 1 AND boys = 0", {"Doro"}),
        ("women = 2 OR men = 1", {"Doro", "Kesh"}),
        ("over_60 >= 1", {"Doro"}),
        ("has_disability", {"Doro"}),
        ("is_partial = true", {"Kesh"}),
        ("kind = 'household' AND NOT is_partial", {"Doro", "Ode"}),
        ("sex_of_head = 'female'", {"Doro"}),
        ("age_of_head BETWEEN 41 AND 50", {"Kesh"}),
        ("sex_of_head IS NULL", {"Ode"}),
        ("pcode = 'X1'", {"Doro"}),
        ("pcode LIKE 'X2%'", {"Kesh"}),
        ("pcode <> 'X1'", {"Kesh"}),
        ("pcode IS NULL", {"Ode"}),
        ("pcode IS NOT NULL", {"Doro", "Kesh"}),
        ("area_in('X11', 'X22')", {"Doro"}),
        ("area_in('X')", {"Doro", "Kesh"}),
        ("area_name = 'Karsa' AND NOT area_in('X2')", {"Doro"}),
    ],
)
def test_a_filter_means_the_households_it_describes(
    session: Session, anybody: Actor, written: str, meant: set[str]
) -> None:
    _village(session)

    assert _meant(session, written, anybody) == meant


def test_a_filter_looks_among_the_households_it_is_given(session: Session, anybody: Actor) -> None:
    _village(session)
    among = select(Registrant.id).where(Registrant.name.in_(["Kesh", "Gone"]))

    found = session.scalars(matching("people > 0", DAY, actor=anybody, of=among)).all()

    assert found == session.scalars(select(Registrant.id).where(Registrant.name == "Kesh")).all()


def test_who_may_only_count_does_not_ask_about_disability(session: Session) -> None:
    _village(session)

    assert _meant(session, "children > 0", COUNTER) == {"Doro"}
    with pytest.raises(TermNotYours, match="may not use has_disability"):
        matching("has_disability", DAY, actor=COUNTER)


def test_an_unknown_term_is_named_with_those_that_are_known(anybody: Actor) -> None:
    with pytest.raises(TermUnknown, match="income is not known here; a condition may use age_of"):
        matching("income > 3", DAY, actor=anybody)
