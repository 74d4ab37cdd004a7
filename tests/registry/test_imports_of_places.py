"""Coordinates that are doubted: used only if somebody accepts them, and never lost by it."""

from pathlib import Path

import geopandas
import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area, AreaPart
from registry.models.imports import ImportKind
from tests.make.imports import (
    checked,
    household,
    households_file,
    rows_of,
    take,
    take_households,
)
from tests.make.registry import place_of, registered

DOUBTED = [
    ({"longitude": "1.5", "latitude": "3.5", "area_pcode": "X22"}, "swapped"),
    ({"longitude": "0", "latitude": "0"}, "zero"),
    ({"longitude": "12.4964", "latitude": "41.9028"}, "foreign"),
    ({"longitude": "3.5"}, "outside_area"),
]


@pytest.mark.parametrize(("cells", "warning"), DOUBTED)
def test_doubted_coordinates_are_not_used(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    areas: dict[str, Area],
    cells: dict[str, str],
    warning: str,
) -> None:
    done = take_households(session, tmp_path, anybody, household(**cells))

    (row,) = rows_of(session, done)
    assert (row.verdict, row.warnings, row.errors) == ("create", [warning], [])
    place = place_of(session)
    assert place is not None
    assert (place.lon, place.area_id) == (None, areas[cells.get("area_pcode", "X11")].id)


@pytest.mark.parametrize(
    ("cells", "stands"),
    [
        (DOUBTED[0][0], (3.5, 1.5, "X22")),
        (DOUBTED[1][0], (0.0, 0.0, "X11")),
        (DOUBTED[2][0], (12.4964, 41.9028, "X11")),
        (DOUBTED[3][0], (3.5, 1.5, "X22")),
    ],
)
def test_accepted_coordinates_are_used_and_swapped_ones_turned_round(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    areas: dict[str, Area],
    cells: dict[str, str],
    stands: tuple[float, float, str],
) -> None:
    take_households(session, tmp_path, anybody, household(**cells), accept=True)

    place, area = place_of(session), session.get(Area, registered(session).area_id or 0)
    assert place is not None
    assert area is not None
    assert (place.lon, place.lat, area.pcode) == stands


@pytest.mark.parametrize("cells", [cells for cells, _warning in DOUBTED])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_doubted_row_that_comes_again_changes_nothing(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    areas: dict[str, Area],
    cells: dict[str, str],
    accepted: bool,
) -> None:
    take_households(session, tmp_path, anybody, household(**cells), accept=accepted)
    before = registered(session).location_id

    again = take_households(session, tmp_path, anybody, household(**cells), accept=accepted)
    assert again.counts["ignore"] == 1
    assert registered(session).location_id == before


def test_a_doubted_row_can_be_accepted_when_it_comes_again(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    foreign = household(longitude="12.4964", latitude="41.9028")
    take_households(session, tmp_path, anybody, foreign)

    again = take_households(session, tmp_path, anybody, foreign, accept=True)
    place = place_of(session)
    assert again.counts["update"] == 1
    assert place is not None
    assert place.lon == 12.4964


def test_too_many_measured_points_at_one_spot_are_doubted_but_a_settlement_is_not(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    measured = [household(code=f"G{i}", longitude="0.25") for i in range(31)]
    village = [household(code=f"V{i}", location_source="village") for i in range(31)]

    found = checked(session, households_file(tmp_path, *measured, *village), anybody)
    assert found.counts["findings"] == {"crowded": 31}


def test_a_vaguer_row_does_not_take_a_point_away(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household())

    again = take_households(
        session, tmp_path, anybody, household(longitude="", latitude="", area_pcode="X1")
    )
    place = place_of(session)
    assert again.counts["ignore"] == 1
    assert place is not None
    assert place.lon == 0.5


def test_a_row_of_another_area_without_a_point_moves_the_household(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household())

    take_households(
        session, tmp_path, anybody, household(longitude="", latitude="", area_pcode="X22")
    )
    place = place_of(session)
    assert place is not None
    assert (place.lon, place.area_id) == (None, areas["X22"].id)


def test_a_point_in_a_gap_between_leaves_is_neither_foreign_nor_outside(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    leaf = areas["X11"]
    session.execute(delete(AreaPart).where(AreaPart.area_id == leaf.id))

    done = take_households(session, tmp_path, anybody, household())
    assert done.counts["good"] == 1
    assert registered(session).area_id == areas["X1"].id


def test_before_any_area_is_loaded_no_point_is_foreign(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    done = take_households(session, tmp_path, anybody, household(area_pcode=""))

    assert done.counts["good"] == 1


def test_a_geopackage_in_metres_stands_its_households_where_its_points_are(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    degrees = geopandas.points_from_xy([0.5, 3.5], [1.5, 1.5], crs="EPSG:4326")
    table = geopandas.GeoDataFrame({"hhid": ["H1", "H2"], "hhsize": [5, 4]}, geometry=degrees)
    file = tmp_path / "households.gpkg"
    table.to_crs("EPSG:32631").to_file(file, engine="pyogrio")

    done = take(session, file, ImportKind.HOUSEHOLDS, anybody)
    assert (done.counts["create"], done.counts["findings"]) == (2, {})
    assert registered(session, "H2").area_id == areas["X22"].id
    place = place_of(session)
    assert place is not None
    assert (place.lon, place.lat) == pytest.approx((0.5, 1.5), abs=1e-9)
