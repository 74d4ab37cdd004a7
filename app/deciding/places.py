"""Which places are doubted, and when what is known of them is too old."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.auth.permissions import May
from app.deciding.rows import decide
from core import jobs
from core.actor import PLATFORM, Actor
from core.errors import Invalid
from registry.jobs.places import look_over_places

CROWDS = range(2, 10_001)
FARTHEST, VAGUEST = 5_000.0, 100_000.0  # metres
MONTHS = range(1, 601)
QUIET = {"fresh_months", "coarse_m"}  # of what no place is doubted


class CrowdImpossible(Invalid):
    """A spot is crowded from 2 to 10,000 on; write how many are not too many."""


class MetresImpossible(Invalid):
    """Write metres: up to 5,000 for the middle of an area, 1 to 100,000 for what is inaccurate or
    coarse."""


class AgeOfPlacesImpossible(Invalid):
    """A place is fresh for 1 to 600 months, and old after more than that."""


@dataclass(frozen=True)
class Doubts:
    """From what on places are doubted, and a position of a phone is not taken unasked."""

    crowd: int
    near_m: float
    vague_m: float
    fresh_months: int
    old_months: int
    coarse_m: float


def doubt(session: Session, said: Doubts, *, actor: Actor) -> frozenset[str]:
    """Say which places are doubted, and have all of them looked over by it; answers what changed.

    Raises:
        Forbidden, CrowdImpossible, MetresImpossible, AgeOfPlacesImpossible
    """
    actor.require(May.WRITE_SETTINGS)
    if said.crowd not in CROWDS:
        raise CrowdImpossible
    vague = (said.vague_m, said.coarse_m)
    if not 0 <= said.near_m <= FARTHEST or not all(1 <= each <= VAGUEST for each in vague):
        raise MetresImpossible
    if not {said.fresh_months, said.old_months} <= {*MONTHS} or said.fresh_months > said.old_months:
        raise AgeOfPlacesImpossible
    fresh = decide(session, "places", vars(said), actor=actor)
    if fresh - QUIET:
        jobs.defer(session, look_over_places, actor=PLATFORM, whole=True)
    return fresh
