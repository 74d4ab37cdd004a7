"""Doubted places corrected together, with the figures told before, and the health of places."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.db import stand
from core.errors import Forbidden
from geo.models.areas import Area
from geo.models.exposure import ExposureDue
from geo.models.locations import Location, LocationSource
from geo.models.place_checks import CorrectionKind, PlaceCheck
from registry.models.registrants import FormerPlace, Registrant
from registry.queries.place_health import place_health
from registry.queries.place_lists import Listed, ListUnknown, how_many, listed_page
from registry.services.place_corrections import (
    Correction,
    Foreseen,
    ListChanged,
    NothingToCorrect,
    correct_places,
    foresee,
)
from registry.services.place_looks import look_over
from registry.services.places import Place, PlaceBeyondReach, PlaceMissing, move_to
from tests.make.geo import make_event, make_release
from tests.make.registry import make_household, make_location, make_person

TURN = Correction(CorrectionKind.TURN)
AREA_ONLY = Correction(CorrectionKind.AREA_ONLY)
ACCEPT = Correction(CorrectionKind.ACCEPT)
QUAY = Place(lon=0.412345, lat=0.887654, accuracy_m=300.0, source=LocationSource.SETTLEMENT)


@pytest.fixture
def turned(session: Session, areas: dict[str, Area]) -> list[Registrant]:
    """Five households of X22 whose latitude and longitude changed places: 3.4 degrees east and
    0.1 to 0.5 north; the first has a member. And one that stands right."""
    homes = []
    for n in range(1, 6):
        wrong = make_location(session, n / 10 + 0.012345, 3.412345, stated_area_id=areas["X22"].id)
        homes.append(make_household(session, wrong))
        homes[-1].area_id = areas["X22"].id
    make_person(session, homes[0])
    right = make_location(session, 3.512345, 1.512345, area_id=areas["X22"].id)
    make_household(session, right)
    look_over(session, whole=True)
    return homes


def test_five_swapped_places_are_turned_round_and_what_was_is_kept(
    session: Session, areas: dict[str, Area], anybody: Actor, turned: list[Registrant]
) -> None:
    release = make_release(session, make_event(session))
    asked = Listed("swapped")
    told = foresee(session, asked, TURN, actor=anybody)
    done = correct_places(session, asked, TURN, told.places, actor=anybody)

    assert told == Foreseen(places=5, registrants=6, left=0, in_an_area=5)
    assert done.places == 5
    stand_at = session.execute(
        select(Location.lon, Location.lat, Location.area_id)
        .join(Registrant, Registrant.location_id == Location.id)
        .where(Registrant.id.in_([home.id for home in turned]))
        .order_by(Location.lat)
    )
    assert [tuple(row) for row in stand_at] == [
        (3.412345, n / 10 + 0.012345, areas["X22"].id) for n in range(1, 6)
    ]
    assert session.scalar(select(func.count()).select_from(FormerPlace)) == 6
    assert session.scalar(select(func.count()).select_from(PlaceCheck)) == 0
    owed = select(func.count()).where(ExposureDue.release_id == release.id)
    assert session.scalar(owed) == 5
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.action == "places.correct"
    assert (entry.figures["corrected"], entry.figures["registrants"]) == (5, 6)


def test_a_hundred_cost_as_many_statements_as_five(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    turned: list[Registrant],
    statements: list[str],
) -> None:
    def cost() -> int:
        before = len(statements)
        correct_places(session, Listed("swapped"), TURN, actor=anybody)
        return len(statements) - before

    five = cost()
    for n in range(100):
        make_household(session, make_location(session, 0.5 + n / 1e4, 3.4))
    look_over(session, whole=False)
    assert how_many(session, Listed("swapped"), actor=anybody) == 100
    assert cost() == five


def test_only_the_picked_ones_are_left_to_their_area(
    session: Session, areas: dict[str, Area], anybody: Actor, turned: list[Registrant]
) -> None:
    picked = Listed("swapped", numbers=(turned[1].number, turned[2].number))
    correct_places(session, picked, AREA_ONLY, 2, actor=anybody)

    session.expire_all()
    places = [session.get_one(Location, home.location_id) for home in turned]
    assert [place.lon is None for place in places] == [False, True, True, False, False]
    assert places[1].area_id == areas["X22"].id
    assert places[1].source is LocationSource.AREA
    assert how_many(session, Listed("swapped"), actor=anybody) == 3
    assert how_many(session, Listed("area_only", areas["X22"]), actor=anybody) == 2


def test_a_part_of_the_map_is_corrected_alone(
    session: Session, areas: dict[str, Area], anybody: Actor, turned: list[Registrant]
) -> None:
    box = Listed("swapped", box=(0.2, 3.0, 0.45, 4.0))
    told = foresee(session, box, TURN, actor=anybody)

    assert told.places == 3  # at 0.2, 0.3 and 0.4 degrees


def test_those_with_no_place_are_moved_to_their_settlement(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    homes = [make_household(session) for _one in range(2)]
    person = make_person(session, homes[0])
    asked, to_quay = Listed("nowhere"), Correction(CorrectionKind.MOVE, QUAY)
    told = foresee(session, asked, to_quay, actor=anybody)
    correct_places(session, asked, to_quay, 2, actor=anybody)

    assert (told.places, told.left) == (2, 0)
    session.expire_all()
    places = [session.get_one(Location, home.location_id) for home in homes]
    assert {(place.lon, place.lat, place.area_id) for place in places} == {
        (QUAY.lon, QUAY.lat, areas["X11"].id)
    }
    assert places[0].id != places[1].id
    assert person.location_id == places[0].id
    assert how_many(session, Listed("shared"), actor=anybody) == 2


def test_what_was_taken_as_right_is_not_doubted_again(
    session: Session, areas: dict[str, Area], anybody: Actor, turned: list[Registrant]
) -> None:
    correct_places(session, Listed("swapped", numbers=(turned[0].number,)), ACCEPT, actor=anybody)
    look_over(session, whole=True)

    assert how_many(session, Listed("swapped"), actor=anybody) == 4
    kept = session.scalars(select(PlaceCheck).where(PlaceCheck.accepted != [])).one()
    assert (kept.location_id, kept.accepted, kept.accepted_by) == (
        turned[0].location_id,
        ["swapped"],
        anybody.id,
    )


def test_a_list_that_changed_since_is_looked_at_again(
    session: Session, areas: dict[str, Area], anybody: Actor, turned: list[Registrant]
) -> None:
    move_to(session, turned[0].number, QUAY, actor=anybody)

    with pytest.raises(ListChanged):
        correct_places(session, Listed("swapped"), TURN, 5, actor=anybody)
    with pytest.raises(NothingToCorrect):
        correct_places(session, Listed("zero"), TURN, actor=anybody)
    with pytest.raises(ListUnknown):
        Listed("lost")
    with pytest.raises(PlaceMissing):
        foresee(session, Listed("zero"), Correction(CorrectionKind.MOVE), actor=anybody)


def test_nobody_corrects_into_or_out_of_other_areas(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    visitor: Actor,
    turned: list[Registrant],
) -> None:
    west = replace(anybody, id=51, national=False, area_ids=frozenset({areas["X1"].id}))
    assert foresee(session, Listed("swapped"), TURN, actor=west).places == 0
    wrong = make_location(session, 0.25, 3.1)
    make_household(session, wrong).area_id = areas["X11"].id
    session.add(PlaceCheck(location_id=wrong.id, codes=["swapped"]))
    session.flush()
    with pytest.raises(PlaceBeyondReach):
        correct_places(session, Listed("swapped"), TURN, actor=west)
    with pytest.raises(Forbidden):
        foresee(session, Listed("swapped"), TURN, actor=visitor)


def test_the_health_of_places_is_told_by_area(
    session: Session, areas: dict[str, Area], anybody: Actor, turned: list[Registrant]
) -> None:
    village = make_location(session, 0.1, 0.1, accuracy_m=600.0, area_id=areas["X11"].id)
    make_household(session, village)
    make_household(session, area_id=areas["X12"].id)
    make_household(session)
    make_person(session)  # in no household: stands for herself, nowhere
    look_over(session, whole=True)
    told = place_health(session, actor=anybody)

    west, east = told.areas
    assert (west.pcode, west.n["all"], west.n["points"], west.n["area_only"]) == ("X1", 2, 1, 1)
    assert (west.n["beyond_500"], west.n["inaccurate"], west.n["round"]) == (1, 1, 1)
    assert (east.pcode, east.n["all"], east.n["points"], east.n["to_20"]) == ("X2", 6, 6, 6)
    assert (east.n["swapped"], east.n["doubted"], east.n["age_unknown"]) == (5, 5, 6)
    assert (told.whole.n["all"], told.whole.n["nowhere"]) == (10, 2)
    assert west.share("points") == 0.5


def test_a_move_changes_the_health_by_one(
    session: Session, areas: dict[str, Area], anybody: Actor, turned: list[Registrant]
) -> None:
    move_to(session, turned[0].number, QUAY, actor=anybody)
    west, east = place_health(session, actor=anybody).areas

    assert (west.n["points"], east.n["points"], east.n["swapped"]) == (1, 5, 4)


def test_somebody_of_one_area_sees_the_health_of_theirs(
    session: Session, areas: dict[str, Area], anybody: Actor, turned: list[Registrant]
) -> None:
    make_household(session, make_location(session, 0.51, 0.51, area_id=areas["X11"].id))
    west = replace(anybody, id=51, national=False, area_ids=frozenset({areas["X11"].id}))
    stand(session, west)
    told = place_health(session, areas["X1"], actor=west)

    assert [(each.pcode, each.n["all"]) for each in told.areas] == [("X11", 1)]
    page = listed_page(session, Listed("swapped"), actor=west)
    assert page.rows == []
