"""Selections: which places a question asks about, and what a release answers for each.

The country of tests.make.geo spans 0..4 degrees east and 0..2 north in four districts of one
degree by two, X11 X12 X21 X22 from west to east.
"""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden
from geo.models.areas import Area
from geo.models.locations import Location
from geo.models.releases import Direction, Release, ReleaseState
from geo.models.selections import Combine
from geo.queries.clauses import ReleaseNotAskable, ThresholdBeyondFloor
from geo.queries.selections import (
    DraftUnknown,
    Question,
    answered,
    asked_by_area,
    draft_shape,
    partly_asked_by_area,
    places_asked,
    question_of,
    release_asked,
    selection_by_code,
)
from geo.services.selections import SelectionNameless, keep_draft, keep_selection
from geo.vector.drawings import drawn
from tests.make.exposure import make_due, make_exposure
from tests.make.geo import make_area, make_country, make_event, make_release, square
from tests.make.registry import make_location

WEST = drawn([[(0, 0), (1, 0), (1, 2), (0, 2)]])  # district X11
MIDDLE = drawn([[(0.5, 0.5), (2.5, 0.5), (2.5, 1.5), (0.5, 1.5)]])


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def places(session: Session, areas: dict[str, Area]) -> dict[str, Location]:
    """One place in the middle of each district, and one outside them all."""
    found = {
        code: make_location(session, 0.5 + i, 1.0, area_id=areas[code].id)
        for i, code in enumerate(("X11", "X12", "X21", "X22"))
    }
    return found | {"sea": make_location(session, 9.0, 9.0)}


def _asked(session: Session, places: dict[str, Location], question: Question) -> set[str]:
    found = set(session.scalars(places_asked(question)))
    return {name for name, place in places.items() if place.id in found}


def _said(session: Session, places: dict[str, Location], question: Question) -> dict[str, str]:
    rows = {row.location_id: row.status for row in session.execute(answered(question))}
    return {name: rows[place.id] for name, place in places.items() if place.id in rows}


def test_without_shape_and_areas_the_whole_country_is_asked(
    session: Session, places: dict[str, Location]
) -> None:
    assert _asked(session, places, Question()) == {"X11", "X12", "X21", "X22", "sea"}


def test_a_drawn_shape_asks_the_places_inside_it_and_on_its_border(
    session: Session, areas: dict[str, Area]
) -> None:
    spots = {"inside": (0.5, 1.0), "corner": (1.0, 2.0), "side": (1.0, 0.3), "beyond": (1.1, 1.0)}
    places = {name: make_location(session, *spot) for name, spot in spots.items()}
    assert _asked(session, places, Question(shape=WEST)) == {"inside", "corner", "side"}


def test_a_picked_area_asks_the_places_of_every_area_below_it(
    session: Session, areas: dict[str, Area], places: dict[str, Location]
) -> None:
    assert _asked(session, places, Question(area_ids=(areas["X1"].id,))) == {"X11", "X12"}


def test_shape_and_areas_are_joined_or_cut_with_one_another(
    session: Session, areas: dict[str, Area], places: dict[str, Location]
) -> None:
    both = Question(shape=MIDDLE, area_ids=(areas["X2"].id,))
    cut = Question(shape=MIDDLE, area_ids=(areas["X2"].id,), combine=Combine.INTERSECTION)
    assert _asked(session, places, both) == {"X11", "X12", "X21", "X22"}
    assert _asked(session, places, cut) == {"X21"}


def test_what_is_taken_out_is_not_asked(
    session: Session, areas: dict[str, Area], places: dict[str, Location]
) -> None:
    no_area = Question(without_area_ids=(areas["X1"].id,))
    no_shape = Question(area_ids=(areas["X"].id,), without_shape=MIDDLE)
    assert _asked(session, places, no_area) == {"X21", "X22", "sea"}
    assert _asked(session, places, no_shape) == {"X22"}


def _asked_with(session: Session, areas: dict[str, Area], question: Question) -> set[str]:
    ids = set(session.scalars(select(Area.id).where(asked_by_area(question, Area.id))))
    return {code for code, area in areas.items() if area.id in ids}


def test_who_has_no_point_is_asked_with_the_areas_that_lie_wholly_inside(
    session: Session, areas: dict[str, Area]
) -> None:
    wide = drawn([[(-1, -1), (1.5, -1), (1.5, 3), (-1, 3)]])
    assert _asked_with(session, areas, Question(shape=wide)) == {"X11"}
    assert _asked_with(session, areas, Question(area_ids=(areas["X2"].id,))) == {
        "X2",
        "X21",
        "X22",
    }
    assert _asked_with(session, areas, Question()) == set(areas)


def test_an_area_a_shape_only_partly_covers_is_named_apart(
    session: Session, areas: dict[str, Area]
) -> None:
    wide = drawn([[(-1, -1), (1.5, -1), (1.5, 3), (-1, 3)]])
    partly = select(Area.id).where(partly_asked_by_area(Question(shape=wide), Area.id))
    found = set(session.scalars(partly))
    assert {code for code, area in areas.items() if area.id in found} == {"X", "X1", "X12"}


