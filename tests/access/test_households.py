"""Where single households stand, as maps elsewhere ask for it: who may see it sees their own."""

import json

import pytest
from werkzeug.test import TestResponse

from tests.access.people import Person, Reach
from tests.access.test_second_wall import forgetful  # noqa: F401 - a fixture
from tests.access.test_tiles import NEAR
from tests.access.world import World

HERE = "/api/ogc/collections/households"
SEES = {"location:exact", "registrant:read"}


pytestmark = pytest.mark.usefixtures("taken_back")


def _home(world: World, reach: Reach) -> str:
    side = world.south if reach is Reach.SOUTH else world.north
    return str(side.keys["number"])


def _shown(person: Person, world: World) -> set[str]:
    """The homes somebody is answered, asked for in every way there is."""
    homes = {_home(world, reach) for reach in (Reach.NORTH, Reach.SOUTH)}
    asked = [
        "items?limit=100",
        *(f"items/{number}" for number in homes),
        *(f"items?filter=number = '{number}'" for number in homes),
        *(f"tiles/WebMercatorQuad/{z}/{row}/{column}" for z, column, row in NEAR.values()),
    ]
    answers = [person.get(f"{HERE}/{path}") for path in asked]
    assert all(answer.status_code < 500 for answer in answers), person
    return {number for number in homes for answer in answers if number in _features_of(answer)}


def _features_of(answer: TestResponse) -> str:
    """What an answer shows; its links say what was asked, and are left aside."""
    body = answer.get_data()
    if answer.status_code != 200:
        return ""
    if answer.mimetype != "application/geo+json":
        return body.decode("utf-8", "replace")
    told = json.loads(body)
    return json.dumps(told.get("features", told.get("properties")))


def _see_their_own(people: list[Person], world: World) -> None:
    both = {_home(world, Reach.NORTH), _home(world, Reach.SOUTH)}
    seeing = 0
    for person in people:
        if SEES - person.permissions:
            assert _shown(person, world) == set(), person
            assert person.get(HERE).status_code == 404, person
            continue
        seeing += 1
        own = both if person.reach is Reach.NATIONAL else {_home(world, person.reach)}
        assert _shown(person, world) == own, person
    assert seeing > 3


def test_each_is_shown_the_households_of_their_own_area_alone(
    people: list[Person], world: World
) -> None:
    _see_their_own(people, world)


def test_each_is_shown_no_others_where_reach_is_forgotten(
    people: list[Person],
    world: World,
    forgetful: list[str],  # noqa: F811
) -> None:
    _see_their_own(people, world)
