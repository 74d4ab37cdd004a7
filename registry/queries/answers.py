"""Which households a question means, and how many they and their people are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from sqlalchemy import any_, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.bulk import array_of
from core.clock import day_of, today
from geo.models.areas import Area
from geo.models.events import Event
from geo.models.releases import Direction, Release
from geo.queries.selections import Question, partly_asked_by_area, release_asked
from registry.counting.answers import Answers
from registry.counting.bins import Bins
from registry.counting.people import People
from registry.counting.sums import Key, Tally
from registry.models.registrants import Registrant
from registry.models.rosters import Answer
from registry.permissions import May
from registry.queries.household_cells import quickly
from registry.queries.tallies import Asking, answers_of, counted, unlocated_in_reach


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
    asking = Asking(question, actor, bins_of(release), level, on or _day(session, release))
    tally, nearby = quickly(session, asking) or plainly(session, asking)
    return Result(
        answers=_answers(tally.counts.items()),
        people=_people(tally),
        areas=_areas(session, tally),
        bins=tally.bins.tolist(),
        unlocated_nearby=nearby,
    )


def reference_date(session: Session, question: Question) -> date:
    """The day ages are counted on: when the event of the question's release began, else today."""
    return _day(session, release_asked(session, question))


def plainly(session: Session, asking: Asking) -> tuple[Tally, int]:
    """The tally of a question counted where every household stands, and who lives nearby."""
    asked = answers_of(asking.question, asking.actor)
    tally = counted(session, asked, asking.bins, asking.level, asking.on)
    return tally, _nearby(session, asking.question, asking.actor)


def bins_of(release: Release | None) -> Bins:
    """The bins of a release's values."""
    if release is None:
        return Bins()
    return bins_between(release.direction, release.histogram_edges, release.floor)


def bins_between(
    direction: Direction | None, edges: Sequence[float] | None, floor: float | None
) -> Bins:
    """The bins of values between the edges of a release, by its direction and floor."""
    return Bins(tuple(edges or ()), direction is Direction.AT_MOST, floor)


def _day(session: Session, release: Release | None) -> date:
    if release is None:
        return today()
    return day_of(session.get_one(Event, release.event_id).began_at)


def _nearby(session: Session, question: Question, actor: Actor) -> int:
    if not (question.shape or question.without_shape):
        return 0
    nearby = unlocated_in_reach(actor).where(partly_asked_by_area(question, Registrant.area_id))
    return session.scalar(select(func.count()).select_from(nearby.subquery())) or 0


def _answers(rows: Iterable[tuple[Key, tuple[int, ...]]]) -> Answers:
    counts: dict[str, int] = defaultdict(int)
    for (_area, status), figures in rows:
        counts[status] += figures[0]
    return Answers.of(counts, sum(counts.values()))


def _people(tally: Tally) -> dict[Answer, People]:
    people: dict[Answer, People] = defaultdict(People)
    for (_area, status), figures in tally.counts.items():
        people[Answer(status)] += People(*figures[1:])
    return dict(people)


def _areas(session: Session, tally: Tally) -> list[ByArea]:
    """The table by area: where most are in first, those of no known area last."""
    of_area: dict[int | None, list[tuple[Key, tuple[int, ...]]]] = defaultdict(list)
    for key, figures in tally.counts.items():
        of_area[key[0]].append((key, figures))
    keys = array_of(np.array([area_id for area_id in of_area if area_id], dtype=np.int64))
    named = select(Area.id, Area.pcode, Area.name).where(Area.id == any_(keys))
    names = {row.id: (row.pcode, row.name) for row in session.execute(named)}
    areas = [_area(area_id, names.get(area_id), rows) for area_id, rows in of_area.items()]
    return sorted(areas, key=lambda a: (a.area_id is None, -a.answers.in_, a.name, a.pcode))


def _area(
    area_id: int | None, name: tuple[str, str] | None, rows: list[tuple[Key, tuple[int, ...]]]
) -> ByArea:
    people_in = sum(figures[1] for (_area, status), figures in rows if status == Answer.IN)
    return ByArea(area_id, *(name or ("", "")), _answers(rows), people_in)
