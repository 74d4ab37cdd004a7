"""The places that are in, found from what is stored, are just those that are said to be."""

import pytest
from sqlalchemy.orm import Session

from geo.models.locations import Location
from geo.models.releases import Direction, ReleaseState
from geo.queries.clauses import places_in
from tests.make.exposure import make_due, make_exposure, make_graded
from tests.make.geo import make_release
from tests.make.registry import make_location

DEEP = [0.6, 0.9]
SHORE = [0.0, 0.9]
STORED = {"deep": 0.7, "low": 0.2, "unseen": None, "waiting": 0.7}


@pytest.mark.parametrize(
    ("floor", "direction", "threshold", "meant"),
    [
        (0.1, Direction.AT_LEAST, 0.5, {"deep", "round"}),
        (0.1, Direction.AT_LEAST, 0.1, {"deep", "low", "round"}),
        (0.1, Direction.AT_LEAST, None, {"deep", "low", "round"}),
        (0.1, Direction.AT_LEAST, 0.05, set()),
        (None, Direction.AT_LEAST, None, {"deep", "low", "round"}),
        (None, Direction.AT_LEAST, 0.5, {"deep", "round"}),
        (0.9, Direction.AT_MOST, 0.5, {"low"}),
        (0.9, Direction.AT_MOST, 0.9, {"deep", "low", "round", "shore"}),
        (0.9, Direction.AT_MOST, 1.0, set()),
    ],
)
def test_just_those_who_are_in_are_found(
    session: Session,
    floor: float | None,
    direction: Direction,
    threshold: float | None,
    meant: set[str],
) -> None:
    release = make_release(session, floor=floor, direction=direction)
    places = _places(session)
    stored = {places[name]: value for name, value in STORED.items()}
    make_exposure(session, release, stored)
    make_due(session, release, places["waiting"])
    make_graded(session, release, places["round"], DEEP, value=0.7)
    make_graded(session, release, places["shore"], SHORE, value=0.7)
    make_graded(session, release, places["half seen"], DEEP, seen=0.5, value=0.7)

    found = session.scalars(places_in(release.id, threshold)).all()

    names = {place.id: name for name, place in places.items()}
    assert {names[place_id] for place_id in found} == meant


def test_nobody_is_found_by_a_release_that_was_withdrawn(session: Session) -> None:
    release = make_release(session, floor=0.1, state=ReleaseState.WITHDRAWN)
    make_exposure(session, release, {make_location(session, 0.5, 0.5): 0.7})

    assert session.scalars(places_in(release.id, 0.5)).all() == []


def _places(session: Session) -> dict[str, Location]:
    names = (*STORED, "round", "shore", "half seen")
    return {name: make_location(session, 0.1 * place, 0.5) for place, name in enumerate(names, 1)}
