"""Which households a question means, and how many: the one carrier of such counts is `Answers`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

from sqlalchemy import (
    ARRAY,
    REAL,
    CompoundSelect,
    Integer,
    Row,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.clock import day_of, today
from geo.models.areas import Area
from geo.models.events import Event
from geo.models.locations import Location
from geo.models.releases import Release
from geo.queries.reach import within_reach
from geo.queries.selections import (
    Question,
    answered,
    asked_by_area,
    partly_asked_by_area,
    release_asked,
)
from registry.models.registrants import Group, Registrant, RegistrantState
from registry.models.rosters import Answer
from registry.permissions import May
from registry.queries.people import HOUSEHOLD, composition

BY_BIN, BY_AREA, ALTOGETHER = 1, 2, 3  # what the rows of the tally go by, as `grouping` says it


class AnswersDoNotAddUp(AssertionError):
    """The parts of an answer are not all those who were asked; this is a fault of the platform."""


@dataclass(frozen=True)
class Answers:
    """How many households were asked, and what is known of them; the parts add up to all asked.

    `expected` is how many of the probable are expected to be in; it is no part of its own.
    """

    in_: int
    probable: int
    expected: float
    out: int
    not_observed: int
    unlocated: int
    asked: int

    def __post_init__(self) -> None:
        parts = (self.in_, self.probable, self.out, self.not_observed, self.unlocated)
        if min(parts) < 0 or sum(parts) != self.asked or not 0 <= self.expected <= self.probable:
            raise AnswersDoNotAddUp(self)

    @classmethod
    def of(cls, counts: Mapping[str, int], asked: int) -> Self:
        """The answers of counts by answer."""
        return cls(
            in_=counts.get(Answer.IN, 0),
            probable=counts.get(Answer.PROBABLE, 0),
            expected=0,
            out=counts.get(Answer.OUT, 0),
            not_observed=counts.get(Answer.NOT_OBSERVED, 0),
            unlocated=counts.get(Answer.UNLOCATED, 0),
            asked=asked,
        )


@dataclass(frozen=True)
class People:
    """People by sex and age band; `people` is the eight bands and the unknown together."""

    people: int = 0
    f0_4: int = 0
    f5_17: int = 0
    f18_59: int = 0
    f60: int = 0
    m0_4: int = 0
    m5_17: int = 0
    m18_59: int = 0
    m60: int = 0
    unknown: int = 0
    disability: int = 0

    def __add__(self, other: Self) -> "People":
        return People(*(getattr(self, name) + getattr(other, name) for name in FIGURES))


FIGURES = tuple(f.name for f in fields(People))


@dataclass(frozen=True)
class ByArea:
    """One row of the table by area; without an area it holds those whose area is not known."""

    area_id: int | None
    pcode: str
    name: str
    answers: Answers
    people_in: int


@dataclass(frozen=True)
class Result:
    """What a question was answered.

    `bins` counts the households with a value in each of the release's bins, whatever the
    threshold, so that it is the sum of the bins from an edge on that are in at that edge.
    `unlocated_nearby` is how many households without a point live in areas that a drawn shape only
    partly covers; they were not asked.
    """

    answers: Answers
    people: Mapping[Answer, People]
    areas: Sequence[ByArea] = field(default=())
    bins: Sequence[int] = field(default=())
    unlocated_nearby: int = 0

    @property
    def people_in(self) -> People:
        """The people of the households that are in."""
        return self.people.get(Answer.IN, People())


def ask(
    session: Session,
    question: Question,
    *,
    actor: Actor,
    level: int = 1,
    on: date | None = None,
) -> Result:
    """Ask all households within the actor's reach; the table by area has the areas of `level`.

    Ages are those of the day `on`: by default the day the release's event began, else today.

    Raises:
        Forbidden, and what `release_asked` refuses.
    """
    actor.require(May.COUNT_REGISTRANTS)
    release = release_asked(session, question)
    edges = release.histogram_edges if release else None
    counted = _tally(question, actor, level, on or _day(session, release), edges)
    rows = defaultdict(list)
    for row in session.execute(counted):
        rows[row.by].append(row)
    return Result(
        answers=Answers.of(_households(rows[BY_AREA]), sum(r.households for r in rows[ALTOGETHER])),
        people=_people(rows[BY_AREA]),
        areas=_areas(rows[BY_AREA]),
        bins=_bins(rows[BY_BIN], edges),
        unlocated_nearby=_nearby(session, question, actor),
    )


def reference_date(session: Session, question: Question) -> date:
    """The day ages are counted on: when the event of the question's release began, else today."""
    return _day(session, release_asked(session, question))


def answers_of(question: Question, actor: Actor) -> CompoundSelect[Any]:
    """The households a question asks, each with its answer, within the actor's reach.

    Columns: `registrant_id, area_id, location_id, status, value`. Households with a point are
    asked where they stand, those without in the area they are known to live in.
    """
    places = answered(question).subquery("places")
    located = households_in_reach(actor, places.c.status, places.c.value).join(
        places, places.c.location_id == Registrant.location_id
    )
    unlocated = unlocated_in_reach(actor).where(asked_by_area(question, Registrant.area_id))
    return union_all(located, unlocated)


