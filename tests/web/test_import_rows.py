"""Rows of an import, one by one, by the pages alone; a worker's part is done in between."""

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.web import import_rows
from core.actor import Actor
from core.jobs import Job, JobState
from registry.jobs.imports import check_import, compare_import, correct_import
from registry.models.imports import Import, ImportRow, Verdict
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.registry import make_household, make_location, make_person, registered
from tests.web.conftest import Browser

LINES = """HH ID,Name,Sex,Birth date,Size
H1,Aminna Dorro,female,1992-03-14,4
H2,Idris,male,2001-01-05,six"""
ROWS = "/registry/imports/{}/rows"


@pytest.fixture
def registrar(session: Session, signed_in: Callable[..., Browser]) -> Browser:
    make_country(session)
    group = make_household(session, make_location(session, 0.5, 1.5), code="H9")
    make_person(
        session, group, name="Amina Doro", sex="female", birth_date=date(1992, 3, 14), code="P1"
    )
    return signed_in(Role.REGISTRAR)


@pytest.fixture
def sent(session: Session, registrar: Browser, anybody: Actor) -> Import:
    """A checked file of two registrations: somebody like Amina, and a size that is no number."""
    file = (io.BytesIO(LINES.encode()), "people.csv")
    registrar.act("/registry/imports/", kind="registrations", file=file)
    made = session.scalars(select(Import)).one()
    registrar.act(f"/registry/imports/{made.id}/columns", **made.mapping)
    work_off(session, anybody)
    return made


def work_off(session: Session, actor: Actor) -> list[str]:
    """Do what waits, as a worker would; answers what it was."""
    works = {work.__name__: work for work in (check_import, compare_import, correct_import)}
    did = []
    while job := session.scalars(select(Job).where(Job.state == JobState.WAITING)).first():
        name = job.work.rpartition(".")[2]
        session.execute(update(Job).where(Job.id == job.id).values(state=JobState.DONE))
        works[name](session, actor=actor, progress=Silent(), **job.args)
        session.flush()
        did.append(name)
        session.expire_all()
    return did


def test_a_cell_is_corrected_on_the_page_of_its_row_and_checked_at_once(
    session: Session, registrar: Browser, sent: Import, anybody: Actor
) -> None:
    listed = BeautifulSoup(registrar.get(f"/registry/imports/{sent.id}").text, "lxml")
    wrong = listed.select_one("td.marked a")
    assert wrong is not None
    assert str(wrong["href"]) == f"/registry/imports/{sent.id}/rows/3#cell-size"
    page = registrar.get(str(wrong["href"])).text
    assert "The size six is not a whole number." in page

    registrar.act(f"{ROWS.format(sent.id)}/3/cells", size="6")
    assert work_off(session, anybody) == ["check_import", "compare_import"]

    page = registrar.get(f"{ROWS.format(sent.id)}/3").text
    assert "is not a whole number" not in page
    assert "As it was sent" in page
    assert "will be new" in page
    only = registrar.get(f"/registry/imports/{sent.id}?corrected=yes").text
    assert "H2" in only
    assert "H1" not in only


def test_a_long_file_is_checked_anew_when_somebody_says_so(
    session: Session,
    registrar: Browser,
    sent: Import,
    anybody: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(import_rows, "AT_ONCE", 1)

    page = registrar.act(f"{ROWS.format(sent.id)}/3/cells", size="6").text
    assert "The file has 2 rows: check it anew when you are done." in page
    assert work_off(session, anybody) == []
    here = f"/registry/imports/{sent.id}"
    assert "1 row was corrected since the file was checked." in registrar.get(here).text

    registrar.act(f"{here}/check")
    assert work_off(session, anybody)[0] == "check_import"
    assert "since the file was checked" not in registrar.get(here).text


def test_whom_a_row_is_like_is_shown_beside_it_and_taken_by_hand(
    session: Session, registrar: Browser, sent: Import, anybody: Actor
) -> None:
    amina = registered(session, "P1")
    review = registrar.get(f"/registry/imports/{sent.id}").text
    assert "1 new row is like somebody registered" in review
    page = registrar.get(f"{ROWS.format(sent.id)}/2").text
    assert "Like somebody registered" in page
    assert amina.number in page

    registrar.act(f"{ROWS.format(sent.id)}/2/link", whom=amina.number)
    work_off(session, anybody)

    row = session.get_one(ImportRow, (sent.id, 2))
    assert row.errors == []
    assert (row.decided, row.registrant_id) == (Verdict.LINK, amina.id)
    assert "Taken for:" in registrar.get(f"{ROWS.format(sent.id)}/2").text
    registrar.act(f"{ROWS.format(sent.id)}/2/new", take="no")
    work_off(session, anybody)
    session.expire_all()
    assert session.get_one(ImportRow, (sent.id, 2)).registrant_id is None


def test_somebody_is_found_by_name_to_link_a_row_to(
    registrar: Browser, sent: Import, session: Session
) -> None:
    number = registered(session, "P1").number

    page = BeautifulSoup(registrar.get(f"{ROWS.format(sent.id)}/2?q=amina doro").text, "lxml")

    assert number in {str(each["value"]) for each in page.select("input[name=whom]")}


def test_rows_are_found_by_what_they_say(registrar: Browser, sent: Import) -> None:
    page = registrar.get(f"/registry/imports/{sent.id}?q=idris").text

    assert "H2" in page
    assert "Aminna" not in page


def test_rows_that_were_left_out_go_through_a_workbook_into_the_same_import(
    session: Session, registrar: Browser, sent: Import, anybody: Actor
) -> None:
    answer = registrar.get(f"/registry/imports/{sent.id}/failed.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][:3] == ["3", "H2", "Idris"]
    sheet["F2"] = "6"
    corrected = io.BytesIO()
    book.save(corrected)

    file = (io.BytesIO(corrected.getvalue()), "left-out.xlsx")
    registrar.act(f"/registry/imports/{sent.id}/corrected", file=file)
    assert work_off(session, anybody)[0] == "correct_import"

    assert sent.counts["error"] == 0
    assert registrar.get(f"/registry/imports/{sent.id}/failed.pdf").status_code == 404


def test_a_row_that_is_not_there_is_not_found(registrar: Browser, sent: Import) -> None:
    assert registrar.get(f"{ROWS.format(sent.id)}/77").status_code == 404
    assert registrar.act(f"{ROWS.format(sent.id)}/77/cells", size="6").status_code == 404
