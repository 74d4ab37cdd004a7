"""Who the people of a household are, counted by hand."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models.registrants import Membership, Registrant, RegistrantState
from registry.queries.people import composition, years_before
from tests.make.registry import join, make_household, make_person

FLOOD = date(2026, 11, 19)
ONE_OF_EACH = {
    "f0_4": ("female", date(2021, 11, 20)),  # five tomorrow
    "f5_17": ("female", date(2021, 11, 19)),  # five today
    "f18_59": ("female", date(2008, 11, 19)),  # eighteen today
    "f60": ("female", date(1966, 11, 19)),  # sixty today
    "m0_4": ("male", date(2026, 11, 19)),  # born today
    "m5_17": ("male", date(2008, 11, 20)),  # eighteen tomorrow
    "m18_59": ("male", date(1966, 11, 20)),  # sixty tomorrow
    "m60": ("male", date(1920, 1, 1)),
}


def people_of(session: Session, household: Registrant, day: date = FLOOD) -> dict[str, int]:
    people = composition(day)
    row = session.execute(select(people).where(people.c.registrant_id == household.id)).one()
    return {name: n for name, n in row._mapping.items() if name != "registrant_id" and n}


@pytest.mark.parametrize("band", ONE_OF_EACH)
def test_each_person_is_counted_in_the_band_of_their_sex_and_age(
    session: Session, band: str
) -> None:
    household = make_household(session)
    sex, birth_date = ONE_OF_EACH[band]
    make_person(session, household, sex, birth_date)

    assert people_of(session, household) == {"people": 1, band: 1}


def test_a_household_counts_all_its_people_once(session: Session) -> None:
    household = make_household(session)
    for sex, birth_date in ONE_OF_EACH.values():
        make_person(session, household, sex, birth_date)

    assert people_of(session, household) == {"people": 8} | dict.fromkeys(ONE_OF_EACH, 1)


def test_who_has_no_known_sex_or_age_is_counted_as_unknown(session: Session) -> None:
    household = make_household(session)
    make_person(session, household, sex=None)
    make_person(session, household, birth_date=None)
    make_person(session, household, sex="other")

    assert people_of(session, household) == {"people": 3, "unknown": 3}


def test_the_stated_size_counts_where_the_roster_is_partial(session: Session) -> None:
    household = make_household(session, stated_size=6, is_partial=True)
    make_person(session, household, "male", date(1980, 1, 1))
    make_person(session, household, "female", date(1982, 1, 1))

    assert people_of(session, household) == {"people": 6, "m18_59": 1, "f18_59": 1, "unknown": 4}


def test_the_stated_size_does_not_count_where_the_roster_is_whole(session: Session) -> None:
    household = make_household(session, stated_size=6)
    make_person(session, household, "male", date(1980, 1, 1))

    assert people_of(session, household) == {"people": 1, "m18_59": 1}


def test_a_partial_roster_longer_than_the_stated_size_counts_everybody_on_it(
    session: Session,
) -> None:
    household = make_household(session, stated_size=1, is_partial=True)
    make_person(session, household, "male", date(1980, 1, 1))
    make_person(session, household, "male", date(1981, 1, 1))

    assert people_of(session, household) == {"people": 2, "m18_59": 2}


def test_a_household_without_members_has_no_people(session: Session) -> None:
    household = make_household(session)

    assert people_of(session, household) == {}


@pytest.mark.parametrize("state", ["exited", "merged", "erased"])
def test_who_exited_was_merged_or_erased_is_not_counted(session: Session, state: str) -> None:
    household = make_household(session)
    make_person(session, household, state=RegistrantState(state))
    make_person(session, household, "female", date(1990, 1, 1))

    assert people_of(session, household) == {"people": 1, "f18_59": 1}


def test_a_household_that_exited_has_no_row(session: Session) -> None:
    household = make_household(session, state=RegistrantState.EXITED)
    make_person(session, household)

    people = composition(FLOOD)
    assert session.execute(select(people)).all() == []


def test_a_member_who_left_is_not_counted(session: Session) -> None:
    household = make_household(session)
    person = make_person(session, household)
    left = session.scalars(select(Membership).where(Membership.member_id == person.id)).one()
    left.ended_on = date(2025, 1, 1)
    session.flush()

    assert people_of(session, household) == {}


def test_a_person_in_a_farm_and_a_household_counts_in_the_household(session: Session) -> None:
    farm = make_household(session, group_kind="farm")
    household = make_household(session)
    person = make_person(session, farm, "female", date(1990, 1, 1))
    join(session, person, household)

    assert people_of(session, farm) == {}
    assert people_of(session, household) == {"people": 1, "f18_59": 1}


def test_a_person_in_a_farm_alone_counts_there(session: Session) -> None:
    farm = make_household(session, group_kind="farm")
    make_person(session, farm, "female", date(1990, 1, 1))

    assert people_of(session, farm) == {"people": 1, "f18_59": 1}


def test_a_person_in_two_households_counts_in_the_first(session: Session) -> None:
    first, second = make_household(session), make_household(session)
    person = make_person(session, second, "female", date(1990, 1, 1))
    join(session, person, first)

    assert people_of(session, first) == {"people": 1, "f18_59": 1}
    assert people_of(session, second) == {}


def test_a_person_whose_household_exited_counts_in_the_other(session: Session) -> None:
    gone = make_household(session, state=RegistrantState.EXITED)
    household = make_household(session)
    person = make_person(session, gone, "female", date(1990, 1, 1))
    join(session, person, household)

    assert people_of(session, household) == {"people": 1, "f18_59": 1}


def test_who_finds_one_thing_hard_is_counted_with_a_disability(session: Session) -> None:
    household = make_household(session)
    make_person(session, household, "female", date(1990, 1, 1), wg_seeing=3)
    make_person(session, household, "female", date(1991, 1, 1), wg_seeing=2)

    assert people_of(session, household) == {"people": 2, "f18_59": 2, "disability": 1}


def test_people_with_a_disability_are_counted_beside_the_bands(session: Session) -> None:
    household = make_household(session)
    make_person(session, household, "female", date(1990, 1, 1), has_disability=True)
    make_person(session, household, "female", date(1991, 1, 1), has_disability=False)

    assert people_of(session, household) == {"people": 2, "f18_59": 2, "disability": 1}


def test_only_the_groups_asked_for_are_counted(session: Session) -> None:
    wanted, other = make_household(session), make_household(session)
    for household in (wanted, other):
        make_person(session, household)

    people = composition(FLOOD, of=select(Registrant.id).where(Registrant.id == wanted.id))
    assert session.scalars(select(people.c.registrant_id)).all() == [wanted.id]


def test_who_was_born_on_29_february_is_a_year_older_on_1_march(session: Session) -> None:
    household = make_household(session)
    make_person(session, household, "male", date(2020, 2, 29))

    assert people_of(session, household, date(2025, 2, 28)) == {"people": 1, "m0_4": 1}
    assert people_of(session, household, date(2025, 3, 1)) == {"people": 1, "m5_17": 1}


def test_years_before_29_february_end_on_the_28th() -> None:
    assert years_before(date(2024, 2, 29), 5) == date(2019, 2, 28)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)
