"""A device fetches our form, fills it in and sends it as ODK does: in parts, with a picture."""

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from geo.models.locations import Location
from registry.models.documents import Document
from registry.models.registrants import Individual, Membership, Registrant
from registry.models.submissions import Submission, SubmissionFile, SubmissionState
from registry.services.consents import Given, give
from registry.services.device_forms import map_form
from tests.make.device_forms import make_device_form
from tests.make.programs import DARA
from tests.make.registry import make_household
from tests.make.users import make_user
from tests.registry.test_device_forms import FILLED as KOBO
from tests.registry.test_device_forms import said_of
from tests.web.conftest import Browser

Send = Callable[..., TestResponse]
XFORMS = "{http://openrosa.org/xforms/xformsList}"
PLACE = "1.0 0.5 20 6.5"  # latitude, longitude, altitude, accuracy
FILLED = """<?xml version='1.0' ?>
<data id="registration" version="{version}" xmlns:orx="http://openrosa.org/xforms">
  <person><name>Amina Doro</name><relation>head</relation><sex>female</sex>
    <birth_date>1990-03-14</birth_date><id_number>N123</id_number><id_type>national_id</id_type>
  </person>
  <person><name>Idris Doro</name><relation>child</relation><sex>male</sex><birth_date/></person>
  <stated_size>3</stated_size><phone>+254 712 345 678</phone><place>{place}</place>
  <picture>house.jpg</picture>
  <orx:meta><orx:instanceID>uuid:{number}</orx:instanceID></orx:meta>
</data>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>
<data id="registration"><meta><instanceID>uuid:1</instanceID></meta><a>&lol2;</a></data>"""


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "JPEG")
    return file.getvalue()


def filled(number: str = "1", place: str = PLACE, **said: str) -> str:
    return FILLED.format(version="x", number=number, place=place, **said)


@pytest.fixture
def send(session: Session, browser: Browser, taken_back: None) -> Send:
    """`send("GET", path)` by a registrar's key as the password; `xml` and `files` as a device."""
    user = make_user(session, Role.REGISTRAR)
    key = keys.make(session, "Phone", 1, actor=Actor(user.id, user.name, frozenset()))
    basic = base64.b64encode(f"{user.email}:{key}".encode()).decode()

    def of(method: str, path: str, xml: str = "", **files: bytes) -> TestResponse:
        sent: dict[str, Any] = {}
        if xml:
            form = {"xml_submission_file": (io.BytesIO(xml.encode()), "form.xml", "text/xml")}
            named = {name: (io.BytesIO(held), name) for name, held in files.items()}
            sent = {"data": {**form, **named}, "content_type": "multipart/form-data"}
        headers = {"Authorization": f"Basic {basic}", "X-OpenRosa-Version": "1.0"}
        return browser.open(f"/api/openrosa{path}", method=method, headers=headers, **sent)

    return of


def test_the_list_leads_to_our_form_in_its_version(send: Send) -> None:
    answer = send("GET", "/formList")
    assert (answer.status_code, answer.headers["X-OpenRosa-Version"]) == (200, "1.0")
    told, visit = (
        {part.tag.removeprefix(XFORMS): part.text or "" for part in each}
        for each in fromstring(answer.data)
    )
    assert (told["formID"], told["hash"][:4], visit["formID"]) == ("registration", "md5:", "visit")
    (only,) = fromstring(send("GET", "/formList?formID=visit").data)
    assert only[0].text == "visit"

    form = send("GET", told["downloadUrl"].partition("/api/openrosa")[2]).text
    assert f'<data id="registration" version="{told["version"]}">' in form
    for part in ('type="geopoint"', "<name>grandchild</name>", 'jr:preload="uid"'):
        assert part in form
    assert send("GET", "/forms/registration/manifest").status_code == 200
    assert send("GET", "/forms/other.xml").status_code == 404


def test_a_device_asks_first_where_it_may_send(send: Send, browser: Browser) -> None:
    answer = send("HEAD", "/submission")
    assert answer.status_code == 204
    assert answer.headers["Location"].endswith("/api/openrosa/submission")
    assert int(answer.headers["X-OpenRosa-Accept-Content-Length"]) == 10 << 20
    for key in ("", "hg_wrong"):
        basic = base64.b64encode(f"x:{key}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"} if key else {}
        refused = browser.open("/api/openrosa/submission", method="HEAD", headers=headers)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic")


