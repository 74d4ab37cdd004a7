"""Saying how a file is read, by the pages alone: words, constants, made columns, kept mappings."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from registry.jobs.imports import check_import
from registry.models.imports import Import, ImportMapping, ImportRow
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.web.conftest import Browser

LINES = """HH ID,Full name,Sexe,day,month,year,Size
H1,"Doro, Amina",Dame,14,3,1992,4
H2,"Kivali, Idris",Monsieur,5,1,2001,5
H3,"Sen, Zuri",sans,,,1990,2"""


@pytest.fixture
def registrar(session: Session, signed_in: Callable[..., Browser]) -> Browser:
    make_country(session)
    return signed_in(Role.REGISTRAR)


@pytest.fixture
def here(session: Session, registrar: Browser) -> str:
    """The address of a file that says things in its own way."""
    return sent(session, registrar, LINES)


def sent(session: Session, registrar: Browser, lines: str) -> str:
    file = (io.BytesIO(lines.encode()), "people.csv")
    registrar.act("/registry/imports/", kind="registrations", file=file)
    return f"/registry/imports/{latest(session).id}"


def latest(session: Session) -> Import:
    session.expire_all()
    return session.scalars(select(Import).order_by(Import.id.desc())).first() or Import()


def said_of(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """What the rows say once they are checked."""
    made = latest(session)
    check_import(session, actor=actor, progress=Silent(), import_id=made.id)
    rows = session.scalars(
        select(ImportRow).where(ImportRow.import_id == made.id).order_by(ImportRow.row_number)
    )
    return [dict(zip(made.fields, row.cells, strict=True)) for row in rows]


def test_words_of_the_file_are_shown_and_given_their_meaning(
    session: Session, registrar: Browser, here: str, anybody: Actor
) -> None:
    mapping = {**latest(session).mapping, "sex": "Sexe"}
    part = registrar.get(f"{here}/reading", query_string=mapping).text
    soup = BeautifulSoup(part, "lxml")
    asked = {
        str(each["name"]): each.select_one("option[selected]") for each in soup.select("select")
    }
    words_of_it = {"word:sex:dame", "word:sex:monsieur", "word:sex:sans"}
    assert asked.keys() == words_of_it
    assert {str(option and option["value"]) for option in asked.values()} == {"?"}

    meant = ("female", "male", "")  # the last says nothing
    words = dict(zip(sorted(words_of_it), meant, strict=True))
    registrar.act(f"{here}/columns", **mapping, **words)

    assert [row["sex"] for row in said_of(session, anybody)] == ["female", "male", None]
    assert latest(session).counts["error"] == 0
    again = sent(session, registrar, LINES)
    assert again != here
    assert latest(session).words["sex"]["dame"] == "female"


def test_what_is_always_so_is_read_where_a_row_says_nothing(
    session: Session, registrar: Browser, anybody: Actor
) -> None:
    here = sent(session, registrar, "HH ID,Name,Sex,Size\nH1,Amina,female,4\nH2,Idris,,5")
    mapping = latest(session).mapping

    registrar.act(f"{here}/columns", **mapping, **{"always-sex": "male", "always-size": "9"})

    rows = said_of(session, anybody)
    assert [(row["sex"], row["size"]) for row in rows] == [("female", "4"), ("male", "5")]


def test_columns_are_put_together_and_taken_apart(
    session: Session, registrar: Browser, here: str, anybody: Actor
) -> None:
    mapping = {key: said for key, said in latest(session).mapping.items() if key != "name"}
    make = f"{here}/made"
    registrar.act(make, **mapping, of=["year", "month", "day"], sign="-", part="")
    registrar.act(make, **mapping, of=["Full name"], sign=",", part="1")
    page = registrar.act(make, **mapping, of=["Full name"], sign=",", part="-1").text
    assert "1992-3-14" not in page  # it is shown once something is read from it
    assert '<option value="year + month + day">' in page

    chosen = {
        **mapping,
        "birth_date": "year + month + day",
        "family_name": "Full name [1]",
        "given_name": "Full name [-1]",
        "sex": "",
    }
    read = registrar.get(f"{here}/reading", query_string=chosen).text
    assert "1992-03-14" in read
    assert "Amina Doro" in read
    registrar.act(f"{here}/columns", **chosen)
    rows = said_of(session, anybody)

    assert [row["birth_date"] for row in rows] == ["1992-03-14", "2001-01-05", "1990-07-01"]
    assert [row["name"] for row in rows] == ["Amina Doro", "Idris Kivali", "Zuri Sen"]


def test_a_made_column_is_taken_away_with_what_was_read_from_it(
    session: Session, registrar: Browser, here: str
) -> None:
    registrar.act(f"{here}/made", of=["Full name"], sign=",", part="1")
    registrar.act(f"{here}/made", of=["day", "month"], sign="-", part="", name="Full name [1]")
    assert latest(session).mapping == {"name": "Full name [1]"}

    registrar.act(f"{here}/made/drop", drop="Full name [1]")

    assert latest(session).mapping == {}
    assert [each["name"] for each in latest(session).made] == ["day + month"]


@pytest.mark.parametrize(
    ("of", "sign", "part"),
    [(["day"], "-", ""), (["day", "month"], "-", "1"), (["day", "month"], "+", ""), ([], "-", "")],
)
def test_a_column_that_cannot_be_made_is_refused(
    registrar: Browser, here: str, of: list[str], sign: str, part: str
) -> None:
    assert registrar.act(f"{here}/made", of=of, sign=sign, part=part).status_code == 422


def test_a_mapping_is_kept_under_a_name_and_used_for_another_file(
    session: Session, registrar: Browser, here: str
) -> None:
    mapping = {**latest(session).mapping, "sex": "Sexe"}
    words = {"word:sex:dame": "female"}
    registrar.act(f"{here}/columns", **mapping, **words, keep_as="French forms", shared="yes")
    kept = session.scalars(select(ImportMapping)).one()
    assert (kept.name, kept.shared, kept.words) == (
        "French forms",
        True,
        {"sex": {"dame": "female"}},
    )

    other = sent(session, registrar, "Sexe,HH ID,Size,Note\nDame,H1,3,x")
    assert "French forms · shared" in registrar.get(other).text
    registrar.act(f"{other}/mapping", kept=kept.id)
    assert latest(session).mapping == {"code": "HH ID", "sex": "Sexe", "size": "Size"}
    assert latest(session).words == {"sex": {"dame": "female"}}

    registrar.act(f"{other}/mapping", kept=kept.id, forget="yes")
    assert session.scalars(select(ImportMapping)).all() == []


def test_a_mapping_of_somebody_else_is_not_replaced(
    session: Session, registrar: Browser, here: str
) -> None:
    given = {"kind": "registrations", "name": "Theirs", "mapping": {"code": "HH ID"}}
    session.add(ImportMapping(**given, made_by=999))
    session.flush()

    answer = registrar.act(f"{here}/columns", **latest(session).mapping, keep_as="Theirs")

    assert answer.status_code == 409
    assert "Somebody else keeps a mapping called Theirs" in answer.text


def test_a_heading_that_is_nearly_known_is_proposed_and_marked(
    session: Session, registrar: Browser
) -> None:
    here = sent(session, registrar, "HH ID,Name,Birhtdate,Houshold sise\nH1,Amina,1992-03-14,4")

    mapping = latest(session).mapping
    assert (mapping["birth_date"], mapping["size"]) == ("Birhtdate", "Houshold sise")
    assert registrar.get(here).text.count("a guess: look") == 2
