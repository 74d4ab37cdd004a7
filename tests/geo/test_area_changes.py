"""A new map of areas follows another: what became of each area, who moves, and what stays said."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from geo.models.area_changes import AreaChange, AreaLink, Became, PlaceMove
from geo.models.areas import Area, AreaPart
from geo.models.exposure import AreaExposure
from geo.models.locations import Location, LocationSource
from geo.queries.area_changes import change_page
from geo.queries.areas import in_force
from geo.queries.reach import areas_under
from geo.queries.releases import areas_hit
from geo.services.area_changes import (
    AnotherWaits,
    NothingInForce,
    NotStaged,
    SamePerson,
    VersionThere,
    drop_areas,
    enforce_areas,
    stage_areas,
)
from geo.services.area_links import CrosswalkUnreadable, CrosswalkWrong, Pair, pairs_of
from geo.vector.boundaries import Boundaries, Boundary
from tests.make.areas import new_map
from tests.make.geo import make_country, make_release
from tests.make.registry import make_location


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def other(anybody: Actor) -> Actor:
    """Somebody else who may do everything."""
    return replace(anybody, id=7, name="Boris")


@pytest.fixture
def places(session: Session, areas: dict[str, Area]) -> list[Location]:
    """Five points of X11, three in its south and two in its north, two places known by X11 alone,
    one by X12 alone, and a point of X22."""
    spots = [(0.5, 0.2), (0.6, 0.3), (0.7, 0.4), (0.5, 1.5), (0.6, 1.6)]
    of_x11 = [make_location(session, *spot, area_id=areas["X11"].id) for spot in spots]
    alone = {"source": LocationSource.AREA, "accuracy_m": None}
    vague = [Location(area_id=areas[code].id, **alone) for code in ("X11", "X11", "X12")]
    session.add_all(vague)
    east = make_location(session, 3.5, 1.0, area_id=areas["X22"].id)
    session.flush()
    return [*of_x11, *vague, east]


def stands_in(session: Session, places: list[Location]) -> list[str]:
    session.expire_all()
    return [session.get_one(Area, place.area_id).pcode for place in places]


def became(session: Session, change: AreaChange) -> dict[tuple[str, str], Became]:
    page = {area.id: area.pcode for area in session.scalars(select(Area))}
    links = session.scalars(select(AreaLink).where(AreaLink.change_id == change.id))
    return {(page[link.from_id], page[link.to_id]): link.became for link in links}


def test_what_became_of_each_area_is_told_by_its_ground(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    change = stage_areas(session, new_map(), actor=anybody)

    assert became(session, change) == {
        ("X", "X"): Became.SAME,
        ("X1", "X1"): Became.SAME,
        ("X2", "X2"): Became.SAME,
        ("X11", "X13"): Became.SPLIT,
        ("X11", "X14"): Became.SPLIT,
        ("X12", "X19"): Became.RECODED,
        ("X21", "X20"): Became.MERGED,
        ("X22", "X20"): Became.MERGED,
    }


def test_a_map_that_waits_changes_nothing_yet_and_lists_who_would_move(
    session: Session, areas: dict[str, Area], anybody: Actor, places: list[Location]
) -> None:
    change = stage_areas(session, new_map(), actor=anybody)
    told = change_page(session, change.id, actor=anybody)

    assert {area.version for area in session.scalars(select(Area).where(in_force()))} == {"v1"}
    assert stands_in(session, places) == [*["X11"] * 7, "X12", "X22"]
    moves = {(m.old_pcode, m.new_pcode): (m.places, m.to_look_at) for m in told.moves}
    assert moves == {
        ("X11", "X13"): (3, 0),
        ("X11", "X14"): (2, 0),
        ("X11", "X1"): (2, 2),
        ("X12", "X19"): (1, 0),
        ("X22", "X20"): (1, 0),
    }
    assert (told.places, told.to_look_at) == (9, 2)


def test_in_force_places_follow_their_point_or_what_became_of_their_area(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    other: Actor,
    places: list[Location],
) -> None:
    change = stage_areas(session, new_map(), actor=anybody)
    enforce_areas(session, change.id, actor=other)

    south, north, divided = ["X13"] * 3, ["X14"] * 2, ["X1"] * 2
    assert stands_in(session, places) == [*south, *north, *divided, "X19", "X20"]
    assert {area.version for area in session.scalars(select(Area).where(in_force()))} == {"v2"}
    parts = select(func.count()).select_from(AreaPart).join(Area).where(Area.version == "v2")
    assert session.scalar(parts) == 7
    listed = select(PlaceMove.location_id).where(PlaceMove.to_look_at).order_by("location_id")
    assert session.scalars(listed).all() == [places[5].id, places[6].id]


def test_what_a_hazard_map_said_of_the_old_areas_stays_said(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    other: Actor,
    places: list[Location],
) -> None:
    release = make_release(session)
    for code, hit in (("X11", 40.0), ("X12", 5.0)):
        said = {"area_id": areas[code].id, "observed_km2": 100.0, "hit_km2": hit}
        session.add(AreaExposure(release_id=release.id, **said))
    session.flush()
    before = areas_hit(session, release, 2, actor=anybody)
    change = stage_areas(session, new_map(), actor=anybody)
    enforce_areas(session, change.id, actor=other)

    assert [(row.pcode, row.hit_km2) for row in before] == [("X11", 40.0), ("X12", 5.0)]
    assert areas_hit(session, release, 2, "v1", actor=anybody) == before
    assert areas_hit(session, release, 2, actor=anybody) == []


def test_reach_follows_an_area_that_was_divided_or_has_another_code_and_does_not_grow(
    session: Session, areas: dict[str, Area], anybody: Actor, other: Actor
) -> None:
    change = stage_areas(session, new_map(), actor=anybody)
    enforce_areas(session, change.id, actor=other)

    def reached(code: str) -> set[str]:
        keys = session.scalars(areas_under(frozenset({areas[code].id}))).all()
        by_sql = session.scalars(select(func.areas_reached([areas[code].id]))).one()
        assert sorted(keys) == sorted(by_sql)
        return set(session.scalars(select(Area.pcode).where(Area.id.in_(keys))))

    assert reached("X11") == {"X11", "X13", "X14"}
    assert reached("X12") == {"X12", "X19"}
    assert reached("X21") == {"X21"}  # X20 holds X22 as well


def test_a_list_of_codes_says_more_than_the_ground(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    other: Actor,
    places: list[Location],
) -> None:
    codes = [Pair("X11", "X14"), Pair("X12", "X19")]
    change = stage_areas(session, new_map(), codes, actor=anybody)
    links = became(session, change)

    assert (links["X11", "X14"], links["X12", "X19"]) == (Became.RECODED, Became.RECODED)
    enforce_areas(session, change.id, actor=other)
    assert stands_in(session, places)[5:7] == ["X14", "X14"]  # the one area the list names


def test_another_person_puts_it_in_force_and_only_once(
    session: Session, areas: dict[str, Area], anybody: Actor, other: Actor, visitor: Actor
) -> None:
    change = stage_areas(session, new_map(), actor=anybody)
    with pytest.raises(SamePerson):
        enforce_areas(session, change.id, actor=anybody)
    with pytest.raises(Forbidden):
        enforce_areas(session, change.id, actor=visitor)
    enforce_areas(session, change.id, actor=other)
    with pytest.raises(NotStaged):
        enforce_areas(session, change.id, actor=other)


def test_what_cannot_wait_is_refused(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    with pytest.raises(VersionThere), session.begin_nested():
        stage_areas(session, new_map("v1"), actor=anybody)
    stage_areas(session, new_map(), actor=anybody)
    with pytest.raises(AnotherWaits), session.begin_nested():
        stage_areas(session, new_map("v3"), actor=anybody)


def test_the_first_map_of_all_is_loaded_directly(session: Session, anybody: Actor) -> None:
    with pytest.raises(NothingInForce):
        stage_areas(session, new_map(), actor=anybody)


def test_a_map_that_is_given_up_leaves_no_areas(
    session: Session, areas: dict[str, Area], anybody: Actor, places: list[Location]
) -> None:
    change = stage_areas(session, new_map(), actor=anybody)
    drop_areas(session, change.id, actor=anybody)

    assert session.scalar(select(func.count()).where(Area.version == "v2")) == 0
    assert session.scalar(select(func.count()).select_from(PlaceMove)) == 0
    stage_areas(session, new_map(), actor=anybody)  # the version is free again


def test_a_list_of_codes_is_read_by_its_headings(tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("PCODE,name,old_pcode\nPH0205706016,Asaklat,PH025706016\nPH1,New,\n")
    assert pairs_of(file, file.name) == [Pair("PH025706016", "PH0205706016", 2)]
    file.write_text("a,b\n1,2\n")
    with pytest.raises(CrosswalkUnreadable):
        pairs_of(file, file.name)


Box = tuple[float, float, float, float]


def redrawn(districts: Mapping[str, tuple[int, str, Box]]) -> Boundaries:
    """A new map with the country and provinces of before, and below them what is given: by P-code
    its level, the area above and its box."""
    read = new_map()
    read.areas = [area for area in read.areas if area.level < 2]
    for code, (level, above, box) in districts.items():
        shape = shapely.MultiPolygon([shapely.box(*box)])
        read.areas.append(Boundary(level, code, f"Area {code}", None, above, shape))
    return read


def test_a_list_that_the_maps_do_not_bear_out_is_refused_row_by_row(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    codes = [
        Pair("X12", "X19", 2),
        Pair("X99", "X13", 3),
        Pair("X11", "X99", 4),
        Pair("X11", "X20", 5),  # two degrees apart
        Pair("X12", "X14", 6),  # neighbours: a border in common, no ground
    ]
    with pytest.raises(CrosswalkWrong) as refused, session.begin_nested():
        stage_areas(session, new_map(), codes, actor=anybody)

    assert [(fault.row, fault.says) for fault in refused.value.faults] == [
        (3, "X99 is no area of the map in force."),
        (4, "X99 is no area of the new map."),
        (5, "X11 and X20 have no ground in common."),
        (6, "X12 and X14 have no ground in common."),
    ]
    assert "correct 4 of its rows. Row 3: X99 is no area" in refused.value.message
    assert session.scalar(select(func.count()).select_from(AreaChange)) == 0


def test_an_area_that_is_no_more_leaves_its_places_to_the_area_above(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    other: Actor,
    places: list[Location],
) -> None:
    kept = redrawn({"X12": (2, "X1", (1, 0, 2, 2)), "X22": (2, "X2", (3, 0, 4, 2))})
    change = stage_areas(session, kept, actor=anybody)
    told = change_page(session, change.id, actor=anybody)
    enforce_areas(session, change.id, actor=other)

    assert [pcode for pcode, _name in told.gone] == ["X11", "X21"]
    # Points of X11 lie in the province alone now; so do those known by X11.
    assert stands_in(session, places) == [*["X1"] * 7, "X12", "X22"]
    listed = select(PlaceMove.location_id).where(PlaceMove.to_look_at).order_by("location_id")
    assert session.scalars(listed).all() == [places[5].id, places[6].id]


def test_a_level_more_below_moves_nobody_out_of_their_area(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    other: Actor,
    places: list[Location],
) -> None:
    districts = {"X11": (0, 0, 1, 2), "X12": (1, 0, 2, 2), "X21": (2, 0, 3, 2), "X22": (3, 0, 4, 2)}
    villages = {"X11A": (3, "X11", (0, 0, 1, 1)), "X11B": (3, "X11", (0, 1, 1, 2))}
    deeper = redrawn({code: (2, code[:2], box) for code, box in districts.items()} | villages)
    change = stage_areas(session, deeper, actor=anybody)
    told = change_page(session, change.id, actor=anybody)
    enforce_areas(session, change.id, actor=other)

    assert (told.places, told.to_look_at) == (0, 0)
    villages_of_points = ["X11A"] * 3 + ["X11B"] * 2
    assert stands_in(session, places) == [*villages_of_points, "X11", "X11", "X12", "X22"]


def test_a_level_more_in_between_is_seen_through(
    session: Session,
    areas: dict[str, Area],
    anybody: Actor,
    other: Actor,
    places: list[Location],
) -> None:
    country = shapely.MultiPolygon([shapely.box(0, 0, 4, 2)])
    read = new_map()
    deeper = [replace(area, level=area.level + 1) for area in read.areas if area.level]
    deeper = [replace(area, parent="R1") if area.level == 2 else area for area in deeper]
    root = [area for area in read.areas if area.level == 0]
    read.areas = [*root, Boundary(1, "R1", "The region", None, "X", country), *deeper]
    change = stage_areas(session, read, actor=anybody)
    links = became(session, change)
    enforce_areas(session, change.id, actor=other)

    assert (links["X1", "X1"], links["X11", "X13"]) == (Became.SAME, Became.SPLIT)
    assert ("X1", "R1") not in links
    south, north, divided = ["X13"] * 3, ["X14"] * 2, ["X1"] * 2
    assert stands_in(session, places) == [*south, *north, *divided, "X19", "X20"]
