"""From a file to the registry by the pages alone; a worker's part is done in between."""

import csv
import io
import uuid
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job, JobState
from programs.jobs.imports import undo_import
from registry.jobs.imports import check_import, merge_import
from registry.models.imports import Import, ImportState
from registry.models.registrants import Registrant
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.web.conftest import Browser

LINES = [
    "HH ID,Pcode,Lon,Lat,HH Size,Colour",
    "H1,X11,0.5,1.5,5,red",
    "H2,X12,12.5,41.9,4,blue",
    "H3,X99,0.5,1.5,six,green",
]


@pytest.fixture
def registrar(session: Session, signed_in: Callable[..., Browser]) -> Browser:
    make_country(session)
    return signed_in(Role.REGISTRAR)


def send(browser: Browser, lines: list[str] = LINES, kind: str = "households") -> str:
    """Send a file; answers the page it leads to."""
    file = (io.BytesIO("\n".join(lines).encode()), "village.csv")
    return browser.act("/registry/imports/", kind=kind, file=file).text


def only(session: Session) -> Import:
    session.expire_all()
    return session.scalars(select(Import).order_by(Import.id.desc())).first() or Import()


def checked(session: Session, browser: Browser, anybody: Actor) -> str:
    """Send, map and check a file; answers the address of its page."""
    send(browser)
    made = only(session)
    here = f"/registry/imports/{made.id}"
    browser.act(f"{here}/columns", follow=True, **made.mapping)
    session.expire_all()
    check_import(session, actor=anybody, progress=Silent(), import_id=made.id)
    session.execute(update(Job).values(state=JobState.DONE))
    return here


def test_a_file_is_recognised_by_its_headings_and_shows_what_its_columns_hold(
    registrar: Browser,
) -> None:
    page = send(registrar)

    assert "village.csv" in page
    for column in ("HH ID", "Pcode", "Lon", "Lat", "HH Size"):
        assert f'<option value="{column}" selected>' in page
    assert '<option value="Colour" selected>' not in page
    assert "H1 · H2 · H3" in page


def test_a_missing_column_is_asked_for(session: Session, registrar: Browser) -> None:
    send(registrar)
    here = f"/registry/imports/{only(session).id}"

    answer = registrar.act(f"{here}/columns", code="", size="HH Size")
    assert answer.status_code == 422
    assert "Say which column holds: Code." in answer.text
    assert '<option value="HH Size" selected>' in answer.text


def test_checking_is_followed_on_the_page(session: Session, registrar: Browser) -> None:
    send(registrar)
    made = only(session)
    page = registrar.act(f"/registry/imports/{made.id}/columns", **made.mapping).text

    job = session.scalars(select(Job)).one()
    assert job.work == "registry.jobs.imports.check_import"
    assert f"/jobs/{job.id}?" in page


def test_the_review_shows_counts_reasons_and_rows_by_verdict(
    session: Session, registrar: Browser, anybody: Actor
) -> None:
    here = checked(session, registrar, anybody)

    page = registrar.get(here).text
    assert "Take 2 rows into the registry" in page
    assert "No area has the P-code X99; look it up under Areas." in page
    assert "The size six is not a whole number." in page
    assert "The point (12.5, 41.9) lies outside the country; accept it only if so." in page
    failed = registrar.get(f"{here}?verdict=error").text
    assert "X99" in failed
    assert "41.9" not in failed
    foreign = registrar.get(f"{here}?finding=foreign").text
    assert "41.9" in foreign
    assert "X99" not in foreign


def test_flagged_rows_are_accepted_together_or_one_by_one(
    session: Session, registrar: Browser, anybody: Actor
) -> None:
    here = checked(session, registrar, anybody)

    registrar.act(f"{here}/accept", finding="foreign", row="", take="yes")
    assert only(session).counts["accepted"] == 1
    registrar.act(f"{here}/accept", finding="", row="3", take="no")
    assert only(session).counts["accepted"] == 0


def test_taking_the_rows_in_reviews_and_merges_them(
    session: Session, registrar: Browser, anybody: Actor
) -> None:
    here = checked(session, registrar, anybody)

    registrar.act(f"{here}/review", merge="yes")
    made = only(session)
    assert made.state is ImportState.REVIEWED
    assert [job.work.split(".")[-1] for job in session.scalars(select(Job).order_by(Job.id))] == [
        "check_import",
        "merge_import",
    ]
    merge_import(session, actor=anybody, progress=Silent(), import_id=made.id)
    assert session.scalars(select(Registrant.code).order_by(Registrant.code)).all() == ["H1", "H2"]
    assert "Now send their people" in registrar.get(here).text


def test_rows_that_were_left_out_come_down_with_their_reasons_and_up_again_corrected(
    session: Session, registrar: Browser, anybody: Actor
) -> None:
    here = checked(session, registrar, anybody)

    answer = registrar.get(f"{here}/failed.csv")
    assert answer.mimetype == "text/csv"
    (headings, row) = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    columns = ["HH ID", "Pcode", "Lon", "Lat", "HH Size", "Colour"]
    assert headings == ["row_of_the_file", *columns, "why_not_taken"]
    assert row[:7] == ["4", "H3", "X99", "0.5", "1.5", "six", "green"]
    assert "No area has the P-code X99;" in row[7]

    send(registrar, [",".join(headings), "4,H3,X11,0.5,1.5,6,green,"])
    again = only(session)
    assert again.mapping["size"] == "HH Size"
    registrar.act(f"/registry/imports/{again.id}/columns", **again.mapping)
    session.expire_all()
    check_import(session, actor=anybody, progress=Silent(), import_id=again.id)
    assert again.counts["good"] == 1


