"""Registering a household: all of it or nothing, within reach, and counted at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from core.clock import today
from core.db import stand
from core.errors import Forbidden, Refusal
from geo.models.areas import Area
from geo.models.exposure import ExposureDue
from geo.models.locations import Location, LocationSource
from geo.queries.areas import PcodeUnknown
from registry.models.registrants import Group, Identifier, Individual, Membership, Registrant
from registry.parsing.phones import PhoneImpossible
from registry.queries.people import composition
from registry.queries.registrants import registered
from registry.services import people
from registry.services.membership_rules import SecondHead, TwoReceive
from registry.services.people import Household, Person, register
from registry.services.places import (
    AccuracyImpossible,
    HalfAPoint,
    Place,
    PlaceBeyondReach,
    PointBeyondTheGlobe,
)
from tests.make.geo import make_event, make_release

AMINA = Person(
    "Amina Doro",
    "head",
    "female",
    date(1990, 3, 14),
    more={
        "name_local": "أمينة دورو",
        "phone": "+254 712 345 678",
        "id_type": "national_id",
        "id_number": "N-123",
        "wg_walking": 3,
        "is_principal": True,
    },
)
IDRIS = Person("Idris Doro", "child", "male", date(2021, 1, 1), exact=False)
HERE = Place(lon=0.5, lat=1.0, accuracy_m=6.0)
DORO = Household([AMINA, IDRIS], HERE, stated_size=4, more={"phone": "+254 712 345 678"})


def near(anybody: Actor, area: Area) -> Actor:
    """Somebody who may do everything in one area."""
    return replace(anybody, id=51, national=False, area_ids=frozenset({area.id}))


def test_a_household_is_registered_with_its_people_and_its_place(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    home = register(session, DORO, actor=anybody)
    found = registered(session, home.number, actor=anybody)

    assert (home.name, home.name_local, home.registered_on) == (
        "Amina Doro",
        "أمينة دورو",
        today(),
    )
    assert [(m.name, m.relation, m.age is not None) for m in found.members] == [
        ("Amina Doro", "head", True),
        ("Idris Doro", "child", True),
    ]
    assert found.group
    assert (found.group.stated_size, found.group.is_partial) == (4, True)
    assert found.place
    assert (found.place.lon, found.place.lat, found.place.accuracy_m) == (
        0.5,
        1.0,
        6.0,
    )
    assert found.areas[-1].pcode == "X11"
    assert [contact.value for contact in found.contacts] == ["+254712345678"]
    amina = registered(session, found.members[0].number, actor=anybody)
    assert [(each.type, each.value) for each in amina.identifiers] == [("national_id", "N-123")]
    assert amina.individual
    assert amina.individual.disabled is True


def test_everybody_registered_is_counted_and_stands_where_the_household_stands(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    home = register(session, DORO, actor=anybody)

    counted = select(func.count()).where(Individual.counted_in == home.id)
    assert session.scalar(counted) == 2
    people_of = composition(today())
    assert session.execute(select(people_of.c.people, people_of.c.f18_59)).one() == (4, 1)
    places = session.scalars(select(Registrant.location_id).distinct()).all()
    assert places == [home.location_id]
    born = select(Individual.birth_date, Individual.birth_date_exact).where(
        Individual.sex == "male"
    )
    assert session.execute(born).one() == (date(2021, 7, 1), False)


def test_it_is_one_act_and_every_field_is_in_the_trail(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    home = register(session, DORO, actor=anybody)
    session.flush()
    entry = session.scalars(select(AuditEntry)).one()

    assert (entry.action, entry.subject_id) == ("registrants.register", home.id)
    assert entry.figures == {"number": home.number, "members": 2}
    theirs = select(FieldChange).where(FieldChange.registrant_id.is_not(None))
    changes = session.scalars(theirs).all()
    kept = [change.table_name for change in changes]
    assert {name: kept.count(name) for name in set(kept)} == {
        "registrants": 3,
        "groups": 1,
        "individuals": 2,
        "memberships": 2,
        "contacts": 2,
        "identifiers": 1,
    }
    assert {change.entry_id for change in changes} == {entry.id}


def test_a_new_place_is_owed_an_answer_by_every_hazard_map(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    make_release(session, make_event(session))
    home = register(session, DORO, actor=anybody)

    assert session.scalars(select(ExposureDue.location_id)).all() == [home.location_id]


def test_a_place_may_be_an_area_only_or_nothing(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    village = register(session, Household([AMINA], Place(pcode="X12")), actor=anybody)
    nowhere = register(session, Household([IDRIS]), actor=anybody)

    place = session.get_one(Location, village.location_id)
    assert (place.lon, place.source, village.area_id) == (
        None,
        LocationSource.AREA,
        areas["X12"].id,
    )
    assert (nowhere.location_id, nowhere.area_id) == (None, None)


def test_somebody_of_one_area_registers_there_and_sees_whom(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    rana = near(anybody, areas["X1"])
    stand(session, rana)
    home = register(session, DORO, actor=rana)
    unplaced = register(session, Household([IDRIS]), actor=rana)

    seen = session.scalars(select(Registrant.number).order_by(Registrant.id)).all()
    assert len(seen) == 5
    assert {home.number, unplaced.number} <= set(seen)
    assert session.scalar(select(func.count()).select_from(Membership)) == 3


@pytest.mark.parametrize("place", [Place(2.5, 1.0), Place(pcode="X21"), Place(80.0, 1.0)])
def test_nobody_registers_beyond_their_reach(
    session: Session, areas: dict[str, Area], anybody: Actor, place: Place
) -> None:
    with pytest.raises(PlaceBeyondReach):
        register(session, Household([AMINA], place), actor=near(anybody, areas["X1"]))


def test_who_may_not_write_registers_nobody(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        register(session, DORO, actor=visitor)


def changed(**fields: Any) -> Callable[[], Household]:
    return lambda: replace(DORO, **fields)


def of_amina(**more: Any) -> Callable[[], Household]:
    return lambda: replace(DORO, people=[replace(AMINA, more={**AMINA.more, **more})])


FAULTS: list[tuple[Callable[[], Household], type[Refusal]]] = [
    (changed(people=[]), people.NobodyNamed),
    (changed(people=[AMINA, replace(IDRIS, name=" ")]), people.NameMissing),
    (changed(people=[replace(AMINA, name="a\0")]), people.AnswerImpossible),
    (changed(people=[replace(AMINA, name="a" * 301)]), people.AnswerImpossible),
    (
        changed(people=[replace(AMINA, birth_date=date(9999, 1, 1))]),
        people.BornInFuture,
    ),
    (changed(people=[replace(AMINA, sex="dog")]), people.WordUnknown),
    (changed(people=[replace(AMINA, relation="boss")]), people.WordUnknown),
    (changed(kind="tribe"), people.WordUnknown),
    (changed(more={"colour": "blue"}), people.FieldUnknown),
    (changed(stated_size=1), people.SizeImpossible),
    (changed(stated_size=10_001), people.SizeImpossible),
    (changed(people=[AMINA, replace(IDRIS, relation="head")]), SecondHead),
    (changed(people=[AMINA, replace(IDRIS, more={"is_principal": True})]), TwoReceive),
    (changed(place=Place(lon=0.5)), HalfAPoint),
    (changed(place=Place(0.5, 91.0)), PointBeyondTheGlobe),
    (changed(place=Place(float("nan"), 1.0)), PointBeyondTheGlobe),
    (changed(place=Place(0.5, 1.0, -1.0)), AccuracyImpossible),
    (changed(place=Place(0.5, 1.0, float("inf"))), AccuracyImpossible),
    (changed(place=Place(pcode="Z9")), PcodeUnknown),
    (changed(more={"phone": "nobody"}), PhoneImpossible),
    (of_amina(phone="12"), PhoneImpossible),
    (of_amina(id_type="library_card"), people.WordUnknown),
    (of_amina(id_number=""), people.IdentifierHalfSaid),
    (of_amina(wg_seeing=5), people.AnswerImpossible),
    (of_amina(wg_seeing="much"), people.AnswerImpossible),
    (of_amina(has_disability="yes"), people.AnswerImpossible),
    (of_amina(occupation=["farmer"]), people.AnswerImpossible),
]


@pytest.mark.parametrize(("household", "fault"), FAULTS)
def test_what_is_wrong_is_refused_and_nothing_is_written(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    household: Callable[[], Household],
    fault: type[Refusal],
) -> None:
    with pytest.raises(fault):
        register(session, household(), actor=anybody)

    for table in (Registrant, Group, Identifier, Location, AuditEntry):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_name_is_made_of_its_parts_where_it_is_not_said(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    parts = {"family_name": "Doro", "given_name": "Amina", "other_names": "Zuri"}
    home = register(session, Household([Person("", "head", more=parts)]), actor=anybody)

    assert home.name == "Amina Zuri Doro"


def test_ten_people_cost_as_many_statements_as_two(
    session: Session, areas: dict[str, Area], anybody: Actor, statements: list[str]
) -> None:
    def cost(size: int) -> int:
        before = len(statements)
        register(session, Household([IDRIS] * size, HERE), actor=anybody)
        return len(statements) - before

    cost(2)
    assert cost(10) <= cost(2)
