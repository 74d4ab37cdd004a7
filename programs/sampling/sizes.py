"""How many to ask (W. G. Cochran, Sampling Techniques, 1977, 4.3-4.4), and how sure the answer is
(E. B. Wilson, Probable inference, 1927)."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, sqrt

Z = {90: 1.6449, 95: 1.96, 99: 2.5758}
"""How many standard deviations lie within so many per cent."""
ALIKE = 0.1
"""How alike neighbours are taken to be, 0 to 1: what makes a cluster tell less than its number."""


@dataclass(frozen=True)
class Stratum:
    """The answers of one part: how many there are of it, how many answered, how many said yes."""

    population: int
    answered: int
    yes: int


@dataclass(frozen=True)
class Estimate:
    """A share of all, 0 to 1, and between which it lies at the confidence that was asked for."""

    share: float
    low: float
    high: float


def design_effect(cluster: int) -> float:
    """How many times more have to be asked where they are asked in clusters of neighbours."""
    return 1 + (cluster - 1) * ALIKE


def sample_size(population: int, confidence: int, margin: float, cluster: int = 1) -> int:
    """How many of so many have to be asked, for a share of which nothing is known.

    `confidence` is in per cent (of Z), `margin` the half width, 0 to 1.
    """
    if population < 1:
        return 0
    endless = Z[confidence] ** 2 * 0.25 / margin**2 * design_effect(cluster)
    return min(population, ceil(round(endless / (1 + (endless - 1) / population), 6)))


def estimated(strata: Iterable[Stratum], confidence: int, cluster: int = 1) -> Estimate | None:
    """What the answers tell of all: parts weigh by how many there are of them.

    Who did not answer is taken to be like those of their part who did. None where nobody did.
    """
    told = [stratum for stratum in strata if stratum.answered]
    if not told:
        return None
    population = sum(stratum.population for stratum in told)
    answered = sum(stratum.answered for stratum in told)
    share = sum(s.population / population * s.yes / s.answered for s in told)
    left = 1 - answered / population
    if left <= 0:
        return Estimate(share, share, share)
    n, z = answered / design_effect(cluster) / left, Z[confidence]
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half))
