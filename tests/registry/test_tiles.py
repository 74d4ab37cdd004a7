"""Tiles of households, read back by GDAL and counted by hand."""

from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from geo.models.areas import Area
from geo.models.releases import Release, ReleaseState
from geo.permissions import May
from geo.queries.clauses import ReleaseNotAskable
from geo.queries.selections import Question
from registry.queries.tiles import Tile, household_tile
from registry.services.household_cells import count_release, recount
from tests.make.exposure import make_exposure
from tests.make.geo import make_country, make_release
from tests.make.registry import make_household, make_location

FAR = (6, 32, 31)  # 0 to 5.6 degrees east, 0 to 5.6 north
STREET = (14, 8201, 8146)  # holds 0.2 east, 1 north
STEP = 5.625 / 32  # degrees: a cell of the far tile


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def release(session: Session, areas: dict[str, Area]) -> Release:
    """Six households close together, two of them in the water; further off three, one unseen."""
    release = make_release(session, histogram_edges=[i / 10 for i in range(31)])
    west, east = areas["X11"].id, areas["X21"].id
    close = [make_location(session, 0.2 + i / 1e5, 1.0, area_id=west) for i in range(6)]
    far = [make_location(session, 2.9 + i * STEP, 1.0, area_id=east) for i in range(3)]
    for place in close + far:
        make_household(session, place)
    make_exposure(session, release, {close[0]: 0.7, close[1]: 0.3, far[0]: None})
    return release


def _read(tile: Tile, body: bytes, folder: Path) -> list[dict[str, Any]]:
    if not body:
        return []
    zoom, x, y = map(str, tile)
    path = folder / zoom / x / f"{y}.mvt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    frame = pyogrio.read_dataframe(path, layer="households").to_crs(4326)
    rows: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()} for row in frame.to_dict("records")
    ]
    return rows


def _counts(rows: list[dict[str, Any]]) -> list[tuple[int, int, int, int]]:
    return sorted((r["n"], r["in"], r["out"], r["not_observed"]) for r in rows)


def _all_told(rows: list[dict[str, Any]]) -> list[list[int]]:
    """The figures of each row, without those that are left out."""
    return sorted(
        [int(n) for key, n in row.items() if key != "geometry" and not isnan(n)] for row in rows
    )


def _unsorted(rows: list[dict[str, Any]]) -> list[int]:
    """How many live in each cell, none of which is told by answer."""
    answers = [row[name] for row in rows for name in ("in", "out") if name in row]
    assert all(isnan(n) for n in answers)
    return sorted(int(row["n"]) for row in rows)


def test_far_away_households_are_added_up_in_cells(
    session: Session, release: Release, anybody: Actor, tmp_path: Path
) -> None:
    question = Question(release_id=release.id, threshold=0.5)
    rows = _read(FAR, household_tile(session, FAR, question, actor=anybody), tmp_path)
    assert _counts(rows) == [(1, 0, 0, 1), (1, 0, 1, 0), (1, 0, 1, 0), (6, 1, 5, 0)]
    most = max(rows, key=lambda row: int(row["n"]))["geometry"]
    assert (most.x, most.y) == (pytest.approx(0.2, abs=2e-3), pytest.approx(1.0, abs=2e-3))


def test_the_threshold_sorts_the_cells(
    session: Session, release: Release, anybody: Actor, tmp_path: Path
) -> None:
    lower = Question(release_id=release.id, threshold=0.3)
    rows = _read(FAR, household_tile(session, FAR, lower, actor=anybody), tmp_path)
    assert _counts(rows)[-1] == (6, 2, 4, 0)


def test_few_households_are_joined_or_left_out_for_who_may_not_see_points(
    session: Session, release: Release, anybody: Actor, tmp_path: Path
) -> None:
    bound = replace(anybody, permissions=anybody.permissions - {May.EXACT_LOCATIONS})
    question = Question(release_id=release.id, threshold=0.5)
    body = household_tile(session, FAR, question, actor=bound)
    assert _unsorted(_read(FAR, body, tmp_path)) == [6]
    for i in (3, 4):
        make_household(session, make_location(session, 2.9 + i * STEP, 1.0))
    body = household_tile(session, FAR, question, actor=bound)
    assert _unsorted(_read(FAR, body, tmp_path)) == [5, 6]


