"""One network address tries to sign in so often a minute, whatever it tries with."""

import re
import uuid
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from core import settings as kept
from tests.running import own_database, served
from tests.web.conftest import Browser

WRONG = {"email": "nobody@example.org", "password": "wrong words"}


@pytest.fixture
def thrice(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three tries a minute."""
    monkeypatch.setenv("SIGN_INS_A_MINUTE", "3")
    kept.settings.cache_clear()
    yield
    monkeypatch.undo()
    kept.settings.cache_clear()


@pytest.fixture
def asked_thrice(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A program may ask three times a minute."""
    monkeypatch.setenv("ASKS_A_MINUTE", "3")
    kept.settings.cache_clear()
    yield
    monkeypatch.undo()
    kept.settings.cache_clear()


def test_a_key_that_asks_too_often_waits_and_other_keys_and_pages_do_not(
    browser: Browser, asked_thrice: None
) -> None:
    _move(browser)
    mine, others = (
        {"Authorization": f"Bearer hg_{uuid.uuid4().hex}"} for _key in range(2)
    )  # unknown ones, which are counted as any

    answers = [browser.get("/api/ogc/", headers=mine) for _turn in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert "more often than 3 times a minute" in answers[-1].get_json()["title"]
    assert browser.get("/api/ogc/", headers=others).status_code == 401
    assert browser.get("/sign-in").status_code == 200


def _move(browser: Browser) -> None:
    """Go on from an address nobody has come from."""
    browser.environ_base["REMOTE_ADDR"] = f"10.{uuid.uuid4().int % 2**40}"


def test_the_fourth_try_of_a_minute_waits_and_other_addresses_do_not(
    browser: Browser, thrice: None
) -> None:
    _move(browser)

    answers = [browser.act("/sign-in", **WRONG) for _turn in range(4)]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
    assert "wait a minute" in answers[-1].text
    _move(browser)
    assert browser.act("/sign-in", **WRONG).status_code == 403


def test_all_ways_in_are_counted_together(browser: Browser, thrice: None) -> None:
    _move(browser)
    ways = ("/sign-in", "/sign-in/code", "/welcome/nothing", "/sign-in")
    words = {"name": "", "password_again": WRONG["password"], "code": "000000"}

    answers = [browser.act(way, **WRONG, **words).status_code for way in ways]

    assert answers == [403, 401, 403, 429]


def test_pages_that_are_only_looked_at_are_not_counted(browser: Browser, thrice: None) -> None:
    _move(browser)
    assert {browser.get("/sign-in").status_code for _turn in range(5)} == {200}


def test_without_redis_it_is_counted_in_memory(tmp_path: Path) -> None:
    with own_database("limits", tmp_path) as environment:
        away = {"REDIS_URL": f"unix://{tmp_path}/nothing.sock", "SIGN_INS_A_MINUTE": "3"}
        with served(environment | away, tmp_path) as platform:
            answers = _tries(f"{platform.address}/sign-in", 4)

    assert answers == [403, 403, 403, 429]


def _tries(address: str, times: int) -> list[int]:
    """What a browser without any of our code is answered."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    page = opener.open(address).read().decode()
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    answers = []
    for _turn in range(times):
        form = {"csrf_token": token, "act_key": str(uuid.uuid4()), **WRONG}
        try:
            opener.open(address, urlencode(form).encode())
        except HTTPError as refused:
            answers.append(refused.code)
    return answers
