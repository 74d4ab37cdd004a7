"""Signing in, one-time links, and what a form sent twice does."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth import users
from app.auth.models import User
from app.auth.roles import Role
from core.audit import AuditEntry
from tests.make.users import PASSWORD
from tests.web.conftest import Browser, set_up

SignIn = Callable[..., Browser]


def test_a_wrong_password_is_refused_with_one_sentence(
    browser: Browser, signed_in: SignIn, session: Session
) -> None:
    signed_in(Role.VIEWER)
    email = session.scalars(select(User.email)).one()
    browser.act("/sign-out")

    page = browser.act("/sign-in", email=email, password="something else entirely")

    assert page.status_code == 403
    assert "The address or the password is wrong" in page.text
    assert browser.get("/me").status_code == 303


def test_who_is_not_signed_in_is_led_to_the_door_and_back(
    browser: Browser, signed_in: SignIn, session: Session
) -> None:
    led = browser.get("/me?x=1")
    assert led.location == "/sign-in?next=/me?x%3D1"

    signed_in(Role.VIEWER)
    email = session.scalars(select(User.email)).one()
    browser.act("/sign-out")
    back = browser.act("/sign-in", follow=False, email=email, password=PASSWORD, next="/me?x=1")
    assert back.location == "/me?x=1"


def test_the_door_never_leads_to_another_host(
    browser: Browser, signed_in: SignIn, session: Session
) -> None:
    signed_in(Role.VIEWER)
    email = session.scalars(select(User.email)).one()
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "evil"):
        browser.act("/sign-out")
        sent = browser.act("/sign-in", follow=False, email=email, password=PASSWORD, next=elsewhere)
        assert sent.location == "/"


def test_the_first_link_makes_an_administrator_once(browser: Browser, session: Session) -> None:
    token = users.invite_first(session)
    form: dict[str, Any] = {"name": "Ines Aro", "email": "Ines@Example.org"}
    words: dict[str, Any] = {"password": PASSWORD, "password_again": PASSWORD}

    browser.act(f"/welcome/{token}", follow=False, **form, **words)
    set_up(browser)

    assert "Ines Aro" in browser.get("/admin/users/").text
    spent = browser.act(f"/welcome/{token}", **form, **words)
    assert spent.status_code == 403
    assert "This link was used" in spent.text


def test_a_form_sent_twice_is_one_act_and_answers_the_same(
    signed_in: SignIn, session: Session
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    form: dict[str, Any] = {"act_key": str(uuid.uuid4()), "name": "Oto"}
    form["email"] = "oto@example.org"

    first = administrator.act("/admin/users/", follow=False, **form)
    second = administrator.act("/admin/users/", follow=False, **form)

    made = select(func.count()).where(User.email == "oto@example.org")
    entries = select(func.count()).where(AuditEntry.action == "users.invite")
    assert (session.scalar(made), session.scalar(entries)) == (1, 1)
    assert (first.status_code, first.location) == (second.status_code, second.location)


def test_a_form_changed_on_the_way_back_is_another_act(signed_in: SignIn, session: Session) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    key = str(uuid.uuid4())

    for name in ("Oto", "Mina"):
        administrator.act("/admin/users/", act_key=key, name=name, email=f"{name}@example.org")

    made = select(User.name).where(User.name.in_(["Oto", "Mina"])).order_by(User.name)
    assert session.scalars(made).all() == ["Mina", "Oto"]


def test_a_form_without_its_key_is_refused_and_does_nothing(
    signed_in: SignIn, session: Session
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)

    page = administrator.act("/admin/users/", act_key="", name="Oto", email="oto@example.org")

    assert page.status_code == 422
    assert session.scalar(select(User).where(User.name == "Oto")) is None


def test_a_form_without_its_token_is_refused(signed_in: SignIn) -> None:
    page = signed_in(Role.ADMINISTRATOR).act("/admin/users/", csrf_token="", name="Oto")

    assert page.status_code == 422
    assert "open too long" in page.text


def test_a_new_password_ends_all_other_sessions(signed_in: SignIn, session: Session) -> None:
    here = signed_in(Role.VIEWER)
    elsewhere = here.application.test_client()
    email = session.scalars(select(User.email)).one()
    assert isinstance(elsewhere, Browser)
    elsewhere.act("/sign-in", email=email, password=PASSWORD)
    assert elsewhere.get("/me").status_code == 200

    here.act("/me/password", old=PASSWORD, new="four other plain words")

    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303


def test_nobody_changes_their_own_roles(signed_in: SignIn, session: Session) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    me = session.scalars(select(User.id)).one()

    page = administrator.act(f"/admin/users/{me}/roles", role="approver")

    assert page.status_code == 403
    assert "Nobody changes their own roles" in page.text


def test_somebody_kept_out_is_out_at_once(signed_in: SignIn, session: Session) -> None:
    browser = signed_in(Role.VIEWER)
    assert browser.get("/me").status_code == 200

    session.scalars(select(User)).one().active = False
    session.flush()

    assert browser.get("/me").status_code == 303


def test_every_answer_carries_a_policy_with_its_own_nonce(browser: Browser) -> None:
    answers = [browser.get("/sign-in") for _ in range(2)]
    nonces = [
        re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[0]
        for answer in answers
    ]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}"' in answers[0].text
    assert "unsafe-eval" not in answers[0].headers["Content-Security-Policy"]
