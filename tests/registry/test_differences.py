"""The difference of two releases: each thing that can become of a household, counted by hand."""

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from geo.models.exposure import AreaExposure, Exposure
from geo.models.locations import Location
from geo.models.releases import Direction, ReleaseState
from geo.queries.clauses import ThresholdBeyondFloor
from geo.queries.differences import (
    Change,
    NotAlike,
    NothingToCompare,
    areas_changed,
    pair_of,
)
from geo.queries.selections import Question
from geo.raster.reasons import Reason
from registry.counting.answers import Apart
from registry.queries.differences import Counted, difference
from registry.services.rosters import keep_list
from tests.make.differences import TwoReleases, make_release_of, make_two_releases
from tests.make.exposure import make_water


@pytest.fixture
def world(session: Session) -> TwoReleases:
    return make_two_releases(session)


def test_each_household_becomes_one_thing(
    session: Session, world: TwoReleases, anybody: Actor
) -> None:
    told = difference(session, world.pair, 0.5, 2, actor=anybody)

    twice = {Change.ENTER: Counted(2, 4)}
    assert {change: told.of(change) for change in Change} == {
        change: twice.get(change, Counted(1, 2)) for change in Change
    }
    assert told.unlocated == 1
    assert [(area.pcode, area.of(Change.ENTER)) for area in told.areas] == [("X11", Counted(2, 4))]


def test_why_nobody_knew_is_told_of_both_releases(
    session: Session, world: TwoReleases, anybody: Actor
) -> None:
    """Of three each nobody knows; before, one that stays out stands in a lake; after, a cloud hides
    two of the three."""
    before, after = world.pair.before, world.pair.after
    places = {round(place.lon or 0, 2): place for place in session.scalars(select(Location))}
    make_water(session, before, places[0.25])
    hidden = [places[lon].id for lon in (0.4, 0.45)]
    under = update(Exposure).where(Exposure.release_id == after.id)
    session.execute(under.where(Exposure.location_id.in_(hidden)).values(why=Reason.CLOUD.value))

    told = difference(session, world.pair, 0.5, 2, actor=anybody)

    assert told.before == Apart(nodata=3, permanent_water=1)
    assert told.after == told.in_area("X11").after == Apart(cloud=2, nodata=1)
    assert told.of(Change.STAY_OUT) == Counted(1, 2)


def test_another_threshold_is_another_difference(
    session: Session, world: TwoReleases, anybody: Actor
) -> None:
    """At 0.8 m none is in before; after it are those of 1.0 and 0.9 m."""
    told = difference(session, world.pair, 0.8, 2, actor=anybody)

    assert told.of(Change.ENTER) == Counted(2, 4)
    assert told.of(Change.LEAVE) == told.of(Change.STAY_IN) == Counted()
    assert told.of(Change.NOW_IN) == told.of(Change.WAS_IN) == Counted()


def test_it_is_told_to_those_alone_who_may_see_a_few(
    session: Session, world: TwoReleases, visitor: Actor
) -> None:
    counter = Actor(3, "Cora", frozenset({"registrant:count", "release:read"}), national=True)
    for actor in (visitor, counter):
        with pytest.raises(Forbidden):
            difference(session, world.pair, 0.5, 2, actor=actor)


def test_it_is_told_within_reach(session: Session, world: TwoReleases, anybody: Actor) -> None:
    east = Actor(4, "Esa", anybody.permissions, area_ids=frozenset({world.areas["X2"].id}))

    assert difference(session, world.pair, 0.5, 2, actor=east).areas == []
    assert areas_changed(session, world.pair, 2, actor=east) == []


def test_a_release_is_compared_with_the_one_before_it(
    session: Session, world: TwoReleases, anybody: Actor
) -> None:
    third = make_release_of(session, world.event, world.layer, 3)
    world.pair.after.state = ReleaseState.WITHDRAWN
    session.flush()

    assert pair_of(session, third.id, None, actor=anybody).before.number == 1
    with pytest.raises(NothingToCompare):
        pair_of(session, world.pair.before.id, None, actor=anybody)


@pytest.mark.parametrize(
    "other", [{"unit": "cm"}, {"measure": "Wind speed"}, {"direction": Direction.AT_MOST}]
)
def test_releases_of_different_things_are_not_compared(
    session: Session, world: TwoReleases, anybody: Actor, other: dict[str, Any]
) -> None:
    third = make_release_of(session, world.event, world.layer, 3, **other)

    with pytest.raises(NotAlike):
        pair_of(session, third.id, world.pair.before.id, actor=anybody)


def test_a_threshold_below_the_floor_cannot_be_compared(
    session: Session, world: TwoReleases, anybody: Actor
) -> None:
    with pytest.raises(ThresholdBeyondFloor):
        difference(session, world.pair, 0.1, 2, actor=anybody)


def test_areas_enter_leave_and_change_class(
    session: Session, world: TwoReleases, anybody: Actor
) -> None:
    """Of ten square kilometres each; a quarter and a half are the classes."""
    hits = {
        "X11": ((10, 0), (10, 1), Change.ENTER),
        "X12": ((10, 3), (10, 0), Change.LEAVE),
        "X21": ((10, 2.4), (10, 2.5), Change.CHANGE_CLASS),
        "X22": ((10, 6), (10, 9), Change.STAY_IN),
        "X1": ((0, 0), (10, 0), Change.NOW_OUT),
        "X2": ((10, 1), (0, 0), Change.WAS_IN),
    }
    for pcode, (was, now, _change) in hits.items():
        for release, (seen, hit) in zip(
            (world.pair.before, world.pair.after), (was, now), strict=True
        ):
            session.add(
                AreaExposure(
                    release_id=release.id,
                    area_id=world.areas[pcode].id,
                    observed_km2=seen,
                    hit_km2=hit,
                )
            )
    session.flush()

    told = [
        area
        for level in (1, 2)
        for area in areas_changed(session, world.pair, level, actor=anybody)
    ]
    assert {area.pcode: area.change for area in told} == {
        pcode: change for pcode, (_was, _now, change) in hits.items()
    }
    assert [area.pcode for area in told if len(area.pcode) == 3] == ["X12", "X22", "X11", "X21"]


def test_nothing_that_was_kept_follows_it(
    session: Session, world: TwoReleases, anybody: Actor
) -> None:
    kept = keep_list(
        session, Question(release_id=world.pair.before.id, threshold=0.5), "First", actor=anybody
    )
    tables = ("rosters", "roster_members", "selections", "entitlements", "audit_entries")
    before = [_digest(session, table) for table in tables]

    difference(session, world.pair, 0.5, 2, actor=anybody)
    areas_changed(session, world.pair, 2, actor=anybody)

    assert [_digest(session, table) for table in tables] == before
    assert kept.roster_id


def _digest(session: Session, table: str) -> str:
    rows = session.execute(text(f"select to_jsonb(t) from {table} t order by 1")).scalars()  # noqa: S608
    return hashlib.sha256(json.dumps(list(rows), default=str).encode()).hexdigest()
