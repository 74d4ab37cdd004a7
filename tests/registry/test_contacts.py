"""How registrants are reached: one place to read it, however it was written."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from core import crypto
from core.actor import Actor
from core.settings import settings
from geo.queries.selections import Question
from registry.models.contacts import Contact, ContactKind
from registry.models.registrants import Registrant
from registry.parsing.numbers import contact_key
from registry.queries.contacts import contacts_of
from registry.queries.registrants import registrants_page
from registry.services.rosters import draft, export, freeze
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location


def said(session: Session, registrant: Registrant) -> list[tuple[str, bool]]:
    """The contacts of a registrant and which is the main one."""
    session.flush()
    return [(each.value, each.is_main) for each in contacts_of(session, registrant.id)]


@pytest.mark.parametrize(
    "value", ["+254 712-345 678", "(0712) 345.678", "Amina@Example.org ", "MARK 55", "Ünal/7"]
)
def test_a_number_is_the_same_for_the_database_and_for_the_code(
    session: Session, value: str
) -> None:
    assert session.scalar(text("select contact_key(:v)"), {"v": value}) == contact_key(value)


def test_a_phone_a_file_wrote_is_a_contact(session: Session) -> None:
    home = make_household(session, phone="+254 712 345 678")
    assert said(session, home) == [("+254 712 345 678", True)]
    home.phone = "+254 712 000 000"
    assert said(session, home) == [("+254 712 000 000", True)]
    home.phone = None

    assert said(session, home) == []


def test_a_phone_of_a_file_does_not_take_the_place_of_one_written_by_hand(
    session: Session,
) -> None:
    home = make_household(session)
    given = Contact(
        registrant_id=home.id, kind=ContactKind.PHONE, value="+254 700 000 001", is_main=True
    )
    session.add(given)
    session.flush()
    home.phone = "+254 712 345 678"

    assert said(session, home) == [("+254 700 000 001", True), ("+254 712 345 678", False)]


def test_many_phones_change_in_one_statement(session: Session) -> None:
    homes = [make_household(session, phone=f"+254 712 000 00{n}") for n in range(3)]
    session.execute(update(Registrant).values(phone=Registrant.phone.concat("9")))

    assert [said(session, home) for home in homes] == [
        [(f"+254 712 000 00{n}9", True)] for n in range(3)
    ]


def test_whoever_is_of_no_area_is_found_by_key_as_their_phone_is_written(session: Session) -> None:
    """And not by going through the whole registry, as the trigger that writes it would have it."""
    told = "select proconfig from pg_proc where proname = 'bring_along_contacts'"

    assert "enable_nestloop=on" in (session.scalar(text(told)) or [])


@pytest.mark.parametrize("typed", ["+254712345678", "+254 (712) 345-678", " +254 712 345 678"])
def test_a_phone_is_found_however_it_is_divided(
    session: Session, anybody: Actor, typed: str
) -> None:
    home = make_household(session, phone="+254 712-345 678")

    assert [row.id for row in registrants_page(session, typed, actor=anybody).rows] == [home.id]


def test_a_list_takes_sealed_phones_along_as_they_were_given(
    session: Session, anybody: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crypto.make_keys(tmp_path / "keys")
    monkeypatch.setenv("ENCRYPTION_KEYS", str(tmp_path / "keys"))
    settings.cache_clear()
    areas = make_country(session)
    home = make_household(session, make_location(session, 0.2, 1.0, area_id=areas["X11"].id))
    session.add(Contact(registrant_id=home.id, kind=ContactKind.PHONE, value="=1+2", is_main=True))
    session.flush()
    kept = session.scalar(text("select value from contacts"))
    roster = draft(session, Question(), "Everybody", actor=anybody)
    freeze(session, roster.id, actor=anybody)
    file = io.BytesIO()

    export(session, roster.id, file, actor=anybody)
    monkeypatch.undo()
    settings.cache_clear()

    assert kept.startswith(crypto.MARK)
    (row,) = csv.DictReader(io.StringIO(file.getvalue().decode()))
    assert (row["number"], row["phone"]) == (home.number, "'=1+2")
    assert session.scalars(select(Contact.key)).one().startswith(kept.split(":")[1])
