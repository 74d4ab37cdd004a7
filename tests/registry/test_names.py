"""Names of any script, as they are searched by."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from programs.services.registrants import erase
from registry.models.registrants import Registrant
from registry.parsing.names import Searchable, bones, romanised, searchable
from registry.queries.names import anything_unread
from registry.services.names import read_all
from tests.make.geo import make_country
from tests.make.imports import household, person, take_households, take_people
from tests.make.jobs import Silent
from tests.make.registry import make_person, registered


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Amina Doro", "amina doro"),
        ("  DORO,  Amina ", "doro amina"),
        ("O'Brien", "obrien"),
        ("O\u2019Brien", "obrien"),
        ("Nguyễn Văn Đức", "nguyen van duc"),
        ("Нурлан", "nurlan"),
        ("ሰላም", "selam"),
        ("دمنهور", "dmnhwr"),
        ("Jean-Pierre", "jean pierre"),
        ("", ""),
    ],
)
def test_a_name_is_written_in_small_latin_letters(name: str, written: str) -> None:
    assert romanised(name) == written


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (("Damanhur", "دمنهور", "Damanhour"), ("dmnhr",)),
        (("Aminata", "Aminatou", "AMINATTA"), ("mnt",)),
        (("Amina", "أمينة", "Aminah"), ("mn",)),
        (("Sara", "Sarah", "سارة"), ("sr",)),
        (("Philippe", "Filipe"), ("flp",)),
        (("Mohamed Doro", "Doro, Muhammad"), ("dr", "mhmd")),
        (("Al Rashid", "Rashid", "El Rashid"), ("rshd",)),
        (("Wali", "Vali"), ("wl",)),
        (("Mamadou", "ممادو"), ("md",)),
        (("Lalla Zaynab", "لالا زينب"), ("l", "znb")),
    ],
)
def test_spellings_of_one_name_share_their_bones(
    names: tuple[str, ...], left: tuple[str, ...]
) -> None:
    assert [bones(name) for name in names] == [left] * len(names)


@pytest.mark.parametrize(("one", "other"), [("Amina", "Samina"), ("Idris", "Doro"), ("Ali", "Ana")])
def test_names_that_sound_apart_have_other_bones(one: str, other: str) -> None:
    assert bones(one) != bones(other)


def test_a_name_of_vowels_and_a_name_that_is_an_article_keep_something() -> None:
    assert bones("Aya") == ("aya",)
    assert bones("Al") == ("l",)
    assert bones("") == ()


def test_both_scripts_are_searched_at_once() -> None:
    assert searchable("Amina Doro", "أمينة دورو") == Searchable(
        "amina doro mynh dwrw", ("dr", "mn")
    )


def _read(session: Session, registrant: Registrant) -> tuple[str | None, Sequence[str] | None]:
    columns = select(Registrant.names, Registrant.bones).where(Registrant.id == registrant.id)
    names, found = session.execute(columns).one()
    return names, found


def test_who_is_written_is_searched_by_their_names(session: Session) -> None:
    somebody = make_person(session, name="Amina Doro", name_local="أمينة دورو")

    assert _read(session, somebody) == ("amina doro mynh dwrw", ["dr", "mn"])


def test_a_name_written_by_a_file_is_read_afterwards(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    make_country(session)
    take_households(session, tmp_path, anybody, household())
    take_people(session, tmp_path, anybody, person())
    amina = registered(session, "P1")
    assert (_read(session, amina), anything_unread(session)) == ((None, None), True)

    assert read_all(session, Silent().report) == 2

    assert _read(session, amina) == ("amina doro mynh dwrw", ["dr", "mn"])
    assert not anything_unread(session)


def test_a_name_that_is_changed_without_its_reading_is_read_again(session: Session) -> None:
    somebody = make_person(session, name="Amina Doro")
    session.execute(update(Registrant).where(Registrant.id == somebody.id).values(name="Omar Sen"))
    assert _read(session, somebody) == (None, None)
    read_all(session, Silent().report)

    assert _read(session, somebody) == ("omar sen", ["mr", "sn"])


def test_an_erased_person_is_not_read_again(session: Session, anybody: Actor) -> None:
    somebody = make_person(session, name="Amina Doro")
    erase(session, somebody.number, "They asked", actor=anybody)

    assert _read(session, somebody) == (None, None)
    assert not anything_unread(session)
