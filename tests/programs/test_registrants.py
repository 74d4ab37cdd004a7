"""Erasing somebody leaves nothing of them in the database, and the trail whole."""

from pathlib import Path

import pytest
from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from core.errors import Forbidden
from core.proofs import verify
from core.seals import seal
from geo.models.locations import Location
from programs.models.entitlements import Entitlement
from programs.queries.cycles import ReasonMissing
from programs.services.closing import confirm_paid
from programs.services.cycles import end_cycle
from programs.services.payments import make_payments
from programs.services.registrants import (
    ErasedAlready,
    NotInRegistry,
    ReasonNames,
    StillServed,
    erase,
    exit_registry,
    readmit,
)
from registry.models.registrants import Individual, Registrant, RegistrantState
from registry.models.rosters import Roster
from registry.queries.registrants import RegistrantUnknown
from registry.queries.roster_definitions import hash_of
from tests.make.geo import make_country
from tests.make.imports import household, person, take_households, take_people
from tests.make.programs import DARA, FINN, make_approved, make_family, make_prepared, make_program
from tests.make.registry import make_location, make_person, registered

WHY = "They asked to be forgotten"
TABLES = text("""
    select c.oid::regclass::text from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition
      and c.relnamespace = 'public'::regnamespace and c.relname <> 'spatial_ref_sys'
""")


def _tables_that_hold(session: Session, word: str) -> list[str]:
    """The tables of which some row says this anywhere, searched one by one."""
    session.flush()
    found = []
    for table in session.scalars(TABLES).all():
        rows = text(f"select exists (select from {table} t where t::text ilike :word)")  # noqa: S608
        if session.scalar(rows, {"word": f"%{word}%"}):
            found.append(table)
    return found


@pytest.fixture
def amina(session: Session, tmp_path: Path, anybody: Actor) -> Registrant:
    """The head of the household H1, from files of households and of people."""
    make_country(session)
    take_households(session, tmp_path, anybody, household())
    take_people(session, tmp_path, anybody, person())
    return registered(session, "P1")


