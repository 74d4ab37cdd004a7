"""What changes after the households were counted by cell is in the answer at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import shapely
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.exposure import ExposureDue
from geo.models.locations import Location
from geo.models.releases import Release
from geo.queries.selections import Question
from registry.models.household_cells import StaleCell
from registry.models.registrants import (
    Group,
    Individual,
    Membership,
    Registrant,
    RegistrantState,
)
from registry.queries.stale_cells import EVERYTHING, IN_AREA
from registry.services.household_cells import recount
from tests.make.counted import both_ways, same, star
from tests.make.exposure import make_due
from tests.make.registry import make_household, make_location, make_person


def _household(session: Session) -> Registrant:
    """One with a point and members, in the village."""
    member = select(Membership.group_id)
    place = select(Location.id).where(Location.lon > 1.3, Location.lon < 1.4)
    return session.scalars(
        select(Registrant)
        .where(Registrant.id.in_(member), Registrant.location_id.in_(place))
        .order_by(Registrant.id)
    ).first()  # type: ignore[return-value]


def _moves(session: Session, areas: dict[str, Area], _release: Release) -> None:
    place = make_location(session, 0.9, 1.9, area_id=areas["X11"].id)
    household = _household(session)
    household.location_id, household.area_id = place.id, place.area_id


def _loses_its_place(session: Session, _areas: dict[str, Area], _release: Release) -> None:
    household = _household(session)
    household.location_id, household.area_id = None, None


def _leaves(session: Session, _areas: dict[str, Area], _release: Release) -> None:
    _household(session).state = RegistrantState.EXITED


def _has_a_child(session: Session, _areas: dict[str, Area], _release: Release) -> None:
    make_person(session, _household(session), birth_date=date(2026, 1, 1))


def _loses_a_member(session: Session, _areas: dict[str, Area], _release: Release) -> None:
    group = Membership.group_id == _household(session).id
    session.scalars(select(Membership).where(group)).one().ended_on = date(2026, 11, 1)


def _is_better_known(session: Session, _areas: dict[str, Area], _release: Release) -> None:
    member = select(Membership.member_id).where(Membership.group_id == _household(session).id)
    person = session.get_one(Individual, session.scalars(member).one())
    person.birth_date = None


def _states_a_size(session: Session, _areas: dict[str, Area], _release: Release) -> None:
    group = session.get_one(Group, _household(session).id)
    group.is_partial, group.stated_size = True, 70_000


def _is_measured_again(session: Session, areas: dict[str, Area], _release: Release) -> None:
    household = _household(session)
    place = session.get_one(Location, household.location_id)
    place.lon, place.lat = 3.9, 0.1
    place.area_id = household.area_id = areas["X22"].id


def _is_owed_an_answer(session: Session, _areas: dict[str, Area], release: Release) -> None:
    place = session.get_one(Location, _household(session).location_id)
    make_due(session, release, place)


def _is_answered(session: Session, _areas: dict[str, Area], _release: Release) -> None:
    session.execute(delete(ExposureDue))


def _comes_anew(session: Session, areas: dict[str, Area], _release: Release) -> None:
    make_household(session, make_location(session, 0.11, 0.11, area_id=areas["X11"].id))
    make_household(session, area_id=areas["X11"].id)


CHANGES = [
    _moves,
    _loses_its_place,
    _leaves,
    _has_a_child,
    _loses_a_member,
    _is_better_known,
    _states_a_size,
    _is_measured_again,
    _is_owed_an_answer,
    _is_answered,
    _comes_anew,
]


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_both_ways_agree_at_once_and_after_the_recount(
    session: Session,
    areas: dict[str, Area],
    counted: Release,
    anybody: Actor,
    change: Callable[[Session, dict[str, Area], Release], None],
) -> None:
    everybody = Question(release_id=counted.id, threshold=0.5)
    drawn = replace(everybody, shape=star(3))
    village = replace(everybody, shape=bytes(shapely.to_wkb(shapely.box(1.29, 0.69, 1.34, 0.9))))
    picked = replace(drawn, area_ids=(areas["X12"].id,))
    before = same(session, everybody, counted, anybody)[0].counts
    change(session, areas, counted)
    session.flush()
    for question in (everybody, drawn, village, picked):
        same(session, question, counted, anybody)
    recount(session, lambda _done, _total: None)
    assert session.scalar(select(func.count()).select_from(StaleCell)) == 0
    for question in (everybody, drawn, village, picked):
        same(session, question, counted, anybody)
    assert same(session, everybody, counted, anybody)[0].counts != before


def test_more_changes_than_are_noted_one_by_one_are_all_counted_again(
    session: Session, areas: dict[str, Area], counted: Release, anybody: Actor
) -> None:
    session.add(StaleCell(cell=EVERYTHING))
    session.flush()
    question = Question(release_id=counted.id)
    assert both_ways(session, question, counted, anybody)[0] is None
    recount(session, lambda _done, _total: None)
    same(session, question, counted, anybody)


def test_a_change_of_who_has_no_point_is_noted_as_such(
    session: Session, areas: dict[str, Area], counted: Release
) -> None:
    make_household(session, area_id=areas["X11"].id)
    assert set(session.scalars(select(StaleCell.cell))) == {IN_AREA - areas["X11"].id}
