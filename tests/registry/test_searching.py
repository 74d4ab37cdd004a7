"""Finding somebody by name in any script, however it is spelt, and by what else one knows."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from registry.models.registrants import Registrant
from registry.queries.registrants import registrants_page
from registry.queries.searching import Sought, sought
from tests.make.registry import make_household, make_person

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