def test_nothing_of_an_erased_person_is_left_in_any_table(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    words = ("Amina Doro", "أمينة دورو", "N123", "1992-03-14", '"P1"')
    assert {"registrants", "field_changes", "import_rows"} <= {
        *_tables_that_hold(session, "أمينة دورو")
    }

    erase(session, amina.number, WHY, actor=anybody)

    # The name is Amina's who acts as well, so that her acts still bear a part of it.
    assert {word: _tables_that_hold(session, word) for word in words} == {w: [] for w in words}


def test_nothing_of_an_erased_household_is_left_once_nobody_stands_at_its_place(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    make_country(session)
    take_households(session, tmp_path, anybody, household(longitude="0.512345"))
    home = registered(session, "H1")

    erase(session, home.number, WHY, actor=anybody)

    for word in ("0.512345", "12 River Street", "+000 55", "Lower Quay", '"H1"'):
        assert _tables_that_hold(session, word) == []
    assert session.scalars(select(Location)).all() == []


def test_the_trail_is_whole_after_an_erasing(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    seal(session)
    erase(session, amina.number, WHY, actor=anybody)
    seal(session)

    proof = verify(session)
    assert proof.breaks == []
    entry = session.scalars(select(AuditEntry).filter_by(action="registrants.erase")).one()
    emptied = select(FieldChange).where(FieldChange.salt.is_(None))
    assert entry.figures["fields_emptied"] == len(session.scalars(emptied).all()) > 0


def test_a_change_emptied_beside_an_erasing_is_found(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    erase(session, amina.number, WHY, actor=anybody)
    entry = session.scalars(select(AuditEntry).filter_by(action="registrants.erase")).one()
    said = entry.figures["fields_emptied"]
    session.execute(
        text(
            "update field_changes set before = null, after = null, salt = null, erased_by = :entry"
            " where salt is not null and table_name = 'groups'"
        ),
        {"entry": entry.id},
    )

    assert verify(session).breaks == [
        f"Entry {entry.id}: {said + 1} changes emptied, the act speaks of {said}."
    ]


def test_number_state_and_area_stay(session: Session, amina: Registrant, anybody: Actor) -> None:
    number, area_id = amina.number, amina.area_id

    erased = erase(session, amina.number, WHY, actor=anybody)

    assert (erased.number, erased.area_id) == (number, area_id)
    assert (erased.name, erased.state) == (number, RegistrantState.ERASED)


def test_a_group_that_bears_the_name_is_called_by_its_number(
    session: Session, anybody: Actor
) -> None:
    home = make_family(session, 0)  # is called Household of Amina Doro
    head = make_person(session, home, relation="head", name="Amina Doro")

    erase(session, head.number, WHY, actor=anybody)
    session.refresh(home)

    assert home.name == home.number
    assert "field_changes" not in _tables_that_hold(session, "Amina Doro")


def test_what_was_given_and_the_hash_of_a_list_stay(session: Session, anybody: Actor) -> None:
    place = make_location(session, 0.5, 1.0)
    home = make_family(session, 2, place)
    cycle = make_approved(session, make_program(session), home)
    make_payments(session, cycle.id, actor=FINN)
    confirm_paid(session, cycle.id, "Letter 7", actor=FINN)
    end_cycle(session, cycle.id, actor=DARA)
    roster = session.get_one(Roster, cycle.roster_id)
    before, given = hash_of(session, roster), _given(session)

    erase(session, home.number, WHY, actor=anybody)

    assert hash_of(session, roster) == before
    assert _given(session) == given


def _given(session: Session) -> list[Row[str, object]]:
    return [*session.execute(select(Entitlement.ern, Entitlement.amount, Entitlement.state))]


def test_who_is_in_a_cycle_that_is_not_over_is_not_erased(session: Session, anybody: Actor) -> None:
    home = make_family(session, 0)
    head = make_person(session, home, relation="head")
    make_prepared(session, make_program(session), home)

    for number in (home.number, head.number):
        with pytest.raises(StillServed):
            erase(session, number, WHY, actor=anybody)


def test_an_erasing_needs_a_reason_that_does_not_name(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    with pytest.raises(ReasonMissing):
        erase(session, amina.number, " ", actor=anybody)
    with pytest.raises(ReasonNames):
        erase(session, amina.number, "amina doro asked for it", actor=anybody)


def test_nobody_is_erased_twice_or_beyond_reach_or_without_the_right(
    session: Session, amina: Registrant, anybody: Actor, visitor: Actor
) -> None:
    elsewhere = Actor(5, "Ines", anybody.permissions, area_ids=frozenset({0}))
    with pytest.raises(Forbidden):
        erase(session, amina.number, WHY, actor=visitor)
    with pytest.raises(RegistrantUnknown):
        erase(session, amina.number, WHY, actor=elsewhere)
    erase(session, amina.number, WHY, actor=anybody)
    with pytest.raises(ErasedAlready):
        erase(session, amina.number, WHY, actor=anybody)


def test_an_act_outside_leaves_others_as_they_are(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    other = make_person(session, name="Neema Doro")
    with audit.act(session, anybody, "registrants.change", other):
        other.phone = "+000 77"
    session.flush()

    erase(session, amina.number, WHY, actor=anybody)

    session.refresh(other)
    assert other.phone == "+000 77"
    kept = select(FieldChange.after).where(FieldChange.registrant_id == other.id)
    assert {"phone": "+000 77"} in session.scalars(kept).all()


def test_who_is_in_a_cycle_that_is_not_over_does_not_leave_the_registry(
    session: Session, anybody: Actor
) -> None:
    home = make_family(session, 1)
    make_prepared(session, make_program(session), home)

    with pytest.raises(StillServed):
        exit_registry(session, home.number, "moved away", actor=anybody)


def test_a_household_that_left_counts_nobody_until_it_comes_back(
    session: Session, anybody: Actor
) -> None:
    home = make_family(session, 3)
    counted = select(func.count()).where(Individual.counted_in == home.id)
    exit_registry(session, home.number, "moved away", actor=anybody)
    session.flush()
    assert (session.scalar(counted), home.exit_reason) == (0, "moved away")
    with pytest.raises(NotInRegistry):
        exit_registry(session, home.number, "again", actor=anybody)

    readmit(session, home.number, actor=anybody)
    session.flush()
    assert (session.scalar(counted), home.exited_on) == (3, None)
