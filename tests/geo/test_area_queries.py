"""The tree of areas answers by P-code, by name and within reach."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden, NotFound
from geo.models.areas import Area
from geo.queries.areas import ancestor_at, area_by_pcode, leaf_areas_under, search_areas
from geo.queries.reach import within_reach
from tests.make.geo import make_area, make_country, square


def seen_by(session: Session, actor: Actor) -> list[str]:
    seen = select(Area.pcode).where(within_reach(actor, Area.id)).order_by(Area.pcode)
    return list(session.scalars(seen))


def test_leaves_below_a_province_are_its_districts(session: Session) -> None:
    areas = make_country(session)

    leaves = session.scalars(leaf_areas_under([areas["X2"].id])).all()

    assert set(leaves) == {areas["X21"].id, areas["X22"].id}


def test_a_leaf_is_below_itself(session: Session) -> None:
    areas = make_country(session)

    assert session.scalars(leaf_areas_under([areas["X11"].id])).all() == [areas["X11"].id]


def test_the_ancestor_at_a_level_is_found_in_the_path(session: Session) -> None:
    areas = make_country(session)
    district = select(ancestor_at(1)).where(Area.pcode == "X21")

    assert session.scalar(district) == areas["X2"].id
    assert session.scalar(select(ancestor_at(2)).where(Area.pcode == "X2")) is None


def test_a_pcode_is_found_by_its_beginning(session: Session, anybody: Actor) -> None:
    make_country(session)

    found = search_areas(session, "x2", anybody)

    assert [area.pcode for area in found] == ["X2", "X21", "X22"]
    assert found[1].trail == ("Area X2", "Karsa")


def test_a_name_is_found_though_misspelled(session: Session, anybody: Actor) -> None:
    make_area(session, "PH0201520", square(0, 0), name="Peñablanca")

    assert [area.name for area in search_areas(session, "penablanca", anybody)] == ["Peñablanca"]


def test_an_area_is_known_by_its_pcode_in_the_version_in_force(session: Session) -> None:
    make_area(session, "X1", square(0, 0), version="v0", valid_to="2020-01-01")
    areas = make_country(session)

    assert area_by_pcode(session, " X1 ").id == areas["X1"].id
    with pytest.raises(NotFound, match="X9"):
        area_by_pcode(session, "X9")


def test_signs_of_the_pattern_language_are_plain_letters(session: Session, anybody: Actor) -> None:
    make_country(session)

    assert search_areas(session, "%", anybody) == []
    assert search_areas(session, "  ", anybody) == []


def test_who_may_not_read_areas_finds_none(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        search_areas(session, "X", visitor)


def test_an_area_bound_actor_reaches_what_lies_below(session: Session, anybody: Actor) -> None:
    areas = make_country(session)
    local = replace(anybody, national=False, area_ids=frozenset({areas["X1"].id}))

    assert seen_by(session, local) == ["X1", "X11", "X12"]
    assert [area.pcode for area in search_areas(session, "X", local)] == ["X1", "X11", "X12"]


def test_reach_follows_a_pcode_into_the_next_version(session: Session, anybody: Actor) -> None:
    old = make_area(session, "X1", square(0, 0), version="v0", valid_to="2020-01-01")
    areas = make_country(session)
    local = replace(anybody, national=False, area_ids=frozenset({old.id}))

    seen = session.scalars(select(Area.id).where(within_reach(local, Area.id))).all()

    assert set(seen) == {old.id, areas["X1"].id, areas["X11"].id, areas["X12"].id}


def test_an_actor_without_areas_reaches_none_and_a_national_one_all(
    session: Session, anybody: Actor
) -> None:
    make_country(session)

    assert seen_by(session, replace(anybody, national=False)) == []
    assert len(seen_by(session, anybody)) == 7
