"""Releases put together into new ones, made and published; places are counted by hand.

Three days of depths on cells of one degree, from 0 east and 2 north on; N was not observed.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import rasterio
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden
from core.storage import path_of
from geo.jobs.composites import compose
from geo.models.areas import Area
from geo.models.events import Event
from geo.models.exposure import AreaExposure
from geo.models.releases import Operation, Release, ReleaseState
from geo.queries.clauses import ReleaseNotAskable
from geo.queries.composites import parents_of
from geo.queries.situation import ongoing
from geo.services.composites import (
    AlreadyMade,
    Composite,
    CompositeNameless,
    OfSeveralEvents,
    OfSeveralMeasures,
    ThresholdMissing,
    WrongNumber,
    derive,
)
from geo.services.releases import withdraw_release
from tests.make.composites import made, make_days
from tests.make.geo import make_country, make_event
from tests.make.graded import answers_at, answers_of_areas
from tests.make.jobs import Silent
from tests.make.registry import make_location
from tests.make.releases import answers

PLACES = {0.5: "west", 1.5: "second", 2.5: "third", 3.5: "east"}  # at 1.5 north


@pytest.fixture
def event(session: Session) -> Event:
    make_country(session)
    for lon in PLACES:
        make_location(session, lon, 1.5, accuracy_m=None)
    return make_event(session)


@pytest.fixture
def three(session: Session, event: Event, anybody: Actor, tmp_path: Path) -> list[Release]:
    """Depths at the four places on three days: west 1.0 0.0 2.0, second 0.6 N 0.5, third 0 0 N,
    east never observed; the southern row is dry."""
    return make_days(session, event, anybody, tmp_path)


def together(
    session: Session, actor: Actor, of: list[Release], operation: Operation, at: float | None
) -> Release:
    composite = Composite(operation, tuple(release.id for release in of), at)
    return made(session, composite, "Together", actor)


def test_the_highest_depth_is_that_of_all_days(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    highest = together(session, anybody, three, Operation.MAXIMUM, None)
    assert (highest.measure, highest.unit, highest.floor) == ("Water depth", "m", 0.2)
    assert answers(session, highest, threshold=2.0) == {
        0.5: "in",
        1.5: "probable",  # 0.6 where it was seen, and one day it was not
        2.5: "not_observed",
        3.5: "not_observed",
    }
    assert answers(session, highest, threshold=0.6)[1.5] == "in"
    assert answers(session, highest, threshold=2.5)[0.5] == "out"


def test_whoever_stood_in_it_once_was_ever_in_it(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    ever = together(session, anybody, three, Operation.EVER, 0.5)
    assert answers(session, ever) == {
        0.5: "in",
        1.5: "in",
        2.5: "not_observed",
        3.5: "not_observed",
    }


def test_days_that_were_not_observed_make_it_probable(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    days = together(session, anybody, three, Operation.DAYS, 0.5)
    assert (days.measure, days.unit, days.floor) == ("Days hit", "days", 1.0)
    assert answers(session, days, threshold=1) == {
        0.5: "in",  # on two of three days
        1.5: "in",  # on two, and one was not observed
        2.5: "probable",  # on none, and one was not observed
        3.5: "not_observed",
    }
    assert answers(session, days, threshold=3) == {
        0.5: "out",
        1.5: "probable",
        2.5: "out",
        3.5: "not_observed",
    }


def test_of_a_place_between_one_half_is_expected(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    days = together(session, anybody, three, Operation.DAYS, 0.5)
    second = make_location(session, 1.25, 1.25, accuracy_m=100.0)  # in the middle of one cell
    days_again = together(session, anybody, three[1:], Operation.DAYS, 0.5)  # N, then 0.5
    assert answers_at(session, days_again, second, 1, 2) == [("in", 1.0), ("probable", 0.5)]
    assert days.id != days_again.id


def test_an_area_is_known_within_bounds_too(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    """District X12 is 1..2 east, 0..2 north: its northern half was hit on two days, on a third
    perhaps; its southern half on none."""
    days = together(session, anybody, three, Operation.DAYS, 0.5)
    assert answers_of_areas(session, days, 1)["X12"] == ("probable", 0.5)
    assert answers_of_areas(session, days, 3)["X12"] == ("probable", 0.25)
    hit = select(AreaExposure.hit_km2, AreaExposure.observed_km2).join(
        Area, Area.id == AreaExposure.area_id
    )
    row = session.execute(hit.where(Area.pcode == "X12", AreaExposure.release_id == days.id)).one()
    assert row.hit_km2 / row.observed_km2 == pytest.approx(0.5, abs=0.001)


def test_a_composite_says_what_it_was_made_of(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    three[0].source, three[2].licence = "Radar", "ODbL"
    ever = together(session, anybody, three, Operation.EVER, 0.5)
    assert [parent.release.id for parent in parents_of(session, ever.id)] == [r.id for r in three]
    assert ever.observed_at == datetime(2026, 11, 21, 6, tzinfo=UTC)
    assert ever.source == "Radar, National Flood Centre"
    assert ever.licence == "CC BY 4.0, ODbL"
    with rasterio.open(path_of(ever.original_sha256)) as file:
        tags = file.tags()
    assert tags["MADE_OF"].split() == [release.original_sha256 for release in three]
    assert (tags["OPERATION"], tags["THRESHOLD"]) == ("ever", "0.5")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "releases.derive")).one()
    assert entry.figures == {"name": "Together", "operation": "ever", "releases": 3}


def test_what_was_made_stays_when_what_it_was_made_of_is_withdrawn(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    ever = together(session, anybody, three, Operation.EVER, 0.5)
    withdraw_release(session, three[0].id, "Wrong day", actor=anybody)
    assert answers(session, ever)[0.5] == "in"
    with pytest.raises(ReleaseNotAskable):
        together(session, anybody, three, Operation.DAYS, 0.5)


def test_the_same_is_not_made_twice(session: Session, three: list[Release], anybody: Actor) -> None:
    together(session, anybody, three, Operation.EVER, 0.5)
    with pytest.raises(AlreadyMade, match=r"Together\.tif"):
        together(session, anybody, three, Operation.EVER, 0.5)
    assert together(session, anybody, three, Operation.EVER, 0.6).number == 2


def test_what_cannot_be_put_together_is_refused(
    session: Session, three: list[Release], anybody: Actor, visitor: Actor
) -> None:
    ids = tuple(release.id for release in three)

    def asked(composite: Composite, name: str = "Together", actor: Actor = anybody) -> None:
        derive(session, composite, name, actor=actor)

    with pytest.raises(Forbidden):
        asked(Composite(Operation.MAXIMUM, ids), actor=visitor)
    with pytest.raises(CompositeNameless):
        asked(Composite(Operation.MAXIMUM, ids), "  ")
    with pytest.raises(WrongNumber, match="1 releases are chosen; choose from 2 to 60"):
        asked(Composite(Operation.MAXIMUM, (ids[0], ids[0])))
    with pytest.raises(ThresholdMissing):
        asked(Composite(Operation.DAYS, ids))
    three[2].measure, three[2].unit = "Wind speed", "m/s"
    with pytest.raises(OfSeveralMeasures, match=r"Water depth \(m\), Wind speed \(m/s\)"):
        asked(Composite(Operation.MAXIMUM, ids))
    three[2].event_id = make_event(session, "Another flood").id
    with pytest.raises(OfSeveralEvents):
        asked(Composite(Operation.MAXIMUM, ids))


def test_dry_grids_that_never_observed_the_same_place_are_refused_and_leave_their_record(
    session: Session, event: Event, anybody: Actor, tmp_path: Path
) -> None:
    west, east = make_days(session, event, anybody, tmp_path, [[[0.1, -9999.0]], [[-9999.0, 0.1]]])
    composite = Composite(Operation.MAXIMUM, (west.id, east.id))
    release = derive(session, composite, "Both", actor=anybody)
    compose(session, actor=anybody, progress=Silent(), release_id=release.id)
    assert release.state is ReleaseState.REFUSED
    assert "holds no value at all" in str(release.refusal)


def test_the_situation_goes_on_to_show_what_was_observed(
    session: Session, three: list[Release], anybody: Actor
) -> None:
    together(session, anybody, three, Operation.EVER, 0.5)
    (event,) = ongoing(session, actor=anybody)
    assert event.latest is three[2]


def test_days_are_slid_one_by_one(session: Session, three: list[Release], anybody: Actor) -> None:
    days = together(session, anybody, three, Operation.DAYS, 0.5)
    assert days.histogram_edges == [1, 2, 3, 4]
    assert days.histogram == [0, 2, 0]  # cells hit on one day, on two, on three