def unlocated_in_reach(actor: Actor) -> Select[Any]:
    """The households within reach that have no point, as `answers_of` tells of them."""
    status, value = literal(Answer.UNLOCATED.value, String), cast(null(), REAL)
    return (
        households_in_reach(actor, status, value)
        .outerjoin(Location, Location.id == Registrant.location_id)
        .where(Location.lon.is_(None))
    )


def households_in_reach(actor: Actor, status: Any, value: Any) -> Select[Any]:
    """The active households within reach, with an answer that the caller joins to them."""
    return (
        select(
            Registrant.id.label("registrant_id"),
            Registrant.area_id,
            Registrant.location_id,
            status.label("status"),
            value.label("value"),
        )
        .join(Group, Group.registrant_id == Registrant.id)
        .where(
            Registrant.state == RegistrantState.ACTIVE,
            Group.kind == HOUSEHOLD,
            within_reach(actor, Registrant.area_id),
        )
    )


def _tally(
    question: Question, actor: Actor, level: int, on: date, edges: Sequence[float] | None
) -> Select[Any]:
    """Households and people by area and answer, by bin of value, and altogether, in one pass."""
    asked = _binned(answers_of(question, actor), edges).cte("asked").prefix_with("materialized")
    people = composition(on, select(asked.c.registrant_id))
    own, above = aliased(Area, name="own"), aliased(Area, name="above")
    by_area = (above.id, above.pcode, above.name, asked.c.status)
    return (
        select(
            func.grouping(asked.c.bin, asked.c.status).label("by"),
            above.id.label("area_id"),
            above.pcode,
            above.name,
            asked.c.status,
            asked.c.bin,
            func.count().label("households"),
            *(func.coalesce(func.sum(people.c[name]), 0).label(name) for name in FIGURES),
        )
        .select_from(asked)
        .outerjoin(people, people.c.registrant_id == asked.c.registrant_id)
        .outerjoin(own, own.id == asked.c.area_id)
        .outerjoin(above, above.id == own.path[level + 1])
        .group_by(func.grouping_sets(tuple_(*by_area), tuple_(asked.c.bin), tuple_()))
    )


def _binned(answers: CompoundSelect[Any], edges: Sequence[float] | None) -> Select[Any]:
    """Answers with the bin of their value, from 0; the last bin holds its upper edge too.

    Edges are compared as the 32-bit floats that values are, so that a threshold on an edge counts
    exactly the bins from it on.
    """
    rows = answers.subquery("rows")
    if not edges:
        return select(rows, cast(null(), Integer).label("bin"))
    bucket = func.width_bucket(rows.c.value, cast(list(edges), ARRAY(REAL)))
    inside = func.least(func.greatest(bucket, 1), len(edges) - 1) - 1
    return select(rows, case((rows.c.value.is_not(None), inside)).label("bin"))


def _day(session: Session, release: Release | None) -> date:
    if release is None:
        return today()
    return day_of(session.get_one(Event, release.event_id).began_at)


def _nearby(session: Session, question: Question, actor: Actor) -> int:
    if not (question.shape or question.without_shape):
        return 0
    nearby = unlocated_in_reach(actor).where(partly_asked_by_area(question, Registrant.area_id))
    return session.scalar(select(func.count()).select_from(nearby.subquery())) or 0


def _households(rows: Iterable[Row[Any]]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.status] += row.households
    return counts


def _people(rows: Iterable[Row[Any]]) -> dict[Answer, People]:
    people: dict[Answer, People] = defaultdict(People)
    for row in rows:
        people[Answer(row.status)] += People(*(int(getattr(row, name)) for name in FIGURES))
    return dict(people)


def _areas(rows: Iterable[Row[Any]]) -> list[ByArea]:
    """The table by area: where most are in first, those of no known area last."""
    of_area: dict[int | None, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        of_area[row.area_id].append(row)
    areas = [_area(of_one) for of_one in of_area.values()]
    return sorted(areas, key=lambda a: (a.area_id is None, -a.answers.in_, a.name, a.pcode))


def _area(rows: Sequence[Row[Any]]) -> ByArea:
    first, counts = rows[0], _households(rows)
    people_in = sum(int(row.people) for row in rows if row.status == Answer.IN)
    answers = Answers.of(counts, sum(row.households for row in rows))
    return ByArea(first.area_id, first.pcode or "", first.name or "", answers, people_in)


def _bins(rows: Iterable[Row[Any]], edges: Sequence[float] | None) -> list[int]:
    bins = [0] * (len(edges) - 1 if edges else 0)
    for row in rows:
        if row.bin is not None:
            bins[row.bin] = row.households
    return bins