def test_cells_tell_by_answer_only_what_is_no_fewer_than_five(
    session: Session, release: Release, areas: dict[str, Area], anybody: Actor, tmp_path: Path
) -> None:
    """Four more in the water beside the two of the six: six in, four out is too few still."""
    bound = replace(anybody, permissions=anybody.permissions - {May.EXACT_LOCATIONS})
    question = Question(release_id=release.id, threshold=0.3)
    places = [make_location(session, 0.2, 1.0, area_id=areas["X11"].id) for _i in range(4)]
    for place in places:
        make_household(session, place)
    make_exposure(session, release, dict.fromkeys(places, 0.9))

    four_out = household_tile(session, FAR, question, actor=bound)
    make_household(session, make_location(session, 0.2, 1.0, area_id=areas["X11"].id))
    five_out = household_tile(session, FAR, question, actor=bound)

    assert _unsorted(_read(FAR, four_out, tmp_path)) == [10]
    assert _counts(_read(FAR, five_out, tmp_path)) == [(11, 6, 5, 0)]


def test_at_street_zoom_each_household_is_a_point_with_its_number(
    session: Session, release: Release, anybody: Actor, tmp_path: Path
) -> None:
    question = Question(release_id=release.id, threshold=0.5)
    rows = _read(STREET, household_tile(session, STREET, question, actor=anybody), tmp_path)
    assert sorted(row["status"] for row in rows) == ["in"] + ["out"] * 5
    assert all(row["number"].startswith("HG-") for row in rows)


def test_at_street_zoom_who_may_not_see_points_sees_cells(
    session: Session, release: Release, anybody: Actor, tmp_path: Path
) -> None:
    bound = replace(anybody, permissions=anybody.permissions - {May.EXACT_LOCATIONS})
    body = household_tile(session, STREET, Question(), actor=bound)
    rows = _read(STREET, body, tmp_path)
    assert _counts(rows) == [(6, 6, 0, 0)]
    assert "number" not in rows[0]


def test_a_tile_holds_only_households_within_reach(
    session: Session, areas: dict[str, Area], release: Release, anybody: Actor, tmp_path: Path
) -> None:
    bound = replace(anybody, national=False, area_ids=frozenset({areas["X2"].id}))
    rows = _read(FAR, household_tile(session, FAR, Question(), actor=bound), tmp_path)
    assert _counts(rows) == [(1, 1, 0, 0)] * 3


@pytest.mark.parametrize("tile", [(0, 0, 0), (3, 4, 3), FAR, (8, 128, 127), (10, 512, 509)])
@pytest.mark.parametrize("exact", [True, False])
def test_a_tile_made_beforehand_tells_the_same(
    session: Session,
    release: Release,
    anybody: Actor,
    tmp_path: Path,
    tile: Tile,
    exact: bool,
) -> None:
    hidden = anybody.permissions - {May.EXACT_LOCATIONS}
    actor = anybody if exact else replace(anybody, permissions=hidden)
    question = Question(release_id=release.id, threshold=0.5)
    plain = _read(tile, household_tile(session, tile, question, actor=actor), tmp_path)
    count_release(session, release, lambda _done, _total: None)
    made = _read(tile, household_tile(session, tile, question, actor=actor), tmp_path)
    assert _all_told(made) == _all_told(plain)
    size = 360 / 2 ** tile[0] / 32
    for one, other in zip(_in_order(made), _in_order(plain), strict=True):
        assert one["geometry"].distance(other["geometry"]) < size / 8


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["n"], row["geometry"].x))


def test_tiles_made_beforehand_follow_who_comes_and_goes(
    session: Session, areas: dict[str, Area], release: Release, anybody: Actor, tmp_path: Path
) -> None:
    count_release(session, release, lambda _done, _total: None)
    question = Question(release_id=release.id, threshold=0.5)
    make_household(session, make_location(session, 0.2, 1.0, area_id=areas["X11"].id))
    make_household(session, make_location(session, 3.7, 0.1, area_id=areas["X22"].id))
    recount(session, lambda _done, _total: None)
    for tile in (FAR, (3, 4, 3), (0, 0, 0)):
        rows = _read(tile, household_tile(session, tile, question, actor=anybody), tmp_path)
        assert sum(row["n"] for row in rows) == 11


@pytest.mark.parametrize("counted", [True, False])
def test_a_withdrawn_release_sorts_no_tile(
    session: Session, release: Release, anybody: Actor, *, counted: bool
) -> None:
    if counted:
        count_release(session, release, lambda _done, _total: None)
    release.state = ReleaseState.WITHDRAWN

    with pytest.raises(ReleaseNotAskable):
        household_tile(session, FAR, Question(release_id=release.id), actor=anybody)


def test_a_tile_without_households_is_empty(
    session: Session, release: Release, anybody: Actor
) -> None:
    assert household_tile(session, (6, 0, 0), Question(), actor=anybody) == b""


def test_who_may_not_count_gets_no_tile(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        household_tile(session, FAR, Question(), actor=visitor)
