"""Figures for the public, rounded by hand."""

import pytest

from registry.counting.answers import Answers
from registry.counting.people import People
from registry.counting.rounding import for_public, rounded


@pytest.mark.parametrize(
    ("figure", "expected"),
    [(0, 0), (5, 10), (14, 10), (15, 20), (25, 20), (26, 30), (999, 1000), (None, None)],
)
def test_a_figure_is_rounded_to_tens_from_the_middle_to_the_even_one_and_never_to_zero(
    figure: int | None, expected: int | None
) -> None:
    assert rounded(figure, 10) == expected


def test_figures_of_areas_are_rounded_and_those_of_a_few_hidden_with_what_would_tell_them() -> None:
    """3 in of the first area: its out goes too, and in and out of the area with the fewest."""
    areas = [
        Answers.of({"in": 3, "out": 37}, 40),
        Answers.of({"in": 12, "out": 24}, 36),
        Answers.of({"in": 31, "out": 33, "not_observed": 17}, 81),
    ]
    people = People(people=200, f18_59=96, m18_59=104)

    told, total, who = for_public(areas, people, base=10, fewest=5)

    assert [(a.in_, a.out, a.not_observed) for a in told] == [
        (None, None, 0),
        (None, None, 0),
        (30, 30, 20),
    ]
    assert (total.in_, total.out, total.not_observed, total.asked) == (50, 90, 20, 160)
    assert (who.people, who.f18_59, who.m18_59, who.f0_4) == (200, 100, 100, 0)


def test_where_all_who_are_in_are_a_few_nothing_is_told_of_them() -> None:
    areas = [Answers.of({"in": 3, "out": 37}, 40), Answers.of({"out": 50}, 50)]

    _told, total, who = for_public(areas, People(people=11, f18_59=11), base=10, fewest=5)

    assert total.in_ is None
    assert who.people is None
    assert who.f18_59 is None
