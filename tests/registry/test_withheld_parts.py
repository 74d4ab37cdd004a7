"""Where few live in each part of an area, it is told of as a whole, to whatever is asked of it.

The country X (key 1) has the provinces 2 and 3. Of the 20 villages of province 2 (10 to 29) every
other one has one household, which is in; the two of province 3 (30, 31) have 40 and 50, all dry.
"""

import numpy as np
import pytest

from registry.counting.guarded import Guarded, Told, Tree
from registry.counting.people import FIGURES
from registry.counting.sums import Key, Tally

FEWEST = 5
SPARSE, FULL = range(10, 30), (30, 31)
IDS = np.array([0, 1, 2, 3, *SPARSE, *FULL])
ABOVE = np.array([0, 0, 1, 1, *([2] * 20), 3, 3])
LEVEL = np.array([-1, 0, 1, 1, *([2] * 22)])


def _households(count: int) -> tuple[int, ...]:
    """Households of one woman each."""
    people = {"people": count, "f18_59": count}
    return (count, *(people.get(name, 0) for name in FIGURES))


COUNTS: dict[Key, tuple[int, ...]] = {
    **{(village, "in"): _households(1) for village in SPARSE[::2]},
    (30, "out"): _households(40),
    (31, "out"): _households(50),
}


def _ask(*picked: int, without: tuple[int, ...] = ()) -> Guarded:
    """The figures of a question of some areas; those of the country are found by the product."""
    tree = Tree(IDS, ABOVE, LEVEL)
    within = tree.within(picked, without)
    asked = {
        (area, said): figures
        for (area, said), figures in COUNTS.items()
        if within[np.flatnonzero(area == IDS)[0]]
    }
    return Guarded(tree, Tally(COUNTS), Tally(asked), within, FEWEST)


def _said(told: Told) -> tuple[int | None, int | None, int | None]:
    return told.answers.in_, told.answers.asked, told.people.people


def test_the_areas_above_are_told_of() -> None:
    assert _said(_ask().all_together()) == (10, 100, 10)
    assert {key: _said(told) for key, told in _ask().by_area(1).items()} == {
        2: (10, 10, 10),
        3: (0, 90, 0),
    }


def test_in_a_table_of_the_parts_the_area_stands_for_them() -> None:
    assert {key: _said(told) for key, told in _ask().by_area(2).items()} == {
        2: (10, 10, 10),
        30: (0, 40, 0),
        31: (0, 50, 0),
    }


@pytest.mark.parametrize("village", [10, 11])
def test_one_part_alone_is_not_told_of_whether_somebody_lives_there_or_nobody(village: int) -> None:
    asked = _ask(village)

    assert _said(asked.all_together()) == (None, None, None)
    assert {key: _said(told) for key, told in asked.by_area(2).items()} == {2: (None, None, None)}


@pytest.mark.parametrize("village", [10, 11])
def test_all_parts_but_one_are_not_told_of_either(village: int) -> None:
    assert _said(_ask(2, without=(village,)).all_together()) == (None, None, None)
    assert _said(_ask(without=(village,)).all_together()) == (None, None, None)


def test_all_parts_picked_one_by_one_are_the_area() -> None:
    assert _said(_ask(*SPARSE, *FULL).all_together()) == (None, None, None)
    assert _said(_ask(2).all_together()) == (10, 10, 10)
    assert _said(_ask(*FULL).all_together()) == (0, 90, 0)