def test_a_filled_in_form_registers_a_household_once(session: Session, send: Send) -> None:
    statuses = [
        send("POST", "/submission", filled()).status_code,
        send("POST", "/submission", filled(), **{"house.jpg": jpeg()}).status_code,
        send("POST", "/submission", filled(), **{"house.jpg": jpeg()}).status_code,
    ]
    assert statuses == [201, 201, 201]

    submission = session.scalars(select(Submission)).one()
    assert (submission.state, submission.refusal) == (SubmissionState.TAKEN, None)
    assert session.scalars(select(SubmissionFile.name)).all() == ["house.jpg"]
    home = session.get_one(Registrant, submission.registrant_id)
    kept = session.execute(select(Document.registrant_id, Document.kind, Document.name)).all()
    assert kept == [(home.id, "picture", "house.jpg")]
    people = select(Registrant.name, Membership.kind).join(
        Membership, Membership.member_id == Registrant.id
    )
    assert dict(session.execute(people.where(Membership.group_id == home.id)).all()) == {
        "Amina Doro": "head",
        "Idris Doro": "child",
    }
    place = session.get_one(Location, home.location_id)
    assert (place.lat, place.lon, place.accuracy_m) == (1.0, 0.5, 6.5)


def test_what_cannot_be_taken_in_is_kept_and_says_why(session: Session, send: Send) -> None:
    before = session.scalar(select(func.count()).select_from(Individual))
    answer = send("POST", "/submission", filled("2", place="91.0 0.5 0 5"))
    assert answer.status_code == 201  # the device need not send it again
    assert "Latitude lies between -90 and 90" in answer.text

    submission = session.scalars(select(Submission)).one()
    assert submission.state is SubmissionState.REFUSED
    assert session.scalar(select(func.count()).select_from(Individual)) == before
    other = filled("3").replace('id="registration"', 'id="other"')
    assert "Nobody has said how the form" in send("POST", "/submission", other).text


@pytest.mark.parametrize("xml", ["<data", "<data/>", "no form", BOMB])
def test_what_is_no_form_is_refused(session: Session, send: Send, xml: str) -> None:
    assert send("POST", "/submission", xml).status_code == 422
    assert session.scalars(select(Submission)).all() == []


def test_somebody_else_does_not_add_to_a_form(
    session: Session, send: Send, browser: Browser
) -> None:
    send("POST", "/submission", filled())
    user = make_user(session, Role.REGISTRAR)
    key = keys.make(session, "Phone", 1, actor=Actor(user.id, user.name, frozenset()))
    form = {"xml_submission_file": (io.BytesIO(filled().encode()), "form.xml")}
    answer = browser.post(
        "/api/openrosa/submission", data=form, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 409


def test_a_form_of_kobo_comes_in_several_posts_and_is_one_household(
    session: Session, send: Send
) -> None:
    form = make_device_form(session)
    map_form(session, form.id, said_of(session, form, is_served=True), actor=DARA)
    listed = send("GET", "/formList?formID=kobo_menages").text
    assert "<version>7</version>" in listed
    assert b"membre" in send("GET", "/forms/kobo_menages.xml").data

    xml = KOBO.format(number="k1").replace("<photo/>", "<photo>a.jpg</photo>")
    for files in ({}, {"a.jpg": jpeg()}, {"notes.txt": b"kept with the form alone"}):
        assert send("POST", "/submission", xml, **files).status_code == 201
    submission = session.scalars(select(Submission)).one()
    assert (submission.state, submission.refusal) == (SubmissionState.TAKEN, None)
    whose = select(Document.name).where(Document.registrant_id == submission.registrant_id)
    assert session.scalars(whose).all() == ["a.jpg"]
    assert sorted(session.scalars(select(SubmissionFile.name))) == ["a.jpg", "notes.txt"]


def test_a_visit_that_was_sent_with_a_picture_nobody_agreed_to_says_so(
    session: Session, send: Send
) -> None:
    home = make_household(session)
    give(session, home.number, Given("pictures", agrees=False), actor=DARA)
    xml = f"""<data id="visit"><number>{home.number}</number><whom>household</whom>
      <kind>visit</kind><picture>a.jpg</picture>
      <meta><instanceID>uuid:p</instanceID></meta></data>"""
    assert "do not agree" in send("POST", "/submission", xml, **{"a.jpg": jpeg()}).text

    submission = session.scalars(select(Submission)).one()
    assert submission.state is SubmissionState.TAKEN
    assert session.scalars(select(Document)).all() == []
