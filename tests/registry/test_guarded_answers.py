"""What is told to who may not see a few: figures of areas alone, counted by hand.

The country X has the provinces X1 (districts X11, X12) and X2 (X21, X22). In the water stand
3 households of X11, 8 of X12, 20 of X21 and none of X22; dry are 30, 40, 50 and 60.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.locations import Location
from geo.models.releases import Release
from geo.permissions import May as Geo
from geo.queries.selections import Question
from geo.vector.drawings import drawn
from registry.counting.answers import Answers
from registry.counting.guarded import guarded_alone
from registry.counting.people import People
from registry.queries.answers import DrawingUnanswered, Result, ask
from registry.services.household_cells import count_release
from registry.services.rosters import draft
from tests.make.exposure import make_exposure
from tests.make.geo import make_country, make_event, make_release
from tests.make.registry import make_household, make_location, make_person
from tests.together import undone

pytestmark = pytest.mark.xdist_group("guarded")
WET = {"X11": 3, "X12": 8, "X21": 20, "X22": 0}
DRY = {"X11": 30, "X12": 40, "X21": 50, "X22": 60}
WEST = {"X11": 0.2, "X12": 1.2, "X21": 2.2, "X22": 3.2}


@dataclass(frozen=True)
class World:
    """The country and its flood, made once for all tests of the module."""

    session: Session
    areas: dict[str, Area]
    release: Release


@pytest.fixture(scope="module")
def world(connection: Connection) -> Iterator[World]:
    connection.rollback()
    outer = connection.begin()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        areas = make_country(session)
        yield World(session, areas, _flooded(session, areas))
    outer.rollback()


def _flooded(session: Session, areas: dict[str, Area]) -> Release:
    release = make_release(session, make_event(session), floor=0.1, unit="m")
    deep: dict[Location, float | None] = {}
    for pcode, west in WEST.items():
        spots = np.linspace(0.1, 1.9, WET[pcode] + DRY[pcode])
        places = [make_location(session, west, lat, area_id=areas[pcode].id) for lat in spots]
        deep |= dict.fromkeys(places[: WET[pcode]], 1.0)
        for place in places:
            make_person(session, make_household(session, place), "female", date(1990, 1, 1))
    make_exposure(session, release, deep)
    session.flush()
    return release


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    """The session of the world; what a test does in it is taken back."""
    with undone(world.session):
        yield world.session


@pytest.fixture
def areas(world: World) -> dict[str, Area]:
    return world.areas


@pytest.fixture
def release(world: World) -> Release:
    return world.release


@pytest.fixture
def analyst(anybody: Actor) -> Actor:
    """Somebody who counts, and may not see exact places."""
    return replace(anybody, permissions=anybody.permissions - {Geo.EXACT_LOCATIONS})


def _rows(result: Result) -> dict[str, tuple[int | None, int | None, int | None]]:
    told = {row.pcode: (row.answers.in_, row.answers.out, row.people_in) for row in result.areas}
    assert all(row.answers.asked == WET[row.pcode] + DRY[row.pcode] for row in result.areas)
    return told


def test_a_small_figure_is_hidden_with_what_would_tell_it(
    session: Session, release: Release, analyst: Actor
) -> None:
    """The 3 of X11 could be had from its 33 and 30, and from the 11 of X1 less the 8 of X12."""
    result = ask(session, Question(release_id=release.id), actor=analyst, level=2)

    assert (result.answers.in_, result.answers.out, result.answers.asked) == (31, 180, 211)
    assert _rows(result) == {
        "X11": (None, None, None),
        "X12": (None, None, None),
        "X21": (20, 50, 20),
        "X22": (0, 60, 0),
    }
    assert result.hides


def test_who_may_see_exact_places_is_told_every_figure(
    session: Session, release: Release, anybody: Actor
) -> None:
    result = ask(session, Question(release_id=release.id), actor=anybody, level=2)

    assert {p: row[0] for p, row in _rows(result).items()} == WET
    assert not result.hides


def test_the_level_above_is_told_as_it_is(
    session: Session, release: Release, analyst: Actor
) -> None:
    result = ask(session, Question(release_id=release.id), actor=analyst, level=1)

    told = {row.pcode: row.answers.in_ for row in result.areas}
    assert told == {"X1": 11, "X2": 20}


def test_two_questions_do_not_tell_by_their_difference_what_one_hides(
    session: Session, release: Release, analyst: Actor, areas: dict[str, Area]
) -> None:
    """X12 alone would make the 3 of X11 out of the 11 of X1, so it is hidden by itself too."""

    def told(*pcodes: str) -> int | None:
        ids = tuple(areas[pcode].id for pcode in pcodes)
        question = Question(release_id=release.id, area_ids=ids)
        return ask(session, question, actor=analyst, level=2).answers.in_

    assert told("X11", "X12") == told("X1") == 11
    assert told("X12") is None
    assert told("X11") is None
    assert told("X12", "X21") is None
    assert told("X21", "X22") == told("X2") == 20


def test_what_is_left_when_an_area_is_taken_out_is_hidden_as_if_it_was_picked(
    session: Session, release: Release, analyst: Actor, areas: dict[str, Area]
) -> None:
    question = Question(release_id=release.id, without_area_ids=(areas["X11"].id,))

    assert ask(session, question, actor=analyst, level=2).answers.in_ is None


def test_the_quick_count_hides_what_the_plain_count_hides(
    session: Session, release: Release, analyst: Actor
) -> None:
    question = Question(release_id=release.id)
    plain = ask(session, question, actor=analyst, level=2)

    count_release(session, release, lambda _done, _total: None)

    assert ask(session, question, actor=analyst, level=2) == plain


@pytest.mark.parametrize("part", ["shape", "without_shape"])
def test_a_drawing_is_answered_by_a_sentence_and_no_figure(
    session: Session, release: Release, analyst: Actor, areas: dict[str, Area], part: str
) -> None:
    shape = drawn([[(0, 0), (1, 0), (1, 2), (0, 2)]])
    drawings = {part: shape}
    question = Question(
        shape=drawings.get("shape"),
        without_shape=drawings.get("without_shape"),
        release_id=release.id,
        area_ids=(areas["X1"].id,),
    )

    with pytest.raises(DrawingUnanswered, match="pick areas"):
        ask(session, question, actor=analyst)


def test_a_drawing_is_not_kept_as_a_list_by_who_may_not_ask_it(
    session: Session, release: Release, analyst: Actor
) -> None:
    shape = drawn([[(0, 0), (1, 0), (1, 2), (0, 2)]])

    with pytest.raises(DrawingUnanswered):
        draft(session, Question(shape=shape, release_id=release.id), "Houses", actor=analyst)


def test_one_list_by_itself_keeps_its_total_and_hides_a_few() -> None:
    """2 not observed of 100: with them goes the smallest other answer, the 8 that are out."""
    answers = Answers.of({"in": 90, "out": 8, "not_observed": 2}, 100)
    people = People(people=300, f0_4=3, f18_59=140, m0_4=7, m18_59=150, disability=4)

    told = guarded_alone(answers, people, 5)

    assert (told.answers.in_, told.answers.asked) == (90, 100)
    assert (told.answers.out, told.answers.not_observed) == (None, None)
    assert told.answers.unlocated == 0
    assert (told.people.people, told.people.f0_4, told.people.m0_4) == (300, None, None)
    assert (told.people.f18_59, told.people.young, told.people.disability) == (140, None, None)
