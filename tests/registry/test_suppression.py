"""Small figures are hidden, and nothing that is shown tells what they are."""

from itertools import product

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from registry.counting.suppression import coarse, hidden

FEWEST = 5
Whole = NDArray[np.int64]


def _tree(levels: tuple[int, ...]) -> list[int]:
    """The rows above of a tree with so many areas in each area, level by level."""
    above, last = [0], [0]
    for width in levels:
        new = []
        for over in last:
            for _n in range(width):
                new.append(len(above))
                above.append(over)
        last = new
    return above


@st.composite
def tables(draw: st.DrawFn) -> tuple[Whole, Whole]:
    """A tree of areas and what is counted in each; many figures are none or few."""
    widths = draw(st.lists(st.integers(1, 3), min_size=0, max_size=2))
    above = np.array(_tree(tuple(widths)))
    few = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 60))
    columns = draw(st.integers(2, 4))
    own = np.zeros((len(above), columns), dtype=np.int64)
    leaves = sorted(set(range(len(above))) - set(above.tolist())) or [0]
    for leaf in leaves:
        own[leaf] = draw(st.lists(few, min_size=columns, max_size=columns))
    for row in range(len(above) - 1, 0, -1):
        own[above[row]] += own[row]
    return above, own


def _kept(above: Whole, rows: int, withheld: NDArray[np.bool_]) -> list[int]:
    """The rows that are not among withheld parts."""
    kept = [0]
    for row in range(1, rows):
        if above[row] in kept and not withheld[above[row]]:
            kept.append(row)
    return kept


def _equations(above: Whole, kept: list[int], shape: tuple[int, int]) -> Whole:
    """All that is known of a table: rows add up to the last column, areas to what lies in them."""
    known = []
    for row in kept:
        line = np.zeros(shape, dtype=np.int64)
        line[row], line[row, -1] = 1, -1
        known.append(line.ravel())
        below = [r for r in kept[1:] if above[r] == row]
        for column in range(shape[1]) if below else ():
            line = np.zeros(shape, dtype=np.int64)
            line[row, column] = -1
            line[below, column] = 1
            known.append(line.ravel())
    return np.array(known)


def _shown(above: Whole, parts: Whole) -> tuple[Whole, Whole]:
    """What is known of the hidden figures of a table, one equation a row; and those figures."""
    figures = np.column_stack([parts, parts.sum(axis=1)])
    found = hidden(above, parts, FEWEST)
    kept = _kept(above, len(above), found.withheld)
    flags = found.figures & np.isin(np.arange(len(above)), kept)[:, None]
    unknown = np.flatnonzero(flags.ravel())
    return _equations(above, kept, figures.shape)[:, unknown], figures.ravel()[unknown]


def _others(known: Whole, hidden_figures: Whole) -> Whole:
    """How many other numbers, up to `FEWEST` more or less, each hidden figure may be.

    Every table that shows the same is written down: some of its figures are free, the others
    follow from them. The equations are those of a network, so all of them are whole.
    """
    follows, free = _solved(known)
    steps = product(range(-FEWEST, FEWEST + 1), repeat=len(free))
    chosen = np.array(list(steps), dtype=np.int64)
    differs = np.zeros((len(chosen), len(hidden_figures)), dtype=np.int64)
    differs[:, free] = chosen
    for column, row in follows.items():
        differs[:, column] = -chosen @ row[free]
    may_be = differs[(hidden_figures + differs > 0).all(axis=1)]
    return np.array([len(np.unique(column)) - 1 for column in may_be.T], dtype=np.int64)


def _solved(known: Whole) -> tuple[dict[int, Whole], list[int]]:
    """Which unknowns follow from which (by Gauss and Jordan), and which are free."""
    rows = known.astype(np.int64)
    follows: dict[int, int] = {}
    for column in range(rows.shape[1]):
        left = [r for r in range(len(rows)) if r not in follows.values() and rows[r, column]]
        if left:
            pivot = left[0]
            rows[pivot] *= rows[pivot, column]
            others = np.arange(len(rows)) != pivot
            rows[others] -= np.outer(rows[others, column], rows[pivot])
            follows[column] = pivot
            assert np.abs(rows).max() <= 1
    free = [column for column in range(rows.shape[1]) if column not in follows]
    return {column: rows[row] for column, row in follows.items()}, free


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(tables())
def test_every_hidden_figure_may_be_another_in_tables_that_show_the_same(
    table: tuple[Whole, Whole],
) -> None:
    """Whoever knows all that is shown, and that nothing hidden is zero, knows no more than that."""
    known, figures = _shown(*table)
    assume(len(_solved(known)[1]) <= 4)

    assert (_others(known, figures) >= 1).all()


