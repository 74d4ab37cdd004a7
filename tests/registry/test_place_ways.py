"""Places moved together, each in its own way, and taken back."""

from dataclasses import replace

import pytest
import shapely
from pyproj import Geod
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden
from geo.models.areas import Area
from geo.models.context import ContextFeature, ContextKind, ContextLayer, ContextState
from geo.models.exposure import ExposureDue
from geo.models.locations import Location, LocationSource
from geo.models.place_checks import CorrectionKind, PlaceCheck
from geo.services.areas import shape_areas
from registry.models.registrants import Registrant
from registry.queries.place_lists import Listed, how_many
from registry.services.place_corrections import (
    Correction,
    NothingToCorrect,
    PointsMissing,
    WayTooLong,
    correct_places,
    foresee,
)
from registry.services.place_looks import look_over
from registry.services.place_undoing import (
    CorrectionUnknown,
    NobodyThereAnyMore,
    UndoneAlready,
    undo_correction,
)
from registry.services.places import Place, PlaceBeyondReach, PointBeyondTheGlobe, move_to
from tests.make.geo import make_event, make_release
from tests.make.registry import make_household, make_location, make_person

GLOBE = Geod(ellps="WGS84")
TURN, ACCEPT = Correction(CorrectionKind.TURN), Correction(CorrectionKind.ACCEPT)
SNAP = Correction(CorrectionKind.SNAP)
ROUND, NOWHERE = Listed("round"), Listed("nowhere")


def points(session: Session, homes: list[Registrant]) -> list[tuple[float | None, float | None]]:
    session.expire_all()
    places = [session.get_one(Location, home.location_id) for home in homes]
    return [(place.lon, place.lat) for place in places]


@pytest.fixture
def homes(session: Session, areas: dict[str, Area]) -> list[Registrant]:
    """Three households of X11 on points of two decimals, the first with a member."""
    spots = [(0.5, 0.5), (0.6, 0.5), (0.7, 0.5)]
    made = [
        make_household(session, make_location(session, *spot, area_id=areas["X11"].id))
        for spot in spots
    ]
    for home in made:
        home.area_id = areas["X11"].id
    make_person(session, made[0])
    look_over(session, whole=True)
    assert how_many(session, ROUND, actor=_anybody(session)) == 3
    return made


def _anybody(session: Session) -> Actor:
    return Actor(1, "Dara", frozenset({"registrant:read", "location:exact"}), national=True)


def test_all_are_shifted_by_one_way_in_metres(
    session: Session, anybody: Actor, homes: list[Registrant]
) -> None:
    way = Correction(CorrectionKind.SHIFT, east_m=300.0, north_m=400.0)
    told = foresee(session, ROUND, way, actor=anybody)
    correct_places(session, ROUND, way, told.places, actor=anybody)

    assert (told.places, told.registrants, told.left) == (3, 4, 0)
    for (lon, lat), was in zip(points(session, homes), (0.5, 0.6, 0.7), strict=True):
        azimuth, _back, metres = GLOBE.inv(was, 0.5, lon, lat)
        assert metres == pytest.approx(500.0, abs=1e-6)
        assert azimuth == pytest.approx(36.8699, abs=1e-3)  # the angle of 3 : 4 : 5


def test_each_goes_to_the_point_that_was_set_for_it(
    session: Session, anybody: Actor, homes: list[Registrant]
) -> None:
    stranger = make_household(session, make_location(session, 0.811111, 0.5))
    to = {
        homes[0].number: (0.512345, 0.512345),
        homes[2].number: (1.712345, 0.512345),
        stranger.number: (0.1, 0.1),  # not on the list
    }
    asked = Correction(CorrectionKind.EACH, points=to)
    told = foresee(session, ROUND, asked, actor=anybody)
    correct_places(session, ROUND, asked, 2, actor=anybody)

    assert (told.places, told.registrants, told.left) == (2, 3, 1)
    assert points(session, [*homes, stranger]) == [
        (0.512345, 0.512345),
        (0.6, 0.5),
        (1.712345, 0.512345),
        (0.811111, 0.5),
    ]
    moved = session.get_one(Location, homes[2].location_id)
    assert (moved.source, moved.accuracy_m) == (LocationSource.BUILDING, None)
    assert how_many(session, ROUND, actor=anybody) == 1


