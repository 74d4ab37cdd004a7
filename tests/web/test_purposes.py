"""What one looks at people for: asked where that is configured, kept, shown, and recorded."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import purposes
from app.auth.purposes import ASKED_FOR, NAMES_NOBODY
from app.auth.roles import Role
from core.audit import Look
from tests.make.country import make_decided
from tests.make.registry import make_household
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def asking(session: Session) -> None:
    make_decided(session, ask_purpose=["registrants", "exports"])


def test_where_it_is_not_configured_nobody_is_asked(signed_in: SignedIn, session: Session) -> None:
    household = make_household(session)

    assert signed_in(Role.REGISTRAR).get(f"/registry/{household.number}").status_code == 200


def test_a_household_is_shown_once_the_purpose_is_stated(
    signed_in: SignedIn, session: Session, asking: None
) -> None:
    household = make_household(session)
    registrar, page = signed_in(Role.REGISTRAR), f"/registry/{household.number}"

    led = registrar.get(page)
    asked = registrar.get(str(led.location))
    registrar.act("/purpose/", purpose="complaint", words="C-17", next=page, follow=False)
    shown = registrar.get(page)

    assert led.status_code == 303
    assert str(led.location).startswith("/purpose/?next=")
    assert "answering a complaint" in asked.text
    assert shown.status_code == 200
    assert "Your purpose: answering a complaint: C-17" in shown.text
    session.flush()
    looks = session.scalars(select(Look.purpose).where(Look.what == "registry.show")).all()
    assert looks == ["answering a complaint: C-17"]


def test_a_machine_is_refused_with_the_sentence(
    signed_in: SignedIn, session: Session, asking: None
) -> None:
    household = make_household(session)
    registrar = signed_in(Role.REGISTRAR)

    answer = registrar.get(f"/registry/{household.number}", headers={"Accept": "application/json"})

    assert answer.status_code == 403
    assert "Say first what you look at people for" in answer.text
    assert household.name not in answer.text


def test_another_purpose_needs_words_and_an_unknown_one_is_refused(
    signed_in: SignedIn, session: Session, asking: None
) -> None:
    registrar = signed_in(Role.REGISTRAR)

    assert registrar.act("/purpose/", purpose="other", words=" ").status_code == 422
    assert registrar.act("/purpose/", purpose="curiosity", words="x").status_code == 422


def test_a_purpose_holds_for_eight_hours(
    signed_in: SignedIn, session: Session, asking: None
) -> None:
    household = make_household(session)
    registrar = signed_in(Role.REGISTRAR)
    registrar.act("/purpose/", purpose="audit", words="", follow=False)
    with registrar.session_transaction() as cookie:
        cookie["purpose"]["until"] -= 8 * 3600
        cookie.modified = True

    assert registrar.get(f"/registry/{household.number}").status_code == 303


def test_every_file_that_leaves_is_in_the_table_or_names_nobody(web: Flask) -> None:
    known = frozenset().union(*ASKED_FOR.values())
    rules: list[Any] = list(web.url_map.iter_rules())
    assert known | NAMES_NOBODY <= {rule.endpoint for rule in rules}
    for endpoint, view in web.view_functions.items():
        if endpoint == "static":
            continue
        source = inspect.getsource(view)
        leaves = any(sign in source for sign in ("as_attachment", "_csv(", "_taken_along("))
        assert not leaves or endpoint in known | NAMES_NOBODY, endpoint


def test_the_setting_knows_no_other_words() -> None:
    assert set(purposes.ASKED_FOR) == {"registrants", "exports"}
