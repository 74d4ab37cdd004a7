"""Which areas a drawing takes in wholly and in part, told here as PostGIS tells it."""

import numpy as np
import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.models.areas import Area
from geo.models.selections import Combine
from geo.queries.area_trees import area_tree, areas_asked
from geo.queries.selections import Question, asked_by_area, partly_asked_by_area
from geo.vector.drawn_areas import by_box, by_shape
from tests.make.geo import make_area, make_country

HOLE = shapely.box(4, 4, 6, 6)
HOLED = shapely.Polygon(shapely.box(0, 0, 10, 10).exterior, [HOLE.exterior])


def _drawing(*parts: shapely.Polygon) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(parts)


@pytest.mark.parametrize(
    ("area", "wholly", "partly"),
    [
        (shapely.box(1, 1, 2, 2), True, True),  # inside
        (shapely.box(0, 0, 2, 2), True, True),  # inside, with a corner on the line
        (shapely.box(9, 9, 11, 11), False, True),  # across the line
        (shapely.box(10, 2, 12, 4), False, False),  # sharing a border
        (shapely.box(10, 10, 12, 12), False, False),  # sharing a corner
        (HOLE, False, False),  # filling the hole
        (shapely.box(4.5, 4.5, 5.5, 5.5), False, False),  # within the hole
        (shapely.box(3, 3, 7, 7), False, True),  # round the hole
        (shapely.box(-5, 4, 15, 4.5), False, True),  # through, without a vertex inside
        (shapely.box(-1, -1, 11, 11), False, True),  # round the drawing
        (shapely.box(20, 20, 21, 21), False, False),  # elsewhere
    ],
)
def test_an_area_is_in_a_drawing_wholly_partly_or_not_at_all(
    area: shapely.Polygon, wholly: bool, partly: bool
) -> None:
    drawn, areas = _drawing(HOLED), np.array([area])
    inside, near = by_box(drawn, shapely.bounds(areas))
    exact = by_shape(drawn, areas)
    assert (exact.wholly.tolist(), exact.partly.tolist()) == ([wholly], [partly])
    assert near.tolist() == [0] or (inside.tolist() == [wholly] and wholly == partly)


def test_an_area_without_a_shape_is_in_no_drawing() -> None:
    inside, near = by_box(_drawing(HOLED), np.full((1, 4), np.nan))
    assert (inside.tolist(), near.tolist()) == ([False], [])


def _star(chance: np.random.Generator) -> bytes:
    turn = np.sort(chance.uniform(0, 2 * np.pi, int(chance.integers(3, 40))))
    reach = chance.uniform(0.1, 2.5, len(turn))
    at = np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None] + (2, 1)
    pieces = shapely.get_parts(shapely.make_valid(shapely.Polygon(at)))
    polygons = [piece for piece in pieces if piece.geom_type == "Polygon"]
    return bytes(shapely.to_wkb(shapely.MultiPolygon(polygons)))


def _both_ways(session: Session, question: Question) -> None:
    tree = area_tree(session)
    asked, partly = areas_asked(session, tree, question, np.arange(len(tree.record)))
    for found, said in ((asked, asked_by_area), (partly, partly_asked_by_area)):
        expected = set(session.scalars(select(Area.id).where(said(question, Area.id))))
        assert set(tree.ids[1:][found[1:]].tolist()) == expected


def test_areas_are_asked_as_the_statement_asks_them(session: Session) -> None:
    ids = {code: area.id for code, area in make_country(session).items()}
    whole = bytes(shapely.to_wkb(_drawing(shapely.box(1, 0, 3, 2))))  # along the areas' borders
    chance = np.random.default_rng(20261122)
    for shape in (whole, *(_star(chance) for _drawing in range(12))):
        _both_ways(session, Question(shape=shape))
        _both_ways(session, Question(shape=shape, without_area_ids=(ids["X11"],)))
        for combine in Combine:
            picked = (ids["X1"], ids["X22"])
            _both_ways(session, Question(shape=shape, area_ids=picked, combine=combine))
    _both_ways(session, Question(area_ids=(ids["X2"],), without_area_ids=(ids["X21"],)))
    _both_ways(session, Question())


def test_the_tree_knows_who_lies_in_whom(session: Session) -> None:
    areas = make_country(session)
    old = make_area(session, "X13", shapely.box(1, 0, 2, 2), areas["X1"], version="v0")
    old.valid_to = func.current_date()
    session.flush()
    tree = area_tree(session)
    place = {code: int(tree.places(np.array([area.id]))[0]) for code, area in areas.items()}
    provinces = tree.at_level(1)
    assert provinces[place["X12"]] == provinces[place["X1"]] == areas["X1"].id
    assert provinces[place["X"]] == provinces[0] == 0
    below = tree.below((areas["X1"].id,))
    assert below[place["X11"]]
    assert not below[place["X22"]]
    assert not below[0]
    assert not tree.in_force[tree.places(np.array([old.id]))[0]]
    assert tree.boxes[place["X12"]].tolist() == [1, 0, 2, 2]
