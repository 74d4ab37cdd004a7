"""Each kind of change by hand, on one household of five: asked for, validated twice, applied."""

from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from geo.models.areas import Area
from geo.models.locations import Location
from programs.services.changes import apply_change
from registry.models.changes import ChangeLine, ChangeRequest, ChangeState
from registry.models.registrants import (
    FormerPlace,
    Group,
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantState,
)
from registry.queries.contacts import contacts_of
from tests.make.changes import HANA, make_approved_change
from tests.make.geo import make_country
from tests.make.registry import make_household, make_identifier, make_location, make_person

AMINA, OMAR, IDRIS, SEFU, ZURI = (
    f"{name} Doro" for name in ("Amina", "Omar", "Idris", "Sefu", "Zuri")
)
FIVE = {AMINA: "head", OMAR: "spouse", IDRIS: "child", SEFU: "child", ZURI: "child"}


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """Amina, Omar and three children in X11."""
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    home = make_household(session, place, name=AMINA, stated_size=5)
    for name, relation in FIVE.items():
        make_person(session, home, relation=relation, name=name, birth_date=date(2000, 1, 1))
    return home


@pytest.fixture
def other(session: Session, areas: dict[str, Area]) -> Registrant:
    """Halima alone, in X12."""
    place = make_location(session, 1.5, 1.0, area_id=areas["X12"].id)
    other = make_household(session, place, name="Halima Sen")
    make_person(session, other, relation="head", name="Halima Sen")
    return other


def called(session: Session, name: str) -> Registrant:
    person = Registrant.kind == "individual"
    return session.scalars(select(Registrant).where(Registrant.name == name, person)).one()


def number_of(session: Session, name: str) -> str:
    return called(session, name).number


def members(session: Session, group: Registrant) -> dict[str, str]:
    """The members of a group today and what they are in it."""
    rows = select(Registrant.name, Membership.kind).join(
        Membership, Membership.member_id == Registrant.id
    )
    current = rows.where(Membership.group_id == group.id, Membership.ended_on.is_(None))
    return dict(session.execute(current).all())


def counted(session: Session) -> int:
    """How many people count in a household."""
    counts = select(func.count()).where(Individual.counted_in.is_not(None))
    return session.scalars(counts).one()


def done(session: Session, kind: str, number: str, answers: Mapping[str, str]) -> ChangeRequest:
    """A change that was asked for, validated twice and applied."""
    approved = make_approved_change(session, kind, number, answers=answers)
    applied = apply_change(session, approved.number, actor=HANA)
    session.expire_all()
    return applied


def test_a_household_of_five_becomes_one_of_three_and_one_of_two(
    session: Session, home: Registrant
) -> None:
    goes = {OMAR: "head", ZURI: "child"}
    answers = {f"goes-{number_of(session, name)}": what for name, what in goes.items()}
    assert counted(session) == 5

    applied = done(session, "split_household", home.number, answers)

    group = Registrant.kind == "group"
    new = session.scalars(select(Registrant).where(group, Registrant.id != home.id)).one()
    assert members(session, home) == {AMINA: "head", IDRIS: "child", SEFU: "child"}
    assert members(session, new) == goes
    assert (new.name, new.location_id, new.area_id) == (OMAR, home.location_id, home.area_id)
    assert counted(session) == 5
    assert (applied.state, applied.applied_by) == (ChangeState.APPLIED, HANA.id)
    assert applied.line_count == 5  # a household is made, two leave, two join
    named = select(func.count()).where(ChangeLine.registrant_id == new.id)
    assert session.scalars(named).one() == 3  # the lines by which it was made


def test_where_the_head_goes_another_follows(session: Session, home: Registrant) -> None:
    answers = {
        f"goes-{number_of(session, AMINA)}": "head",
        f"goes-{number_of(session, ZURI)}": "child",
        "next_head": number_of(session, OMAR),
    }
    done(session, "split_household", home.number, answers)

    assert members(session, home) == {OMAR: "head", IDRIS: "child", SEFU: "child"}
    assert home.name == OMAR


def test_somebody_who_is_not_registered_joins(session: Session, home: Registrant) -> None:
    answers = {"name": "Nia Doro", "sex": "female", "birth_date": "2026", "relation": "child"}
    done(session, "add_member", home.number, answers)

    nia = called(session, "Nia Doro")
    detail = session.get_one(Individual, nia.id)
    assert members(session, home) == {**FIVE, "Nia Doro": "child"}
    assert (detail.sex, detail.birth_date, detail.birth_date_exact) == (
        "female",
        date(2026, 7, 1),
        False,
    )
    assert (nia.location_id, nia.area_id) == (home.location_id, home.area_id)


def test_somebody_who_is_registered_joins(session: Session, home: Registrant) -> None:
    lone = make_person(session, name="Lone Oro")
    done(session, "add_member", home.number, {"number": lone.number, "relation": "sibling"})

    assert members(session, home)["Lone Oro"] == "sibling"


def test_somebody_leaves(session: Session, home: Registrant) -> None:
    done(session, "remove_member", home.number, {"member": number_of(session, SEFU)})

    assert SEFU not in members(session, home)
    assert counted(session) == 4


def test_somebody_moves_to_another_household(
    session: Session, home: Registrant, other: Registrant
) -> None:
    answers = {
        "member": number_of(session, IDRIS),
        "to": other.number,
        "relation": "other_relative",
    }
    done(session, "transfer_member", home.number, answers)

    assert IDRIS not in members(session, home)
    assert members(session, other) == {"Halima Sen": "head", IDRIS: "other_relative"}
    assert called(session, IDRIS).area_id == other.area_id


