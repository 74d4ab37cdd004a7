"""Places find their area, and owe an answer to the releases they were not asked about."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import transaction
from geo.models.areas import Area
from geo.models.events import EventState
from geo.models.exposure import ExposureDue
from geo.models.locations import Location, LocationSource
from geo.models.releases import ReleaseState
from geo.services import locations
from geo.services.locations import owe, resettle, settle
from tests.make.geo import make_area, make_country, make_event, make_release, square
from tests.make.moments import until_it_waits

EVERY = select(Location.id)


@pytest.fixture(params=["by one statement", "by a lattice"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few places are looked up by the index, many by a lattice: the answers are the same."""
    if request.param == "by a lattice":
        monkeypatch.setattr(locations, "FEW", 0)


def place(session: Session, lon: float | None, lat: float | None, **given: object) -> Location:
    location = Location(lon=lon, lat=lat, source=LocationSource.GPS, **given)
    session.add(location)
    session.flush()
    return location


@pytest.mark.usefixtures("both_ways")
def test_a_place_is_given_the_leaf_area_it_lies_in(session: Session) -> None:
    areas = make_country(session)
    inside = place(session, 2.5, 1.0)

    moved = settle(session, EVERY)

    session.refresh(inside)
    assert moved == 1
    assert inside.area_id == areas["X21"].id


@pytest.mark.usefixtures("both_ways")
def test_on_a_border_the_lowest_pcode_takes_the_place(session: Session) -> None:
    areas = make_country(session)
    between = place(session, 2.0, 1.0)  # X12 ends and X21 begins here

    settle(session, EVERY)

    session.refresh(between)
    assert between.area_id == areas["X12"].id


@pytest.mark.usefixtures("both_ways")
def test_a_place_moved_out_of_the_country_loses_its_area(session: Session) -> None:
    areas = make_country(session)
    abroad = place(session, 9.0, 9.0, area_id=areas["X11"].id)

    assert settle(session, EVERY) == 1

    session.refresh(abroad)
    assert abroad.area_id is None


@pytest.mark.usefixtures("both_ways")
def test_a_place_without_a_point_keeps_the_area_it_was_given(session: Session) -> None:
    areas = make_country(session)
    vague = place(session, None, None, area_id=areas["X1"].id)

    assert settle(session, EVERY) == 0

    session.refresh(vague)
    assert vague.area_id == areas["X1"].id


@pytest.mark.usefixtures("both_ways")
def test_a_place_that_lies_right_already_is_left_alone(session: Session) -> None:
    areas = make_country(session)
    place(session, 0.5, 0.5, area_id=areas["X11"].id)

    assert settle(session, EVERY) == 0


@pytest.mark.usefixtures("both_ways")
def test_areas_no_longer_in_force_take_no_places(session: Session) -> None:
    make_area(session, "OLD", square(0, 0), valid_to="2020-01-01", version="v0")
    areas = make_country(session)
    inside = place(session, 0.5, 0.5)

    settle(session, EVERY)

    session.refresh(inside)
    assert inside.area_id == areas["X11"].id


@pytest.mark.usefixtures("both_ways")
def test_a_place_in_a_gap_between_leaves_belongs_to_the_area_above(session: Session) -> None:
    country = make_area(session, "X", square(0, 0, 4), is_leaf=False)
    make_area(session, "X1", square(0, 0), country)
    in_the_gap = place(session, 3.0, 3.0)

    settle(session, EVERY)

    session.refresh(in_the_gap)
    assert in_the_gap.area_id == country.id


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("at", [(0.5, 0.5), (None, None)])
def test_places_written_while_areas_are_replaced_stay_in_none_that_is_no_more(
    at: tuple[float | None, float | None],
) -> None:
    with transaction() as session:
        old = make_area(session, "X", square(0, 0)).id

    with ThreadPoolExecutor(1) as hand:
        with transaction() as session:
            place(session, *at, area_id=old)
            settle(session, EVERY)
            replacing = hand.submit(_replace, old)
            until_it_waits(replacing)
        new = replacing.result()

    with transaction() as session:
        assert session.scalars(select(Location.area_id)).all() == [new]


def _replace(old: int) -> int:
    """Put another area of the same code in force."""
    with transaction() as session:
        session.get_one(Area, old).valid_to = datetime.now(UTC).date()
        session.flush()
        new = make_area(session, "X", square(0, 0), version="v2").id
        resettle(session)
        return new


def test_every_release_that_can_be_asked_is_owed_an_answer(session: Session) -> None:
    new = place(session, 0.5, 0.5)
    place(session, 1.5, 0.5)
    current = make_release(session)
    event = make_event(session, "Old")
    before = make_release(session, event, state=ReleaseState.SUPERSEDED)
    past = make_release(session, make_event(session, "Over", state=EventState.CLOSED))
    for state in (ReleaseState.CONFIRMED, ReleaseState.WITHDRAWN):
        make_release(session, make_event(session, state), state=state)

    asked = owe(session, EVERY.where(Location.id == new.id))

    due = session.execute(select(ExposureDue.release_id, ExposureDue.location_id)).all()
    assert asked == 3
    assert sorted(due) == [(release.id, new.id) for release in (current, before, past)]


def test_an_answer_already_owed_is_not_owed_twice(session: Session) -> None:
    place(session, 0.5, 0.5)
    make_release(session)
    owe(session, EVERY)

    assert owe(session, EVERY) == 0


def test_a_thousand_places_cost_no_more_statements_than_one(
    session: Session, statements: list[str]
) -> None:
    make_country(session)
    make_release(session)
    session.add_all(Location(lon=i / 250, lat=1.0, source=LocationSource.GPS) for i in range(1000))
    session.flush()
    before = len(statements)

    settle(session, EVERY)
    owe(session, EVERY)

    assert len(statements) - before == 6
