"""The country's colour is one that can be read; contrasts are those published for known pairs."""

import pytest

from app.deciding.colours import (
    ColourUnreadable,
    TooDark,
    TooPale,
    contrast,
    for_dark,
    for_light,
    paler,
    parts_of,
    sheet_of,
)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#767676", "#ffffff", 4.54),  # the palest grey WCAG lets stand on white
        ("#777777", "#ffffff", 4.48),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(parts_of(one), parts_of(other)), 2) == ratio
    assert contrast(parts_of(other), parts_of(one)) == contrast(parts_of(one), parts_of(other))


@pytest.mark.parametrize("colour", ["#ffcc00", "#8ab4f8", "#ffffff", "#777777"])
def test_a_colour_too_pale_for_light_pages_is_refused_with_one_that_is_not(colour: str) -> None:
    with pytest.raises(TooPale, match=r"contrast of \d") as refused:
        for_light(colour)

    better = refused.value.message.rpartition(" ")[2].rstrip(".")
    assert for_light(better) == better


def test_a_colour_too_dark_for_dark_pages_is_refused_with_one_that_is_not() -> None:
    with pytest.raises(TooDark) as refused:
        for_dark("#1a5fb4")

    better = refused.value.message.rpartition(" ")[2].rstrip(".")
    assert for_dark(better) == better


def test_a_colour_is_kept_as_it_is_written_in_style_sheets() -> None:
    assert for_light(" 1A5FB4 ") == "#1a5fb4"
    for typed in ("blue", "#12345", "#1234567", "#12 456"):
        with pytest.raises(ColourUnreadable):
            for_light(typed)


def test_the_sheet_has_both_colours_and_nothing_else_of_what_was_typed() -> None:
    sheet = sheet_of("#1a5fb4", None)

    day, night = sheet.split("@media screen and (prefers-color-scheme: dark)")
    assert "--accent: #1a5fb4;" in day
    assert f"--accent: {paler('#1a5fb4')};" in night
    assert for_dark(paler("#1a5fb4"))
    assert "--accent: #aabbcc;" in sheet_of("#1a5fb4", "#aabbcc")
