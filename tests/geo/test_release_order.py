"""Releases follow one another in the order they were observed, not in the one they came in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.releases import Release, ReleaseState
from geo.services.releases import withdraw_release
from tests.make.files import depth_file
from tests.make.releases import DEPTH, published

PUBLISHED, SUPERSEDED = ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED
MONDAY = DEPTH.observed_at

Publish = Callable[..., Release]


@pytest.fixture
def publish(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> Publish:
    """`publish(days, layer)` publishes depths observed so many days after Monday."""
    came = iter(range(1, 9))

    def act(days: int, layer: str = "Water depth") -> Release:
        n = next(came)
        release = received(depth_file(tmp_path / f"{n}.tif", [[float(n), 1.0]]))
        assert MONDAY is not None
        meaning = replace(DEPTH, layer=layer, observed_at=MONDAY + timedelta(days=days))
        return published(session, release, anybody, meaning)

    return act


def states(session: Session, *releases: Release) -> list[ReleaseState]:
    for release in releases:
        session.refresh(release)
    return [release.state for release in releases]


def test_what_was_observed_later_supersedes_what_was_observed_before(
    session: Session, publish: Publish
) -> None:
    monday, wednesday = publish(0), publish(2)

    assert states(session, monday, wednesday) == [SUPERSEDED, PUBLISHED]


def test_a_late_delivery_supersedes_nothing(session: Session, publish: Publish) -> None:
    monday, wednesday, tuesday = publish(0), publish(2), publish(1)

    assert states(session, monday, tuesday, wednesday) == [SUPERSEDED, SUPERSEDED, PUBLISHED]
    assert (tuesday.number, tuesday.published_at is not None) == (3, True)


def test_of_two_observed_at_once_the_one_published_last_is_in_force(
    session: Session, publish: Publish
) -> None:
    first, mended = publish(0), publish(0)

    assert states(session, first, mended) == [SUPERSEDED, PUBLISHED]


def test_withdrawing_the_one_in_force_puts_the_one_observed_before_it_in_force(
    session: Session, publish: Publish, anybody: Actor
) -> None:
    monday, wednesday, tuesday = publish(0), publish(2), publish(1)

    number = withdraw_release(session, wednesday.id, "The gauge was wrong", actor=anybody)

    assert number == 3
    assert states(session, monday, tuesday) == [SUPERSEDED, PUBLISHED]
    assert withdraw_release(session, tuesday.id, "This one too", actor=anybody) == 1
    assert withdraw_release(session, monday.id, "And this one", actor=anybody) is None
    assert set(states(session, monday, tuesday, wednesday)) == {ReleaseState.WITHDRAWN}


def test_withdrawing_one_that_is_not_in_force_changes_nothing_else(
    session: Session, publish: Publish, anybody: Actor
) -> None:
    monday, tuesday = publish(0), publish(1)

    assert withdraw_release(session, monday.id, "The gauge was wrong", actor=anybody) == 2
    assert states(session, monday, tuesday) == [ReleaseState.WITHDRAWN, PUBLISHED]


def test_a_withdrawn_release_never_comes_back(
    session: Session, publish: Publish, anybody: Actor
) -> None:
    monday, wednesday = publish(0), publish(2)
    withdraw_release(session, wednesday.id, "The gauge was wrong", actor=anybody)

    tuesday = publish(1)

    assert states(session, monday, tuesday, wednesday) == [
        SUPERSEDED,
        PUBLISHED,
        ReleaseState.WITHDRAWN,
    ]


def test_layers_are_in_order_each_by_itself(
    session: Session, publish: Publish, anybody: Actor
) -> None:
    depths, forecast = publish(2), publish(0, "Forecast")

    assert states(session, depths, forecast) == [PUBLISHED, PUBLISHED]
    withdraw_release(session, depths.id, "The gauge was wrong", actor=anybody)
    assert states(session, forecast) == [PUBLISHED]
