"""The colours of maps that tell shares of areas, such as how well places are known."""

from collections.abc import Iterable

from registry.queries.place_health import Places

STEPS = (0.05, 0.2, 0.5)  # shares from which a colour begins; the one before begins above 0
TOKENS = ("--h1", "--h2", "--h3", "--h4", "--h5")
LEGEND = tuple(zip(("0", "> 0", "5 %", "20 %", "50 %"), TOKENS, strict=True))
GOOD = {"points"}  # of which much is well


def shades_of(areas: Iterable[Places], shown: str) -> dict[str, str]:
    """The colour of each area by a share: the darker, the more there is to do."""
    return {
        area.pcode: shade_of(area.share(shown), good=shown in GOOD)
        for area in areas
        if area.n["all"]
    }


def shade_of(share: float, *, good: bool) -> str:
    """The colour of a share, 0 to 1; of what is good, the darker the less there is of it."""
    if good:
        share = 1 - share
    return shade(share)


def shade(share: float) -> str:
    """The colour of a share, 0 to 1."""
    return TOKENS[(share > 0) + sum(share >= step for step in STEPS)]
