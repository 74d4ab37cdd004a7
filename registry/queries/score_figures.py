"""Figures of scores: how they are spread, and who changes class from one version to another."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from sqlalchemy import ColumnElement, Numeric, Select, Subquery, cast, func, literal, select
from sqlalchemy.orm import Session

from core.actor import Actor
from registry.models.registrants import Group
from registry.models.scores import ModelState, Score
from registry.permissions import May
from registry.queries.fields import Own, own_fields
from registry.queries.score_points import scored
from registry.queries.scores import Model

BINS = 24
AT_ONCE = 500_000  # keys of registrants that are asked or reckoned in one statement
Heard = Callable[[int, int], None]


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
    def said(self) -> dict[str, Any]:
        """As a job keeps it."""
        mean = None if self.mean_difference is None else str(self.mean_difference)
        moves = [[move.before, move.after, move.households] for move in self.moves]
        return {"moves": moves, "households": self.households, "mean_difference": mean}

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """What a job kept."""
        mean = said["mean_difference"]
        moves = [Move(*move) for move in said["moves"]]
        return cls(moves, said["households"], None if mean is None else Decimal(mean))

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


def compared(
    session: Session, before: Model, after: Model, *, actor: Actor, heard: Heard | None = None
) -> Compared:
    """How households move between the classes of two versions, some keys at once; a draft is
    reckoned for it alone.

    `heard` hears how many of how many keys are done.

    Raises:
        Forbidden, and what `core.cql.reckoned` refuses.
    """
    actor.require(May.READ_SCORES)
    actor.require(May.READ_REGISTRANTS)
    own = own_fields(session)
    moves: Counter[tuple[str | None, str | None]] = Counter()
    known, total = 0, Decimal(0)
    for keys in portions(session, heard):
        one, other = (_scores(model, own, keys) for model in (before, after))
        for was, now, households, differing, difference in session.execute(_moves(one, other)):
            moves[was, now] += households
            known, total = known + differing, total + (difference or 0)
    told = sorted(moves.items(), key=lambda move: (move[0][0] or "~", move[0][1] or "~"))
    return Compared(
        [Move(*bands, households) for bands, households in told],
        moves.total(),
        total / known if known else None,
    )


def portions(session: Session, heard: Heard | None = None) -> Iterator[Select[int]]:
    """The keys of groups, some at once; `heard` hears how many of how many keys are done."""
    ends = session.execute(select(func.min(Group.registrant_id), func.max(Group.registrant_id)))
    first, last = ends.one()
    first, past = first or 0, (last or -1) + 1  # without a group, nothing
    for begin in range(first, past, AT_ONCE):
        if heard:
            heard(begin - first, past - first)
        key = Group.registrant_id
        yield select(key).where(key.between(begin, begin + AT_ONCE - 1))


def _moves(one: Subquery, other: Subquery) -> Select[Any]:
    """Classes before and after, how many, of how many both scores are known, and their difference
    in all."""
    both = one.join(other, other.c.registrant_id == one.c.registrant_id)
    bands = (one.c.band, other.c.band)
    difference = other.c.value - one.c.value
    told = select(*bands, func.count(), func.count(difference), func.sum(difference))
    return told.select_from(both).group_by(*bands)


def _scores(model: Model, own: Own, keys: Select[int]) -> Subquery:
    """The scores of a version as they are kept, or of a draft as they would be."""
    if model.row.state is ModelState.DRAFT or model.row.run_on is None:
        return scored(model, own, keys).subquery()
    kept = select(Score.registrant_id, Score.value, Score.band)
    return kept.where(Score.model_id == model.row.id, Score.registrant_id.in_(keys)).subquery()


def _place(low: Decimal, high: Decimal) -> ColumnElement[int]:
    """The bin of a score from 1 on, the largest in the last one."""
    ends = (literal(low, Numeric), literal(high, Numeric))
    return func.least(func.width_bucket(cast(Score.value, Numeric), *ends, BINS), BINS)