def test_an_area_beside_a_shape_with_a_common_border_is_not_partly_covered(
    session: Session, areas: dict[str, Area]
) -> None:
    partly = select(Area.pcode).where(partly_asked_by_area(Question(shape=WEST), Area.id))
    assert set(session.scalars(partly)) == {"X", "X1"}


def test_a_place_is_in_out_or_not_observed_as_the_release_says(
    session: Session, places: dict[str, Location]
) -> None:
    release = make_release(session)
    make_exposure(session, release, {places["X11"]: 0.5, places["X12"]: None})
    make_due(session, release, places["X21"])
    said = _said(session, places, Question(release_id=release.id))
    assert said == {
        "X11": "in",
        "X12": "not_observed",
        "X21": "not_observed",  # waits to be asked
        "X22": "out",  # inside the release's box, and no row
        "sea": "not_observed",  # outside the box
    }


def test_a_row_that_is_due_hides_the_value_that_was_sampled_before(
    session: Session, places: dict[str, Location]
) -> None:
    release = make_release(session)
    make_exposure(session, release, {places["X11"]: 0.5})
    make_due(session, release, places["X11"])
    rows = session.execute(answered(Question(release_id=release.id))).all()
    assert [row.value for row in rows] == [None] * 5


@pytest.mark.parametrize(
    ("direction", "threshold", "told"),
    [
        (Direction.AT_LEAST, 0.7, {"X11": "in", "X12": "out"}),
        (Direction.AT_LEAST, 0.71, {"X11": "out", "X12": "out"}),
        (Direction.AT_MOST, 0.7, {"X11": "in", "X12": "in"}),
        (Direction.AT_MOST, 0.3, {"X11": "out", "X12": "in"}),
    ],
)
def test_the_threshold_itself_counts_as_in_in_both_directions(
    session: Session,
    places: dict[str, Location],
    direction: Direction,
    threshold: float,
    told: dict[str, str],
) -> None:
    release = make_release(session, direction=direction)
    make_exposure(session, release, {places["X11"]: 0.7, places["X12"]: 0.3})
    said = _said(session, places, Question(release_id=release.id, threshold=threshold))
    assert {name: said[name] for name in told} == told


def test_without_a_release_every_place_asked_is_in(
    session: Session, places: dict[str, Location]
) -> None:
    assert set(_said(session, places, Question()).values()) == {"in"}


def test_a_threshold_beyond_what_was_kept_is_refused(session: Session) -> None:
    release = make_release(session, floor=0.1, unit="m")
    with pytest.raises(ThresholdBeyondFloor, match=r"beyond 0\.1 m were not kept"):
        release_asked(session, Question(release_id=release.id, threshold=0.05))
    assert release_asked(session, Question(release_id=release.id, threshold=0.1)) is release


def test_a_withdrawn_release_is_not_targeted(session: Session) -> None:
    release = make_release(session, state=ReleaseState.WITHDRAWN)
    with pytest.raises(ReleaseNotAskable, match="withdrawn"):
        release_asked(session, Question(release_id=release.id))


def test_a_kept_selection_asks_the_same_question_when_it_is_opened_again(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    release: Release = make_release(session, make_event(session), floor=0.1)
    question = Question(
        shape=drawn([[(0.1, 1 / 3), (2.2, 0.1), (1.7, 1.9)]]),
        area_ids=(areas["X1"].id,),
        without_area_ids=(areas["X12"].id,),
        combine=Combine.INTERSECTION,
        release_id=release.id,
        threshold=0.3,
    )
    kept = keep_selection(session, question, " Upper Oru ", actor=anybody)
    session.expire_all()
    again = selection_by_code(session, kept.code)
    assert (again.name, again.event_id) == ("Upper Oru", release.event_id)
    assert question_of(session, again) == question
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.action == "selections.keep"


def test_a_kept_selection_asks_its_areas_as_another_map_draws_them(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    question = Question(area_ids=(areas["X1"].id,), without_area_ids=(areas["X12"].id,))
    kept = keep_selection(session, question, "Upper Oru", actor=anybody)
    for area in areas.values():
        area.valid_to = date(2026, 11, 20)
    country = make_area(session, "X", square(0, 0, 4), version="v2", is_leaf=False)
    new = {p: make_area(session, p, square(0, 0), country, version="v2") for p in ("X1", "X12")}

    again = question_of(session, kept)

    assert again.area_ids == (new["X1"].id,)
    assert again.without_area_ids == (new["X12"].id,)


def test_a_selection_is_kept_only_with_a_name_and_by_who_may(
    session: Session, anybody: Actor, visitor: Actor
) -> None:
    with pytest.raises(SelectionNameless):
        keep_selection(session, Question(), " ", actor=anybody)
    with pytest.raises(Forbidden):
        keep_selection(session, Question(), "Everybody", actor=visitor)


def test_the_same_drawing_is_kept_once_and_found_by_its_code(
    session: Session, anybody: Actor
) -> None:
    assert MIDDLE is not None
    code = keep_draft(session, MIDDLE, actor=anybody)
    assert keep_draft(session, MIDDLE, actor=anybody) == code
    session.expire_all()
    assert draft_shape(session, code) == MIDDLE
    with pytest.raises(DraftUnknown, match="AAAA"):
        draft_shape(session, "AAAA")
