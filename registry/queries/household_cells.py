"""The quick count of a question: cells counted beforehand, and exactly what they cannot say.

Cells wholly inside a drawn shape are summed, the households of cells on its border are tested one
by one, and cells in which something changed since are counted where the households stand. The
answer is the plain count's, to the household.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    LargeBinary,
    Select,
    SmallInteger,
    and_,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.events import Event, EventState
from geo.models.locations import Location
from geo.models.releases import Release, ReleaseState
from geo.models.selections import Combine
from geo.queries.areas import areas_below
from geo.queries.reach import within_reach
from geo.queries.selections import Question, answered, asked_by_area, partly_asked_by_area
from geo.vector.cover import GRAINS, Cover, corner, cover, without
from registry.counting.bins import Bins
from registry.counting.packed import COUNT, HOUSEHOLD, Records, Whole, as_counts
from registry.counting.sums import Tally, tally
from registry.models.household_cells import CountedRelease, HouseholdCell, StaleCell
from registry.models.registrants import Registrant
from registry.queries.tallies import counted, located_answers, unlocated_in_reach

WITHOUT_POINT = -1  # the grain of households without a point, and their cell among the stale
EVERYTHING = -2  # the stale cell that stands for all of them
EMPTY = cast(literal(b""), LargeBinary)
REST = timedelta(seconds=5)
MOST_STALE = 3000  # cells; with more, the plain count is the quicker one


@dataclass(frozen=True)
class Asking:
    """A question of a release, and how its answer is to be counted."""

    question: Question
    actor: Actor
    bins: Bins
    level: int
    on: date


def quickly(session: Session, asking: Asking) -> tuple[Tally, int] | None:
    """The tally of a question and how many unlocated live nearby; None where cells cannot say.

    They cannot for a release that was not counted (on that day's ages), for a threshold between
    two edges, or when too much has changed since.
    """
    wet = asking.bins.taken_in(asking.question.threshold)
    if wet is None or asking.question.without_shape:
        return None
    stale = _stale(session)
    if len(stale) > MOST_STALE or EVERYTHING in stale or not _is_counted(session, asking):
        return None
    changed = stale[stale >= 0]
    parts = [_summed(session, _located(asking, changed), asking, wet)]
    if len(changed):
        parts.append(_where_they_stand(session, asking, changed))
    asked, nearby = _without_point(session, asking, wet, plainly=WITHOUT_POINT in stale)
    found = sum([*parts, asked], start=Tally(bins=np.zeros(asking.bins.count, dtype=np.int64)))
    return found, sum(figures[0] for figures in nearby.counts.values())


def uncounted(session: Session) -> list[int]:
    """The keys of published releases of open events whose households were not counted by cell."""
    done = select(CountedRelease.release_id)
    owed = (
        select(Release.id)
        .join(Event, Event.id == Release.event_id)
        .where(Release.state == ReleaseState.PUBLISHED, Event.state != EventState.CLOSED)
        .where(Release.id.not_in(done))
    )
    return list(session.scalars(owed.order_by(Release.id)))


def anything_stale(session: Session) -> bool:
    """Whether a change was noted long enough ago for those that belong to it to be noted too."""
    settled = func.now() - REST
    return bool(session.scalar(select(exists().where(StaleCell.created_at < settled))))


def _stale(session: Session) -> Whole:
    """The cells in which something changed; a few more than can be used, if there are that many."""
    cells = select(StaleCell.cell).distinct().limit(MOST_STALE + 1)
    return np.array(session.scalars(cells).all(), dtype=np.int64)


def _is_counted(session: Session, asking: Asking) -> bool:
    release = session.get(CountedRelease, asking.question.release_id)
    if release is None or release.ages_on != asking.on:
        return False
    edges = np.asarray(asking.bins.edges, dtype=np.float32)
    return np.array_equal(np.asarray(release.edges or (), dtype=np.float32), edges)


def _located(asking: Asking, stale: Whole) -> Select[Any]:
    """The packed cells a question takes in, those left out that are stale: `border, grain, ...`."""
    question, parts = asking.question, []
    if question.shape:
        drawn = without(cover(question.shape), stale)
        parts.append(_wanted(asking, drawn).where(_in_the_drawing(question)))
    if not question.shape or (question.area_ids and question.combine is Combine.UNION):
        parts += [cells.where(_in_the_areas(question)) for cells in _all(asking, stale)]
    rows = union_all(*parts).subquery("rows")
    if question.without_area_ids:
        return select(rows).where(rows.c.area_id.not_in(areas_below(question.without_area_ids)))
    return select(rows)


def _in_the_drawing(question: Question) -> ColumnElement[bool]:
    """Of the cells in a drawing: with areas beside it, those areas are counted on their own."""
    if not question.area_ids:
        return true()
    picked = HouseholdCell.area_id.in_(areas_below(question.area_ids))
    return ~picked if question.combine is Combine.UNION else picked


def _in_the_areas(question: Question) -> ColumnElement[bool]:
    if question.everywhere:
        return true()
    return HouseholdCell.area_id.in_(areas_below(question.area_ids))


def _all(asking: Asking, stale: Whole) -> list[Select[Any]]:
    """Every cell with a point: the largest ones, and smaller ones where those hold stale ones."""
    blocks = np.unique(corner(stale, GRAINS[0]))
    whole = _cells(asking, false()).where(
        HouseholdCell.grain == GRAINS[0], HouseholdCell.cell.not_in(blocks.tolist())
    )
    if not len(blocks):
        return [whole]
    nothing = np.array([], dtype=np.int64)
    opened = Cover(dict.fromkeys(GRAINS, nothing) | {GRAINS[0]: blocks}, nothing)
    return [whole, _wanted(asking, without(opened, stale))]


def _wanted(asking: Asking, covered: Cover) -> Select[Any]:
    """The packed cells of a cover."""
    cells = [covered.whole[grain] for grain in GRAINS] + [covered.border]
    lengths = [len(some) for some in cells]
    grains = np.repeat([*GRAINS, 0], lengths)
    border = np.repeat([False] * len(GRAINS) + [True], lengths)
    wanted = (
        func.unnest(
            cast(grains.tolist(), ARRAY(SmallInteger)),
            cast(np.concatenate(cells).tolist(), ARRAY(BigInteger)),
            cast(border.tolist(), ARRAY(Boolean)),
        )
        .table_valued(
            column("grain", SmallInteger), column("cell", BigInteger), column("border", Boolean)
        )
        .render_derived("wanted")
    )
    here = and_(HouseholdCell.grain == wanted.c.grain, HouseholdCell.cell == wanted.c.cell)
    return _cells(asking, wanted.c.border).join(wanted, here)


def _cells(asking: Asking, border: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Packed cells of the release within reach."""
    return select(
        border.label("border"), HouseholdCell.grain, HouseholdCell.area_id, HouseholdCell.packed
    ).where(
        HouseholdCell.release_id == asking.question.release_id,
        within_reach(asking.actor, func.nullif(HouseholdCell.area_id, 0)),
    )


def _summed(session: Session, rows: Select[Any], asking: Asking, wet: NDArray[np.bool_]) -> Tally:
    """The sums of packed cells by area of the asked level."""
    areas, counts = [np.array([], dtype=np.int64)], [np.array([], dtype=COUNT)]
    for area, records in _unpacked(session, rows, asking):
        areas.append(area)
        counts.append(records)
    return tally(np.concatenate(areas), np.concatenate(counts), wet, asking.bins.count)


def _unpacked(
    session: Session, rows: Select[Any], asking: Asking
) -> Iterator[tuple[Whole, Records]]:
    """Area and count of each record: households of border cells only where the shape has them."""
    cells = rows.subquery("cells")
    above = func.coalesce(Area.path[asking.level + 1], 0)
    single = cells.c.grain == 0
    query = (
        select(
            single.label("single"),
            cells.c.border,
            func.string_agg(func.int8send(above), EMPTY).label("area"),
            func.string_agg(func.int4send(func.octet_length(cells.c.packed)), EMPTY).label("size"),
            func.string_agg(cells.c.packed, EMPTY).label("packed"),
        )
        .select_from(cells)
        .outerjoin(Area, Area.id == cells.c.area_id)
        .group_by(single, cells.c.border)
    )
    for row in session.execute(query, execution_options={"binary_results": True}):
        records = np.frombuffer(row.packed, dtype=HOUSEHOLD if row.single else COUNT)
        sizes = np.frombuffer(row.size, dtype=">i4") // records.dtype.itemsize
        area = np.repeat(np.frombuffer(row.area, dtype=">i8").astype(np.int64), sizes)
        if row.border:
            inside = _inside(asking.question.shape, records)
            area, records = area[inside], records[inside]
        yield area, as_counts(records) if row.single else records


def _inside(shape: bytes | None, households: Records) -> NDArray[np.bool_]:
    drawn = shapely.from_wkb(shape)
    shapely.prepare(drawn)
    return np.asarray(shapely.intersects_xy(drawn, households["lon"], households["lat"]))


def _where_they_stand(session: Session, asking: Asking, cells: Whole) -> Tally:
    """The households of some cells, counted plainly."""
    places = answered(asking.question).where(Location.cell.in_(cells.tolist()))
    asked = located_answers(places, asking.actor)
    return counted(session, asked, asking.bins, asking.level, asking.on)


def _without_point(
    session: Session, asking: Asking, wet: NDArray[np.bool_], *, plainly: bool
) -> tuple[Tally, Tally]:
    """The households without a point that are asked, and those that live nearby."""
    question = asking.question
    if plainly:
        area_id: Any = Registrant.area_id
    else:
        area_id = func.nullif(HouseholdCell.area_id, 0)
    conditions = [asked_by_area(question, area_id)]
    if question.shape:
        conditions.append(partly_asked_by_area(question, area_id))
    found = [
        _plainly(session, asking, condition)
        if plainly
        else _summed(session, _unlocated(asking).where(condition), asking, wet)
        for condition in conditions
    ]
    return found[0], found[1] if question.shape else Tally()


def _unlocated(asking: Asking) -> Select[Any]:
    return _cells(asking, false()).where(HouseholdCell.grain == WITHOUT_POINT)


def _plainly(session: Session, asking: Asking, condition: ColumnElement[bool]) -> Tally:
    asked = unlocated_in_reach(asking.actor).where(condition)
    return counted(session, asked, asking.bins, asking.level, asking.on)
