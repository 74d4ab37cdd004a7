"""How large households and documents may be, how long a purpose holds and a merge can be undone,
and how much of somebody's land counts as hit."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.auth.permissions import May
from app.deciding.rows import decide
from core.actor import Actor
from core.errors import Invalid

HOUSEHOLDS, DOCUMENTS, HOURS = range(5, 501), range(1, 101), range(1, 25)
DAYS, PERCENT = range(1, 3651), range(1, 101)


class HouseholdImpossible(Invalid):
    """A household is looked at from 5 to 500 people on; write how many are not too many."""


class DocumentImpossible(Invalid):
    """A document may have 1 to 100 MB; write a whole number."""


class HoursImpossible(Invalid):
    """A purpose holds for 1 to 24 hours; write a whole number."""


class DaysImpossible(Invalid):
    """A merge can be undone for 1 to 3,650 days; write a whole number."""


class ShareImpossible(Invalid):
    """Land counts as hit from 1 to 100 percent on; write a whole number."""


@dataclass(frozen=True)
class Records:
    """What is said of records and of what lies beside them."""

    largest_household: int
    document_mb: int
    purpose_hours: int
    undo_days: int
    land_percent: int


def bound(session: Session, said: Records, *, actor: Actor) -> frozenset[str]:
    """Say what records and their papers may be; answers the names of what changed.

    Raises:
        Forbidden, HouseholdImpossible, DocumentImpossible, HoursImpossible, DaysImpossible,
        ShareImpossible
    """
    actor.require(May.WRITE_SETTINGS)
    if said.largest_household not in HOUSEHOLDS:
        raise HouseholdImpossible
    if said.document_mb not in DOCUMENTS:
        raise DocumentImpossible
    if said.purpose_hours not in HOURS:
        raise HoursImpossible
    if said.undo_days not in DAYS:
        raise DaysImpossible
    if said.land_percent not in PERCENT:
        raise ShareImpossible
    return decide(session, "records", vars(said), actor=actor)
