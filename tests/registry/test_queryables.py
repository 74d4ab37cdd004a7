"""Filters over households: who is meant."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import (
    FilterUnreadable,
    OperatorUnknown,
    TermNotYours,
    TermUnknown,
    TermWithheld,
    usable,
)
from registry.models.filters import Subject
from registry.models.registrants import Individual, Registrant, RegistrantState
from registry.models.tags import RegistrantTag
from registry.queries.queryables import household_terms
from registry.queries.subjects import matching
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


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("count_of(age < 5) >= 1", {"Doro"}),
        ("count_of(age < 5 AND sex = 'female') = 1 AND count_of(age >= 18) = 2", {"Doro"}),
        ("count_of(age < 5) = 0", {"Kesh", "Ode"}),
        ("share_of(age >= 36) > 0.66 AND share_of(age >= 36) < 0.67", {"Doro"}),
        ("share_of(age < 5) IS NULL", {"Ode"}),
        ("any_of(disabled)", {"Doro"}),
        ("all_of(sex = 'male')", {"Kesh"}),
        ("all_of(age >= 0) IS NULL", {"Ode"}),
        ("mean_of(age) BETWEEN 33.6 AND 33.7", {"Doro"}),  # (36 + 61 + 4) / 3
        ("most_of(age, sex = 'female') = 61", {"Doro"}),
        ("sum_of(age) = 0", {"Ode"}),
        ("least_of(age) > people * 8", {"Kesh"}),
        ("area_in('X') AND NOT count_of(age < 5) > 0", {"Kesh"}),
    ],
)
def test_a_filter_asks_about_the_members_of_a_household(
    session: Session, anybody: Actor, written: str, meant: set[str]
) -> None:
    _village(session)

    assert _meant(session, written, anybody) == meant


def test_all_that_is_asked_of_members_is_counted_in_one_scan(
    session: Session, anybody: Actor, statements: list[str]
) -> None:
    _village(session)
    statements.clear()

    meant = "count_of(age < 5) > 0 AND women = 2 AND area_in('X1') AND NOT any_of(age > 90)"

    assert _meant(session, meant, anybody) == {"Doro"}
    assert len(statements) == 1
    assert statements[0].count("FROM individuals") == 1
    assert "memberships" not in statements[0]


def test_what_a_filter_does_not_ask_for_is_not_read(session: Session, anybody: Actor) -> None:
    plainly = str(matching("is_partial AND area_in('X1')", DAY, actor=anybody))

    assert "individuals" not in plainly
    assert "memberships" not in plainly


def test_an_alike_term_is_named_where_one_is_misspelt(anybody: Actor) -> None:
    for written, nearest in (
        ("childrn_under_5 > 0", "children_under_5"),
        ("count_off(age < 5) > 0", "count_of"),
        ("count_of(agee < 5) > 0", "age"),
    ):
        with pytest.raises(TermUnknown, match=f"perhaps {nearest} is meant"):
            matching(written, DAY, actor=anybody)


def test_nobody_asks_by_way_of_members_what_they_may_not_know(session: Session) -> None:
    with pytest.raises(TermNotYours, match="may not use disabled"):
        matching("count_of(disabled) > 0", DAY, actor=COUNTER)


@pytest.mark.parametrize(
    "written", ["count_of(size > 1) > 0", "count_of(count_of(age > 1) > 0) > 0"]
)
def test_a_condition_on_a_member_speaks_of_one_member(anybody: Actor, written: str) -> None:
    with pytest.raises((TermUnknown, OperatorUnknown)):
        matching(written, DAY, actor=anybody)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("count_of(relation = 'head') = 1", {"Doro", "Kesh"}),
        ("count_of(relation <> 'head') = 2", {"Doro"}),
        ("least_of(age, relation = 'head') = 41", {"Kesh"}),
        ("any_of(civil_status = 'widowed')", {"Doro"}),
        ("is_complete", {"Doro"}),
        ("NOT is_complete", {"Kesh", "Ode"}),
        ("registered_on >= DATE('2026-01-01')", {"Kesh"}),
        ("registered_on IS NULL", {"Ode"}),
        ("A_CONTAINS(tags, ('host'))", {"Doro", "Ode"}),
        ("A_CONTAINS(tags, ('host', 'displaced'))", {"Doro"}),
        ("A_OVERLAPS(tags, ('displaced', 'refugee'))", {"Doro"}),
        ("NOT A_CONTAINS(tags, ('host'))", {"Kesh"}),
        ("level_1_pcode = 'X1'", {"Doro"}),
        ("level_2_pcode IN ('X11', 'X21')", {"Doro", "Kesh"}),
        ("level_2_pcode = 'X1'", set()),
        ("level_5_pcode IS NULL", {"Doro", "Kesh", "Ode"}),
    ],
)
def test_a_filter_asks_what_is_said_of_a_household(
    session: Session, anybody: Actor, written: str, meant: set[str]
) -> None:
    _village(session)
    _more(session)

    assert _meant(session, written, anybody) == meant


def _more(session: Session) -> None:
    """Doro's grandmother is widowed; Doro and Ode are hosts, Doro is displaced besides; Doro was
    registered in 2025, Kesh in 2026."""
    homes = {home.name: home for home in session.scalars(select(Registrant).where(_is_home()))}
    homes["Doro"].registered_on, homes["Kesh"].registered_on = date(2025, 6, 1), date(2026, 6, 1)
    for name, tag in (("Doro", "host"), ("Doro", "displaced"), ("Ode", "host")):
        session.add(RegistrantTag(registrant_id=homes[name].id, tag=tag))
    oldest = select(Individual).order_by(Individual.birth_date).limit(1)
    session.scalars(oldest).one().civil_status = "widowed"
    session.flush()


def _is_home() -> ColumnElement[bool]:
    return Registrant.name.in_(["Doro", "Kesh", "Ode"])


def test_a_term_that_is_withheld_is_neither_offered_nor_understood(anybody: Actor) -> None:
    kept_from = replace(anybody, withheld=frozenset({"distance_to", "disabled"}))

    assert "distance_to" not in usable(household_terms(DAY), kept_from)
    for written, term in (
        ("distance_to('layer', 1) < 500", "distance_to"),
        ("count_of(disabled) > 0", "disabled"),
    ):
        with pytest.raises(TermWithheld, match=f"{term} is not offered to your role"):
            matching(written, DAY, actor=kept_from)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", {"Amina", "Doro", "Neema", "Kesh"}),
        ("age < 5", {"Neema"}),
        ("relation = 'head'", {"Amina", "Kesh"}),
        ("sex = 'female' AND disabled IS NULL", {"Amina", "Neema"}),
        ("area_in('X1')", {"Amina", "Doro", "Neema"}),
        ("group_of(people >= 5)", {"Kesh"}),
        ("group_of(count_of(age < 5) > 0) AND age > 60", {"Doro"}),
        ("NOT group_of(sex_of_head = 'female')", {"Kesh"}),
        ("group_of(registered_on > DATE('2000-01-01'))", set()),
        ("NOT group_of(registered_on > DATE('2000-01-01'))", set()),  # nobody knows
        ("group_of(people >= 5) OR group_of(A_CONTAINS(tags, ('host')))", {"Kesh"}),
    ],
)
def test_a_filter_over_people_means_the_people_it_describes(
    session: Session, anybody: Actor, written: str, meant: set[str]
) -> None:
    _village(session)
    born = {date(1990, 3, 14): "Amina", date(1965, 11, 20): "Doro", date(2021, 11, 21): "Neema"}
    ids = matching(written, DAY, actor=anybody, subject=Subject.PEOPLE)
    found = select(Individual.birth_date).where(Individual.registrant_id.in_(ids))

    assert {born.get(day, "Kesh") for day in session.scalars(found) if day} == meant


def test_people_and_households_have_words_of_their_own(anybody: Actor) -> None:
    with pytest.raises(TermUnknown):
        matching("people > 1", DAY, actor=anybody, subject=Subject.PEOPLE)
    with pytest.raises((TermUnknown, OperatorUnknown)):
        matching("group_of(people > 1)", DAY, actor=anybody)
    with pytest.raises(FilterUnreadable):
        matching("group_of()", DAY, actor=anybody, subject=Subject.PEOPLE)


def test_ids_are_written_down_only_where_a_row_itself_can_be_asked_first(anybody: Actor) -> None:
    def steps(written: str) -> int:
        return str(matching(written, DAY, actor=anybody)).upper().count("MATERIALIZED")

    assert steps("is_partial") == steps("count_of(age < 5) > 1") == steps("size > 3") == 0
    assert steps("is_partial AND registered_on > DATE('2026-01-01')") == 1
    assert steps("count_of(age < 5) > 1 AND is_partial") == 1
