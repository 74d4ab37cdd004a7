"""Rules that hold for every page, present and future."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.auth.door import PUBLIC
from app.auth.roles import Role
from app.request import SAFE
from tests.web.conftest import Browser


def _rules(web: Flask) -> list[Rule]:
    return list(web.url_map.iter_rules())


def _a_request_for(rule: Rule) -> tuple[str, str]:
    _host, path = rule.build(dict.fromkeys(rule.arguments, 1)) or ("", "/")
    return path, min((rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_every_page_off_the_public_list_asks_who_you_are(web: Flask, browser: Browser) -> None:
    for rule in _rules(web):
        if rule.endpoint not in PUBLIC:
            path, verb = _a_request_for(rule)
            answer = browser.open(path, method=verb, headers={"Accept": "text/html"})
            led_to_the_door = answer.status_code == 303 and "/sign-in" in str(answer.location)
            assert led_to_the_door or answer.status_code == 401, rule


def test_every_page_on_the_public_list_exists(web: Flask) -> None:
    assert {rule.endpoint for rule in _rules(web)} >= PUBLIC - {None}


def test_no_page_both_shows_and_changes(web: Flask) -> None:
    for rule in _rules(web):
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert methods <= SAFE or not methods & SAFE, rule


@pytest.mark.parametrize("path", ["/nowhere", "/jobs/99999999999999999999"])
def test_an_address_that_is_none_is_answered_by_a_sentence(path: str, browser: Browser) -> None:
    answer = browser.get(path)

    assert answer.status_code in {404, 303, 401}
    assert "Traceback" not in answer.text


def test_a_number_beyond_all_numbers_is_nowhere_and_no_stumble(
    web: Flask, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(*Role)
    stumbled = []
    for rule in _rules(web):
        if "GET" in (rule.methods or set()) and "<int:" in rule.rule:
            _host, path = rule.build(dict.fromkeys(rule.arguments, 10**20)) or ("", "/")
            if browser.get(path).status_code >= 500:
                stumbled.append(path)

    assert stumbled == []
