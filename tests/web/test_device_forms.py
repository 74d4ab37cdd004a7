"""Forms made elsewhere, on their pages: brought in, said what they fill, fetched, tried again."""

import io
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.roles import Role
from core.actor import Actor
from registry.models.device_forms import DeviceForm, DeviceQuestion
from registry.models.registrants import Membership, Registrant
from registry.models.submissions import Submission, SubmissionState
from registry.services.submissions import receive
from tests.conftest import EVERYTHING
from tests.make.device_forms import workbook
from tests.registry.test_device_forms import FILLED
from tests.web.conftest import Browser


@pytest.fixture
def registrar(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.REGISTRAR)


def bring(browser: Browser, file: bytes) -> str:
    sent = {"fills": "registration", "file": (io.BytesIO(file), "survey.xlsx")}
    return browser.act("/registry/forms/others", **sent).text


def test_a_form_is_brought_mapped_and_what_waited_is_taken_in(
    session: Session, registrar: Browser
) -> None:
    sender = session.scalars(select(User).order_by(User.id.desc()).limit(1)).one()
    actor = Actor(sender.id, sender.name, EVERYTHING, national=True)
    for number in ("1", "2"):
        receive(session, FILLED.format(number=number).encode(), {}, actor=actor)
    page = bring(registrar, workbook("Enquête ménages", "kobo_menages"))
    assert "Enquête ménages" in page
    form = session.scalars(select(DeviceForm)).one()
    html = BeautifulSoup(page, "html.parser")
    chosen = {
        str(each["name"]): str(option["value"])
        for each in html("select")
        for option in each.select("option[selected]")
    }
    words = sorted(value for name, value in chosen.items() if name.startswith("word-"))
    assert words == ["female", "female", "male", "male"]

    done = registrar.act(
        f"/registry/forms/others/{form.id}", fills="registration", is_served="yes", **chosen
    )
    assert "read" in done.text
    listed = registrar.get("/registry/forms/").text
    assert "Try all again" in listed
    assert "2 of 2 forms are taken in" in registrar.act("/registry/forms/again").text
    states = select(Submission.state).distinct()
    assert session.scalars(states).all() == [SubmissionState.TAKEN]
    named = select(Registrant.name).join(Membership, Membership.member_id == Registrant.id)
    assert sorted(session.scalars(named.distinct())) == ["Amina Doro", "Idris Doro", "Sefu Doro"]


def test_what_cannot_be_is_said_above_the_form(session: Session, registrar: Browser) -> None:
    assert "neither an XLSForm nor an XForm" in bring(registrar, b"no form")
    bring(registrar, workbook("Enquête", "kobo_menages"))
    form = session.scalars(select(DeviceForm)).one()
    asked = session.scalars(select(DeviceQuestion.id).where(DeviceQuestion.path == "village")).one()

    said = {"fills": "registration", f"field-{asked}": "group.settlement"}
    refused = registrar.act(f"/registry/forms/others/{form.id}", **said)
    assert refused.status_code == 422
    assert "Nothing fills the name of anybody" in refused.text
    gone = registrar.act(f"/registry/forms/others/{form.id}/remove")
    assert "The form kobo_menages is not read any more" in gone.text


def test_who_imports_nothing_says_nothing_of_forms(signed_in: Callable[..., Browser]) -> None:
    assert signed_in(Role.COORDINATOR).get("/registry/forms/others").status_code == 403
