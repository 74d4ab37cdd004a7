"""A crawler for each person: every link a page shows is followed, and nothing stumbles or calls
another host."""

import html
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from flask import Flask

from app.auth.roles import Role
from tests.access.matrix import GETS
from tests.access.people import Answer, Person, Reach
from tests.access.test_routes import address, body_of
from tests.access.world import World

HOST = "localhost"
LINKED = re.compile(r'\b(?:href|src|hx-get)="([^"]+)"')
LOADED = re.compile(r'<(?:script|img|iframe|source|link|audio|video)\b[^>]*(?:src|href)="([^"]+)"')
FETCHED = re.compile(r"url\(['\"]?(https?:)?//", re.IGNORECASE)
TRACE = "Traceback (most recent call last)"


@pytest.mark.parametrize("number", range(len(Role) + 6))
def test_nothing_a_person_comes_upon_stumbles_or_calls_another_host(
    number: int, web: Flask, world: World, people: list[Person], taken_back: None
) -> None:
    person = people[number]
    seen = dict(crawled(web, world, person))
    assert {place: a.status_code for place, a in seen.items() if a.status_code >= 500} == {}
    assert [place for place, answer in seen.items() if TRACE in body_of(answer)] == []
    assert {place: away for place, answer in seen.items() if (away := elsewhere(answer))} == {}
    own = [place for place, answer in seen.items() if answer.status_code == 200]
    assert len(own) > 15, (person.roles, Reach(person.reach), own)


def crawled(web: Flask, world: World, person: Person) -> Iterator[tuple[str, Answer]]:
    """Every address there is, and every link from there, once for each set of questions."""
    waiting = [address(web, name, row, world) for name, row in GETS.items() if name != "static"]
    known: set[tuple[str, ...]] = set()
    while waiting:
        place = waiting.pop()
        at = urlsplit(place)
        kind = (at.path, *sorted(parse_qs(at.query)))
        if kind not in known and not at.path.startswith("/static/"):
            known.add(kind)
            answer = person.look(place)
            yield place, answer
            waiting += links(answer, place)


def links(answer: Answer, place: str) -> list[str]:
    """Where a page leads on this host; addresses with holes are for the map to fill."""
    if answer.mimetype != "text/html":
        return []
    found = (urljoin(place, html.unescape(link)) for link in LINKED.findall(body_of(answer)))
    return [link for link in found if link.startswith("/") and "{" not in link]


def elsewhere(answer: Answer) -> list[str]:
    """What a page would load from another host, were it not forbidden to."""
    if answer.mimetype != "text/html":
        return []
    body = body_of(answer)
    loaded = [place for place in LOADED.findall(body) if urlsplit(place).netloc not in {"", HOST}]
    return loaded + [found.group() for found in FETCHED.finditer(body)]


def test_every_answer_forbids_loading_from_another_host(people: list[Person]) -> None:
    for place in ("/", "/sign-in", "/registry/", "/nowhere"):
        policy = people[0].get(place).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy.replace("'self'", "")
