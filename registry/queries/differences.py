"""The difference of two releases for households: who enters, leaves, changes class."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.permissions import May as Geo
from geo.queries.areas import ancestor_at
from geo.queries.differences import Change, Pair, change_of
from geo.queries.selections import Question, release_asked
from geo.raster.reasons import Reason
from registry.counting.answers import Apart
from registry.models.rosters import Answer
from registry.permissions import May
from registry.queries.answers import reference_date
from registry.queries.people import composition
from registry.queries.tallies import answers_of

Reasons = Counter[Reason]


@dataclass(frozen=True)
class Counted:
    """How many households, and people in them."""

    households: int = 0
    people: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.households + other.households, self.people + other.people)


NOBODY, NOTHING = Counted(), Apart()


@dataclass(frozen=True)
class InArea:
    """What becomes of the households of one area; without a P-code, of those of no known area.

    `before` and `after` tell why they were not observed by each release, and how many of those who
    are out stand in permanent water.
    """

    pcode: str
    name: str
    changes: Mapping[Change, Counted]
    before: Apart = NOTHING
    after: Apart = NOTHING

    def of(self, change: Change) -> Counted:
        """How many a change concerns."""
        return self.changes.get(change, NOBODY)


@dataclass(frozen=True)
class Difference:
    """What becomes of households from one release to another at a threshold.

    `unlocated` households were asked about neither release.
    """

    areas: Sequence[InArea] = field(default=())
    unlocated: int = 0

    def of(self, change: Change) -> Counted:
        """How many a change concerns in all."""
        return sum((area.of(change) for area in self.areas), NOBODY)

    def in_area(self, pcode: str) -> InArea:
        """What becomes of the households of one area."""
        return next((area for area in self.areas if area.pcode == pcode), InArea(pcode, "", {}))

    @property
    def before(self) -> Apart:
        """Why households were not observed by the earlier release, and who is out in water."""
        return _together(area.before for area in self.areas)

    @property
    def after(self) -> Apart:
        """The same of the later release."""
        return _together(area.after for area in self.areas)

    @property
    def most(self) -> int:
        """The households of the largest change that is one, for the length of bars."""
        return max([1, *(self.of(change).households for change in CHANGES)])


def _together(parts: Iterable[Apart]) -> Apart:
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(vars(part))
    return Apart(**counts)


CHANGES = (
    Change.ENTER,
    Change.LEAVE,
    Change.CHANGE_CLASS,
    Change.NOW_IN,
    Change.NOW_OUT,
    Change.WAS_IN,
    Change.WAS_OUT,
)
"""What changes something; the others stay as they were."""


def tells_of_households(actor: Actor) -> bool:
    """Whether the difference is told by households: to who may see a few, for it tells of a few."""
    return actor.may(May.COUNT_REGISTRANTS) and actor.may(Geo.EXACT_LOCATIONS)


def difference(
    session: Session, pair: Pair, threshold: float | None, level: int, *, actor: Actor
) -> Difference:
    """What becomes of the households within reach, by the areas of a level.

    Raises:
        Forbidden: the actor may not count households, or not see a few of them.
        ReleaseNotAskable, ThresholdBeyondFloor: one of the two cannot answer.
    """
    actor.require(May.COUNT_REGISTRANTS)
    actor.require(Geo.EXACT_LOCATIONS)
    questions = [
        Question(release_id=release.id, threshold=threshold)
        for release in (pair.before, pair.after)
    ]
    for question in questions:
        release_asked(session, question)
    on = reference_date(session, questions[1])
    rows = _changes(questions, pair.bounds, actor).cte("changes").prefix_with("materialized")
    people = composition(on, select(rows.c.registrant_id))
    above = ancestor_at(level)
    tally = (
        select(
            *(above, rows.c.change, rows.c.why_before, rows.c.why_after),
            func.count(),
            func.coalesce(func.sum(people.c.people), 0),
        )
        .select_from(rows)
        .outerjoin(Area, Area.id == rows.c.area_id)
        .outerjoin(people, people.c.registrant_id == rows.c.registrant_id)
        .group_by(above, rows.c.change, rows.c.why_before, rows.c.why_after)
    )
    return _told(session, session.execute(tally).all())


def _changes(questions: Sequence[Question], bounds: Sequence[float], actor: Actor) -> Any:
    """Each household that both releases were asked about: `registrant_id, area_id, change`, and why
    each of them says that nobody knows, or that it is out in permanent water."""
    was, now = (
        answers_of(question, actor).cte(name).prefix_with("materialized")
        for question, name in zip(questions, ("was", "now"), strict=True)
    )
    change = change_of((was.c.status, was.c.value), (now.c.status, now.c.value), bounds)
    unlocated = or_(was.c.status == Answer.UNLOCATED, now.c.status == Answer.UNLOCATED)
    told = case((unlocated, Answer.UNLOCATED.value), else_=change)
    whys = (_why(was).label("why_before"), _why(now).label("why_after"))
    return select(now.c.registrant_id, now.c.area_id, told.label("change"), *whys).join(
        was, was.c.registrant_id == now.c.registrant_id
    )


def _why(answers: Any) -> ColumnElement[int]:
    """The reason beside an answer it tells apart; of what is probably in there is none."""
    apart = answers.c.status.in_((Answer.OUT, Answer.NOT_OBSERVED))
    return case((apart, answers.c.why))


def _told(session: Session, rows: Sequence[Any]) -> Difference:
    by_area: dict[int | None, dict[Change, Counted]] = defaultdict(lambda: defaultdict(Counted))
    whys: dict[int | None, tuple[Reasons, Reasons]] = defaultdict(lambda: (Counter(), Counter()))
    unlocated = 0
    for area_id, change, why_before, why_after, households, people in rows:
        if change == Answer.UNLOCATED:
            unlocated += households
            continue
        by_area[area_id][Change(change)] += Counted(households, people)
        for told, why in zip(whys[area_id], (why_before, why_after), strict=True):
            if why is not None:
                told[Reason(why)] += households
    asked = select(Area.id, Area.pcode, Area.name).where(Area.id.in_([a for a in by_area if a]))
    names = {row.id: (row.pcode, row.name) for row in session.execute(asked)}
    areas = [
        InArea(*names.get(a or 0, ("", "")), dict(changes), *map(Apart.of, whys[a]))
        for a, changes in by_area.items()
    ]
    return Difference(sorted(areas, key=_moved), unlocated)


def _moved(area: InArea) -> tuple[int, str]:
    """Where most changes is first."""
    return -sum(area.of(change).households for change in CHANGES), area.pcode
