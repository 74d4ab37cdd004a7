"""What the platform does of its own accord."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, literal, select
from sqlalchemy.orm import Session

from app.upkeep import keep_up
from app.worker import do
from core.jobs import Job, JobState
from geo.models.events import EventState
from geo.models.place_checks import PlaceLook
from geo.models.releases import Release, ReleaseState
from registry.models.household_cells import CountedRelease, StaleCell
from tests.make.exposure import make_due
from tests.make.geo import make_country, make_event, make_release
from tests.make.registry import make_household, make_location

COUNTED = select(Release.id, literal(date(2026, 11, 19)))  # every release, as if it were counted


@pytest.fixture(autouse=True)
def looked_over(session: Session) -> PlaceLook:
    """A look over all places there will be, just now."""
    look = PlaceLook(upto=1 << 40, whole=True)
    session.add(look)
    session.flush()
    return look


def _jobs(session: Session) -> list[Job]:
    return list(session.scalars(select(Job).order_by(Job.id)))


def test_a_published_release_is_counted_once(session: Session) -> None:
    make_country(session)
    release = make_release(session)
    make_household(session, make_location(session, 0.5, 0.5))
    for _ in range(2):
        keep_up(session)
    (job,) = _jobs(session)
    session.commit()
    do(job.id)
    session.expire_all()
    assert session.get_one(Job, job.id).state is JobState.DONE
    assert session.scalars(select(CountedRelease.release_id)).all() == [release.id]
    keep_up(session)
    assert len(_jobs(session)) == 1


@pytest.mark.parametrize(
    ("state", "event"),
    [(ReleaseState.READ, EventState.ACTIVE), (ReleaseState.PUBLISHED, EventState.CLOSED)],
)
def test_what_nobody_asks_is_not_counted(
    session: Session, state: ReleaseState, event: EventState
) -> None:
    make_release(session, make_event(session, state=event), state=state)
    keep_up(session)
    assert _jobs(session) == []


def test_a_place_that_is_owed_an_answer_is_asked_about_without_anybody_asking(
    session: Session,
) -> None:
    make_due(session, make_release(session), make_location(session, 9.0, 9.0))
    session.execute(insert(CountedRelease).from_select(["release_id", "ages_on"], COUNTED))
    for _ in range(2):
        keep_up(session)
    assert [job.work.rsplit(".", 1)[-1] for job in _jobs(session)] == ["sample_due"]


def test_what_changed_is_counted_again_after_a_rest(session: Session) -> None:
    note = StaleCell(cell=7)
    session.add(note)
    session.flush()
    keep_up(session)
    assert _jobs(session) == []
    note.created_at = datetime.now(UTC) - timedelta(minutes=1)
    session.flush()
    keep_up(session)
    assert [job.work.rsplit(".", 1)[-1] for job in _jobs(session)] == ["recount_households"]


def test_places_are_looked_over_once_a_day_and_new_ones_after_a_rest(
    session: Session, looked_over: PlaceLook
) -> None:
    place = make_location(session, 0.5, 0.5)
    keep_up(session)
    assert _jobs(session) == []
    looked_over.upto = place.id - 1
    looked_over.created_at = datetime.now(UTC) - timedelta(minutes=2)
    session.flush()
    keep_up(session)
    assert [job.args for job in _jobs(session)] == [{"whole": False}]
    looked_over.created_at = datetime.now(UTC) - timedelta(hours=25)
    session.execute(delete(Job))
    keep_up(session)
    assert [job.args for job in _jobs(session)] == [{"whole": True}]
