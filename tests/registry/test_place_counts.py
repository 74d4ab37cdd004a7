"""How well places are known is counted before anybody asks, and told anew where that is stale."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db import stand
from geo.models.areas import Area
from registry.models.place_counts import PlaceCount, StalePlaces
from registry.models.registrants import Individual, Registrant
from registry.queries.place_health import NAMES, place_health
from registry.services.place_looks import look_over
from registry.services.places import Place, move_to
from tests.make.registry import make_household, make_location, make_person


@pytest.fixture
def homes(session: Session, areas: dict[str, Area]) -> list[Registrant]:
    """Two households of X11 at one spot of two decimals, one of X21 at a point; one in X11 without
    a place, and one nowhere at all."""
    spots = ((0.5, 0.5, "X11"), (0.5, 0.5, "X11"), (2.512345, 0.5, "X21"))
    made = []
    for lon, lat, code in spots:
        place = make_location(session, lon, lat, area_id=areas[code].id)
        made.append(make_household(session, place, area_id=areas[code].id))
    return [*made, make_household(session, area_id=areas["X11"].id), make_household(session)]


def told(session: Session, actor: Actor, name: str) -> dict[str, int]:
    health = place_health(session, actor=actor)
    return {area.pcode: area.n[name] for area in (*health.areas, health.whole)}


def test_what_was_counted_is_what_is_so_and_is_told_from_the_counts(
    session: Session, areas: dict[str, Area], anybody: Actor, homes: list[Registrant]
) -> None:
    look_over(session, whole=False)
    assert session.scalar(select(func.count()).select_from(StalePlaces)) == 0
    expected = {
        "all": {"X1": 3, "X2": 1, "X": 5},
        "points": {"X1": 2, "X2": 1, "X": 3},
        "shared": {"X1": 2, "X2": 0, "X": 2},
        "round": {"X1": 2, "X2": 0, "X": 2},
        "area_only": {"X1": 1, "X2": 0, "X": 1},
        "nowhere": {"X1": 0, "X2": 0, "X": 1},
    }
    assert {name: told(session, anybody, name) for name in expected} == expected
    many = [1000 if name == "all" else 0 for name in NAMES]
    of_x21 = update(PlaceCount).where(PlaceCount.area_id == areas["X21"].id)
    session.execute(of_x21.values(n=many))
    assert told(session, anybody, "all")["X2"] == 1000
    look_over(session, whole=True)  # counts everything anew
    assert {name: told(session, anybody, name) for name in expected} == expected


def test_whatever_changes_is_told_at_once(
    session: Session, areas: dict[str, Area], anybody: Actor, homes: list[Registrant]
) -> None:
    look_over(session, whole=True)
    move_to(session, homes[2].number, Place(lon=0.123456, lat=0.5), actor=anybody)
    assert told(session, anybody, "points") == {"X1": 3, "X2": 0, "X": 3}
    look_over(session, whole=False)
    member = make_person(session, homes[0])
    assert told(session, anybody, "all")["X1"] == 4
    out = update(Individual).where(Individual.registrant_id == member.id)
    look_over(session, whole=False)
    session.execute(out.values(counted_in=None))
    assert told(session, anybody, "all")["X1"] == 5  # on her own now
    session.execute(update(Registrant).where(Registrant.id == member.id).values(state="exited"))
    assert told(session, anybody, "all")["X1"] == 4


def test_somebody_of_one_area_is_told_the_counts_of_theirs(
    session: Session, areas: dict[str, Area], anybody: Actor, homes: list[Registrant]
) -> None:
    look_over(session, whole=True)
    west = replace(anybody, id=51, national=False, area_ids=frozenset({areas["X1"].id}))
    stand(session, west)

    assert told(session, west, "all") == {"X1": 3, "X": 3}
    assert session.scalars(select(PlaceCount.area_id)).all() == [areas["X11"].id]