def test_a_figure_is_not_told_by_what_others_cannot_fall_below() -> None:
    """Of 45 in the second column, 41 are at most what the 42 of their row leave when the 1 beside
    them is not none; so the 5 of the last row, of whom the others are, would be 1 and 4."""
    above = np.array([0, 0, 0, 0])
    parts = np.array([[5, 1, 45, 6], [1, 0, 41, 0], [4, 0, 0, 6], [0, 1, 4, 0]])

    assert (_others(*_shown(above, parts)) >= 1).all()


@settings(max_examples=150, deadline=None)
@given(tables())
def test_every_small_figure_is_hidden_and_no_zero_but_of_withheld_parts(
    table: tuple[Whole, Whole],
) -> None:
    above, parts = table
    figures = np.column_stack([parts, parts.sum(axis=1)])

    found = hidden(above, parts, FEWEST)

    kept = _kept(above, len(above), found.withheld)
    beneath = ~np.isin(np.arange(len(above)), kept)
    assert found.figures[(figures > 0) & (figures < FEWEST)].all()
    assert found.figures[beneath].all()
    assert not found.figures[kept][figures[kept] == 0].any()


def test_where_few_live_in_each_part_the_parts_are_withheld_and_the_area_is_shown() -> None:
    """Of 60 villages 12 have one household each. Who knows that none hidden is none would know
    each by the 12, were not the empty ones hidden too."""
    above = np.array([0, 0, 0, *([1] * 60)])
    villages = np.zeros((60, 2), dtype=np.int64)
    villages[::5, 0] = 1
    parts = np.vstack([[[52, 30], [12, 0], [40, 30]], villages])

    found = hidden(above, parts, FEWEST)

    assert np.flatnonzero(found.withheld).tolist() == [1]
    assert found.figures[3:].all()
    assert not found.figures[:3].any()


def test_parts_are_withheld_with_all_that_lies_in_them() -> None:
    above = np.array([0, 0, *([1] * 12), *range(2, 14)])
    parts = np.array([[12, 90], [12, 90], *([[1, 0]] * 11), [1, 90], *([[1, 0]] * 11), [1, 90]])

    found = hidden(above, parts, FEWEST)

    assert found.withheld[1]
    assert found.figures[2:].all()
    assert not found.figures[:2].any()


def test_a_table_without_small_figures_is_shown_whole() -> None:
    above, parts = np.array([0, 0, 0]), np.array([[30, 40], [10, 15], [20, 25]])

    assert not hidden(above, parts, FEWEST).figures.any()


def test_a_small_figure_takes_a_rectangle_with_it() -> None:
    """In 3 of 40 in one area: its out, and in and out of the area with the fewest."""
    above = np.array([0, 0, 0, 0])
    parts = np.array([[43, 90], [3, 37], [10, 20], [30, 33]])

    flags = hidden(above, parts, FEWEST).figures

    assert flags.tolist() == [
        [False, False, False],
        [True, True, False],
        [True, True, False],
        [False, False, False],
    ]


def test_an_area_with_all_there_is_of_it_is_hidden_up_to_the_top() -> None:
    """The 3 of the country live in one area: no total may tell of them."""
    above, parts = np.array([0, 0, 0]), np.array([[3, 90], [3, 40], [0, 50]])

    flags = hidden(above, parts, FEWEST).figures

    assert flags[0, 0]
    assert flags[1, 0]
    assert not flags[2, 0]


def test_one_household_alone_is_hidden_with_its_total() -> None:
    assert hidden(np.array([0]), np.array([[1, 0]]), FEWEST).figures.tolist() == [
        [True, False, True]
    ]


def test_bars_rise_in_steps_of_no_fewer_than_are_told_of() -> None:
    assert coarse(np.array([0, 1, 5, 6, 40]), 5).tolist() == [0, 0, 5, 5, 40]
    assert coarse(np.array([0, 4, 200, 199]), 5).tolist() == [0, 0, 200, 200]
    assert coarse(np.array([], dtype=np.int64), 5).tolist() == []
