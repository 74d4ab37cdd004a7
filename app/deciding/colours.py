"""The country's colour: whether it can be read on light and dark pages, and what is made of it.

Contrast is that of WCAG 2.2 (1.4.3): text needs 4.5 to 1. Colours are #rrggbb in sRGB.
"""

import re
from collections.abc import Callable

from core.errors import Invalid
from core.words import hundredths_said

Colour = tuple[int, int, int]

WRITTEN = re.compile(r"#?([0-9a-fA-F]{6})")
ENOUGH = 4.5
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
LIGHT, DARK = ((255, 255, 255), (245, 244, 241)), ((28, 32, 36), (20, 23, 26))
"""What text stands on: `--surface` and `--bg` of static/css/tokens.css and dark.css."""
STEP = 0.02  # of the other colour


class ColourUnreadable(Invalid):
    """ "{typed}" is no colour; write # and six digits, such as #1a5fb4."""


class TooPale(Invalid):
    """On light pages {colour} has a contrast of {found} to 1, and text needs 4.5 to 1; take a
    darker one, such as {better}."""


class TooDark(Invalid):
    """On dark pages {colour} has a contrast of {found} to 1, and text needs 4.5 to 1; take a paler
    one, such as {better}."""


def for_light(typed: str) -> str:
    """A colour that can be read on light pages, as it is kept.

    Raises:
        ColourUnreadable, TooPale
    """
    colour = _read(typed)
    if (found := _least_light(colour)) < ENOUGH:
        better = written(_until(_least_light, colour, BLACK))
        raise TooPale(colour=written(colour), found=hundredths_said(found), better=better)
    return written(colour)


def for_dark(typed: str) -> str:
    """A colour that can be read on dark pages, as it is kept.

    Raises:
        ColourUnreadable, TooDark
    """
    colour = _read(typed)
    if (found := _least_dark(colour)) < ENOUGH:
        better = written(_until(_least_dark, colour, WHITE))
        raise TooDark(colour=written(colour), found=hundredths_said(found), better=better)
    return written(colour)


def paler(colour: str) -> str:
    """The colour for dark pages that goes with one for light pages."""
    return written(_until(_least_dark, _read(colour), WHITE))


def sheet_of(accent: str, accent_dark: str | None) -> str:
    """The tokens of the accent as a style sheet; paper and light screens go by the first colour."""
    light, dark = _read(accent), _read(accent_dark or paler(accent))
    by_day = {
        "accent": light,
        "accent-2": mixed(light, BLACK, 0.22),
        "on-accent": WHITE,
        "accent-bg": _tint_light(light),
        "accent-line": mixed(light, WHITE, 0.68),
        "focus": light,
        "focus-2": WHITE,
    }
    by_night = {
        "accent": dark,
        "accent-2": mixed(dark, WHITE, 0.3),
        "on-accent": DARK[1],
        "accent-bg": _tint_dark(dark),
        "accent-line": mixed(dark, DARK[0], 0.6),
        "focus": mixed(dark, WHITE, 0.3),
        "focus-2": DARK[1],
    }
    night = f"@media screen and (prefers-color-scheme: dark) {{ {_block(by_night)} }}"
    return f"{_block(by_day)}\n{night}\n"


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours, from 1 to 21."""
    pale, deep = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (pale + 0.05) / (deep + 0.05)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour with a share of another in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def written(colour: Colour) -> str:
    """A colour as style sheets write it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def parts_of(colour: str) -> Colour:
    """The red, green and blue of a colour, 0 to 255.

    Raises:
        ColourUnreadable
    """
    return _read(colour)


def _block(tokens: dict[str, Colour]) -> str:
    said = "; ".join(f"--{name}: {written(colour)}" for name, colour in tokens.items())
    return f":root {{ {said} }}"


def _tint_light(colour: Colour) -> Colour:
    return mixed(colour, WHITE, 0.91)


def _tint_dark(colour: Colour) -> Colour:
    return mixed(colour, DARK[0], 0.85)


def _least_light(colour: Colour) -> float:
    """The least contrast a colour has on light pages: as text on them, and under white text."""
    return min(contrast(colour, ground) for ground in (*LIGHT, _tint_light(colour)))


def _least_dark(colour: Colour) -> float:
    """The least contrast a colour has on dark pages: as text on them, and under dark text."""
    return min(contrast(colour, ground) for ground in (*DARK, _tint_dark(colour)))


def _until(least: Callable[[Colour], float], colour: Colour, towards: Colour) -> Colour:
    """The colour with no more of another in it than makes it readable."""
    share = 0.0
    while least(mixed(colour, towards, share)) < ENOUGH:
        share += STEP
    return mixed(colour, towards, share)


def _read(typed: str) -> Colour:
    found = WRITTEN.fullmatch(typed.strip())
    if found is None:
        raise ColourUnreadable(typed=typed.strip()[:60])
    red, green, blue = bytes.fromhex(found[1])
    return red, green, blue


def _luminance(colour: Colour) -> float:
    """Relative luminance, as WCAG reckons it."""
    parts = (part / 255 for part in colour)
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
