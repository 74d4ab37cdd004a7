"""Bins: which one a value is in, and which ones a threshold takes in."""

import numpy as np
import pytest

from registry.counting.bins import Bins
from registry.counting.people import FIGURES, People

EDGES = (0.0, 0.1, 0.7, 1.0)
VALUES = np.array([-1, 0, 0.05, 0.1, 0.69, 0.7, 1.0, 9, np.nan], dtype=np.float32)


def test_counted_upward_a_bin_holds_its_lower_edge() -> None:
    assert Bins(EDGES).codes(VALUES).tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 2]


def test_counted_downward_a_bin_holds_its_upper_edge() -> None:
    assert Bins(EDGES, at_most=True).codes(VALUES).tolist() == [0, 0, 0, 0, 1, 1, 2, 2, 0]


def test_without_edges_there_is_one_bin_and_none_to_show() -> None:
    assert Bins().codes(VALUES[:2]).tolist() == [0, 0]
    assert Bins().count == 0


@pytest.mark.parametrize(
    ("bins", "threshold", "expected"),
    [
        (Bins(EDGES), 0.7, [False, False, True]),
        (Bins(EDGES, at_most=True), 0.7, [True, True, False]),
        (Bins(EDGES, floor=0.05), 0.05, [True, True, True]),
        (Bins(EDGES), None, [True, True, True]),
        (Bins(), None, [True]),
        (Bins(EDGES), 0.5, None),
        (Bins(EDGES), 1.0, None),
    ],
)
def test_a_threshold_takes_in_whole_bins_or_is_not_answered(
    bins: Bins, threshold: float | None, expected: list[bool] | None
) -> None:
    taken_in = bins.taken_in(threshold)
    assert (taken_in if taken_in is None else taken_in.tolist()) == expected


def test_people_are_added_figure_by_figure() -> None:
    one = People(*range(len(FIGURES)))
    assert one + one == People(*range(0, 2 * len(FIGURES), 2))
