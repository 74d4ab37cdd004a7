"""From when on two records are looked at as of one household or person."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.auth.permissions import May
from app.deciding.rows import decide
from core.actor import Actor
from core.errors import Invalid

PERCENT = range(50, 100)
FARTHEST = 200.0  # metres


class LikenessImpossible(Invalid):
    """Two records are looked at from a likeness of 50 to 99 percent on; write a whole number."""


class RoofImpossible(Invalid):
    """One roof reaches 1 to 200 metres far; write metres."""


@dataclass(frozen=True)
class Likeness:
    """From when on a pair is looked at, and how near to one another two share a roof."""

    alike_percent: int
    roof_m: float


def suspect(session: Session, said: Likeness, *, actor: Actor) -> frozenset[str]:
    """Say which pairs are looked at from the next search on; answers the names of what changed.

    Raises:
        Forbidden, LikenessImpossible, RoofImpossible
    """
    actor.require(May.WRITE_SETTINGS)
    if said.alike_percent not in PERCENT:
        raise LikenessImpossible
    if not 1 <= said.roof_m <= FARTHEST:
        raise RoofImpossible
    return decide(session, "duplicates", vars(said), actor=actor)
