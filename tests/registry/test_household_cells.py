"""Counting by cell answers every question as counting households one by one does.

A thousand households in the made country, many on a lattice so that cells hold several and borders
are met, some without a point, and one release with values, gaps and places not yet asked.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.exposure import ExposureDue
from geo.models.locations import Location, LocationSource
from geo.models.releases import Direction, Release
from geo.models.selections import Combine
from geo.queries.selections import Question
from geo.vector.cover import CELL
from registry.counting.sums import Tally
from registry.models.household_cells import CountedRelease, StaleCell
from registry.models.registrants import (
    Group,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.queries.answers import bins_of, plainly
from registry.queries.household_cells import EVERYTHING, WITHOUT_POINT, Asking, quickly
from registry.services.household_cells import count_release, recount
from tests.make.exposure import make_due, make_exposure
from tests.make.geo import make_country, make_release
from tests.make.registry import make_household, make_location, make_person

ON = date(2026, 11, 19)
EDGES = [i / 10 for i in range(31)]
HOUSEHOLDS = 240


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def release(session: Session, areas: dict[str, Area]) -> Release:
    """Counted, with all notes of changes worked off."""
    release = make_release(session, floor=0.1, unit="m", histogram_edges=EDGES)
    _settle_people(session, areas, release)
    count_release(session, release, lambda _done, _total: None)
    session.execute(delete(StaleCell))
    return release


def _settle_people(session: Session, areas: dict[str, Area], release: Release) -> None:
    chance = np.random.default_rng(20261119)
    places = [_place(areas, lon, lat) for lon, lat in _spots(chance)]
    session.add_all(places)
    session.flush()
    make_exposure(session, release, dict(_said(chance, places)))
    for place in places[:3]:
        make_due(session, release, place)
    without_point = [areas[code].id for code in ("X11", "X12", "X22")]
    stand: list[tuple[int | None, int | None]] = [(p.id, p.area_id) for p in places]
    stand += [(None, area_id) for area_id in (*without_point, None)]
    households = [_registrant(i, RegistrantKind.GROUP, *at) for i, at in enumerate(stand)]
    families = [h for h in households if chance.random() < 0.3]
    people = [_registrant(i, RegistrantKind.INDIVIDUAL) for i in range(len(families))]
    session.add_all(households + people)
    session.flush()
    session.add_all(Group(registrant_id=h.id) for h in households)
    session.add_all(_individual(chance, person.id) for person in people)
    session.add_all(
        Membership(group_id=h.id, member_id=p.id, kind="head")
        for h, p in zip(families, people, strict=True)
    )
    session.flush()


def _place(areas: dict[str, Area], lon: float, lat: float) -> Location:
    district = areas[f"X{1 + (lon >= 2)}{1 + (int(lon) % 2)}"]
    return Location(lon=lon, lat=lat, source=LocationSource.GPS, area_id=district.id)


def _registrant(
    number: int, kind: RegistrantKind, location_id: int | None = None, area_id: int | None = None
) -> Registrant:
    given = {"location_id": location_id, "area_id": area_id}
    return Registrant(kind=kind, name="Doro", code=f"{kind}-{number}-{uuid.uuid4()}", **given)


def _individual(chance: np.random.Generator, registrant_id: int) -> Individual:
    born = date(int(chance.integers(1940, 2026)), 5, 17)
    sex = str(chance.choice(["female", "male"]))
    return Individual(registrant_id=registrant_id, sex=sex, birth_date=born)


def _spots(chance: np.random.Generator) -> Iterator[tuple[float, float]]:
    """Half anywhere in the country, half on the corners of cells in a village."""
    yield from chance.uniform((0, 0), (4, 2), (HOUSEHOLDS // 2, 2)).tolist()
    for step in chance.integers(0, 12, (HOUSEHOLDS // 2, 2)).tolist():
        yield 1.3 + step[0] * CELL / 2, 0.7 + step[1] * CELL / 2


def _said(
    chance: np.random.Generator, places: list[Location]
) -> Iterator[tuple[Location, float | None]]:
    for place in places:
        if chance.random() < 0.6:
            yield place, None if chance.random() < 0.2 else _depth(chance)


def _depth(chance: np.random.Generator) -> float:
    """Often on an edge of a bin, as values of classes are."""
    return float(chance.choice([0.1, 0.5, 0.7, 3.0, 3.4, chance.uniform(0.1, 3)]))


def _both_ways(
    session: Session, question: Question, release: Release, actor: Actor
) -> tuple[tuple[Tally, int] | None, tuple[Tally, int]]:
    asking = Asking(question, actor, bins_of(release), 2, ON)
    return quickly(session, asking), plainly(session, asking)


def _same(
    session: Session, question: Question, release: Release, actor: Actor
) -> tuple[Tally, int]:
    quick, plain = _both_ways(session, question, release, actor)
    assert quick is not None
    assert quick[0].counts == plain[0].counts
    assert quick[0].bins.tolist() == plain[0].bins.tolist()
    assert quick[1] == plain[1]
    return quick


def _star(seed: int) -> bytes:
    chance = np.random.default_rng(seed)
    turn = np.sort(chance.uniform(0, 2 * np.pi, int(chance.integers(3, 40))))
    reach = chance.uniform(0.1, 1.5, len(turn))
    middle = chance.uniform((0.5, 0.3), (3.5, 1.7))
    at = np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None] + middle
    shape = shapely.make_valid(shapely.Polygon(at))
    pieces = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return bytes(shapely.to_wkb(shapely.MultiPolygon(pieces)))


@pytest.mark.parametrize("threshold", [None, 0.1, 0.5, 0.7, 2.9])
def test_the_whole_country_is_counted_alike_at_every_edge(
    session: Session, release: Release, anybody: Actor, threshold: float | None
) -> None:
    question = Question(release_id=release.id, threshold=threshold)
    tally, _nearby = _same(session, question, release, anybody)
    assert sum(figures[0] for figures in tally.counts.values()) == HOUSEHOLDS + 4


def test_random_drawings_are_counted_alike(
    session: Session, areas: dict[str, Area], release: Release, anybody: Actor
) -> None:
    picked = (areas["X12"].id, areas["X2"].id)
    for seed in range(20):
        question = Question(shape=_star(seed), release_id=release.id, threshold=0.5)
        _same(session, question, release, anybody)
        _same(session, replace(question, area_ids=picked), release, anybody)
        cut = replace(question, area_ids=picked, combine=Combine.INTERSECTION)
        _same(session, cut, release, anybody)
        _same(session, replace(question, without_area_ids=picked[:1]), release, anybody)


def test_picked_and_left_out_areas_are_counted_alike(
    session: Session, areas: dict[str, Area], release: Release, anybody: Actor
) -> None:
    ids = {code: area.id for code, area in areas.items()}
    for picked, without in (("X1", None), ("X22", None), ("X", "X12"), (None, "X2")):
        question = Question(
            release_id=release.id,
            threshold=0.5,
            area_ids=(ids[picked],) if picked else (),
            without_area_ids=(ids[without],) if without else (),
        )
        _same(session, question, release, anybody)


def test_who_is_bound_to_an_area_is_counted_for_alike(
    session: Session, areas: dict[str, Area], release: Release, anybody: Actor
) -> None:
    bound = replace(anybody, national=False, area_ids=frozenset({areas["X1"].id}))
    tally, _nearby = _same(session, Question(release_id=release.id), release, bound)
    assert {area for area, _status in tally.counts} == {areas["X11"].id, areas["X12"].id}


def test_values_counted_from_a_threshold_down_are_counted_alike(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    release = make_release(
        session, floor=3.4, direction=Direction.AT_MOST, histogram_edges=EDGES[1:]
    )
    _settle_people(session, areas, release)
    count_release(session, release, lambda _done, _total: None)
    session.execute(delete(StaleCell))
    for threshold in (None, 0.5, 0.7, 3.4):
        _same(session, Question(release_id=release.id, threshold=threshold), release, anybody)


def test_a_threshold_between_two_edges_is_left_to_the_plain_count(
    session: Session, release: Release, anybody: Actor
) -> None:
    for threshold in (0.55, 3.0, 3.1):
        question = Question(release_id=release.id, threshold=threshold)
        quick, _plain = _both_ways(session, question, release, anybody)
        assert quick is None


def test_a_release_that_was_not_counted_is_left_to_the_plain_count(
    session: Session, release: Release, anybody: Actor
) -> None:
    session.execute(delete(CountedRelease))
    session.expire_all()
    quick, _plain = _both_ways(session, Question(release_id=release.id), release, anybody)
    assert quick is None


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
    _household(session).location_id = None


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
    place = session.get_one(Location, _household(session).location_id)
    place.lon, place.lat = 3.9, 0.1
    place.area_id = _household(session).area_id = areas["X22"].id


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
    release: Release,
    anybody: Actor,
    change: Callable[[Session, dict[str, Area], Release], None],
) -> None:
    everybody = Question(release_id=release.id, threshold=0.5)
    drawn = replace(everybody, shape=_star(3))
    village = replace(everybody, shape=bytes(shapely.to_wkb(shapely.box(1.29, 0.69, 1.34, 0.9))))
    before = _same(session, everybody, release, anybody)[0].counts
    change(session, areas, release)
    session.flush()
    for question in (everybody, drawn, village):
        _same(session, question, release, anybody)
    recount(session, lambda _done, _total: None)
    assert session.scalar(select(func.count()).select_from(StaleCell)) == 0
    for question in (everybody, drawn, village):
        _same(session, question, release, anybody)
    assert _same(session, everybody, release, anybody)[0].counts != before


def test_more_changes_than_are_noted_one_by_one_are_all_counted_again(
    session: Session, areas: dict[str, Area], release: Release, anybody: Actor
) -> None:
    session.add(StaleCell(cell=EVERYTHING))
    session.flush()
    question = Question(release_id=release.id)
    assert _both_ways(session, question, release, anybody)[0] is None
    recount(session, lambda _done, _total: None)
    _same(session, question, release, anybody)


def test_a_change_of_who_has_no_point_is_noted_as_such(
    session: Session, areas: dict[str, Area], release: Release
) -> None:
    make_household(session, area_id=areas["X11"].id)
    assert set(session.scalars(select(StaleCell.cell))) == {WITHOUT_POINT}
