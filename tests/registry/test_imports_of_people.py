"""Files of people, in the households H1 and H2."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from registry.models.registrants import (
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantState,
)
from tests.make.imports import person, rows_of, take_people
from tests.make.registry import (
    join,
    make_household,
    make_identifier,
    make_location,
    make_person,
    registered,
)


@pytest.fixture
def home(session: Session) -> Registrant:
    """The household H1."""
    return make_household(session, make_location(session, 0.5, 0.5), code="H1")


def said_of(session: Session, code: str = "P1") -> Individual:
    found = session.get(Individual, registered(session, code).id)
    assert found is not None
    return found


def memberships(session: Session) -> list[tuple[Any, ...]]:
    """Person, household and relation of each current membership."""
    group, member = Registrant.__table__.alias(), Registrant.__table__.alias()
    current = (
        select(member.c.code, group.c.code, Membership.kind)
        .join(group, group.c.id == Membership.group_id)
        .join(member, member.c.id == Membership.member_id)
        .where(Membership.ended_on.is_(None))
        .order_by(member.c.code, group.c.code)
    )
    return [tuple(row) for row in session.execute(current)]


def test_a_new_person_belongs_to_the_household_and_stands_where_it_does(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    take_people(session, tmp_path, anybody, person())

    new, said = registered(session, "P1"), said_of(session)
    assert (new.kind, new.name, new.name_local) == ("individual", "Amina Doro", "أمينة دورو")
    assert (new.location_id, new.area_id) == (home.location_id, home.area_id)
    assert (said.sex, said.birth_date, said.birth_date_exact) == ("female", date(1992, 3, 14), True)
    assert said.has_disability is False
    assert memberships(session) == [("P1", "H1", "head")]
    known = session.scalars(select(Identifier)).one()
    assert (known.registrant_id, known.type, known.value) == (new.id, "national_id", "N123")


def test_a_household_bears_the_name_of_its_head(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    child = person(code="P2", name="Idris", relation="child", id_number="N2")
    take_people(session, tmp_path, anybody, child, person())

    assert (home.name, home.name_local) == ("Amina Doro", "أمينة دورو")


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        ({"sex": "F", "relation": "HEAD"}, ("female", "head")),
        ({"sex": "Femme", "relation": "Chef de ménage"}, ("female", "head")),
        ({"sex": "hombre", "relation": "hijo"}, ("male", "child")),
        ({"sex": "ذكر", "relation": "ابن"}, ("male", "child")),
        ({"sex": "", "relation": ""}, (None, "member")),
    ],
)
def test_words_are_understood_in_several_languages(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    home: Registrant,
    cells: dict[str, str],
    meant: tuple[str | None, str],
) -> None:
    take_people(session, tmp_path, anybody, person(**cells))

    ((_person, _household, relation),) = memberships(session)
    assert (said_of(session).sex, relation) == meant


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ({"birth_date": "1992-03-14", "birth_date_exact": ""}, (date(1992, 3, 14), True)),
        ({"birth_date": "1992-03-14", "birth_date_exact": "no"}, (date(1992, 7, 1), False)),
        ({"birth_date": "1992", "birth_date_exact": ""}, (date(1992, 7, 1), False)),
        ({"birth_date": "14.03.1992", "birth_date_exact": "1"}, (date(1992, 3, 14), True)),
        ({"birth_date": "", "birth_date_exact": ""}, (None, True)),
    ],
)
def test_an_inexact_birth_date_is_the_first_of_july(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    home: Registrant,
    cells: dict[str, str],
    kept: tuple[date | None, bool],
) -> None:
    take_people(session, tmp_path, anybody, person(**cells))

    said = said_of(session)
    assert (said.birth_date, said.birth_date_exact) == kept


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"code": ""}, "missing_code"),
        ({"name": "", "name_local": ""}, "missing_name:name"),
        ({"household_code": ""}, "missing_household"),
        ({"household_code": "H99"}, "unknown_household"),
        ({"sex": "z"}, "unknown_word:sex"),
        ({"relation": "boss"}, "unknown_word:relation"),
        ({"id_type": "library card"}, "unknown_word:id_type"),
        ({"id_type": ""}, "missing_id_type"),
        ({"disability": "perhaps"}, "unknown_word:disability"),
        ({"birth_date_exact": "perhaps"}, "unknown_word:birth_date_exact"),
        ({"birth_date": "1994-13-40"}, "bad_date:birth_date"),
        ({"birth_date": "2146-05-02"}, "date_in_future:birth_date"),
        ({"birth_date": "2146"}, "date_in_future:birth_date"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_is_left_out(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    home: Registrant,
    cells: dict[str, str],
    error: str,
) -> None:
    done = take_people(session, tmp_path, anybody, person(**cells))

    (row,) = rows_of(session, done)
    assert (row.verdict, row.errors) == ("error", [error])
    assert memberships(session) == []


def test_a_name_in_the_local_script_is_enough(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    take_people(session, tmp_path, anybody, person(name=""))

    assert registered(session, "P1").name == "أمينة دورو"


def test_a_household_that_exited_takes_nobody_in(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    home.state = RegistrantState.EXITED

    done = take_people(session, tmp_path, anybody, person())
    assert rows_of(session, done)[0].errors == ["unknown_household"]


def test_of_a_repeated_code_the_first_row_counts(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    done = take_people(session, tmp_path, anybody, person(), person(name="Another"))

    assert rows_of(session, done)[1].errors == ["repeated_code"]
    assert registered(session, "P1").name == "Amina Doro"


def test_the_same_file_again_is_ignored(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    child = person(code="P2", relation="child", id_type="", id_number="", birth_date="2019")
    take_people(session, tmp_path, anybody, person(), child)

    again = take_people(session, tmp_path, anybody, person(), child)
    assert again.counts["ignore"] == again.counts["rows"] == 2
    assert session.scalar(select(func.count()).select_from(Membership)) == 2
    assert session.scalar(select(func.count()).select_from(Identifier)) == 1


def test_an_update_changes_what_differs_and_an_empty_cell_says_nothing(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    take_people(session, tmp_path, anybody, person())

    changed = person(name="Amina Sen", sex="", birth_date="1992-04-14", relation="spouse")
    again = take_people(session, tmp_path, anybody, changed)
    said = said_of(session)
    assert again.counts["update"] == 1
    assert (said.sex, said.birth_date) == ("female", date(1992, 4, 14))
    assert registered(session, "P1").name == "Amina Sen"
    assert memberships(session) == [("P1", "H1", "spouse")]


def test_an_implausible_age_is_not_used_until_accepted(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    old = person(birth_date="1881-05-02")
    done = take_people(session, tmp_path, anybody, old)
    assert rows_of(session, done)[0].warnings == ["age_implausible"]
    assert said_of(session).birth_date is None

    again = take_people(session, tmp_path, anybody, old, accept=True)
    assert again.counts["update"] == 1
    assert said_of(session).birth_date == date(1881, 5, 2)


def test_a_known_person_enters_a_household_by_a_link(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    make_person(session, code="P1", birth_date=date(1992, 3, 14), name="Amina Doro")

    done = take_people(session, tmp_path, anybody, person())
    assert done.counts["link"] == 1
    assert memberships(session) == [("P1", "H1", "head")]
    assert registered(session, "P1").location_id == home.location_id


def test_somebody_with_another_code_is_known_by_identifier_sex_and_birth_date(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    known = make_person(session, code="OLD-7", birth_date=date(1992, 3, 14))
    make_identifier(session, known, "N123")

    done = take_people(session, tmp_path, anybody, person())
    assert done.counts["link"] == 1
    assert memberships(session) == [("OLD-7", "H1", "head")]
    assert take_people(session, tmp_path, anybody, person()).counts["ignore"] == 1


def test_the_identifier_of_somebody_else_is_flagged_and_left_out(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    other = make_person(session, code="OLD-7", birth_date=date(1950, 1, 1))
    make_identifier(session, other, "N123")
    twice = person(code="P2", relation="child", id_number="N7")
    same = person(code="P3", relation="child", id_number="N7")

    done = take_people(session, tmp_path, anybody, person(), twice, same, accept=True)
    assert [row.warnings for row in rows_of(session, done)] == [
        ["repeated_id"],
        [],
        ["repeated_id"],
    ]
    numbers = select(Identifier.value, Registrant.code).join(Registrant).order_by(Identifier.value)
    assert [tuple(row) for row in session.execute(numbers)] == [("N123", "OLD-7"), ("N7", "P2")]


def test_a_second_head_is_taken_in_as_a_member(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    second = person(code="P2", name="Sefu Doro", id_number="N2")
    done = take_people(session, tmp_path, anybody, person(), second)

    assert rows_of(session, done)[1].warnings == ["second_head"]
    assert memberships(session) == [("P1", "H1", "head"), ("P2", "H1", "member")]
    assert home.name == "Amina Doro"
    assert take_people(session, tmp_path, anybody, person(), second).counts["ignore"] == 2


def test_an_accepted_second_head_takes_the_place_of_the_first(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    second = person(code="P2", name="Sefu Doro", id_number="N2")
    third = person(code="P3", name="Rana Doro", id_number="N3")
    take_people(session, tmp_path, anybody, person(), second, third, accept=True)

    assert memberships(session) == [
        ("P1", "H1", "member"),
        ("P2", "H1", "head"),
        ("P3", "H1", "member"),
    ]
    assert home.name == "Sefu Doro"


def test_an_accepted_head_takes_the_place_of_one_in_the_registry(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    make_person(session, home, relation="head", code="OLD")

    take_people(session, tmp_path, anybody, person(), accept=True)
    assert memberships(session) == [("OLD", "H1", "member"), ("P1", "H1", "head")]


def test_two_people_may_change_places_in_one_file(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    spouse = person(code="P2", name="Sefu Doro", id_number="N2", relation="spouse")
    take_people(session, tmp_path, anybody, person(), spouse)

    now_spouse = person(relation="spouse")
    now_head = person(code="P2", name="Sefu Doro", id_number="N2")
    again = take_people(session, tmp_path, anybody, now_spouse, now_head)
    assert again.counts["findings"] == {}
    assert memberships(session) == [("P1", "H1", "spouse"), ("P2", "H1", "head")]
    assert home.name == "Sefu Doro"


def test_a_member_of_another_household_moves_only_if_accepted(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    before = make_household(session, code="H2")
    farm = make_household(session, code="F1", group_kind="farm")
    known = make_person(session, before, relation="head", code="P1")
    join(session, known, farm, "member")

    done = take_people(session, tmp_path, anybody, person())
    assert rows_of(session, done)[0].warnings == ["in_another_household"]
    assert memberships(session) == [("P1", "F1", "member"), ("P1", "H2", "head")]

    again = take_people(session, tmp_path, anybody, person(), accept=True)
    assert again.counts["link"] == 1
    assert memberships(session) == [("P1", "F1", "member"), ("P1", "H1", "head")]
    ended = select(Membership.ended_on).where(Membership.group_id == before.id)
    assert session.scalar(ended) == today()


def test_an_actor_bound_to_an_area_adds_people_only_there(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    local = Actor(3, "Rana", anybody.permissions, area_ids=frozenset({-1}))

    done = take_people(session, tmp_path, local, person())
    assert rows_of(session, done)[0].errors == ["out_of_reach"]


def test_a_thousand_people_cost_no_more_statements_than_one(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant, statements: list[str]
) -> None:
    def cost(*rows: str) -> int:
        before = len(statements)
        take_people(session, tmp_path, anybody, *rows)
        return len(statements) - before

    take_people(session, tmp_path, anybody, person(code="FIRST", id_number="FIRST"))
    one = cost(person(relation="child"))
    thousand = cost(
        *(person(code=f"T{i}", id_number=f"T{i}", relation="child") for i in range(1000))
    )

    assert session.scalar(select(func.count()).select_from(Membership)) == 1002
    assert thousand <= one
