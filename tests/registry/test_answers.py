"""Answers: how many households and people a question means, counted by hand.

The country of tests.make.geo spans 0..4 degrees east and 0..2 north in four districts of one
degree by two, X11 X12 X21 X22 from west to east.
"""

from dataclasses import dataclass, replace
from datetime import date

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from geo.models.areas import Area
from geo.models.events import EventState
from geo.models.locations import Location, LocationSource
from geo.models.releases import Release, ReleaseState
from geo.queries.selections import Question
from geo.services.locations import owe, resettle
from geo.vector.drawings import drawn
from registry.counting.answers import Answers, AnswersDoNotAddUp, Apart
from registry.counting.people import People
from registry.models.registrants import Registrant, RegistrantState
from registry.models.rosters import Answer
from registry.queries.answers import ask
from tests.make.exposure import make_area_graded, make_due, make_exposure, make_graded
from tests.make.geo import make_area, make_country, make_event, make_release
from tests.make.registry import make_household, make_location, make_person

WEST = drawn([[(0, 0), (1, 0), (1, 2), (0, 2)]])  # district X11
HALF = drawn([[(0, 0), (0.5, 0), (0.5, 2), (0, 2)]])  # the western half of it


@dataclass
class World:
    """Four households in the west: deep, shallow, dry, and one of whom only the district is known,
    which was not measured; an unseen one in the east."""

    areas: dict[str, Area]
    release: Release
    deep: Registrant
    dry: Registrant


@pytest.fixture
def world(session: Session) -> World:
    areas = make_country(session)
    edges = [i / 10 for i in range(31)]
    release = make_release(session, make_event(session), floor=0.0, unit="m", histogram_edges=edges)
    west, east = areas["X11"].id, areas["X21"].id
    spots = [(0.2, 1.0), (0.4, 1.0), (0.6, 1.0)]
    deep, shallow, dry = (make_location(session, *spot, area_id=west) for spot in spots)
    unseen = make_location(session, 2.5, 1.0, area_id=east)
    make_exposure(session, release, {deep: 1.2, shallow: 0.3, unseen: None})
    households = [make_household(session, place) for place in (deep, shallow, dry, unseen)]
    make_household(session, area_id=west)
    for birth_date, sex in ((date(2021, 11, 20), "female"), (date(1980, 1, 1), "male")):
        make_person(session, households[0], sex, birth_date)
    make_person(session, households[1], "female", date(1960, 1, 1), has_disability=True)
    return World(areas, release, households[0], households[2])


def test_answers_whose_parts_are_not_all_asked_are_refused() -> None:
    whole = Answers(in_=1, probable=2, expected=1.5, out=3, not_observed=4, unlocated=5, asked=15)
    for wrong in ({"asked": 16}, {"in_": 2}, {"in_": -1, "out": 5}, {"expected": 2.5}):
        with pytest.raises(AnswersDoNotAddUp):
            replace(whole, **wrong)


def test_every_household_of_the_country_gets_one_of_the_answers(
    session: Session, world: World, anybody: Actor
) -> None:
    question = Question(release_id=world.release.id, threshold=0.5)
    result = ask(session, question, actor=anybody)
    assert result.answers == Answers(
        in_=1,
        probable=0,
        expected=0,
        out=2,
        not_observed=2,
        unlocated=0,
        asked=5,
        apart=Apart(nodata=1, outside=1),
    )


def test_a_lower_threshold_moves_households_from_out_to_in_and_the_bins_say_so(
    session: Session, world: World, anybody: Actor
) -> None:
    for threshold, wet in ((0.1, 2), (0.3, 2), (0.4, 1), (1.2, 1), (1.3, 0)):
        question = Question(release_id=world.release.id, threshold=threshold)
        result = ask(session, question, actor=anybody)
        assert result.answers.in_ == wet
        assert sum(result.bins[round(threshold * 10) :]) == wet
    assert [i for i, n in enumerate(result.bins) if n] == [3, 12]


def test_people_are_counted_by_sex_and_age_on_the_day_the_event_began(
    session: Session, world: World, anybody: Actor
) -> None:
    result = ask(session, Question(release_id=world.release.id, threshold=0.5), actor=anybody)
    assert result.people_in == People(people=2, f0_4=1, m18_59=1)
    assert result.people[Answer.OUT] == People(people=1, f60=1, disability=1)
    later = ask(session, Question(), actor=anybody, on=date(2026, 11, 20))
    assert (later.people_in.f0_4, later.people_in.f5_17) == (0, 1)  # she turned five by then


