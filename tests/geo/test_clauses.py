"""What counts as hit, at the bounds and in every kind of number."""

import numpy as np
import pytest

from geo.clauses import Clause, ThresholdNotFinite


def test_above_zero_is_meant_if_nothing_is_said() -> None:
    values = np.array([-1, 0, 1e-9, np.nan])

    assert Clause().met(values).tolist() == [False, False, True, False]
    assert str(Clause()) == "> 0"


@pytest.mark.parametrize("width", ["float32", "float64"])
def test_a_bound_written_like_the_value_is_met_in_either_width(width: str) -> None:
    values = np.array([0.1, 0.2, 0.3, 0.7], dtype=width)

    assert Clause(at_least=0.2).met(values).tolist() == [False, True, True, True]
    assert Clause(at_most=0.2).met(values).tolist() == [True, True, False, False]
    assert Clause(0.3, 0.7).met(values).tolist() == [False, False, True, True]


def test_whole_numbers_meet_the_next_whole_bound() -> None:
    values = np.array([0, 2, 3, 255], dtype="uint8")

    assert Clause(at_least=2.5).met(values).tolist() == [False, False, True, True]
    assert Clause(at_most=2.5).met(values).tolist() == [True, True, False, False]
    assert Clause(at_least=-5).met(values).all()
    assert not Clause(at_least=300).met(values).any()


def test_whole_numbers_too_long_for_floats_are_told_apart() -> None:
    values = np.array([2**63 - 2, 2**63 - 1], dtype="int64")

    assert Clause(at_least=float(2**62)).met(values).all()
    assert not Clause(at_least=float(2**63)).met(values).any()


def test_a_bound_beyond_32_bits_is_never_reached() -> None:
    assert not Clause(at_least=1e300).met(np.array([3e38], dtype="float32")).any()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_bound_has_to_be_finite(value: float) -> None:
    with pytest.raises(ThresholdNotFinite):
        Clause(at_least=value)


def test_a_clause_is_told_in_few_signs() -> None:
    assert str(Clause(at_least=0.5)) == ">= 0.5"
    assert str(Clause(at_least=1, at_most=2.25)) == ">= 1 and <= 2.25"