def test_another_is_head(session: Session, home: Registrant) -> None:
    answers = {"member": number_of(session, OMAR), "former": "spouse"}
    done(session, "change_head", home.number, answers)

    assert members(session, home) == {**FIVE, AMINA: "spouse", OMAR: "head"}
    assert home.name == OMAR


def test_what_is_said_of_a_person_is_corrected(session: Session, home: Registrant) -> None:
    answers = {
        "name": "Amina Doro Sen",
        "birth_date": "1990-03-14",
        "sex": "female",
        "civil_status": "married",
        "wg_seeing": "3",
        "phone": "+254 712 345 678",
        "education": "",
    }
    request = done(session, "edit_individual", number_of(session, AMINA), answers)

    amina = called(session, "Amina Doro Sen")
    detail = session.get_one(Individual, amina.id)
    assert (detail.birth_date, detail.birth_date_exact) == (date(1990, 3, 14), True)
    assert (detail.civil_status, detail.wg_seeing, detail.disabled) == ("married", 3, True)
    assert home.name == "Amina Doro Sen"  # a household bears the name of its head
    assert [each.value for each in contacts_of(session, amina.id)] == ["+254712345678"]
    lines = select(ChangeLine.field).where(ChangeLine.request_id == request.id)
    assert {*session.scalars(lines)} == {"name", "birth_date", "civil_status", "wg_seeing", "phone"}


def test_what_is_said_of_a_household_is_corrected(session: Session, home: Registrant) -> None:
    answers = {"stated_size": "7", "is_partial": "yes", "address": "Mill Lane 4"}
    done(session, "edit_group", home.number, answers)

    group = session.get_one(Group, home.id)
    assert (group.stated_size, group.is_partial, home.address) == (7, True, "Mill Lane 4")


def test_an_identifier_takes_the_place_of_another(session: Session, home: Registrant) -> None:
    amina = called(session, AMINA)
    make_identifier(session, amina, "N1")
    done(session, "edit_identifier", amina.number, {"id_type": "national_id", "id_number": "N2"})

    found = select(Identifier.value, Identifier.state).order_by(Identifier.id)
    assert session.execute(found).all() == [("N1", "revoked"), ("N2", "valid")]


def test_a_group_is_made_of_people_and_a_household(session: Session, home: Registrant) -> None:
    answers = {
        "kind": "farm",
        "name": "Mill farm",
        "relation": "member",
        "number-1": number_of(session, OMAR),
        "relation-1": "head",
    }
    done(session, "create_group", home.number, answers)

    farm = session.scalars(select(Registrant).join(Group).where(Group.kind == "farm")).one()
    assert members(session, farm) == {AMINA: "member", OMAR: "head"}
    assert counted(session) == 5  # nobody is counted twice


def test_somebody_leaves_the_registry_for_the_reason_given(
    session: Session, home: Registrant
) -> None:
    request = done(session, "exit_registrant", number_of(session, ZURI), {})

    zuri = called(session, ZURI)
    assert (zuri.state, zuri.exit_reason) == (RegistrantState.EXITED, request.why)
    assert ZURI not in members(session, home)


def test_a_household_moves_and_its_members_with_it(
    session: Session, home: Registrant, areas: dict[str, Area]
) -> None:
    answers = {"latitude": "0.5", "longitude": "2,5", "accuracy": "12"}
    done(session, "move_house", home.number, answers)

    place = session.get_one(Location, home.location_id)
    assert (place.lon, place.lat, place.accuracy_m) == (2.5, 0.5, 12.0)
    assert home.area_id == areas["X21"].id
    assert {called(session, name).location_id for name in FIVE} == {place.id}
    former = session.scalars(select(FormerPlace.registrant_id)).all()
    assert len(former) == 6  # the household and its five


def test_where_no_point_is_known_they_move_to_an_area(
    session: Session, home: Registrant, areas: dict[str, Area]
) -> None:
    done(session, "move_house", home.number, {"pcode": "X22"})

    place = session.get_one(Location, home.location_id)
    assert (place.lon, home.area_id) == (None, areas["X22"].id)


def test_two_records_of_one_person_are_put_together(session: Session, home: Registrant) -> None:
    zuri = called(session, ZURI)
    double = make_person(session, name="Zuri Dorro", sex="female", birth_date=date(2001, 2, 3))
    double.language = "sw"
    make_identifier(session, double, "N7")
    request = done(session, "merge_registrants", zuri.number, {"gone": double.number})

    gone = session.get_one(Registrant, double.id)
    assert (gone.state, gone.merged_into_id) == (RegistrantState.MERGED, zuri.id)
    kept = called(session, ZURI)
    assert (kept.language, session.get_one(Individual, kept.id).birth_date) == (
        "sw",
        date(2000, 1, 1),
    )
    held = select(Identifier.registrant_id).where(Identifier.key == "N7")
    assert session.scalars(held).one() == zuri.id
    assert request.line_count == 2
    assert counted(session) == 5


def test_all_of_it_is_one_act_of_who_applied_it(session: Session, home: Registrant) -> None:
    answers = {"member": number_of(session, OMAR), "former": "spouse"}
    request = done(session, "change_head", home.number, answers)

    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.actor_id == HANA.id).order_by(AuditEntry.id)
    ).all()
    acts = [entry.action for entry in entries]
    assert acts == [
        "changes.validate",
        "changes.apply",
        "memberships.relate",
        "memberships.change_head",
    ]
    applied = entries[1]
    assert applied.subject_id == request.id
    assert applied.figures == {"number": request.number, "change": "change_head", "lines": 2}
