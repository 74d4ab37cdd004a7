"""Look-ups as people write them."""

from decimal import Decimal

import pytest

from registry.parsing.steps import Span, Step, StepsOverlap, StepUnreadable, read_steps, steps_said


def test_words_and_spans_are_read() -> None:
    assert read_steps("straw: 1.2; metal sheet : -0,5\n") == [
        Step("straw", None, Decimal("1.2")),
        Step("metal sheet", None, Decimal("-0.5")),
    ]
    assert read_steps("..2: 1; 2..5: 0.5; 5 .. : 0") == [
        Step(None, Span(None, Decimal(2)), Decimal(1)),
        Step(None, Span(Decimal(2), Decimal(5)), Decimal("0.5")),
        Step(None, Span(Decimal(5), None), Decimal(0)),
    ]
    assert read_steps(" \n;") == []


@pytest.mark.parametrize("written", ["straw: 1.2; metal: -0.5", "..2: 1; 2..5.5: 0.5; 5.5..: 0"])
def test_what_is_read_is_written_as_it_was(written: str) -> None:
    assert steps_said(read_steps(written)) == written


@pytest.mark.parametrize("written", ["straw", "straw:", ": 1", "straw: much", "1..b: 2", "a: NaN"])
def test_what_is_no_line_is_refused(written: str) -> None:
    with pytest.raises(StepUnreadable):
        read_steps(written)


@pytest.mark.parametrize(
    "written", ["..2: 1; 1..3: 2", "2..2: 1", "3..1: 1", "a: 1; a: 2", "..: 1; 3..4: 2"]
)
def test_lines_that_take_the_same_are_refused(written: str) -> None:
    with pytest.raises(StepsOverlap):
        read_steps(written)