def test_a_discarded_import_says_so(session: Session, registrar: Browser, anybody: Actor) -> None:
    here = checked(session, registrar, anybody)

    registrar.act(f"{here}/discard")
    assert "Discarded by Lena Marr." in registrar.get(here).text


def test_a_file_that_is_no_table_is_refused_in_a_sentence(registrar: Browser) -> None:
    file = (io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0\0"), "photo.csv")

    answer = registrar.act("/registry/imports/", kind="households", file=file)
    assert answer.status_code == 422
    assert "photo.csv is not a table we can read" in answer.text


def test_no_file_is_asked_for(registrar: Browser) -> None:
    answer = registrar.act("/registry/imports/", kind="households")

    assert answer.status_code == 422
    assert "No file was chosen" in answer.text


@pytest.mark.parametrize("kind", ["households", "people", "registrations", "roster"])
def test_the_template_is_understood_without_mapping(registrar: Browser, kind: str) -> None:
    answer = registrar.get(f"/registry/imports/template/{kind}.csv")
    headings, example = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    assert len(headings) == len(example)
    assert headings[0] == "code"
    page = send(registrar, [",".join(headings), ",".join(example)], kind)
    assert '<option value="code" selected>' in page


def test_sent_files_are_listed(session: Session, registrar: Browser, anybody: Actor) -> None:
    checked(session, registrar, anybody)

    page = registrar.get("/registry/imports/").text
    assert "village.csv" in page
    assert "to be reviewed" in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COORDINATOR, Role.FINANCE])
def test_who_may_not_import_is_told_so(signed_in: Callable[..., Browser], role: Role) -> None:
    assert signed_in(role).get("/registry/imports/").status_code == 403


@pytest.mark.parametrize(
    ("day", "said", "checked"),
    [
        ("2026-06-02", "Days with the year first are understood in any case.", "ymd"),
        ("14/03/2026", "Guessed from 14/03/2026, which can be read in one way only.", "dmy"),
        ("03/14/2026", "Guessed from 03/14/2026, which can be read in one way only.", "mdy"),
        ("03/04/2026", "03/04/2026 can be read with the day or with the month first", None),
    ],
)
def test_the_order_of_days_is_guessed_where_they_tell_it(
    registrar: Browser, day: str, said: str, checked: str | None
) -> None:
    page = send(registrar, ["HH ID,Visit date", f"H1,{day}"])

    soup = BeautifulSoup(page, "html.parser")
    chosen = [str(radio["value"]) for radio in soup.select("input[name=day_order][checked]")]
    assert said in page
    assert chosen == ([checked] if checked else [])


def test_an_unclear_order_of_days_is_asked_for_and_taken(
    session: Session, registrar: Browser
) -> None:
    send(registrar, ["HH ID,Visit date", "H1,03/04/2026"])
    here, mapping = f"/registry/imports/{only(session).id}/columns", only(session).mapping

    asked = registrar.act(here, **mapping)
    taken = registrar.act(here, follow=False, day_order="dmy", **mapping)

    assert asked.status_code == 422
    assert "say which it is in this file" in asked.text
    assert taken.status_code == 303
    assert only(session).day_order == "dmy"


def test_a_corrected_file_of_the_same_name_is_another_import(
    session: Session, registrar: Browser
) -> None:
    key = str(uuid.uuid4())

    for lines in (LINES, LINES[:-1], LINES[:-1]):
        file = (io.BytesIO("\n".join(lines).encode()), "village.csv")
        registrar.act("/registry/imports/", act_key=key, kind="households", file=file)

    assert session.scalar(select(func.count()).select_from(Import)) == 2


def test_a_merge_is_undone_from_its_page_with_the_figures_first(
    session: Session, registrar: Browser, anybody: Actor
) -> None:
    here = checked(session, registrar, anybody)
    made = only(session)
    registrar.act(f"{here}/rows", row="3", take="no")
    assert "left out by hand" in registrar.get(here).text
    registrar.act(f"{here}/rows", row="3", take="yes")
    registrar.act(f"{here}/review", merge="yes")
    session.execute(update(Job).values(state=JobState.DONE))
    merge_import(session, actor=anybody, progress=Silent(), import_id=made.id)

    page = registrar.get(here).text
    assert "Undo this merge" in page
    figures = BeautifulSoup(page, "html.parser").select_one("#undo dl")
    assert figures is not None
    assert figures.get_text(" ", strip=True) == (
        "Households taken away 2 People taken away 0 Records put back 0"
    )

    assert "It can be undone until" in page
    assert "Nothing depends on it." in registrar.get(f"{here}/depending").text
    tagged = "insert into registrant_tags (registrant_id, tag) select id, 'pregnant'"
    session.execute(text(f"{tagged} from registrants where code = 'H1'"))
    stands = BeautifulSoup(registrar.get(f"{here}/depending").text, "lxml").get_text(
        " ", strip=True
    )
    assert "tagged: 1 HG-" in stands
    assert registrar.act(f"{here}/undo").status_code == 409
    session.execute(text("delete from registrant_tags"))

    registrar.act(f"{here}/undo")
    work = "programs.jobs.imports.undo_import"
    assert session.scalar(select(func.count()).where(Job.work == work)) == 1
    undo_import(session, actor=anybody, progress=Silent(), import_id=made.id)
    session.execute(update(Job).values(state=JobState.DONE))
    session.expire_all()
    assert "taken out of it again" in registrar.get(here).text
    assert session.scalar(select(func.count()).select_from(Registrant)) == 0
