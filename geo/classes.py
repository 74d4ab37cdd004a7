"""The classes a release is drawn in, on pages, tiles and situation maps alike."""

import math

from geo.measures import FLOODED
from geo.models.events import LayerKind
from geo.models.releases import Direction, Release

METRES_OF_WATER = (0.1, 0.5, 1.0, 2.0)  # m: ankle, knee, waist, over the head of most
ROUND = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)
EPSILON = 1e-9  # so that 0.3 / 0.1 is 3
MORE_THAN_YES = 1.5  # what is 1 where it is flooded, and 0 elsewhere, ends before
STEP = 1e-6  # between the ends of a release that has one value alone
TOKENS = ("--h1", "--h2", "--h3", "--h4")  # of static/css/tokens.css, little to much


def classes_of(release: Release) -> list[tuple[float, str]]:
    """The least value of each class a release is drawn in, rising, and its colour token: the worse,
    the stronger."""
    floor = release.floor or 0.0
    if is_plain(release):
        return [(floor, TOKENS[2])]
    if release.direction is Direction.AT_MOST:
        least = _lowest(release)
        bounds = round_axis(least, max(floor, least + STEP), len(TOKENS))[:-1]
        return list(zip(bounds, TOKENS[: len(bounds)][::-1], strict=True))
    if release.unit == "m":
        bounds = [bound for bound in METRES_OF_WATER if bound > floor]
    else:
        bounds = round_axis(floor, max(_highest(release), floor + STEP), len(TOKENS))[1:-1]
    return list(zip([floor, *bounds], TOKENS, strict=False))


def levels_of(release: Release) -> list[tuple[float | None, float | None]]:
    """From which value to which the classes go that its cells are outlined in; None: all beyond.

    Where more is worse a class begins with its lower end, where less is worse it goes up to its
    upper end, so that the threshold itself is in. Without a floor the first begins above zero.
    """
    if release.direction is Direction.AT_MOST and release.floor is not None:
        bounds = _within(min(release.histogram_edges or [release.floor]), release.floor)
        return list(zip([None, *bounds], [*bounds, release.floor], strict=True))
    bounds = [least for least, _token in classes_of(release)]
    return list(zip(bounds, [*bounds[1:], None], strict=True))


def _within(low: float, high: float) -> list[float]:
    """Round figures between two values, as many as make the usual classes."""
    axis = round_axis(low, high, len(TOKENS)) if low < high else []
    return [figure for figure in axis if low < figure < high]


def is_plain(release: Release) -> bool:
    """Whether a release says of a place no more than whether it is hit."""
    if release.kind is LayerKind.EXTENT:
        return release.histogram_edges is None
    return release.measure == FLOODED and _highest(release) < MORE_THAN_YES


def round_axis(low: float, high: float, most: int) -> list[float]:
    """Round figures at equal distances, from a lowest value or below to a highest one or above.

    A distance is 1, 2, 2.5 or 5 times a power of ten, the least that needs no more intervals.
    """
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for distance in (power * times for times in ROUND):
        first, last = math.floor(low / distance + EPSILON), math.ceil(high / distance - EPSILON)
        if last - first <= most:
            break
    return [round(place * distance, 9) for place in range(first, last + 1)]


def _lowest(release: Release) -> float:
    """Where the values of a release begin, as far as its histogram tells."""
    edges = release.histogram_edges or [0.0, 1.0]
    filled = [place for place, count in enumerate(release.histogram or []) if count]
    return edges[filled[0]] if filled else edges[0]


def _highest(release: Release) -> float:
    """Where the values of a release end, as far as its histogram tells."""
    edges = release.histogram_edges or [0.0, 1.0]
    filled = [place for place, count in enumerate(release.histogram or []) if count]
    return edges[filled[-1] + 1] if filled else edges[-1]
