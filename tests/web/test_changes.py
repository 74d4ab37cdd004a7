"""The pages of changes: written, asked for, sent back, validated twice, applied."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.areas import Area
from registry.models.changes import ChangeRequest, ChangeState
from registry.models.registrants import Registrant
from registry.services.changes import return_change
from tests.make.changes import LUIS, make_approved_change, make_asked
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person
from tests.web.conftest import Browser


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """Amina, the head, and her children Idris and Sefu, in X11."""
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    home = make_household(session, place, name="Amina Doro")
    make_person(session, home, relation="head", name="Amina Doro")
    for name in ("Idris Doro", "Sefu Doro"):
        make_person(session, home, name=name)
    return home


def member(session: Session, name: str) -> Registrant:
    return session.scalars(select(Registrant).where(Registrant.name == name)).one()


def asked_for(session: Session) -> ChangeRequest:
    return session.scalars(select(ChangeRequest)).one()


def test_the_page_of_a_household_leads_to_the_changes_there_are(
    session: Session, home: Registrant, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.REGISTRAR)
    tab = browser.get(f"/registry/{home.number}?tab=changes").text
    assert f"/changes/new?of={home.number}" in tab

    page = browser.get(f"/changes/new?of={home.number}").text
    assert "Split a household" in page
    assert "Correct what is said of a person" not in page  # it is a household


def test_a_split_is_written_and_asked_for_on_one_page(
    session: Session, home: Registrant, signed_in: Callable[..., Browser]
) -> None:
    idris = member(session, "Idris Doro")
    browser = signed_in(Role.REGISTRAR)
    page = browser.get(f"/changes/new/split_household?of={home.number}").text
    assert f'name="goes-{idris.number}"' in page

    sent = {"of": home.number, f"goes-{idris.number}": "head", "why": "He married", "ask": "yes"}
    shown = browser.act("/changes/new/split_household", **sent).text
    assert asked_for(session).state is ChangeState.LOCAL
    assert "to be validated near by" in shown
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', shown, re.S)
    assert len(rows) == 3  # a household is made, Idris leaves, Idris joins
    assert "It is right" not in shown  # somebody else says so


def test_what_is_missing_is_said_above_the_form_and_nothing_is_lost(
    session: Session, home: Registrant, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.REGISTRAR)
    sent = {"of": home.number, "why": "He married", "ask": "yes"}
    answer = browser.act("/changes/new/split_household", **sent)
    assert answer.status_code == 422
    assert "Choose at least one member for the new household" in answer.text
    assert "He married" in answer.text
    assert session.scalars(select(ChangeRequest)).all() == []


def test_who_validates_near_by_sees_the_button_and_presses_it(
    session: Session, home: Registrant, areas: dict[str, Area], signed_in: Callable[..., Browser]
) -> None:
    asked = make_asked(session, "edit_group", home.number, answers={"address": "Mill Lane 4"})
    browser = signed_in(Role.COORDINATOR, area_id=areas["X1"].id)
    assert asked.number in browser.get("/changes/").text
    page = browser.get(f"/changes/{asked.number}").text
    assert "Mill Lane 4" in page
    assert "It is right" in page

    browser.act(f"/changes/{asked.number}/validate")
    session.refresh(asked)
    assert asked.state is ChangeState.NATIONAL


def test_who_works_elsewhere_does_not_see_it(
    session: Session, home: Registrant, areas: dict[str, Area], signed_in: Callable[..., Browser]
) -> None:
    asked = make_asked(session, "edit_group", home.number, answers={"address": "Mill Lane 4"})
    browser = signed_in(Role.COORDINATOR, area_id=areas["X2"].id)
    assert asked.number not in browser.get("/changes/").text
    assert browser.get(f"/changes/{asked.number}").status_code == 404


def test_the_supervisor_applies_what_both_validated(
    session: Session, home: Registrant, signed_in: Callable[..., Browser]
) -> None:
    approved = make_approved_change(
        session, "edit_group", home.number, answers={"address": "Mill Lane 4"}
    )
    browser = signed_in(Role.REGISTRY_SUPERVISOR)
    shown = browser.act(f"/changes/{approved.number}/apply").text
    assert "applied" in shown
    session.refresh(home)
    assert home.address == "Mill Lane 4"


def test_what_is_sent_back_is_written_anew_by_its_maker_with_what_stood_there(
    session: Session, home: Registrant, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.REGISTRAR, Role.COORDINATOR)
    sent = {"of": home.number, "address": "Mill Lane 4", "ask": "yes"}
    browser.act("/changes/new/edit_group", **sent)
    asked = asked_for(session)
    assert browser.act(f"/changes/{asked.number}/validate").status_code == 403  # one's own

    return_change(session, asked.number, "Which number?", actor=LUIS)
    page = browser.get(f"/changes/{asked.number}/write").text
    assert "Which number?" in page
    assert 'value="Mill Lane 4"' in page
    browser.act(f"/changes/{asked.number}/write", **{**sent, "address": "Mill Lane 44"})
    session.refresh(asked)
    assert asked.state is ChangeState.LOCAL
    assert "Mill Lane 44" in browser.get(f"/changes/{asked.number}").text


def test_what_the_public_writes_has_a_number_and_tells_nothing(
    session: Session, home: Registrant, browser: Browser, elsewhere: Browser
) -> None:
    page = browser.get("/request/").text
    assert '<option value="X11">' in page
    sent = {"text": "We are six now, Doro, HG-1", "contact": "+254 712 345 678", "area": "X11"}
    shown = browser.act("/request/", **sent).text
    number, code = re.findall(r'<b class="code" dir="ltr">([^<]+)</b>', shown)
    assert number.startswith("CR-")
    assert "not shown again" in shown
    assert code not in browser.get("/request/received").text

    told = elsewhere.act("/request/state", number=number, code=code.lower()).text
    assert "waits to be read" in told
    for wrong in ({"number": number, "code": "A" * 10}, {"number": home.number, "code": code}):
        answer = elsewhere.act("/request/state", **wrong)
        assert answer.status_code in (404, 422)
        assert "waits" not in answer.text
    assert "Doro" not in told


def test_nobody_learns_from_outside_whether_a_number_exists(
    session: Session, browser: Browser, elsewhere: Browser
) -> None:
    browser.act("/request/", text="We are six now", area="")
    there = asked_for(session).number
    never = session.scalars(select(func.public_number("CR", 999_999, 8))).one()
    told = []
    for number in (there, never):
        answer = elsewhere.act("/request/state", number=number, code="A" * 10)
        told.append((answer.status_code, re.findall(r"<p>([^<]+)</p>", answer.text)))

    assert told[0] == told[1]
    assert told[0][0] == 404


def test_a_registrar_near_by_takes_up_what_the_public_wrote(
    session: Session,
    home: Registrant,
    areas: dict[str, Area],
    elsewhere: Browser,
    signed_in: Callable[..., Browser],
) -> None:
    elsewhere.act("/request/", text="We moved to Mill Lane 4", area="X11")
    request = asked_for(session)
    near = signed_in(Role.REGISTRAR, area_id=areas["X11"].id)
    assert request.number in near.get("/changes/?list=written").text
    page = near.get(f"/changes/{request.number}").text
    assert "We moved to Mill Lane 4" in page
    assert 'name="of"' in page

    sent = {"of": home.number, "answers_to": request.number, "address": "Mill Lane 4"}
    near.act("/changes/new/edit_group", **sent, ask="yes")
    session.refresh(request)
    assert (request.state, request.kind, request.via) == (ChangeState.LOCAL, "edit_group", "public")
    assert request.maker == request.taken_by != 0
    assert request.why == "We moved to Mill Lane 4"
    again = near.act("/changes/new/edit_group", **sent)
    assert again.status_code == 409  # it is taken up already


def test_a_registrar_elsewhere_does_not_see_what_the_public_wrote(
    session: Session,
    areas: dict[str, Area],
    elsewhere: Browser,
    signed_in: Callable[..., Browser],
) -> None:
    elsewhere.act("/request/", text="We moved to Mill Lane 4", area="X11")
    far = signed_in(Role.REGISTRAR, area_id=areas["X21"].id)
    assert asked_for(session).number not in far.get("/changes/?list=written").text


def test_the_public_form_says_what_is_wrong(browser: Browser, session: Session) -> None:
    answer = browser.act("/request/", text="  ")
    assert answer.status_code == 422
    assert "Write in your own words" in answer.text
    assert browser.act("/request/", text="x" * 1001).status_code == 422


def test_points_are_shown_to_those_alone_who_may_see_them(
    session: Session, home: Registrant, signed_in: Callable[..., Browser]
) -> None:
    answers = {"latitude": "0.5", "longitude": "2.5"}
    moves = make_asked(session, "move_house", home.number, answers=answers)
    page = signed_in(Role.COORDINATOR).get(f"/changes/{moves.number}").text
    assert "0.500000, 2.500000" in page
    assert re.findall(r'"label": ?"([AB])", ?"lat": ?([0-9.]+), ?"lon": ?([0-9.]+)', page) == [
        ("A", "1.0", "0.5"),
        ("B", "0.5", "2.5"),
    ]
    kept = signed_in(Role.ADMINISTRATOR).get(f"/changes/{moves.number}").text
    assert "2.5000" not in kept
    assert "From A to B" not in kept


def test_what_waits_stands_among_what_there_is_to_do(
    session: Session, home: Registrant, areas: dict[str, Area], signed_in: Callable[..., Browser]
) -> None:
    for to in ("Mill Lane 4", "Quay 2"):
        make_asked(session, "edit_group", home.number, answers={"address": to})
    assert (
        "2 changes of records" in signed_in(Role.COORDINATOR, area_id=areas["X1"].id).get("/").text
    )
    assert (
        "changes of records"
        not in signed_in(Role.COORDINATOR, area_id=areas["X2"].id).get("/").text
    )
    assert "changes of records" not in signed_in(Role.REGISTRAR).get("/").text
