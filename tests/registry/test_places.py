"""Places of households: moved by hand, looked over, and what is doubted of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden
from geo.models.areas import Area
from geo.models.exposure import ExposureDue
from geo.models.locations import Location, LocationSource
from geo.models.place_checks import PlaceCheck
from geo.services.place_checks import check_places
from registry.models.registrants import FormerPlace, Registrant
from registry.queries.places import stays, stood_at
from registry.services.places import Place, PlaceBeyondReach, PlaceMissing, move_to
from registry.services.records import NotActive
from tests.make.geo import make_event, make_release
from tests.make.imports import household, take_households
from tests.make.registry import make_household, make_location, make_person

NEW = Place(lon=1.234567, lat=0.765432, accuracy_m=8.0)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """Amina and her two children in X11; a third child lives elsewhere."""
    place = make_location(session, 0.512345, 1.012345, area_id=areas["X11"].id)
    home = make_household(session, place)
    for name in ("Amina Doro", "Idris Doro", "Sefu Doro"):
        make_person(session, home, name=name)
    other = make_location(session, 3.512345, 1.012345, area_id=areas["X22"].id)
    make_person(session, home, name="Zuri Doro", location_id=other.id, area_id=areas["X22"].id)
    return home


def doubts(session: Session) -> dict[int, list[str]]:
    """The open doubts of each place, as they are looked over now."""
    check_places(session, stood_at(), stood_at())
    rows = session.execute(select(PlaceCheck.location_id, PlaceCheck.codes))
    return {location_id: list(codes) for location_id, codes in rows}


def test_who_moves_stands_there_with_those_who_stood_with_them(
    session: Session, areas: dict[str, Area], anybody: Actor, home: Registrant
) -> None:
    before = home.location_id
    moved = move_to(session, home.number, NEW, actor=anybody)

    assert moved == 3
    place = session.get_one(Location, home.location_id)
    assert (place.lon, place.lat, place.area_id) == (NEW.lon, NEW.lat, areas["X12"].id)
    assert home.area_id == areas["X12"].id
    stand = select(func.count()).where(Registrant.location_id == home.location_id)
    assert session.scalar(stand) == 4
    left = session.execute(select(FormerPlace.location_id, func.count()).group_by("location_id"))
    assert left.all() == [(before, 4)]
    assert session.get_one(Location, before).lon == 0.512345


def test_a_move_is_one_act_and_every_hazard_map_is_asked_about_the_new_place(
    session: Session, areas: dict[str, Area], anybody: Actor, home: Registrant
) -> None:
    release = make_release(session, make_event(session))
    move_to(session, home.number, NEW, actor=anybody)

    due = session.execute(select(ExposureDue.release_id, ExposureDue.location_id)).all()
    assert due == [(release.id, home.location_id)]
    session.flush()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("places.move", home.id)
    assert entry.figures == {"number": home.number, "people": 3}
    assert entry.changes == 4  # the household and three people


def test_the_places_of_a_household_are_told_the_last_first(
    session: Session, areas: dict[str, Area], anybody: Actor, home: Registrant
) -> None:
    move_to(session, home.number, NEW, actor=anybody)
    now, before = stays(session, home, actor=anybody)

    assert now.place
    assert before.place
    assert (now.place.lon, now.area, now.until) == (NEW.lon, "Area X12", None)
    assert (before.place.lon, before.area, before.since) == (0.512345, "Area X11", None)
    assert now.since == before.until


def test_an_area_only_is_a_place_to_move_to(
    session: Session, areas: dict[str, Area], anybody: Actor, home: Registrant
) -> None:
    move_to(session, home.number, Place(pcode="X21"), actor=anybody)

    place = session.get_one(Location, home.location_id)
    assert (place.lon, place.source, home.area_id) == (
        None,
        LocationSource.AREA,
        areas["X21"].id,
    )


def test_nobody_moves_nowhere_nor_beyond_reach_nor_who_is_gone(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    visitor: Actor,
    home: Registrant,
) -> None:
    near = replace(anybody, id=51, national=False, area_ids=frozenset({areas["X11"].id}))
    with pytest.raises(PlaceMissing):
        move_to(session, home.number, Place(), actor=anybody)
    with pytest.raises(PlaceBeyondReach):
        move_to(session, home.number, NEW, actor=near)
    with pytest.raises(Forbidden):
        move_to(session, home.number, NEW, actor=visitor)
    home.state = "exited"  # type: ignore[assignment]
    with pytest.raises(NotActive):
        move_to(session, home.number, NEW, actor=anybody)


def test_each_doubt_is_found_once(session: Session, areas: dict[str, Area]) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=5 * 366)
    said = {
        "swapped": make_location(session, 0.712345, 3.412345),
        "zero": make_location(session, 0.0, 0.0),
        "foreign": make_location(session, 12.496412, 41.902812),
        "outside_area": make_location(session, 2.512345, 0.612345, stated_area_id=areas["X11"].id),
        "centroid": make_location(session, 1.5001, 1.0001, stated_area_id=areas["X1"].id),
        "round": make_location(session, 0.25, 0.75),
        "inaccurate": make_location(session, 0.912345, 0.312345, accuracy_m=900.0),
        "stale": make_location(session, 3.912345, 0.312345, taken_at=long_ago),
    }
    for name, code in (
        ("outside_area", "X21"),
        ("centroid", "X12"),
        ("round", "X11"),
        ("inaccurate", "X11"),
        ("stale", "X22"),
    ):
        said[name].area_id = areas[code].id
    good = make_location(session, 3.123456, 1.654321, stated_area_id=areas["X2"].id)
    good.area_id = areas["X22"].id
    for place in (*said.values(), good):
        make_household(session, place)

    assert doubts(session) == {place.id: [name] for name, place in said.items()}


def test_a_crowd_at_one_spot_is_doubted_until_one_moves_away(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    homes = []
    for _one in range(31):
        place = make_location(session, 0.123456, 0.654321, area_id=areas["X11"].id)
        homes.append(make_household(session, place))
    village = {"source": LocationSource.SETTLEMENT, "area_id": areas["X11"].id}
    for _one in range(31):
        make_household(session, make_location(session, 0.223456, 0.654321, **village))
    found = doubts(session)

    assert found == {home.location_id: ["crowded"] for home in homes}
    move_to(session, homes[0].number, NEW, actor=anybody)
    assert session.scalar(select(func.count()).select_from(PlaceCheck)) == 0


def test_looking_over_many_costs_as_many_statements_as_one(
    session: Session, areas: dict[str, Area], statements: list[str]
) -> None:
    def cost() -> int:
        before = len(statements)
        check_places(session, stood_at(), stood_at())
        return len(statements) - before

    make_household(session, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))
    one = cost()
    for _more in range(50):
        make_household(session, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))
    assert cost() == one


def test_a_point_of_a_file_that_was_accepted_outside_its_area_stays_doubted(
    session: Session, areas: dict[str, Area], anybody: Actor, tmp_path: Path
) -> None:
    outside = household(longitude="3.512345", latitude="1.012345")
    take_households(session, tmp_path, anybody, outside, accept=True)
    home = session.scalars(select(Registrant)).one()

    assert home.area_id == areas["X22"].id
    assert doubts(session) == {home.location_id: ["outside_area"]}
