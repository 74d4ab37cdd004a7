"""Places written after an event was closed: they owe it nothing, and are never taken for dry."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db import transaction
from geo.jobs.exposure import sample_due
from geo.models.events import Event, EventState
from geo.models.exposure import ExposureDue
from geo.models.locations import Location, LocationSource
from geo.models.releases import Release
from geo.queries.exposure import anything_due
from geo.queries.selections import Question, answered
from geo.services.events import turn_event
from geo.services.locations import owe
from tests.make.exposure import make_exposure
from tests.make.files import depth_file
from tests.make.geo import make_event, make_release
from tests.make.jobs import Silent
from tests.make.moments import until_it_waits
from tests.make.registry import make_location
from tests.make.releases import DEPTH, DEPTHS, answers, published

EVERY: Select[int] = select(Location.id)


def written(session: Session, lon: float, lat: float) -> Location:
    """A place as an import writes it."""
    place = make_location(session, lon, lat)
    owe(session, EVERY.where(Location.id == place.id))
    return place


def close(session: Session, event: Event, actor: Actor) -> None:
    turn_event(session, event.id, EventState.CLOSED, actor=actor)


def due(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ExposureDue)) or 0


def test_a_place_written_after_the_event_was_closed_owes_nothing_and_is_not_observed(
    session: Session, anybody: Actor
) -> None:
    event = make_event(session)
    release = make_release(session, event, floor=0.1)
    dry, wet = make_location(session, 0.5, 0.5), make_location(session, 1.5, 0.5)
    make_exposure(session, release, {wet: 2.0})
    close(session, event, anybody)

    written(session, 2.5, 0.5)

    assert (due(session), anything_due(session)) == (0, False)
    session.expire_all()
    assert answers(session, release) == {0.5: "out", 1.5: "in", 2.5: "not_observed"}
    assert dry.id <= (release.last_asked or 0)


def test_what_was_owed_before_the_event_was_closed_is_still_answered(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = published(session, received(depth_file(tmp_path / "1.tif", DEPTHS)), anybody, DEPTH)
    written(session, 0.5, 0.5)  # 2 m
    close(session, session.get_one(Event, release.event_id), anybody)
    written(session, 3.5, 1.5)  # 1.5 m, but nobody asks any more

    sample_due(session, actor=anybody, progress=Silent())

    assert answers(session, release) == {0.5: "in", 3.5: "not_observed"}


def test_opened_again_the_event_is_owed_answers_about_all_that_came_meanwhile(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = published(session, received(depth_file(tmp_path / "1.tif", DEPTHS)), anybody, DEPTH)
    event = session.get_one(Event, release.event_id)
    close(session, event, anybody)
    for lon, lat in ((0.5, 0.5), (0.5, 1.5), (3.5, 1.5)):  # 2 m, dry, 1.5 m
        written(session, lon, lat)
    assert due(session) == 0

    turn_event(session, event.id, EventState.RECOVERY, actor=anybody)

    assert due(session) == 3
    assert set(answers(session, release).values()) == {"not_observed"}
    sample_due(session, actor=anybody, progress=Silent())
    said = {(row.lon, row.lat): row.status for row in session.execute(_with_places(release)).all()}
    assert said == {(0.5, 0.5): "in", (0.5, 1.5): "out", (3.5, 1.5): "in"}
    session.refresh(release)
    assert (release.last_asked, event.ended_at) == (None, None)
    written(session, 1.5, 1.5)
    assert due(session) == 1


def _with_places(release: Release) -> Select[tuple[float, float, str]]:
    asked = answered(Question(release_id=release.id)).subquery()
    places = select(Location.lon, Location.lat, asked.c.status)
    return places.join(asked, asked.c.location_id == Location.id)


def test_only_the_releases_of_the_event_that_is_opened_are_owed(
    session: Session, anybody: Actor
) -> None:
    first, second = make_event(session, "First"), make_event(session, "Second")
    releases = [make_release(session, event, floor=0.1) for event in (first, second)]
    for event in (first, second):
        close(session, event, anybody)
    written(session, 0.5, 0.5)

    turn_event(session, first.id, EventState.ACTIVE, actor=anybody)

    assert session.scalars(select(ExposureDue.release_id)).all() == [releases[0].id]


@pytest.mark.usefixtures("apart")
def test_a_place_that_is_being_written_while_the_event_is_closed_is_asked_about(
    anybody: Actor,
) -> None:
    with transaction() as session:
        event = make_event(session)
        event_id, release_id = event.id, make_release(session, event, floor=0.1).id

    with ThreadPoolExecutor(1) as hand:
        with transaction() as session:
            early = _place(session, 0.5)
            owe(session, EVERY.where(Location.id == early))
            closing = hand.submit(_close, event_id, anybody)
            until_it_waits(closing)
        closing.result()

    with transaction() as session:
        assert session.scalars(select(ExposureDue.location_id)).all() == [early]
        assert session.get_one(Release, release_id).last_asked == early


def _place(session: Session, lon: float) -> int:
    place = Location(lon=lon, lat=0.5, source=LocationSource.GPS)
    session.add(place)
    session.flush()
    return place.id


def _close(event_id: int, actor: Actor) -> None:
    with transaction() as session:
        turn_event(session, event_id, EventState.CLOSED, actor=actor)


@pytest.mark.usefixtures("apart")
def test_a_place_begun_before_the_event_was_closed_and_asked_after_is_owed(
    anybody: Actor,
) -> None:
    with transaction() as session:
        event_id = make_event(session).id
        make_release(session, session.get_one(Event, event_id), floor=0.1)

    with transaction() as slow:
        early = _place(slow, 0.5)
        with transaction() as quick:
            _place(quick, 1.5)
        _close(event_id, anybody)
        owe(slow, EVERY.where(Location.id == early))

    with transaction() as session:
        assert session.scalars(select(ExposureDue.location_id)).all() == [early]
