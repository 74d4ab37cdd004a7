"""Figures of scores: how they are spread, and who changes class from one version to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Numeric, Subquery, cast, func, literal, select
from sqlalchemy.orm import Session

from core.actor import Actor
from registry.models.scores import ModelState, Score
from registry.permissions import May
from registry.queries.fields import own_fields
from registry.queries.score_points import scored
from registry.queries.scores import Model

BINS = 24


@dataclass(frozen=True)
class Bin:
    """Scores from `low` on and below `high` (of the last one: up to it), and the households."""

    low: Decimal
    high: Decimal
    households: int


@dataclass(frozen=True)
class Spread:
    """How scores are spread: bins of equal width, and the middle one."""

    bins: Sequence[Bin]
    median: Decimal | None


@dataclass(frozen=True)
class Move:
    """How many households are in a class of one version and in a class of the other; None: in no
    class or without a score."""

    before: str | None
    after: str | None
    households: int


@dataclass(frozen=True)
class Compared:
    """Two versions side by side: moves between their classes, and by how much scores differ."""

    moves: Sequence[Move]
    households: int
    mean_difference: Decimal | None

    def of(self, before: str | None, after: str | None) -> int:
        """The households of one move."""
        meant = (move for move in self.moves if (move.before, move.after) == (before, after))
        return sum(move.households for move in meant)

    @property
    def crossing(self) -> int:
        """The households whose class is another."""
        return sum(move.households for move in self.moves if move.before != move.after)


def spread_of(session: Session, model_id: int, *, actor: Actor) -> Spread | None:
    """How the scores of a version are spread; None where nobody has one.

    Raises:
        Forbidden
    """
    actor.require(May.READ_SCORES)
    actor.require(May.READ_REGISTRANTS)
    theirs = (Score.model_id == model_id, Score.value.is_not(None))
    middle = func.percentile_disc(0.5).within_group(Score.value)
    ends = select(func.min(Score.value), func.max(Score.value), middle).where(*theirs)
    low, high, median = session.execute(ends).one()
    if low is None:
        return None
    width = (high - low) / BINS
    if not width:
        count = session.scalar(select(func.count()).where(*theirs)) or 0
        return Spread([Bin(low, high, count)], median)
    place = _place(low, high).label("place")
    counted = select(place, func.count()).where(*theirs).group_by(place)
    found: dict[int, int] = {row[0]: row[1] for row in session.execute(counted)}
    bins = [
        Bin(low + width * at, low + width * (at + 1), found.get(at + 1, 0)) for at in range(BINS)
    ]
    return Spread(bins, median)


def compared(session: Session, before: Model, after: Model, *, actor: Actor) -> Compared:
    """How households move between the classes of two versions; a draft is reckoned for it alone.

    Raises:
        Forbidden, and what `core.cql.reckoned` refuses.
    """
    actor.require(May.READ_SCORES)
    actor.require(May.READ_REGISTRANTS)
    one, other = _scores(session, before), _scores(session, after)
    both = one.join(other, other.c.registrant_id == one.c.registrant_id)
    bands = (one.c.band, other.c.band)
    difference = other.c.value - one.c.value
    told = select(*bands, func.count(), func.count(difference), func.sum(difference))
    rows = session.execute(told.select_from(both).group_by(*bands).order_by(*bands)).all()
    known = sum(row[3] for row in rows)
    total: Decimal = sum((row[4] for row in rows if row[4] is not None), Decimal(0))
    return Compared(
        [Move(*row[:3]) for row in rows],
        sum(row[2] for row in rows),
        total / known if known else None,
    )


def _scores(session: Session, model: Model) -> Subquery:
    """The scores of a version as they are kept, or of a draft as they would be."""
    if model.row.state is ModelState.DRAFT or model.row.run_on is None:
        return scored(model, own_fields(session)).subquery()
    kept = select(Score.registrant_id, Score.value, Score.band)
    return kept.where(Score.model_id == model.row.id).subquery()


def _place(low: Decimal, high: Decimal) -> ColumnElement[int]:
    """The bin of a score from 1 on, the largest in the last one."""
    ends = (literal(low, Numeric), literal(high, Numeric))
    return func.least(func.width_bucket(cast(Score.value, Numeric), *ends, BINS), BINS)
