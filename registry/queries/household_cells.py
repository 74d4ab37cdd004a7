"""The quick count of a question: cells counted beforehand, and exactly what they cannot say.

Cells wholly inside a drawn shape are summed, the households of cells on its border are tested one
by one, and cells in which something changed since are counted where the households stand. The
answer is the plain count's, to the household.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely
from sqlalchemy import ColumnElement, any_, exists, func, or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.bulk import array_of
from geo.area_tree import AreaTree
from geo.crs import Flags
from geo.models.events import Event, EventState
from geo.models.locations import Location
from geo.models.releases import Release, ReleaseState
from geo.models.selections import Combine
from geo.queries.area_trees import areas_asked, reached
from geo.queries.selections import Question, answered
from geo.vector.cover import BORDER, GRAINS, INSIDE, blocks, cover, without
from registry.counting.bins import Bins
from registry.counting.packed import Records, Whole
from registry.counting.sums import Sums, Tally
from registry.models.household_cells import CountedRelease, StaleCell
from registry.models.registrants import Registrant
from registry.queries.packed_cells import Held, Packed, Part, read_cells
from registry.queries.tallies import counted, located_answers, unlocated_in_reach

WITHOUT_POINT, EVERYTHING = -1, -2  # the stale cells of those without a point, and of all
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
    two edges, for a drawing that is taken out, or when too much has changed since.
    """
    question = asking.question
    wet = asking.bins.taken_in(question.threshold)
    if wet is None or question.release_id is None or question.without_shape:
        return None
    stale = _stale(session, asking)
    if stale is None:
        return None
    changed = stale[stale >= 0]
    parts = _parts(question, changed)
    packed = read_cells(session, question.release_id, parts)
    reach = reached(session, packed.tree, asking.actor)
    areas, rows = np.unique(packed.tree.at_level(asking.level), return_inverse=True)
    sums = Sums(rows, wet, asking.bins.count)
    _add_located(sums, question, parts, packed, reach)
    plain = [_where_they_stand(session, asking, changed)] if len(changed) else []
    if WITHOUT_POINT in stale:
        unlocated, nearby = _unlocated_now(session, asking, packed.tree)
        plain.append(unlocated)
    else:
        nearby = _add_unlocated(session, sums, question, packed, reach)
    return sum(plain, start=sums.tally(areas)), nearby


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


def _stale(session: Session, asking: Asking) -> Whole | None:
    """The cells in which something changed since the release was counted.

    None where it was not counted on that day's ages and in these bins, or too much has changed.
    """
    cells = select(StaleCell.cell).distinct().limit(MOST_STALE + 1).scalar_subquery()
    counted = select(CountedRelease.ages_on, CountedRelease.edges, func.array(cells).label("stale"))
    release_id = asking.question.release_id
    found = session.execute(counted.where(CountedRelease.release_id == release_id)).one_or_none()
    if found is None or found.ages_on != asking.on:
        return None
    if len(found.stale) > MOST_STALE or EVERYTHING in found.stale:
        return None
    edges = np.asarray(found.edges or (), dtype=np.float32)
    if not np.array_equal(edges, np.asarray(asking.bins.edges, dtype=np.float32)):
        return None
    return np.array(found.stale, dtype=np.int64)


def _parts(question: Question, stale: Whole) -> list[Part]:
    """The cells a question takes in, but the stale ones: of a drawing, and of the whole country."""
    parts = []
    if question.shape:
        parts.append(Part(without(cover(question.shape), stale)))
    if not question.shape or (question.area_ids and question.combine is Combine.UNION):
        opened = blocks(stale)
        parts.append(Part(without(opened, stale), all_but=opened.whole[GRAINS[0]]))
    return parts


def _add_located(
    sums: Sums, question: Question, parts: Sequence[Part], packed: Packed, reach: Flags
) -> None:
    """Add all asked that stand in cells without a change."""
    for part, held in zip(parts, packed.parts, strict=True):
        asked = reach & _areas(question, packed.tree, drawn=part.all_but is None)
        sums.add(held.counts, asked)
        sums.add(_inside(question.shape, held), asked)


def _areas(question: Question, tree: AreaTree, *, drawn: bool) -> Flags:
    """The areas in which a part of the cells is asked; areas picked beside a drawing are counted
    on their own, so not within the drawing once more."""
    left = ~(tree.below(question.without_area_ids) & tree.in_force)
    if not question.area_ids:
        return left
    picked = tree.below(question.area_ids) & tree.in_force
    return left & (~picked if drawn and question.combine is Combine.UNION else picked)


def _inside(shape: bytes | None, held: Held) -> Records:
    """The households in cells inside a shape, and those on its border that it holds."""
    taken = held.lies == INSIDE
    border = np.flatnonzero(held.lies == BORDER)
    if len(border):
        drawn = shapely.from_wkb(shape)
        shapely.prepare(drawn)
        at = held.households[border]
        taken[border] = shapely.intersects_xy(drawn, at["lon"], at["lat"])
    return np.asarray(held.households[taken])


def _where_they_stand(session: Session, asking: Asking, cells: Whole) -> Tally:
    """The households of some cells, counted plainly."""
    places = answered(asking.question).where(Location.cell.in_(cells.tolist()))
    asked = located_answers(places, asking.actor)
    return counted(session, asked, asking.bins, asking.level, asking.on)


def _add_unlocated(
    session: Session, sums: Sums, question: Question, packed: Packed, reach: Flags
) -> int:
    """Add the households without a point that are asked; answers how many live nearby."""
    living = packed.unlocated["area"]
    asked, partly = areas_asked(session, packed.tree, question, np.unique(living))
    sums.add(packed.unlocated, asked & reach)
    return int(packed.unlocated["households"][(partly & reach)[living]].sum())


def _unlocated_now(session: Session, asking: Asking, tree: AreaTree) -> tuple[Tally, int]:
    """Those without a point that are asked, and how many live nearby, counted plainly."""
    every = np.arange(len(tree.record))
    asked, partly = areas_asked(session, tree, asking.question, every)
    living = unlocated_in_reach(asking.actor)
    those = living.where(_lives_in(tree, asked))
    nearby = select(func.count()).select_from(living.where(_lives_in(tree, partly)).subquery())
    found = counted(session, those, asking.bins, asking.level, asking.on)
    return found, session.scalar(nearby) or 0


def _lives_in(tree: AreaTree, areas: Flags) -> ColumnElement[bool]:
    """Whether a registrant lives in one of these areas; the first one is no area at all."""
    ids = tree.ids[1:][areas[1:]]
    within: ColumnElement[bool] = Registrant.area_id == any_(array_of(ids))
    return or_(within, Registrant.area_id.is_(None)) if areas[0] else within
