"""The trail's pages, a registrant's history, and the looks every page that shows people leaves."""

import json
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask, url_for
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.roles import Role
from app.telling.acts import pages
from core import audit, jobs
from core.actor import Actor
from core.audit import AuditEntry, Look
from core.jobs import Job, JobState
from core.seals import seal
from programs.models.organisations import Organisation
from registry.models.registrants import Registrant
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.programs import make_family
from tests.make.registry import make_household, make_location
from tests.web.conftest import Browser
from tests.web.world import addresses, furnish

AMINA = Actor(id=71, name="Amina Oro", permissions=frozenset())

FILES = {  # of what a page has
    "rosters.show": ("rosters.download", {}),
    "imports.show": ("imports.failed", {"kind": "csv"}),
}

SignIn = Callable[..., Browser]


def _organisation(session: Session, name: str) -> AuditEntry:
    made = Organisation(name=name)
    with audit.act(session, AMINA, "organisations.create", made) as figures:
        session.add(made)
        figures.update(name=name, people=12_345)
    session.flush()
    return session.scalars(select(AuditEntry).filter_by(subject_id=made.id)).one()


def test_an_entry_shows_its_figures_and_its_fields_before_and_after(
    session: Session, signed_in: SignIn
) -> None:
    entry = _organisation(session, "Red Cross")

    page = signed_in(Role.ADMINISTRATOR).get(f"/admin/audit/{entry.id}").text

    assert "12,345" in page
    assert "<h1>Wrote an organisation down</h1>" in page
    told = BeautifulSoup(page, "html.parser").select_one(".changes")
    assert told
    assert told.get_text(" ", strip=True).endswith(
        "Name empty Red Cross Kind empty government office"
    )


def test_the_trail_is_searched_by_person_act_subject_days_and_words(
    session: Session, signed_in: SignIn
) -> None:
    entry = _organisation(session, "Red Cross")
    _organisation(session, "Caritas")
    browser = signed_in(Role.ADMINISTRATOR)

    found = f"who=amina&action=organisations&subject=organisations&subject_id={entry.subject_id}"
    assert "Red Cross" in browser.get(f"/admin/audit/?{found}&text=cross").text
    assert "Caritas" not in browser.get(f"/admin/audit/?{found}&text=cross").text
    for nothing in ("who=boris", "until=2020-01-01", "since=2099-01-01", "text=12346"):
        assert "Nothing fits" in browser.get(f"/admin/audit/?subject=organisations&{nothing}").text


def test_what_was_searched_is_taken_along_and_that_is_an_act(
    session: Session, signed_in: SignIn
) -> None:
    _organisation(session, "Red Cross")
    browser = signed_in(Role.ADMINISTRATOR)

    csv = browser.get("/admin/audit/entries.csv?subject=organisations").text.splitlines()
    lines = browser.get("/admin/audit/entries.jsonl?subject=organisations").text.splitlines()

    assert (len(csv), len(lines)) == (2, 1)
    assert json.loads(lines[0])["figures"] == {"name": "Red Cross", "people": 12345}
    exports = select(func.count()).where(AuditEntry.action == "audit.export")
    assert session.scalar(exports) == 2


def test_a_verifying_asked_for_on_the_page_shows_what_it_found(
    session: Session, signed_in: SignIn
) -> None:
    entry = _organisation(session, "Red Cross")
    browser = signed_in(Role.ADMINISTRATOR)
    seal(session)
    session.execute(text("set local session_replication_role = replica"))
    session.execute(
        text("update audit_entries set figures = '{}' where id = :id"), {"id": entry.id}
    )
    session.execute(text("set local session_replication_role = origin"))

    browser.act("/admin/audit/verify")
    job = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job is not None
    session.expire_all()
    reader = Actor(1, "Amina", frozenset({"audit:read"}), national=True)
    job.result = jobs.works[job.work](session, actor=reader, progress=Silent())
    job.state, job.ended_at = JobState.DONE, func.now()
    session.flush()

    page = browser.get("/admin/audit/").text
    assert "broken" in page
    assert f"Position 1, entry {entry.id}: altered." in page


@pytest.mark.parametrize("path", ["", "1", "entries.csv", "entries.jsonl"])
def test_who_may_not_read_the_trail_sees_nothing_of_it(signed_in: SignIn, path: str) -> None:
    assert signed_in(Role.COORDINATOR).get(f"/admin/audit/{path}").status_code == 403


def test_a_household_tells_who_changed_which_field_and_who_looked(
    session: Session, signed_in: SignIn
) -> None:
    home = make_family(session, 3)
    with audit.act(session, AMINA, "registrants.change", home):
        home.phone = "+254 700 000 001"
    session.flush()
    browser = signed_in(Role.REGISTRAR, Role.ADMINISTRATOR)

    browser.get(f"/registry/{home.number}")
    page = browser.get(f"/registry/{home.number}?tab=trail").text

    assert "+254 700 000 001" in page.partition('id="changes"')[2]
    assert "Amina Oro" in page.partition('id="changes"')[2]
    assert "Lena Marr" in page.partition('id="looks"')[2]


def test_a_person_is_erased_on_their_page_by_who_may(session: Session, signed_in: SignIn) -> None:
    home = make_household(session, code=None)
    browser = signed_in(Role.ADMINISTRATOR)
    assert "Erase for good" in browser.get(f"/registry/{home.number}?tab=trail").text

    page = browser.act(f"/registry/{home.number}/erase", reason="They asked for it").text

    assert f"Everything about {home.number} is erased." in page
    assert "Household of Amina Doro" not in page
    assert "Erase for good" not in page


def test_nobody_else_is_offered_to_erase(session: Session, signed_in: SignIn) -> None:
    home = make_household(session)
    browser = signed_in(Role.REGISTRAR)

    assert "Erase for good" not in browser.get(f"/registry/{home.number}").text
    assert browser.act(f"/registry/{home.number}/erase", reason="x").status_code == 403


def test_history_is_for_who_may_read_it(session: Session, signed_in: SignIn) -> None:
    home = make_family(session, 3)

    page = signed_in(Role.COORDINATOR).get(f"/registry/{home.number}").text

    assert 'id="changes"' not in page
    assert 'id="looks"' not in page


def test_history_ends_where_reach_does(session: Session, signed_in: SignIn) -> None:
    areas = make_country(session)
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    home = make_family(session, 2, place)

    browser = signed_in(Role.REGISTRAR, area_id=areas["X2"].id)

    assert browser.get(f"/registry/{home.number}").status_code == 404


def test_every_page_that_shows_somebody_notes_a_look(
    web: Flask, session: Session, signed_in: SignIn
) -> None:
    """Whichever page bears a registrant's number or name: also those that do not stand yet."""
    browser = signed_in(*Role)
    rows = furnish(session, session.scalars(select(User)).one())
    with web.test_request_context():
        paths = addresses(web, rows)
        files = [(*FILES[name], told) for name, told in rows if name in FILES]
        paths += [url_for(file, **{**kind, **told}) for file, kind, told in files]
    session.execute(text("update registrants set name = 'Ωρου Μαρία ' || id"))
    people = session.execute(select(Registrant.number, Registrant.name)).all()

    showing, noted = set(), set()
    for path in paths:
        before = _looks(session)
        page = browser.get(path).text
        if any(number in page or name in page for number, name in people):
            showing.add(path)
        if _looks(session) != before:
            noted.add(path)

    assert showing - noted == set()
    assert len(showing) >= 7
    assert set(session.scalars(select(Look.what).distinct())) <= set(pages())


def _looks(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Look)).one()
