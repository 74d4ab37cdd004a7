"""Counting by cell answers every question as counting households one by one does."""

from dataclasses import replace

import pytest
import shapely
from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db import stand
from geo.models.areas import Area
from geo.models.releases import Direction, Release
from geo.models.selections import Combine
from geo.queries.selections import Question
from geo.vector.cover import CELL
from registry.models.household_cells import CountedRelease, StaleCell
from registry.queries.answers import bins_of
from registry.queries.household_cells import quickly
from registry.queries.tallies import Asking
from registry.services.household_cells import count_release, recount
from tests.make.counted import EDGES, HOUSEHOLDS, ON, both_ways, same, settle_people, star
from tests.make.geo import make_release
from tests.make.registry import make_household, make_location


@pytest.mark.parametrize("threshold", [None, 0.1, 0.5, 0.7, 2.9])
def test_the_whole_country_is_counted_alike_at_every_edge(
    session: Session, counted: Release, anybody: Actor, threshold: float | None
) -> None:
    question = Question(release_id=counted.id, threshold=threshold)
    tally, _nearby = same(session, question, counted, anybody)
    assert sum(figures[0] for figures in tally.counts.values()) == HOUSEHOLDS + 4


def test_random_drawings_are_counted_alike(
    session: Session, areas: dict[str, Area], counted: Release, anybody: Actor
) -> None:
    picked = (areas["X12"].id, areas["X2"].id)
    for seed in range(20):
        question = Question(shape=star(seed), release_id=counted.id, threshold=0.5)
        same(session, question, counted, anybody)
        same(session, replace(question, area_ids=picked), counted, anybody)
        cut = replace(question, area_ids=picked, combine=Combine.INTERSECTION)
        same(session, cut, counted, anybody)
        same(session, replace(question, without_area_ids=picked[:1]), counted, anybody)


def test_picked_and_left_out_areas_are_counted_alike(
    session: Session, areas: dict[str, Area], counted: Release, anybody: Actor
) -> None:
    ids = {code: area.id for code, area in areas.items()}
    for picked, without in (("X1", None), ("X22", None), ("X", "X12"), (None, "X2")):
        question = Question(
            release_id=counted.id,
            threshold=0.5,
            area_ids=(ids[picked],) if picked else (),
            without_area_ids=(ids[without],) if without else (),
        )
        same(session, question, counted, anybody)


def test_who_is_bound_to_an_area_is_counted_for_alike(
    session: Session, areas: dict[str, Area], counted: Release, anybody: Actor
) -> None:
    bound = replace(anybody, national=False, area_ids=frozenset({areas["X1"].id}))
    tally, _nearby = same(session, Question(release_id=counted.id), counted, bound)
    assert {area for area, _status in tally.counts} == {areas["X11"].id, areas["X12"].id}


def test_who_is_bound_to_an_area_is_counted_for_alike_in_drawings_and_picked_areas(
    session: Session, areas: dict[str, Area], counted: Release, anybody: Actor
) -> None:
    bound = replace(anybody, national=False, area_ids=frozenset({areas["X12"].id, areas["X2"].id}))
    picked = (areas["X1"].id, areas["X22"].id)
    for seed in range(6):
        question = Question(shape=star(seed), release_id=counted.id, threshold=0.5)
        same(session, question, counted, bound)
        for combine in Combine:
            with_areas = replace(question, area_ids=picked, combine=combine)
            same(session, with_areas, counted, bound)
            same(session, replace(with_areas, without_area_ids=picked[1:]), counted, bound)


@pytest.mark.parametrize("drawn", [False, True])
def test_cells_tell_of_ones_areas_where_the_question_forgot_who_asks(
    session: Session, areas: dict[str, Area], counted: Release, anybody: Actor, drawn: bool
) -> None:
    question = Question(shape=star(3) if drawn else None, release_id=counted.id)
    bound = replace(anybody, national=False, area_ids=frozenset({areas["X1"].id}))
    own, nearby = same(session, question, counted, bound)

    stand(session, bound)
    forgotten = quickly(session, Asking(question, anybody, bins_of(counted), 2, ON))
    assert forgotten is not None
    assert (forgotten[0].counts, forgotten[1]) == (own.counts, nearby)


def test_households_on_the_line_of_a_drawing_are_in_it(
    session: Session, counted: Release, anybody: Actor
) -> None:
    """The lines run through households of the village, along borders of cells and between them."""
    step = CELL / 2
    outer = shapely.box(1.3 + 2 * step, 0.7 + step, 1.3 + 8 * step, 0.7 + 9 * step)
    hole = shapely.box(1.3 + 4 * step, 0.7 + 3 * step, 1.3 + 6 * step, 0.7 + 5 * step)
    ring = shapely.Polygon(outer.exterior, [hole.exterior])
    counts = []
    for shape in (outer, ring, hole):
        drawn = bytes(shapely.to_wkb(shapely.MultiPolygon([shape])))
        tally, _nearby = same(
            session, Question(shape=drawn, release_id=counted.id), counted, anybody
        )
        counts.append(sum(figures[0] for figures in tally.counts.values()))
    on_both = counts[1] + counts[2] - counts[0]
    assert on_both > 0  # those on the line of the hole are in the ring, and in the hole as well


def test_a_place_that_no_leaf_area_holds_belongs_to_the_area_it_was_given(
    session: Session, areas: dict[str, Area], counted: Release, anybody: Actor
) -> None:
    question = Question(release_id=counted.id, area_ids=(areas["X1"].id,))
    before = same(session, question, counted, anybody)[0].counts
    gap = make_location(session, 1.3, 0.7, area_id=areas["X1"].id)
    make_household(session, gap, area_id=areas["X1"].id)
    session.flush()
    assert same(session, question, counted, anybody)[0].counts != before
    recount(session, lambda _done, _total: None)
    assert same(session, question, counted, anybody)[0].counts != before


def test_another_map_of_areas_waits_for_a_count_of_its_own(
    session: Session, areas: dict[str, Area], counted: Release, anybody: Actor
) -> None:
    areas["X12"].parent_id, areas["X12"].path = areas["X2"].id, [*areas["X2"].path, areas["X12"].id]
    session.flush()
    question = Question(release_id=counted.id, area_ids=(areas["X2"].id,))
    assert both_ways(session, question, counted, anybody)[0] is None
    recount(session, lambda _done, _total: None)
    same(session, question, counted, anybody)


def test_values_counted_from_a_threshold_down_are_counted_alike(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    release = make_release(
        session, floor=3.4, direction=Direction.AT_MOST, histogram_edges=EDGES[1:]
    )
    settle_people(session, areas, release)
    count_release(session, release, lambda _done, _total: None)
    session.execute(delete(StaleCell))
    for threshold in (None, 0.5, 0.7, 3.4):
        same(session, Question(release_id=release.id, threshold=threshold), release, anybody)


def test_a_threshold_between_two_edges_is_left_to_the_plain_count(
    session: Session, counted: Release, anybody: Actor
) -> None:
    for threshold in (0.55, 3.0, 3.1):
        question = Question(release_id=counted.id, threshold=threshold)
        quick, _plain = both_ways(session, question, counted, anybody)
        assert quick is None


def test_a_release_that_was_not_counted_is_left_to_the_plain_count(
    session: Session, counted: Release, anybody: Actor
) -> None:
    session.execute(delete(CountedRelease))
    session.expire_all()
    quick, _plain = both_ways(session, Question(release_id=counted.id), counted, anybody)
    assert quick is None
