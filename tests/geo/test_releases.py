"""A release goes the way of its states, act by act, each with its own permission."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.db import refusal_of
from core.errors import Forbidden
from core.storage import keep_file
from geo.jobs.releases import publish
from geo.models.events import EventKind, EventState
from geo.models.releases import (
    Release,
    ReleaseState,
)
from geo.queries.clauses import ReleaseNotAskable
from geo.queries.selections import Question, release_asked
from geo.raster.bands import Choice
from geo.services.events import (
    EventCannotTurn,
    EventClosed,
    EventKnown,
    EventUnnamed,
    Shock,
    create_event,
    turn_event,
)
from geo.services.meanings import LayerOfOtherKind, choose_in_file, confirm_release
from geo.services.releases import (
    ReasonMissing,
    ReleaseNotInState,
    receive_release,
    refuse_release,
    withdraw_release,
)
from tests.make.files import depth_file
from tests.make.geo import make_event
from tests.make.jobs import Silent
from tests.make.releases import DEPTH, DEPTHS, published


def test_the_same_bytes_are_the_release_they_already_are(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "depth.tif", DEPTHS)
    release = received(file)

    again = receive_release(session, release.event_id, keep_file(file), "copy.tif", actor=anybody)

    assert again.known
    assert again.release.id == release.id


def test_the_same_bytes_are_a_release_of_their_own_for_each_event(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "depth.tif", DEPTHS)
    release = received(file)
    other = make_event(session, "Another flood")

    again = receive_release(session, other.id, keep_file(file), "copy.tif", actor=anybody)

    assert not again.known
    assert (again.release.id, again.release.event_id) != (release.id, release.event_id)
    session.add(Release(**_as_sent(again.release)))
    with pytest.raises(IntegrityError) as broken:
        session.flush()
    assert "a moment ago" in str(refusal_of(broken.value))


def _as_sent(release: Release) -> dict[str, Any]:
    """What a second sender would write of the same file, having looked before the first wrote."""
    fields = ("event_id", "original_name", "original_sha256", "original_bytes", "uploaded_by")
    return {field: getattr(release, field) for field in fields}


def test_a_file_refused_before_may_be_sent_again(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "depth.tif", DEPTHS)
    first = received(file)
    refuse_release(session, first.id, "An older model run", actor=anybody)

    assert received(file).id != first.id


def test_a_newer_release_of_the_layer_supersedes_the_one_before(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    first = received(depth_file(tmp_path / "1.tif", DEPTHS))
    published(session, first, anybody, DEPTH)
    second = received(depth_file(tmp_path / "2.tif", [[1.0, 1.0], [1.0, 1.0]]))

    published(session, second, anybody, DEPTH)

    session.refresh(first)
    assert (first.state, first.number) == (ReleaseState.SUPERSEDED, 1)
    assert (second.state, second.number) == (ReleaseState.PUBLISHED, 2)


def test_a_release_of_another_layer_supersedes_nothing(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    first = received(depth_file(tmp_path / "1.tif", DEPTHS))
    published(session, first, anybody, DEPTH)
    second = received(depth_file(tmp_path / "2.tif", [[1.0, 1.0], [1.0, 1.0]]))

    published(session, second, anybody, replace(DEPTH, layer="Forecast"))

    session.refresh(first)
    assert first.state is ReleaseState.PUBLISHED


def test_a_layer_keeps_its_measure(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    first = received(depth_file(tmp_path / "1.tif", DEPTHS))
    confirm_release(session, first.id, DEPTH, actor=anybody)
    second = received(depth_file(tmp_path / "2.tif", [[1.0, 1.0], [1.0, 1.0]]))

    with pytest.raises(LayerOfOtherKind, match="Water depth in m"):
        confirm_release(session, second.id, replace(DEPTH, unit="cm"), actor=anybody)


def test_a_withdrawn_release_is_not_asked(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))
    published(session, release, anybody, DEPTH)
    with pytest.raises(ReasonMissing):
        withdraw_release(session, release.id, " ", actor=anybody)

    withdraw_release(session, release.id, "The river gauge was wrong", actor=anybody)

    assert release.state is ReleaseState.WITHDRAWN
    with pytest.raises(ReleaseNotAskable, match="withdrawn"):
        release_asked(session, Question(release_id=release.id))


def test_a_release_goes_only_the_way_of_its_states(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))

    with pytest.raises(ReleaseNotInState, match="read; that can be done only while it is confirm"):
        publish(session, actor=anybody, progress=Silent(), release_id=release.id)
    with pytest.raises(ReleaseNotInState):
        withdraw_release(session, release.id, "No", actor=anybody)
    published(session, release, anybody, DEPTH)
    with pytest.raises(ReleaseNotInState):
        confirm_release(session, release.id, DEPTH, actor=anybody)


def test_a_closed_event_takes_no_files(session: Session, anybody: Actor, tmp_path: Path) -> None:
    event = make_event(session)
    turn_event(session, event.id, EventState.CLOSED, actor=anybody)
    kept = keep_file(depth_file(tmp_path / "1.tif", DEPTHS))

    with pytest.raises(EventClosed):
        receive_release(session, event.id, kept, "1.tif", actor=anybody)
    with pytest.raises(EventCannotTurn):
        turn_event(session, event.id, EventState.ALERT, actor=anybody)


def test_every_act_asks_for_its_own_permission(
    session: Session, anybody: Actor, visitor: Actor, received: Callable[..., Release],
    tmp_path: Path,
) -> None:  # fmt: skip
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))
    kept = keep_file(tmp_path / "1.tif")
    acts: list[Callable[[], object]] = [
        lambda: receive_release(session, release.event_id, kept, "1.tif", actor=visitor),
        lambda: confirm_release(session, release.id, DEPTH, actor=visitor),
        lambda: publish(session, actor=visitor, progress=Silent(), release_id=release.id),
        lambda: withdraw_release(session, release.id, "No", actor=visitor),
        lambda: refuse_release(session, release.id, "No", actor=visitor),
        lambda: choose_in_file(session, release.id, Choice(), actor=visitor),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()


def test_each_act_leaves_an_entry(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))
    published(session, release, anybody, DEPTH)
    withdraw_release(session, release.id, "Wrong gauge", actor=anybody)

    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [
        f"releases.{act}" for act in ("receive", "read", "confirm", "publish", "withdraw")
    ]


def test_an_event_is_written_down_once(session: Session, anybody: Actor) -> None:
    shock = Shock(" Typhoon  Vamco ", EventKind.STORM, datetime(2020, 11, 11, tzinfo=UTC))

    event = create_event(session, shock, actor=anybody)

    assert (event.name, event.state) == ("Typhoon Vamco", EventState.ACTIVE)
    with pytest.raises(EventUnnamed):
        create_event(session, replace(shock, name=" "), actor=anybody)
    with pytest.raises(EventKnown, match="Typhoon Vamco"):
        create_event(session, shock, actor=anybody)
