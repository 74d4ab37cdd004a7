"""For every route: who lacks what it needs is refused, who may sees the mark, and nobody bound to
the south ever sees the north's."""

from typing import Any

import pytest
from flask import Flask, url_for

from tests.access.matrix import DELETES, GETS, POSTS
from tests.access.people import Person, Reach
from tests.access.rows import Row, Shows
from tests.access.world import NORTH, PLAIN, SELF, SOUTH, World

MARKS = {Shows.PEOPLE: NORTH, Shows.PLAIN: PLAIN, Shows.ASKER: SELF}
REFUSED = {401, 403, 404}
ALIKE = {  # keys that are the same in every world
    "pcode": "X11",
    "q": NORTH[:-1],  # so that what is asked for is not what is found
    "status": "all",
    "kind": "households",
    "file_kind": "geojson",
    "rows_kind": "csv",
    "row_number": 3,
    "doubt": "round",
    "settings_section": "profile",
    "change_kind": "edit_group",
    "form": "registration",
    "filename": "css/tokens.css",
    "level": 2,
    "team": 1,
    "collection": "areas-2",
    "scheme": "WebMercatorQuad",
    "z": 6,
    "x": 32,
    "y": 31,
}


def address(web: Flask, endpoint: str, row: Row, world: World) -> str:
    """Where the north's page is."""
    keys = {**ALIKE, **world.keys, **world.north.keys}
    with web.test_request_context():
        return url_for(endpoint, **{name: keys[key] for name, key in row.about.items()})


def routes(web: Flask, method: str) -> set[str]:
    return {rule.endpoint for rule in web.url_map.iter_rules() if method in (rule.methods or ())}


def test_every_route_has_its_row(web: Flask) -> None:
    assert routes(web, "GET") == set(GETS)
    assert routes(web, "POST") == set(POSTS)
    assert routes(web, "DELETE") == set(DELETES)


@pytest.mark.parametrize("endpoint", GETS)
def test_a_page_shows_its_mark_to_those_alone_who_may_see_it(
    endpoint: str, web: Flask, world: World, people: list[Person], taken_back: None
) -> None:
    row = GETS[endpoint]
    answers = [(person, person.look(address(web, endpoint, row, world))) for person in people]
    found = [
        _faults(row, person, answer.status_code, body_of(answer)) for person, answer in answers
    ]
    assert [fault for fault in found if fault] == []
    if row.shows in MARKS:
        assert any(
            answer.status_code == 200 and MARKS[row.shows] in body_of(answer)
            for _person, answer in answers
        )


def body_of(answer: Any) -> str:
    """What an answer says, whatever kind of file it is."""
    said: bytes = answer.get_data()
    return said.decode("utf-8", "replace")


def _faults(row: Row, person: Person, status: int, body: str) -> str:
    """What is wrong with what somebody was answered; empty if nothing is."""
    who = f"{'+'.join(person.roles) if len(person.roles) == 1 else 'all'} {person.reach} {status}"
    named = NORTH in body
    if status >= 500:
        return f"{who} stumbled"
    if not row.needs <= person.permissions:
        open_to_them = status not in REFUSED or named or PLAIN in body
        return f"{who} is let in" if open_to_them else ""
    if person.reach is Reach.SOUTH:
        return f"{who} sees the north" if named else ""
    if person.reach is Reach.NORTH:
        return f"{who} sees the south" if SOUTH in body else _missing(row, person, named, who)
    return _missing(row, person, named, who)


def _missing(row: Row, person: Person, named: bool, who: str) -> str:
    """Whether the family is shown to whom it may be, and to nobody else."""
    near = row.nearby or person.reach is Reach.NATIONAL
    may = row.shows is Shows.PEOPLE and near and row.names <= person.permissions
    if may != named:
        return f"{who} {'misses' if may else 'sees'} the family"
    return ""


@pytest.mark.parametrize("endpoint", [*POSTS, *DELETES])
def test_an_act_is_refused_to_those_who_may_not_and_tells_nothing(
    endpoint: str, web: Flask, world: World, people: list[Person], taken_back: None
) -> None:
    row = {**POSTS, **DELETES}[endpoint]
    place = address(web, endpoint, row, world)
    for person in people:
        lacks = not row.needs <= person.permissions
        if lacks or person.reach is Reach.SOUTH:
            answer = person.delete(place) if endpoint in DELETES else person.post(place)
            assert answer.status_code < 500, person
            assert NORTH not in body_of(answer), person
            assert not lacks or _refused(answer), (person, answer.status_code)


def _refused(answer: Any) -> bool:
    """With a sentence, or by being asked first to prove that it is oneself."""
    return answer.status_code >= 400 or "/me/confirm" in answer.headers.get("Location", "")
