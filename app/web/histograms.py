"""Histograms as pages draw them: bars of whole bins, over an axis that begins and ends round."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.classes import TOKENS, classes_of, round_axis
from geo.models.releases import Release

BARS = 32  # at most; each holds a whole number of the release's bins
INTERVALS = 5  # at most, between the figures of an axis


@dataclass(frozen=True)
class Histogram:
    """What a release's values are: its bars, the figures under them, and how fine they are.

    A bar is from, to, how many, colour token; `axis` are figures at equal distances, the first and
    the last where the bars begin and end; a slider moves by `step`.
    """

    bars: list[tuple[float, float, float, str]]
    axis: list[float]
    step: float


def histogram_of(release: Release | None, bins: Sequence[float]) -> Histogram | None:
    """The bars of a release for the households, cells or square kilometres in each of its bins;
    none without bins.

    They reach as far as the release's values do, so that the slider under them stays as it is
    whoever is asked about.
    """
    edges = (release.histogram_edges if release else None) or []
    if release is None or len(edges) != len(bins) + 1:
        return None
    filled = [place for place, count in enumerate(release.histogram or bins) if count]
    step = edges[1] - edges[0]
    axis = round_axis(edges[0], edges[max(filled, default=len(bins) - 1) + 1], INTERVALS)
    before = round((edges[0] - axis[0]) / step)  # bins the axis has before the first edge
    each, bars = _width_of_bars(round((axis[-1] - axis[0]) / step))
    starts = [i * each - before for i in range(bars)]
    return Histogram(
        [_bar(release, edges[0], step, range(i, i + each), bins) for i in starts],
        axis,
        round(step, 9),
    )


def _width_of_bars(bins: int) -> tuple[int, int]:
    """How many bins a bar holds so that whole bars fill the axis, and how many bars that makes."""
    each = next(n for n in range(1, bins + 1) if bins % n == 0 and bins // n <= BARS)
    return each, bins // each


def _bar(
    release: Release, origin: float, step: float, held: range, bins: Sequence[float]
) -> tuple[float, float, float, str]:
    low, high = (round(origin + place * step, 9) for place in (held.start, held.stop))
    colours = [token for least, token in classes_of(release) if least <= low]
    count = sum(bins[max(held.start, 0) : max(held.stop, 0)])
    return low, high, count, colours[-1] if colours else TOKENS[0]
