"""What figures tell: of which ages, of how few, how exactly, and what is asked before."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.auth.permissions import May
from app.auth.purposes import ASKED_FOR
from app.deciding.profile import count_again
from app.deciding.rows import decide
from core.actor import Actor
from core.country import ADULT
from core.errors import Invalid

YOUNGEST, OLDEST = 1, 110
FEWEST = range(3, 51)
ROUNDINGS = (1, 5, 10, 20, 50, 100)


class AgesImpossible(Invalid):
    """The lowest age band ends at 1 to 17 years and the highest begins at 19 to 110; at 18 girls
    become women."""


class FewestImpossible(Invalid):
    """The fewest a figure may tell of are 3 to 50; fewer would tell of single households."""


class RoundingImpossible(Invalid):
    """Figures for the public are rounded to 1, 5, 10, 20, 50 or 100."""


class PurposeForNothing(Invalid):
    """A purpose is asked for before records of people, before files that name them, or not."""


@dataclass(frozen=True)
class Figures:
    """What is said of figures; `ask_purpose` are words of `app.auth.purposes.ASKED_FOR`."""

    young_below: int
    old_from: int
    fewest: int
    rounding: int
    ask_purpose: Collection[str]


def tell(session: Session, said: Figures, *, actor: Actor) -> frozenset[str]:
    """Say what figures tell; answers the names of what changed.

    What is kept keeps the ages it was made with. Other ages have all households counted again.

    Raises:
        Forbidden, AgesImpossible, FewestImpossible, RoundingImpossible, PurposeForNothing
    """
    actor.require(May.WRITE_SETTINGS)
    if not YOUNGEST <= said.young_below < ADULT < said.old_from <= OLDEST:
        raise AgesImpossible
    if said.fewest not in FEWEST:
        raise FewestImpossible
    if said.rounding not in ROUNDINGS:
        raise RoundingImpossible
    if not {*said.ask_purpose} <= ASKED_FOR.keys():
        raise PurposeForNothing
    asked = [word for word in ASKED_FOR if word in said.ask_purpose]
    fresh = decide(session, "figures", vars(said) | {"ask_purpose": asked}, actor=actor)
    if fresh & {"young_below", "old_from"}:
        count_again(session)
    return fresh
