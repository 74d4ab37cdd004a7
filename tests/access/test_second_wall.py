"""The second wall alone: reach is forgotten in every statement, and still nobody sees too much."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, true

from geo.models.areas import Area
from geo.queries import reach
from tests.access.matrix import GETS
from tests.access.people import Person, Reach
from tests.access.rows import Shows
from tests.access.test_routes import address, body_of
from tests.access.world import NORTH, SOUTH, World

EVERYTHING: dict[str, Callable[..., Any]] = {
    "within_reach": lambda _actor, _area_id: true(),
    "shown_to": lambda _actor: true(),
    "areas_under": lambda _area_ids: select(Area.id),
    "every_version_of": lambda _area_ids: select(Area.id),
}
FLOORS = ("geo.", "registry.", "programs.", "app.")


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every module that asks for reach is told of everything; answers which those were."""
    asking = []
    for name, module in list(sys.modules.items()):
        for function, everything in EVERYTHING.items():
            if name.startswith(FLOORS) and hasattr(module, function):
                monkeypatch.setattr(module, function, everything)
                asking.append(f"{name}.{function}")
    return asking


def test_reach_is_forgotten_wherever_it_was_asked_for(forgetful: list[str]) -> None:
    assert {f"{reach.__name__}.{function}" for function in EVERYTHING} <= set(forgetful)
    assert "registry.queries.reach.within_reach" in forgetful
    assert len(forgetful) > 15


@pytest.mark.parametrize("endpoint", [name for name in GETS if name not in {"static"}])
def test_a_forgotten_reach_shows_nobody_to_who_may_not_see_them(
    endpoint: str,
    web: Flask,
    world: World,
    people: list[Person],
    forgetful: list[str],
    taken_back: None,
) -> None:
    place = address(web, endpoint, GETS[endpoint], world)
    for person in people:
        if person.reach is Reach.NATIONAL:
            continue
        answer = person.get(place)
        hidden = NORTH if person.reach is Reach.SOUTH else SOUTH
        assert answer.status_code < 500, person
        assert hidden not in body_of(answer), person


def test_the_wall_shows_what_is_near(
    web: Flask, world: World, people: list[Person], forgetful: list[str], taken_back: None
) -> None:
    shown = [name for name, row in GETS.items() if row.shows is Shows.PEOPLE and row.nearby]
    for endpoint in shown:
        row, place = GETS[endpoint], address(web, endpoint, GETS[endpoint], world)
        near = (
            p for p in people if p.reach is Reach.NORTH and row.needs | row.names <= p.permissions
        )
        assert NORTH in body_of(next(near).get(place)), endpoint
