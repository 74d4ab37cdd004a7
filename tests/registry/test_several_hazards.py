"""Households asked by several hazards at once, counted by hand from the tables of
tests/geo/test_several_hazards.py."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.selections import Together
from geo.queries.clauses import HazardClause
from geo.queries.selections import Question
from registry.counting.answers import Answers, Apart
from registry.models.rosters import Roster
from registry.queries.answers import ask
from registry.services.household_cells import count_release
from registry.services.rosters import draft, freeze
from tests.make.exposure import make_area_graded
from tests.make.graded import silent
from tests.make.registry import make_household
from tests.make.several import A_QUARTER, DEEP, THREE_QUARTERS, WINDY, Several, make_several


@pytest.fixture
def world(session: Session) -> Several:
    """A household at each of the sixteen places, one known by an area both hazards hit in part, one
    by an area neither met, and one of whom nothing is known."""
    world = make_several(session)
    for place in world.places.values():
        make_household(session, place)
    make_area_graded(session, world.flood, world.areas["X12"], A_QUARTER)
    make_area_graded(session, world.storm, world.areas["X12"], THREE_QUARTERS)
    for code in ("X12", "X21"):
        make_household(session, area_id=world.areas[code].id)
    make_household(session)
    return world


def all_of(world: Several) -> Question:
    storm = HazardClause(world.storm.id, WINDY)
    return Question(release_id=world.flood.id, threshold=DEEP, others=(storm,))


def worst_of(world: Several) -> Question:
    return replace(all_of(world), together=Together.WORST)


def test_households_are_counted_by_all_hazards(
    session: Session, world: Several, anybody: Actor
) -> None:
    assert ask(session, all_of(world), actor=anybody).answers == Answers(
        in_=1,
        probable=4,
        expected=1.5,
        out=7,
        not_observed=6,
        unlocated=1,
        asked=19,
        apart=Apart(nodata=5, outside=1),
    )


def test_households_are_counted_by_the_worst_hazard(
    session: Session, world: Several, anybody: Actor
) -> None:
    assert ask(session, worst_of(world), actor=anybody).answers == Answers(
        in_=7,
        probable=6,
        expected=3.5,
        out=1,
        not_observed=4,
        unlocated=1,
        asked=19,
        apart=Apart(nodata=3, outside=1),
    )


def test_households_counted_beforehand_for_one_hazard_do_not_answer_for_several(
    session: Session, world: Several, anybody: Actor
) -> None:
    plain = ask(session, all_of(world), actor=anybody)
    count_release(session, world.flood, silent)
    assert ask(session, all_of(world), actor=anybody) == plain


def test_a_frozen_list_says_each_of_its_hazards(
    session: Session, world: Several, anybody: Actor
) -> None:
    world.storm.original_sha256 = "5" * 64
    roster = draft(session, worst_of(world), "Wet or windy", actor=anybody)
    frozen = freeze(session, roster.id, actor=anybody)
    assert (frozen.answers.in_, frozen.answers.probable) == (7, 6)
    kept = session.get_one(Roster, roster.id).definition or {}
    assert (kept["release_sha256"], kept["threshold"]) == (world.flood.original_sha256, 0.5)
    storm = {"release_sha256": "5" * 64, "direction": "at_least", "threshold": 25.0}
    assert (kept["others"], kept["together"]) == ([storm], "worst_of")


def test_a_list_of_one_hazard_is_defined_as_ever(
    session: Session, world: Several, anybody: Actor
) -> None:
    alone = replace(all_of(world), others=())
    roster = draft(session, alone, "Wet", actor=anybody)
    freeze(session, roster.id, actor=anybody)
    kept = session.get_one(Roster, roster.id).definition or {}
    assert not {"others", "together"} & kept.keys()