def test_a_drawn_shape_asks_those_known_by_areas_that_lie_wholly_inside_it(
    session: Session, world: World, anybody: Actor
) -> None:
    wholly = ask(session, Question(shape=WEST), actor=anybody)
    assert (wholly.answers.asked, wholly.answers.in_, wholly.unlocated_nearby) == (4, 4, 0)
    partly = ask(session, Question(shape=HALF), actor=anybody)
    assert (partly.answers.asked, partly.answers.in_, partly.unlocated_nearby) == (2, 2, 1)


def test_a_household_known_by_its_area_alone_is_where_the_area_is(
    session: Session, world: World, anybody: Actor
) -> None:
    place = Location(source=LocationSource.AREA, area_id=world.areas["X22"].id)
    session.add(place)
    session.flush()
    make_household(session, place)
    result = ask(session, Question(area_ids=(world.areas["X2"].id,)), actor=anybody)
    assert (result.answers.asked, result.answers.in_, result.answers.unlocated) == (2, 2, 0)


def test_of_five_households_in_an_area_a_quarter_under_water_one_and_a_quarter_are_expected_in(
    session: Session, world: World, anybody: Actor
) -> None:
    for _ in range(5):
        make_household(session, area_id=world.areas["X22"].id)
    make_area_graded(session, world.release, world.areas["X22"], [0.0] * 12 + [0.6] * 4)
    question = Question(release_id=world.release.id, area_ids=(world.areas["X22"].id,))

    wet = ask(session, replace(question, threshold=0.5), actor=anybody, level=2)
    dry = ask(session, replace(question, threshold=0.7), actor=anybody)

    assert wet.answers == Answers(
        in_=0,
        probable=5,
        expected=1.25,
        out=0,
        not_observed=0,
        unlocated=0,
        asked=5,
        apart=Apart(),
    )
    assert [(area.pcode, area.answers.expected) for area in wet.areas] == [("X22", 1.25)]
    assert dry.answers.out == 5


def test_who_lives_in_an_area_wholly_under_water_is_in_and_in_a_dry_one_out(
    session: Session, world: World, anybody: Actor
) -> None:
    make_household(session, area_id=world.areas["X22"].id)
    make_area_graded(session, world.release, world.areas["X22"], [0.6] * 16)
    make_area_graded(session, world.release, world.areas["X11"], [0.0] * 16)

    result = ask(session, Question(release_id=world.release.id, threshold=0.5), actor=anybody)

    assert (result.answers.in_, result.answers.out, result.answers.not_observed) == (2, 3, 1)


def test_circles_are_probable_between_the_least_and_the_most_of_their_values(
    session: Session, world: World, anybody: Actor
) -> None:
    place = make_location(session, 2.6, 1.0, area_id=world.areas["X21"].id, accuracy_m=200.0)
    make_household(session, place)
    make_graded(session, world.release, place, [0.2] * 4 + [0.8] * 12)
    east = Question(release_id=world.release.id, area_ids=(world.areas["X21"].id,))

    found = [ask(session, replace(east, threshold=t), actor=anybody) for t in (0.2, 0.5, 0.9)]

    answers = [result.answers for result in found]
    assert [(a.in_, a.probable, a.expected, a.out) for a in answers] == [
        (1, 0, 0, 0),
        (0, 1, 0.75, 0),
        (0, 0, 0, 1),
    ]
    assert [i for i, n in enumerate(found[1].bins) if n] == [2]  # in up to 0.2 m


def test_of_whom_neither_point_nor_area_is_known_is_unlocated(
    session: Session, world: World, anybody: Actor
) -> None:
    make_household(session)

    whole = ask(session, Question(release_id=world.release.id), actor=anybody)
    west = ask(session, Question(area_ids=(world.areas["X1"].id,)), actor=anybody)

    assert (whole.answers.asked, whole.answers.unlocated) == (6, 1)
    assert west.answers.unlocated == 0


def test_who_left_the_registry_and_groups_that_are_no_households_are_not_asked(
    session: Session, world: World, anybody: Actor
) -> None:
    world.deep.state = RegistrantState.EXITED
    make_household(session, make_location(session, 0.3, 1.0), group_kind="association")
    session.flush()
    assert ask(session, Question(), actor=anybody).answers.asked == 4


