"""The group a person counts in follows from memberships, kinds of group and states."""

from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from registry.models.household_cells import StaleCell
from registry.models.registrants import Group, Individual, Membership, Registrant, RegistrantState
from tests.make.registry import join, make_household, make_person

LEFT = date(2026, 11, 20)


def counted_in(session: Session, person: Registrant) -> int | None:
    """The group somebody counts in."""
    session.flush()
    asked = select(Individual.counted_in).where(Individual.registrant_id == person.id)
    return session.scalar(asked)


def counted(session: Session) -> int:
    """How many people count in any group."""
    session.flush()
    return session.scalar(select(func.count(Individual.counted_in))) or 0


@pytest.fixture
def home(session: Session) -> Registrant:
    return make_household(session)


@pytest.fixture
def neema(session: Session, home: Registrant) -> Registrant:
    return make_person(session, home)


def test_a_person_in_no_group_counts_in_none(session: Session) -> None:
    assert counted_in(session, make_person(session)) is None


def test_a_household_comes_before_a_group_registered_earlier(session: Session) -> None:
    farm = make_household(session, group_kind="farm")
    person = make_person(session, farm)
    assert counted_in(session, person) == farm.id
    home = make_household(session)
    join(session, person, home)

    assert counted_in(session, person) == home.id


def test_nobody_is_counted_twice(session: Session) -> None:
    home, farm = make_household(session), make_household(session, group_kind="farm")
    family = [make_person(session, home) for _ in range(5)]
    for _ in range(2):
        make_person(session, farm)
    for shared in family[:2]:
        join(session, shared, farm)

    asked = select(Individual.counted_in, func.count()).group_by(Individual.counted_in)
    assert dict(session.execute(asked).all()) == {home.id: 5, farm.id: 2}


def test_who_leaves_counts_no_more(session: Session, home: Registrant, neema: Registrant) -> None:
    farm = make_household(session, group_kind="farm")
    join(session, neema, farm)
    home_of = update(Membership).where(Membership.group_id == home.id)
    session.execute(home_of.values(ended_on=LEFT))
    assert counted_in(session, neema) == farm.id
    session.query(Membership).filter_by(group_id=farm.id).delete()

    assert counted_in(session, neema) is None


def test_who_moves_counts_in_the_new_household(
    session: Session, home: Registrant, neema: Registrant
) -> None:
    other = make_household(session)
    of = update(Membership).where(Membership.member_id == neema.id)
    session.execute(of.values(group_id=other.id))

    assert counted_in(session, neema) == other.id


def test_nobody_counts_in_a_group_that_left_the_registry(
    session: Session, home: Registrant, neema: Registrant
) -> None:
    home.state = RegistrantState.EXITED
    assert counted_in(session, neema) is None
    home.state = RegistrantState.ACTIVE

    assert counted_in(session, neema) == home.id


def test_who_left_the_registry_counts_nowhere(
    session: Session, home: Registrant, neema: Registrant
) -> None:
    neema.state = RegistrantState.EXITED
    assert counted_in(session, neema) is None


def test_a_group_that_becomes_a_household_takes_its_people(session: Session) -> None:
    farm, other = (make_household(session, group_kind="farm") for _ in range(2))
    person = make_person(session, farm)
    join(session, person, other)
    assert counted_in(session, person) == farm.id
    of = update(Group).where(Group.registrant_id == other.id)
    session.execute(of.values(kind="household"))

    assert counted_in(session, person) == other.id


def test_who_is_told_of_after_the_membership_counts_as_well(session: Session) -> None:
    home = make_household(session)
    person = make_household(session)
    session.query(Group).filter_by(registrant_id=person.id).delete()
    join(session, person, home)
    session.add(Individual(registrant_id=person.id))

    assert counted_in(session, person) == home.id


def test_what_counts_as_before_is_not_counted_again(
    session: Session, home: Registrant, neema: Registrant
) -> None:
    session.flush()
    session.query(StaleCell).delete()
    neema.name = "Neema Sen"
    of = update(Individual).where(Individual.registrant_id == neema.id)
    session.execute(of.values(occupation="farmer", civil_status="single"))
    session.flush()
    assert session.scalars(select(StaleCell)).all() == []
    session.execute(of.values(wg_seeing=4))

    assert len(session.scalars(select(StaleCell)).all()) == 1
