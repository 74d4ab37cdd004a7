"""Finding somebody by name in any script, however it is spelt, and by what else one knows."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db import stand
from geo.models.areas import Area
from registry.models.registrants import Registrant
from registry.queries.registrants import registrants_page
from registry.queries.searching import Sought, sought
from registry.services.contacts import phone
from tests.make.country import make_decided
from tests.make.registry import make_household, make_identifier, make_person

SPELT = [  # as it is written down, as somebody types it
    ("Damanhur Sayed", "دمنهور"),
    ("أمينة يوسف", "Amina Yusuf"),
    ("Aminata Traoré", "Aminatou Traore"),
    ("Нурлан Абенов", "Nurlan Abenov"),
    ("Nurlan Abenov", "Нурлан"),
    ("ሰላም ተስፋዬ", "Selam"),
    ("Siobhan O'Brien", "OBrien"),
    ("Nguyễn Thị Hoa", "Nguyen Thi Hoa"),
    ("Mohammed Ali", "Muhamad Ali"),
    ("Catherine Mwangi", "Katherine"),
    ("Philip Otieno", "Filip Otieno"),
    ("Sarah Wanjiru", "Sara Wanjiru"),
    ("Khadija Hassan", "خديجة"),
    ("Bartholomew Kivali", "Bartolomew Kivali"),
    ("Jean-Pierre Habimana", "jean pierre habimana"),
]
OTHERS = ("Zuri Bakari", "Ines Lopez", "Tomasz Wolski", "Grace Njeri", "Juma Kamau")


def found(session: Session, text: str, actor: Actor) -> list[str]:
    return [row.name for row in registrants_page(session, text, actor=actor).rows]


@pytest.mark.parametrize(("written", "typed"), SPELT)
def test_a_name_is_found_however_it_is_spelt(
    session: Session, anybody: Actor, written: str, typed: str
) -> None:
    for name in (*OTHERS, written):
        make_person(session, name=name)

    assert found(session, typed, anybody) == [written]


def test_who_is_spelt_as_it_was_typed_comes_first(session: Session, anybody: Actor) -> None:
    for name in ("Aminatou Diallo", "Aminata Diallo", "Amina Diallo"):
        make_person(session, name=name)

    assert found(session, "aminata diallo", anybody)[0] == "Aminata Diallo"


def test_a_year_puts_those_first_who_were_born_in_it(session: Session, anybody: Actor) -> None:
    for year in (1980, 1990, 2000):
        make_person(session, name="Amina Yusuf", birth_date=date(year, 5, 5))

    rows = registrants_page(session, "amina yusuf 1990", actor=anybody).rows

    numbers = select(Registrant.number).order_by(Registrant.id)
    assert rows[0].number == session.scalars(numbers).all()[1]
    assert len(rows) == 3


def test_a_place_after_the_name_puts_those_first_who_live_there(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    areas["X2"].name = "Tuao"
    west = make_person(session, name="Amina Yusuf", area_id=areas["X11"].id)
    east = make_person(session, name="Amina Yusuf", area_id=areas["X21"].id)
    make_person(session, name="Zuri Bakari", area_id=areas["X21"].id)

    rows = registrants_page(session, "amina tuao", actor=anybody).rows

    assert [row.id for row in rows] == [east.id]
    rows = registrants_page(session, "amina yusuf tuao", actor=anybody).rows
    assert [row.id for row in rows] == [east.id, west.id]


def test_a_code_that_was_scanned_finds_whom_it_names(session: Session, anybody: Actor) -> None:
    home = make_household(session, name="Doro")
    make_household(session, name="Sen")

    scanned = f"https://relief.example.org/registry/{home.number}"

    assert found(session, scanned, anybody) == ["Doro"]
    assert found(session, home.number.lower().replace("-", " "), anybody) == ["Doro"]


def test_a_place_of_several_words_or_in_its_own_script_is_a_place(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    areas["X2"].name, areas["X2"].name_local = "Oru Mouth", "ጎንደር"
    session.flush()
    make_person(session, name="Amina Yusuf", area_id=areas["X11"].id)
    east = make_person(session, name="Amina Yusuf", area_id=areas["X21"].id)

    for typed in ("amina Oru Mouth", "amina yusuf oru mouth", "አሚና ጎንደር"):
        assert registrants_page(session, typed, actor=anybody).rows[0].id == east.id, typed


def test_a_telephone_number_is_found_as_it_is_dialled_at_home(
    session: Session, anybody: Actor
) -> None:
    make_decided(session, phone_region="KE")
    person = make_person(session, name="Amina Yusuf")
    kept = phone("0712 345 678", is_main=True)
    kept.registrant_id = person.id
    session.add(kept)
    session.flush()

    for typed in ("0712 345 678", "0712345678", "+254 712 345 678", "+254712345678"):
        assert found(session, typed, anybody) == ["Amina Yusuf"], typed
    assert found(session, "0712 345 679", anybody) == []


def test_an_identifier_is_found_in_small_letters(session: Session, anybody: Actor) -> None:
    person = make_person(session, name="Amina Yusuf")
    make_identifier(session, person, "KE-77 B")

    assert found(session, "ke-77  b", anybody) == ["Amina Yusuf"]


def test_who_works_in_an_area_finds_the_same_in_it_and_nobody_beyond(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    areas["X1"].name = "Tuao"
    for written, _typed in SPELT:
        for code in ("X11", "X21"):
            make_person(session, name=written, area_id=areas[code].id)
    make_person(session, name="Amina of nowhere", area_id=None)
    session.flush()
    west = Actor(7, "Rana", anybody.permissions, area_ids=frozenset({areas["X1"].id}))
    nation = {typed: found(session, typed, anybody) for _written, typed in SPELT}
    stand(session, west)

    for typed, everywhere in nation.items():
        here = found(session, typed, west)
        assert here, typed
        assert sorted(here + here) == sorted(everywhere), typed
    assert found(session, "amina tuao", west) != []
    nobodys = select(func.alike_within("amina", ["mn"], "", [], 1000).column_valued())
    seen = {row.id: row.area_id for row in session.scalars(select(Registrant))}
    assert {*seen.values()} == {areas["X11"].id}
    assert {*session.scalars(nobodys)} <= seen.keys()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("amina", True),
        ("0712 345 678", False),
        ("+254712345678", False),
        ("N-1202573", False),
        ("HG-7K3M9QXA", True),  # its check character is wrong, so it is no number
        ("Household 12", True),
        ("MARGARET", True),  # eight letters; a number without any figure looks so
        ("...", False),
    ],
)
def test_numbers_are_not_looked_for_among_names(text: str, named: bool) -> None:
    assert sought(text).may_be_a_name is named


def test_a_number_is_not_looked_for_among_names(session: Session) -> None:
    home = make_household(session, name="Doro")

    number = home.number.replace("-", " ").lower()
    assert sought(number).may_be_a_name is not any(c.isdecimal() for c in number)


def test_whom_somebody_made_without_a_place_they_find(session: Session, anybody: Actor) -> None:
    mine = make_person(session, name="Amina Yusuf", area_id=None)
    mine.made_by = 7
    make_person(session, name="Amina Yusuf", area_id=None).made_by = 8
    session.flush()
    local = Actor(7, "Rana", anybody.permissions, area_ids=frozenset({1}))
    stand(session, local)

    asked = select(func.alike_within("amina yusuf", ["mn", "ysf"], "", [], 1000).column_valued())
    assert {*session.scalars(asked)} == {mine.id}


def test_a_name_that_is_no_name_finds_nobody_and_breaks_nothing(
    session: Session, anybody: Actor
) -> None:
    make_person(session, name="O")
    make_person(session, name="Suharto")

    assert found(session, "o", anybody)[0] == "O"
    assert found(session, "suharto", anybody) == ["Suharto"]
    for typed in ("%", "_", "'", "\\", "a' or true --", "؟", "..."):
        assert found(session, typed, anybody) == [], typed


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (" Amina 1990 ", Sought("Amina 1990", "amina", 1990)),
        ("1990", Sought("1990", "1990")),
        ("ሰላም", Sought("ሰላም", "selam")),
        ("0712 1990 55", Sought("0712 1990 55", "0712 55", 1990)),
        ("https://x.org/registry/HG-7K3M9QXA?t=1", Sought("HG-7K3M9QXA", "hg 7k3m9qxa")),
        ("%", Sought("%", "")),
    ],
)
def test_what_was_typed_is_read(text: str, meant: Sought) -> None:
    assert sought(text) == meant
