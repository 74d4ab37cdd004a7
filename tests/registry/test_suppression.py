"""Small figures are hidden, and nothing that is shown tells what they are."""

import numpy as np
from hypothesis import given, settings
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
    widths = draw(st.lists(st.integers(1, 4), min_size=0, max_size=3))
    above = np.array(_tree(tuple(widths)))
    few = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 60))
    columns = draw(st.integers(2, 5))
    own = np.zeros((len(above), columns), dtype=np.int64)
    leaves = sorted(set(range(len(above))) - set(above.tolist())) or [0]
    for leaf in leaves:
        own[leaf] = draw(st.lists(few, min_size=columns, max_size=columns))
    for row in range(len(above) - 1, 0, -1):
        own[above[row]] += own[row]
    return above, own


def _equations(above: Whole, rows: int, columns: int) -> Whole:
    """All that is known of a table: rows add up to the last column, areas to what lies in them."""
    known = []
    for row in range(rows):
        line = np.zeros((rows, columns))
        line[row], line[row, -1] = 1, -1
        known.append(line.ravel())
        below = [r for r in range(1, rows) if above[r] == row]
        for column in range(columns) if below else ():
            line = np.zeros((rows, columns))
            line[row, column] = -1
            line[below, column] = 1
            known.append(line.ravel())
    return np.array(known)


@settings(max_examples=150, deadline=None)
@given(tables())
def test_no_equation_of_what_is_shown_determines_what_is_hidden(table: tuple[Whole, Whole]) -> None:
    above, parts = table
    figures = np.column_stack([parts, parts.sum(axis=1)])

    flags = hidden(above, parts, FEWEST)

    unknown = np.flatnonzero(flags.ravel())
    if len(unknown):
        known = _equations(above, *figures.shape)[:, unknown]
        _left, sizes, across = np.linalg.svd(known)
        free = across[(sizes > 1e-9).sum() :]  # the ways to change what is hidden, unseen
        assert (np.abs(free).max(axis=0, initial=0) > 1e-9).all()


@settings(max_examples=150, deadline=None)
@given(tables())
def test_every_small_figure_is_hidden_and_no_zero_is(table: tuple[Whole, Whole]) -> None:
    above, parts = table
    figures = np.column_stack([parts, parts.sum(axis=1)])

    flags = hidden(above, parts, FEWEST)

    assert flags[(figures > 0) & (figures < FEWEST)].all()
    assert not flags[figures == 0].any()


@settings(max_examples=150, deadline=None)
@given(tables())
def test_what_a_column_leaves_for_the_hidden_together_is_never_few(
    table: tuple[Whole, Whole],
) -> None:
    above, parts = table
    figures = np.column_stack([parts, parts.sum(axis=1)])

    flags = hidden(above, parts, FEWEST)

    for row in range(len(above)):
        below = [r for r in range(1, len(above)) if above[r] == row]
        for column in range(figures.shape[1]):
            held = [figures[r, column] for r in below if flags[r, column]]
            if held and not flags[row, column]:
                assert sum(held) >= FEWEST
                assert sum(held) > len(held)


def test_a_table_without_small_figures_is_shown_whole() -> None:
    above, parts = np.array([0, 0, 0]), np.array([[30, 40], [10, 15], [20, 25]])

    assert not hidden(above, parts, FEWEST).any()


def test_a_small_figure_takes_a_rectangle_with_it() -> None:
    """In 3 of 40 in one area: its out, and in and out of the area with the fewest."""
    above = np.array([0, 0, 0, 0])
    parts = np.array([[43, 90], [3, 37], [10, 20], [30, 33]])

    flags = hidden(above, parts, FEWEST)

    assert flags.tolist() == [
        [False, False, False],
        [True, True, False],
        [True, True, False],
        [False, False, False],
    ]


def test_an_area_with_all_there_is_of_it_is_hidden_up_to_the_top() -> None:
    """The 3 of the country live in one area: no total may tell of them."""
    above, parts = np.array([0, 0, 0]), np.array([[3, 90], [3, 40], [0, 50]])

    flags = hidden(above, parts, FEWEST)

    assert flags[0, 0]
    assert flags[1, 0]
    assert not flags[2, 0]


def test_one_household_alone_is_hidden_with_its_total() -> None:
    assert hidden(np.array([0]), np.array([[1, 0]]), FEWEST).tolist() == [[True, False, True]]


def test_bars_rise_in_steps_of_no_fewer_than_are_told_of() -> None:
    assert coarse(np.array([0, 1, 5, 6, 40]), 5).tolist() == [0, 0, 5, 5, 40]
    assert coarse(np.array([0, 4, 200, 199]), 5).tolist() == [0, 0, 200, 200]
    assert coarse(np.array([], dtype=np.int64), 5).tolist() == []
