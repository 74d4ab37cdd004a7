"""Units of what is measured, and thresholds typed in any of them."""

import pytest

from geo.measures import converted, read_in, units_beside


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("0.5", "m", 0.5),
        ("50 cm", "m", 0.5),
        ("5dm", "m", 0.5),
        ("1 ft", "m", 0.3048),
        ("0.5 m", "cm", 50.0),
        ("36 km/h", "m/s", 10.0),
        ("10 m/s", "km/h", 36.0),
        ("90 km/h", "m/s", 25.0),
        ("64 kt", "km/h", 118.528),  # a nautical mile is 1,852 m
        ("7", "MMI", 7.0),
        ("7 MMI", "MMI", 7.0),
        ("-2", "index", -2.0),
        ("3", "", 3.0),
    ],
)
def test_a_threshold_may_be_typed_in_any_unit_of_its_measure(
    text: str, unit: str, value: float
) -> None:
    assert read_in(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("text", ["", "deep", "3 kt", "0.5 m/s", "1 2"])
def test_what_is_no_depth_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        read_in(text, "m")


def test_a_measure_is_said_in_its_own_unit_first() -> None:
    assert units_beside("kt") == ("kt", "m/s", "km/h")
    assert units_beside("fathom") == ("fathom",)
    assert converted(2.0, "fathom", "fathom") == 2.0
