"""Whoever stands in an area goes with it into a new map; what was decided stays as it was."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db import stand
from geo.models.area_changes import AreaChange
from geo.models.areas import Area
from geo.models.locations import Location, LocationSource
from geo.models.releases import Release
from geo.queries.selections import Question
from geo.services.area_changes import enforce_areas, stage_areas
from geo.services.areas import AnotherInForce, import_areas
from registry.models.registrants import MovedRegistrant, Registrant
from registry.models.rosters import Roster
from registry.queries.place_health import place_health
from registry.queries.place_lists import Listed, listed_page
from registry.queries.roster_definitions import hash_of
from registry.queries.rosters import answers_kept, members_page
from registry.services.places import Place, move_to
from registry.services.rosters import draft, freeze
from tests.make.areas import new_map
from tests.make.exposure import make_exposure
from tests.make.geo import make_release
from tests.make.registry import make_household, make_location, make_person


@pytest.fixture
def other(anybody: Actor) -> Actor:
    """Somebody else who may do everything."""
    return replace(anybody, id=7, name="Boris")


@pytest.fixture
def homes(session: Session, areas: dict[str, Area]) -> dict[str, Registrant]:
    """Households without a place in X11 (divided), in X12 (another code) and in X22 (one with
    others); one at a point beyond every area, counted in X11; one at a point of X11."""
    made = {code: make_household(session, area_id=areas[code].id) for code in ("X11", "X12", "X22")}
    made["beyond"] = make_household(session, make_location(session, 9.0, 9.0))
    made["beyond"].area_id = areas["X11"].id
    made["point"] = make_household(
        session, make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    )
    make_person(session, made["X12"])
    session.flush()
    return made


def enforced(session: Session, one: Actor, two: Actor) -> AreaChange:
    change = stage_areas(session, new_map(), actor=one)
    enforce_areas(session, change.id, actor=two)
    session.expire_all()
    return change


def stands_in(session: Session, registrant: Registrant) -> tuple[str, str]:
    area = session.get_one(Area, registrant.area_id)
    return area.pcode, area.version


def test_who_has_an_area_but_no_place_goes_where_their_area_went(
    session: Session, anybody: Actor, other: Actor, homes: dict[str, Registrant]
) -> None:
    change = enforced(session, anybody, other)

    assert {name: stands_in(session, home) for name, home in homes.items()} == {
        "X11": ("X1", "v2"),
        "X12": ("X19", "v2"),
        "X22": ("X20", "v2"),
        "beyond": ("X1", "v2"),
        "point": ("X13", "v2"),
    }
    moved = session.scalars(select(MovedRegistrant)).all()
    assert {row.change_id for row in moved} == {change.id}
    to_look_at = {row.registrant_id: row.to_look_at for row in moved}
    member = next(key for key in to_look_at if key not in {each.id for each in homes.values()})
    assert to_look_at == {
        homes["X11"].id: True,
        homes["X12"].id: False,
        homes["X22"].id: False,
        homes["beyond"].id: True,
        member: False,
    }


def test_who_is_known_by_a_divided_area_stays_on_the_list_until_somebody_says_where(
    session: Session, anybody: Actor, other: Actor, homes: dict[str, Registrant]
) -> None:
    enforced(session, anybody, other)
    divided = Listed("divided")
    page = listed_page(session, divided, actor=anybody)
    assert [row.id for row in page.rows] == [homes["X11"].id]
    assert place_health(session, actor=anybody).whole.n["divided"] == 1
    said = Place(pcode="X14", source=LocationSource.AREA)
    move_to(session, homes["X11"].number, said, actor=anybody)

    assert listed_page(session, divided, actor=anybody).rows == []


def test_no_map_is_loaded_past_those_who_live_in_the_one_in_force(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    home = make_household(session, area_id=areas["X1"].id)

    with pytest.raises(AnotherInForce):
        import_areas(session, new_map(), actor=anybody)

    assert stands_in(session, home) == ("X1", "v1")


def test_who_works_in_a_divided_area_sees_the_people_of_both_its_parts(
    session: Session, anybody: Actor, other: Actor, areas: dict[str, Area]
) -> None:
    spots = ((0.5, 0.5), (0.5, 1.5), (2.5, 0.5))
    homes = [make_household(session, make_location(session, *spot)) for spot in spots]
    for home, code in zip(homes, ("X11", "X11", "X21"), strict=True):
        session.get_one(Location, home.location_id).area_id = areas[code].id
        home.area_id = areas[code].id
    session.flush()
    enforced(session, anybody, other)
    keys = [home.id for home in homes]
    for code, seen in (("X11", keys[:2]), ("X21", [])):  # X21 was merged: X20 is more than it was
        local = replace(anybody, id=51, national=False, area_ids=frozenset({areas[code].id}))
        stand(session, local)
        assert session.scalars(select(Registrant.id).order_by(Registrant.id)).all() == seen


def answered(session: Session, roster: Roster, actor: Actor) -> list[tuple[object, ...]]:
    rows = members_page(session, roster, actor=actor).rows
    return [(row.number, row.status, row.grade, row.value) for row in rows]


def test_a_list_frozen_before_keeps_its_hash_and_its_figures(
    session: Session, anybody: Actor, other: Actor, homes: dict[str, Registrant]
) -> None:
    release: Release = make_release(session, original_sha256="ab" * 32)
    make_exposure(session, release, {session.get_one(Location, homes["point"].location_id): 0.7})
    question = Question(release_id=release.id, threshold=0.5)
    roster = draft(session, question, "In the water", actor=anybody)
    freeze(session, roster.id, actor=anybody)
    hash_before, figures = roster.hash, answers_kept(roster)
    rows = answered(session, roster, anybody)
    enforced(session, anybody, other)

    assert hash_of(session, roster) == roster.hash == hash_before
    assert answers_kept(roster) == figures
    assert figures.in_ == 1
    assert (roster.definition or {})["area_versions"] == ["v1"]
    assert answered(session, roster, anybody) == rows
    assert len(rows) == 5
