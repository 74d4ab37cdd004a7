"""Wrong tries lock an address for a while, whether anybody has it or not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.auth import tries
from app.auth.models import Lockout, User
from app.auth.roles import Role
from core.audit import AuditEntry
from core.db import transaction
from tests.make.users import PASSWORD, code_of, make_user
from tests.web.conftest import Browser

LENA, NOBODY = "lena@example.org", "nobody@example.org"


@pytest.fixture
def browser(web: Flask, apart: None) -> Browser:
    """A browser before a platform whose transactions stand: what is counted stays counted."""
    with transaction() as session:
        make_user(session, Role.VIEWER, email=LENA)
        make_user(session, Role.ADMINISTRATOR, email="amal@example.org")
    client = web.test_client()
    assert isinstance(client, Browser)
    return client


def _tries(browser: Browser, email: str, times: int) -> list[TestResponse]:
    return [browser.act("/sign-in", email=email, password="wrong words") for _ in range(times)]


def _enters(browser: Browser, email: str = LENA) -> bool:
    answer = browser.act("/sign-in", follow=False, email=email, password=PASSWORD)
    return answer.status_code == 303


def _pass_time(hours: float) -> None:
    """As if everything had happened so much earlier."""
    earlier = Lockout.locked_until - timedelta(hours=hours)
    with transaction() as session:
        session.execute(update(Lockout).values(locked_until=earlier))


def _locked_for() -> timedelta:
    with transaction() as session:
        until = session.scalars(select(Lockout.locked_until)).one()
    assert until is not None
    return until - datetime.now(UTC)


def test_ten_wrong_tries_lock_and_the_right_password_waits_too(browser: Browser) -> None:
    answers = _tries(browser, LENA, 10)

    assert [answer.status_code for answer in answers] == [403] * 9 + [429]
    assert "try again after" in answers[-1].text
    assert not _enters(browser)
    assert timedelta(minutes=14) < _locked_for() <= timedelta(minutes=15)


def test_nine_wrong_tries_are_forgotten_with_the_right_one(browser: Browser) -> None:
    for _turn in range(2):
        _tries(browser, LENA, 9)
        assert _enters(browser)
        browser.act("/sign-out")


def test_an_address_nobody_has_is_locked_with_the_same_words(browser: Browser) -> None:
    for known, unknown in zip(_tries(browser, LENA, 11), _tries(browser, NOBODY, 11), strict=True):
        assert known.status_code == unknown.status_code
        assert _sentence(known) == _sentence(unknown)


def _sentence(page: TestResponse) -> str:
    """What a page says, whatever o'clock it names."""
    return re.sub(r"\d\d:\d\d", "hh:mm", page.text.split("<h1>")[1].split("</h1>")[0])


def test_each_further_lock_is_twice_as_long_up_to_a_day(browser: Browser) -> None:
    hours = [0.25, 0.5, 1, 2, 4, 8, 16, 24, 24]
    for held in hours:
        locks = [tries.count(LENA).locks for _turn in range(10)]
        assert locks == [False] * 9 + [True]
        assert abs(_locked_for() - timedelta(hours=held)) < timedelta(minutes=1)
        _pass_time(held)
    assert _enters(browser)


def test_a_lock_and_its_lifting_are_in_the_trail(browser: Browser, web: Flask) -> None:
    _tries(browser, LENA, 10)
    with transaction() as session:
        lena = session.scalars(select(User.id).filter_by(email=LENA)).one()
    administrator = _administrator(browser)

    assert "locked until" in administrator.get(f"/admin/users/{lena}").text
    administrator.act(f"/admin/users/{lena}/unlock")

    with transaction() as session:
        told = session.execute(
            select(AuditEntry.action, AuditEntry.subject, AuditEntry.subject_id)
            .where(AuditEntry.action.in_(["users.lock", "users.unlock"]))
            .order_by(AuditEntry.id)
        ).all()
    assert [tuple(row) for row in told] == [
        ("users.lock", "users", lena),
        ("users.unlock", "users", lena),
    ]
    assert _enters(browser)


def _administrator(browser: Browser) -> Browser:
    """The administrator, at the same browser."""
    assert _enters(browser, "amal@example.org")
    with transaction() as session:
        amal = session.scalars(select(User).filter_by(email="amal@example.org")).one()
        code = code_of(amal)
    browser.act("/sign-in/code", code=code)
    return browser


def test_a_one_time_link_unlocks(browser: Browser, web: Flask) -> None:
    _tries(browser, LENA, 10)
    with transaction() as session:
        lena = session.scalars(select(User.id).filter_by(email=LENA)).one()
    page = _administrator(browser).act(f"/admin/users/{lena}/link").text
    link = page.split('class="link">')[1].split("<")[0]
    browser.act("/sign-out")

    words = {"password": PASSWORD, "password_again": PASSWORD}
    browser.act("/welcome/" + link.rpartition("/")[2], name="Lena Marr", email=LENA, **words)
    browser.act("/sign-out")

    assert _enters(browser)


def test_password_and_code_are_counted_one_after_the_other(browser: Browser) -> None:
    administrator = _administrator(browser)
    with transaction() as session:
        code = code_of(session.scalars(select(User).filter_by(email="amal@example.org")).one(), 1)

    confirmed = administrator.act("/me/confirm", follow=False, password=PASSWORD, code=code)

    assert confirmed.status_code == 303
    with transaction() as session:
        assert session.scalars(select(Lockout)).all() == []


def test_wrong_codes_lock_too_and_the_password_between_them_does_not_help(
    browser: Browser,
) -> None:
    answers = []
    for _turn in range(10):
        assert _enters(browser, "amal@example.org")
        answers.append(browser.act("/sign-in/code", code="000000").status_code)

    assert answers == [403] * 9 + [429]
    assert not _enters(browser, "amal@example.org")