def test_the_table_by_area_adds_up_to_the_whole(
    session: Session, world: World, anybody: Actor
) -> None:
    question = Question(release_id=world.release.id, threshold=0.5)
    result = ask(session, question, actor=anybody, level=1)
    rows = {row.pcode: (row.answers.in_, row.answers.asked, row.people_in) for row in result.areas}
    assert rows == {"X1": (1, 4, 2), "X2": (0, 1, 0)}
    finer = ask(session, question, actor=anybody, level=2)
    assert [(row.pcode, row.answers.asked) for row in finer.areas] == [("X11", 4), ("X21", 1)]


def test_households_of_no_known_area_have_a_row_of_their_own(
    session: Session, world: World, anybody: Actor
) -> None:
    make_household(session)
    last = ask(session, Question(), actor=anybody).areas[-1]
    assert (last.area_id, last.answers.unlocated) == (None, 1)


def test_who_is_bound_to_an_area_counts_only_the_households_in_it(
    session: Session, world: World, anybody: Actor
) -> None:
    bound = replace(anybody, national=False, area_ids=frozenset({world.areas["X2"].id}))
    result = ask(session, Question(release_id=world.release.id), actor=bound)
    assert (result.answers.asked, result.answers.not_observed) == (1, 1)


def test_a_household_that_moved_is_not_observed_until_its_new_place_was_asked(
    session: Session, world: World, anybody: Actor
) -> None:
    place = make_location(session, 0.7, 1.0, area_id=world.areas["X11"].id)
    world.dry.location_id = place.id
    make_due(session, world.release, place)
    make_area_graded(session, world.release, world.areas["X11"], [0.0] * 16)
    result = ask(session, Question(release_id=world.release.id, threshold=0.1), actor=anybody)
    assert (result.answers.out, result.answers.not_observed) == (1, 2)


def test_who_may_not_count_learns_nothing(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        ask(session, Question(), actor=visitor)


def test_households_follow_another_map_of_areas(session: Session, anybody: Actor) -> None:
    old = make_country(session)
    here = make_location(session, 0.5, 0.5, area_id=old["X11"].id)
    nowhere = Location(area_id=old["X11"].id, source=LocationSource.AREA)
    session.add(nowhere)
    session.flush()
    for place in (here, nowhere):
        make_household(session, place, area_id=old["X11"].id)
    for area in old.values():
        area.valid_to = date(2026, 11, 20)
    country = make_area(session, "X", shapely.box(0, 0, 4, 2), version="v2", is_leaf=False)
    x11, x13 = (
        make_area(session, pcode, shapely.box(west, 0, east, 2), country, version="v2")
        for pcode, west, east in (("X11", 0, 0.4), ("X13", 0.4, 4))
    )

    resettle(session)

    session.expire_all()
    moved = ask(session, Question(area_ids=(x13.id,)), actor=anybody, level=1)
    assert [(row.pcode, row.answers.asked) for row in moved.areas] == [("X13", 1)]
    vague = ask(session, Question(area_ids=(x11.id,)), actor=anybody, level=1)
    assert [(row.pcode, row.answers.in_) for row in vague.areas] == [("X11", 1)]


@pytest.mark.parametrize(
    ("state", "event_state"),
    [
        (ReleaseState.SUPERSEDED, EventState.ACTIVE),
        (ReleaseState.PUBLISHED, EventState.CLOSED),
    ],
)
def test_a_place_written_after_a_release_had_its_day_is_not_taken_for_dry(
    session: Session, anybody: Actor, state: ReleaseState, event_state: EventState
) -> None:
    release = make_release(session, make_event(session, state=event_state), state=state)
    new = make_location(session, 0.5, 0.5)
    make_household(session, new)

    owe(session, select(Location.id).where(Location.id == new.id))

    answers = ask(session, Question(release_id=release.id), actor=anybody).answers
    assert (answers.out, answers.not_observed) == (0, 1)


def test_a_thousand_households_cost_no_more_statements_than_one(
    session: Session, world: World, anybody: Actor, statements: list[str]
) -> None:
    question = Question(shape=WEST, release_id=world.release.id)
    session.expire_all()
    ask(session, question, actor=anybody)
    few = len(statements)
    for _ in range(20):
        make_household(session, make_location(session, 0.3, 1.0))
    session.expire_all()
    statements.clear()
    ask(session, question, actor=anybody)
    assert len(statements) == few <= 8