def test_who_stands_nowhere_comes_amid_the_neighbours_of_their_settlement(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    x11 = areas["X11"].id
    for lon, lat in ((0.301, 0.4), (0.303, 0.402), (0.302, 0.401)):
        place = make_location(session, lon, lat, area_id=x11)
        make_household(session, place, settlement="Kwale", area_id=x11)
    lost = make_household(session, settlement=" kwale ", area_id=x11)
    elsewhere = make_household(session, settlement="Kwale", area_id=areas["X12"].id)
    unsaid = make_household(session, area_id=x11)
    asked = Listed("area_only")
    told = foresee(session, asked, SNAP, actor=anybody)
    correct_places(session, asked, SNAP, told.places, actor=anybody)

    assert (told.places, told.registrants, told.left) == (1, 1, 2)
    session.expire_all()
    place = session.get_one(Location, lost.location_id)
    assert (place.lon, place.lat, place.source) == (0.302, 0.401, LocationSource.SETTLEMENT)
    # The farthest of the three stands 0.001 degrees east and north of the middle: 157 m.
    assert place.accuracy_m == pytest.approx(157.2, abs=0.5)
    assert (elsewhere.location_id, unsaid.location_id) == (None, None)


def test_a_layer_of_settlements_says_more_than_neighbours(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    shape_areas(session)
    layer = ContextLayer(
        name="Settlements",
        state=ContextState.LOADED,
        kind=ContextKind.POINTS,
        original_name="s.geojson",
        original_sha256="0" * 64,
        original_bytes=1,
        loaded_by=1,
    )
    session.add(layer)
    session.flush()
    at = {"Kwale": (0.25, 0.25), "KWALE": (2.5, 0.5), "Twice": (0.1, 0.1), "twice": (0.2, 0.2)}
    for name, spot in at.items():
        shape = func.ST_GeomFromWKB(shapely.to_wkb(shapely.Point(spot)), 4326)
        session.add(ContextFeature(layer_id=layer.id, name=name, value=1.0, shape=shape))
    session.flush()
    x11 = areas["X11"].id
    lost = make_household(session, settlement="Kwale", area_id=x11)
    unclear = make_household(session, settlement="Twice", area_id=x11)
    correct_places(session, Listed("area_only"), SNAP, 1, actor=anybody)

    assert points(session, [lost]) == [(0.25, 0.25)]
    assert session.get_one(Location, lost.location_id).accuracy_m == 500.0
    assert unclear.location_id is None


def test_what_was_corrected_is_taken_back_but_for_who_has_moved_since(
    session: Session, anybody: Actor, homes: list[Registrant]
) -> None:
    way = Correction(CorrectionKind.SHIFT, east_m=300.0, north_m=400.0)
    done = correct_places(session, ROUND, way, actor=anybody)
    session.expire_all()
    here = Place(lon=0.123456, lat=0.123456)
    move_to(session, homes[1].number, here, actor=anybody)
    release = make_release(session, make_event(session))
    undone = undo_correction(session, done.id, actor=anybody)

    assert (undone.kind, undone.undoes_id, undone.places) == (CorrectionKind.UNDO, done.id, 2)
    assert points(session, homes) == [(0.5, 0.5), (0.123456, 0.123456), (0.7, 0.5)]
    assert how_many(session, ROUND, actor=anybody) == 2
    owed = select(func.count()).where(ExposureDue.release_id == release.id)
    assert session.scalar(owed) == 2  # of the two places that are stood at again
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.figures["corrected"]) == ("places.undo", 2)
    with pytest.raises(UndoneAlready):
        undo_correction(session, done.id, actor=anybody)
    with pytest.raises(CorrectionUnknown):
        undo_correction(session, undone.id, actor=anybody)


def test_who_stood_nowhere_stands_nowhere_again(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    home = make_household(session, area_id=areas["X11"].id)
    member = make_person(session, home)
    to_quay = Correction(CorrectionKind.MOVE, Place(lon=2.412345, lat=0.887654))
    done = correct_places(session, Listed("area_only"), to_quay, actor=anybody)
    session.expire_all()
    assert member.location_id == home.location_id is not None
    undo_correction(session, done.id, actor=anybody)

    for each in (home, member):
        assert (each.location_id, each.area_id) == (None, areas["X11"].id)


def test_what_was_taken_as_right_is_doubted_again(
    session: Session, anybody: Actor, homes: list[Registrant]
) -> None:
    done = correct_places(session, ROUND, ACCEPT, actor=anybody)
    assert how_many(session, ROUND, actor=anybody) == 0
    undo_correction(session, done.id, actor=anybody)

    assert how_many(session, ROUND, actor=anybody) == 3
    kept = session.scalars(select(PlaceCheck.accepted)).all()
    assert kept == [[], [], []]


def test_what_cannot_be_done_is_refused(
    session: Session, anybody: Actor, visitor: Actor, areas: dict[str, Area]
) -> None:
    home = make_household(session, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))
    look_over(session, whole=True)
    faults: list[tuple[Correction, type[Exception]]] = [
        (Correction(CorrectionKind.SHIFT), WayTooLong),
        (Correction(CorrectionKind.SHIFT, east_m=1_000_001.0), WayTooLong),
        (Correction(CorrectionKind.EACH), PointsMissing),
        (Correction(CorrectionKind.EACH, points={home.number: (181.0, 1.0)}), PointBeyondTheGlobe),
        (SNAP, NothingToCorrect),
    ]
    for asked, refusal in faults:
        with pytest.raises(refusal):
            correct_places(session, ROUND, asked, actor=anybody)
    done = correct_places(session, ROUND, TURN, actor=anybody)
    with pytest.raises(Forbidden):
        undo_correction(session, done.id, actor=visitor)
    east = replace(anybody, id=51, national=False, area_ids=frozenset({areas["X2"].id}))
    with pytest.raises(PlaceBeyondReach):
        undo_correction(session, done.id, actor=east)
    move_to(session, home.number, Place(lon=0.1, lat=0.1), actor=anybody)
    with pytest.raises(NobodyThereAnyMore), session.begin_nested():
        undo_correction(session, done.id, actor=anybody)


def test_a_hundred_cost_as_many_statements_as_two(
    session: Session, anybody: Actor, areas: dict[str, Area], statements: list[str]
) -> None:
    def cost(places: int) -> int:
        made = []
        for n in range(places):
            place = make_location(session, n / 100, 0.5, area_id=areas["X11"].id)
            made.append(make_household(session, place))
        look_over(session, whole=True)
        before = len(statements)
        to = {home.number: (0.512345, 0.512345 + n / 1e5) for n, home in enumerate(made)}
        done = correct_places(
            session, ROUND, Correction(CorrectionKind.EACH, points=to), actor=anybody
        )
        undo_correction(session, done.id, actor=anybody)
        spent = len(statements) - before
        correct_places(session, ROUND, ACCEPT, actor=anybody)
        return spent

    assert cost(2) == cost(100)
