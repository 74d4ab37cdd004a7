"""What somebody wrote in a field, as what the field holds."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from registry.parsing.values import Takes, ValueMisfit, ValueMissing, read_value

WORDS = frozenset({"straw", "metal"})


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("text", "  two rooms ", "two rooms"),
        ("whole", "12", 12),
        ("whole", "1 200", 1200),
        ("whole", "12.0", 12),
        ("whole", "١٢", 12),
        ("number", "2,5", Decimal("2.5")),
        ("number", "\u22123.25", Decimal("-3.25")),
        ("number", 2.5, Decimal("2.5")),
        ("flag", "Oui", True),
        ("flag", "n", False),
        ("flag", False, False),
        ("date", "1990-03-14", date(1990, 3, 14)),
        ("word", "straw", "straw"),
        ("words", "straw, metal,straw", ["straw", "metal"]),
        ("words", ["metal"], ["metal"]),
        ("words", "", None),
        ("number", "  ", None),
        ("flag", None, None),
    ],
)
def test_what_is_written_is_read(kind: str, said: Any, value: Any) -> None:
    read = read_value(Takes("Field", kind, WORDS), said)

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text", "x" * 1001),
        ("text", "a\0b"),
        ("text", 5),
        ("whole", "2.5"),
        ("whole", "1e16"),
        ("whole", "NaN"),
        ("number", "Infinity"),
        ("number", "1,2,3"),
        ("number", True),
        ("flag", "perhaps"),
        ("date", "14 March"),
        ("date", "2001-02-29"),
        ("word", "slate"),
        ("words", "straw,slate"),
        ("words", {"straw": 1}),
    ],
)
def test_what_does_not_fit_is_refused(kind: str, said: Any) -> None:
    with pytest.raises(ValueMisfit, match="Field"):
        read_value(Takes("Field", kind, WORDS), said)


def test_bounds_are_within() -> None:
    takes = Takes("Rooms", "whole", least=Decimal(1), most=Decimal(3))

    assert [read_value(takes, said) for said in ("1", "3")] == [1, 3]
    for said in ("0", "4"):
        with pytest.raises(ValueMisfit, match="from 1 to 3"):
            read_value(takes, said)


def test_a_pattern_is_met_by_the_whole_text() -> None:
    takes = Takes("Plot", "text", pattern="[A-Z]{2}[0-9]+")

    assert read_value(takes, " KS12 ") == "KS12"
    with pytest.raises(ValueMisfit):
        read_value(takes, "KS12b")


def test_what_is_required_is_missed() -> None:
    with pytest.raises(ValueMissing, match="Roof"):
        read_value(Takes("Roof", "word", WORDS, required=True), " ")
