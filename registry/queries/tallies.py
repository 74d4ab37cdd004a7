"""The plain count of a question: every household asked where it stands, in one statement."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
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
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.locations import Location
from geo.queries.clauses import areas_told
from geo.queries.exposure import AREA
from geo.queries.selections import Question, answered, asked_by_area
from geo.raster.reasons import Reason
from registry.counting.bins import Bins
from registry.counting.sums import COLUMNS, Key, KeyApart, Tally
from registry.models.registrants import Group, Registrant, RegistrantState
from registry.models.rosters import Answer
from registry.queries.people import HOUSEHOLD, composition
from registry.queries.reach import people_within_reach

ANSWERED = ("status", "value", "share", "grade", "surely", "possibly", "why")


@dataclass(frozen=True)
class Asking:
    """A question of a release, and how its answer is to be counted: by the areas of a level, or
    (None) by those people are known to live in."""

    question: Question
    actor: Actor
    bins: Bins
    level: int | None
    on: date

    @property
    def nobody(self) -> Tally:
        """The answer where nobody is asked."""
        return Tally(bins=np.zeros(self.bins.count, dtype=np.int64))


def answers_of(question: Question, actor: Actor) -> CompoundSelect[Any]:
    """The households a question asks, each with its answer, within the actor's reach.

    Columns: `registrant_id, area_id, location_id, status, value, share, grade, surely, possibly,
    why`, as `geo.queries.selections.answered` tells of places.
    """
    asked = asked_by_area(question, Registrant.area_id)
    return union_all(
        located_answers(answered(question), actor), pointless_answers(question, actor).where(asked)
    )


def located_answers(places: Select[Any], actor: Actor) -> Select[Any]:
    """The households within reach at answered places, as `answers_of` tells of them."""
    stand = places.subquery("places")
    answer = (stand.c[name] for name in ANSWERED)
    at = stand.c.location_id == Registrant.location_id
    return households_in_reach(actor, *answer).join(stand, at)


def pointless_answers(question: Question, actor: Actor) -> Select[Any]:
    """The households within reach that have no point, as `answers_of` tells of them.

    Of whom the area is known it is the area that is in, out or something in between; who is not
    even known by an area is unlocated.
    """
    areas = areas_told(question.clauses, question.together).subquery("areas")
    known = areas.c.area_id.is_not(None)
    told = {
        "status": func.coalesce(areas.c.status, literal(Answer.UNLOCATED.value, String)),
        "grade": case((known, literal(AREA, String))),
    }
    return (
        households_in_reach(actor, *(told.get(name, areas.c.get(name)) for name in ANSWERED))
        .outerjoin(Location, Location.id == Registrant.location_id)
        .outerjoin(areas, areas.c.area_id == Registrant.area_id)
        .where(Location.lon.is_(None))
    )


def households_in_reach(actor: Actor, *answer: Any) -> Select[Any]:
    """The active households within reach, with an answer (`ANSWERED`) that the caller joins to
    them."""
    return (
        select(
            Registrant.id.label("registrant_id"),
            Registrant.area_id,
            Registrant.location_id,
            *(column.label(name) for name, column in zip(ANSWERED, answer, strict=False)),
        )
        .join(Group, Group.registrant_id == Registrant.id)
        .where(
            Registrant.state == RegistrantState.ACTIVE,
            Group.kind == HOUSEHOLD,
            people_within_reach(actor, Registrant.id, Registrant.area_id),
        )
    )


def counted(
    session: Session,
    asked: CompoundSelect[Any] | Select[Any],
    bins: Bins,
    level: int | None,
    on: date,
) -> Tally:
    """Households and people of `asked` (columns of `answers_of`) by area of a level and answer.

    One pass: the rows by area and the rows by bin come from one statement.
    """
    rows = _binned(asked, bins).cte("asked").prefix_with("materialized")
    people = composition(on, select(rows.c.registrant_id))
    above = rows.c.area_id if level is None else Area.path[level + 1]
    sums = [func.coalesce(func.sum(people.c[name]), 0).label(name) for name in COLUMNS[1:]]
    expected = func.sum(case((rows.c.status == Answer.PROBABLE, rows.c.share), else_=0.0))
    tally = (
        select(
            func.grouping(rows.c.bin).label("by_area"),
            above.label("area_id"),
            rows.c.status,
            rows.c.bin,
            rows.c.why,
            func.count().label(COLUMNS[0]),
            *sums,
            expected.label("expected"),
        )
        .select_from(rows)
        .outerjoin(people, people.c.registrant_id == rows.c.registrant_id)
        .outerjoin(Area, Area.id == rows.c.area_id)
        .group_by(func.grouping_sets(tuple_(above, rows.c.status, rows.c.why), tuple_(rows.c.bin)))
    )
    return _gathered(session.execute(tally), bins)


def _gathered(rows: Iterable[Row[Any]], bins: Bins) -> Tally:
    """The tally of rows by area, answer and reason, and of rows by bin."""
    counts: dict[Key, tuple[int, ...]] = defaultdict(lambda: (0,) * len(COLUMNS))
    apart: dict[KeyApart, int] = {}
    probable, by_bin = {}, np.zeros(bins.count, dtype=np.int64)
    for row in rows:
        if row.by_area:
            key, figures = (row.area_id, row.status), (getattr(row, name) for name in COLUMNS)
            counts[key] = tuple(a + int(b) for a, b in zip(counts[key], figures, strict=True))
            if row.why:
                apart[row.area_id, Reason(row.why)] = row.households
            if row.status == Answer.PROBABLE:
                probable[row.area_id] = float(row.expected)
        elif row.bin is not None:
            by_bin[row.bin] = row.households
    return Tally(dict(counts), by_bin, probable, apart)


def _binned(answers: CompoundSelect[Any] | Select[Any], bins: Bins) -> Select[Any]:
    """Answers with the bin of the value up to which they are in (`registry.counting.bins`)."""
    rows = answers.subquery("rows")
    if not bins.edges:
        return select(rows, cast(null(), Integer).label("bin"))
    value, edges = rows.c.surely, list(bins.edges)
    if bins.at_most:
        upward = cast([-edge for edge in reversed(edges)], ARRAY(REAL))
        below = len(edges) - func.width_bucket(-value, upward)
    else:
        below = func.width_bucket(value, cast(edges, ARRAY(REAL)))
    inside = func.least(func.greatest(below, 1), bins.count) - 1
    return select(rows, case((value.is_not(None), inside)).label("bin"))
