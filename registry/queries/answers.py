"""Which households a question means, and how many they and their people are.

Who may not see exact places is told of areas alone, without the figures that tell of a few.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Select, any_, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.bulk import array_of, fetch_columns
from core.clock import day_of, today
from core.country import country
from core.errors import Forbidden
from geo.area_tree import ROOTLESS
from geo.models.areas import Area
from geo.models.events import Event
from geo.models.releases import Direction, Release
from geo.permissions import May as Geo
from geo.queries.selections import Question, partly_asked_by_area, release_asked
from geo.raster.reasons import Reason
from registry.counting.answers import Answers, Apart, Figure
from registry.counting.bins import Bins
from registry.counting.guarded import Guarded, Told, Tree
from registry.counting.people import People
from registry.counting.sums import Key, KeyApart, Tally
from registry.counting.suppression import coarse
from registry.models.registrants import Registrant
from registry.models.rosters import Answer
from registry.permissions import May
from registry.queries.household_cells import quickly
from registry.queries.tallies import Asking, answers_of, counted, pointless_answers


class DrawingUnanswered(Forbidden):
    """Your role counts households by area, not round a drawing; pick areas instead."""


@dataclass(frozen=True)
class ByArea:
    """One row of the table by area; without an area it holds those whose area is not known. Where
    too few live in its parts to be told apart, an area stands for these, `undivided`."""

    area_id: int | None
    pcode: str
    name: str
    answers: Answers
    people_in: Figure
    undivided: bool = False


@dataclass(frozen=True)
class Result:
    """What a question was answered.

    `bins` counts the households with a value in each of the release's bins, whatever the
    threshold, so that it is the sum of the bins from an edge on that are in at that edge; where a
    few are not told of, in steps alone. `unlocated_nearby` is how many households without a point
    live in areas that a drawn shape only partly covers; they were not asked.
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

    @property
    def hides(self) -> bool:
        """Whether any figure of it is hidden."""
        of_people = None in vars(self.people_in).values()
        return of_people or self.answers.hides or any(area.answers.hides for area in self.areas)


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
        DrawingUnanswered: something is drawn, and the actor may not see exact places.
    """
    actor.require(May.COUNT_REGISTRANTS)
    release = release_asked(session, question)
    asking = Asking(question, actor, bins_of(release), level, on or _day(session, release))
    refuse_drawing(question, actor)
    if not actor.may(Geo.EXACT_LOCATIONS):
        return _by_areas(session, asking, level)
    tally, nearby = _tally(session, asking)
    return Result(
        answers=_answers(tally.counts.items(), tally.expected.values(), tally.apart.items()),
        people=_people(tally),
        areas=_areas(session, tally),
        bins=tally.bins.tolist(),
        unlocated_nearby=nearby,
    )


def refuse_drawing(question: Question, actor: Actor) -> None:
    """Refuse a question with a drawing to who may not see exact places.

    Raises:
        DrawingUnanswered
    """
    if not answerable(question, actor):
        raise DrawingUnanswered


def answerable(question: Question, actor: Actor) -> bool:
    """Whether a question is answered to an actor: one with a drawing to who may see exact places.

    A drawing round one house, or two that differ by one, would tell of the house.
    """
    drawn = question.shape is not None or question.without_shape is not None
    return not drawn or actor.may(Geo.EXACT_LOCATIONS)


def fewest() -> int:
    """The fewest households or people that a figure tells of to everybody."""
    return country().fewest


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


def _tally(session: Session, asking: Asking) -> tuple[Tally, int]:
    return quickly(session, asking) or plainly(session, asking)


def _by_areas(session: Session, asking: Asking, level: int) -> Result:
    """The answer for who may not see exact places (registry.counting.guarded)."""
    each = replace(asking, level=None)
    everywhere = replace(asking.question, area_ids=(), without_area_ids=())
    whole, _nearby = _tally(session, replace(each, question=everywhere))
    asked = whole if everywhere == asking.question else _tally(session, each)[0]
    tree, question = _tree(session), asking.question
    within = tree.within(question.area_ids, question.without_area_ids)
    guarded = Guarded(tree, whole, asked, within, fewest())
    told, by_area = guarded.all_together(), guarded.by_area(level)
    hides = told.answers.in_ is None or told.answers.out is None
    return Result(
        answers=told.answers,
        people={Answer.IN: told.people},
        areas=_told(session, tree, by_area, level),
        bins=(np.zeros_like(asked.bins) if hides else coarse(asked.bins, fewest())).tolist(),
    )


def _tree(session: Session) -> Tree:
    parent = func.coalesce(Area.parent_id, 0).label("parent")
    query: Select[*tuple[Any, ...]] = select(Area.id, parent, Area.level).order_by(Area.id)
    found = fetch_columns(session, query, {"id": "i8", "parent": "i8", "level": "i2"})
    ids = np.concatenate([[0], found["id"]])
    above = np.concatenate([[0], np.searchsorted(ids, found["parent"])])
    return Tree(ids, above, np.concatenate([[ROOTLESS], found["level"]]))


def _told(session: Session, tree: Tree, by_area: Mapping[int, Told], level: int) -> list[ByArea]:
    names, higher = _names(session, by_area.keys()), set(tree.ids[tree.level < level].tolist())
    return _in_order(
        ByArea(
            key or None,
            *names.get(key, ("", "")),
            told.answers,
            told.people.people,
            undivided=key > 0 and key in higher,
        )
        for key, told in by_area.items()
    )


def _nearby(session: Session, question: Question, actor: Actor) -> int:
    if not (question.shape or question.without_shape):
        return 0
    nearby = pointless_answers(question, actor).where(
        partly_asked_by_area(question, Registrant.area_id)
    )
    return session.scalar(select(func.count()).select_from(nearby.subquery())) or 0


def _answers(
    rows: Iterable[tuple[Key, tuple[int, ...]]],
    expected: Iterable[float],
    apart: Iterable[tuple[KeyApart, int]],
) -> Answers:
    counts, reasons = Counter[str](), Counter[Reason]()
    for (_area, status), figures in rows:
        counts[status] += figures[0]
    for (_area, reason), households in apart:
        reasons[reason] += households
    return Answers.of(counts, counts.total(), sum(expected), Apart.of(reasons))


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
    apart: dict[int | None, list[tuple[KeyApart, int]]] = defaultdict(list)
    for key_apart, households in tally.apart.items():
        apart[key_apart[0]].append((key_apart, households))
    names = _names(session, (area_id for area_id in of_area if area_id))
    expected = tally.expected
    return _in_order(
        _area(names.get(area_id), area_id, rows, [expected.get(area_id, 0.0)], apart[area_id])
        for area_id, rows in of_area.items()
    )


def _names(session: Session, area_ids: Iterable[int]) -> dict[int | None, tuple[str, str]]:
    """P-code and name of areas by their keys."""
    keys = array_of(np.array(list(area_ids), dtype=np.int64))
    named = select(Area.id, Area.pcode, Area.name).where(Area.id == any_(keys))
    return {row.id: (row.pcode, row.name) for row in session.execute(named)}


def _in_order(areas: Iterable[ByArea]) -> list[ByArea]:
    return sorted(areas, key=lambda a: (a.area_id is None, -(a.answers.in_ or 0), a.name, a.pcode))


def _area(
    name: tuple[str, str] | None,
    area_id: int | None,
    rows: list[tuple[Key, tuple[int, ...]]],
    expected: Iterable[float],
    apart: Iterable[tuple[KeyApart, int]],
) -> ByArea:
    people_in = sum(figures[1] for (_area, status), figures in rows if status == Answer.IN)
    return ByArea(area_id, *(name or ("", "")), _answers(rows, expected, apart), people_in)
