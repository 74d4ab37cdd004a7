"""The quick count of a question: cells counted beforehand, and exactly what they cannot say.

Cells wholly inside a drawn shape are summed, the households of cells on its border are tested one
by one, and cells in which something changed since are counted where the households stand. The
answer is the plain count's, to the household.
"""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.area_tree import AreaTree
from geo.crs import Flags
from geo.models.events import Event, EventState
from geo.models.releases import Release, ReleaseState
from geo.models.selections import Combine
from geo.queries.area_trees import areas_asked, reached
from geo.queries.selections import Question
from geo.vector.cover import BORDER, GRAINS, INSIDE, Cover, blocks, cover, without
from registry.counting.packed import Whole
from registry.counting.sums import Sums, Tally
from registry.models.household_cells import CountedRelease, StaleCell
from registry.queries.packed_cells import Packed, Part, Singles, read_cells
from registry.queries.stale_cells import MOST, Stale, located_now, pointless_now, stale_of
from registry.queries.tallies import Asking


def quickly(session: Session, asking: Asking) -> tuple[Tally, int] | None:
    """The tally of a question and how many unlocated live nearby; None where cells cannot say.

    They cannot for a release that was not counted (on that day's ages), for several hazards
    together, for a threshold between two edges, for a drawing that is taken out, for who sees the
    people of some programs alone, or when too much has changed since.
    """
    if asking.actor.people is not None:
        return None
    question = asking.question
    wet = asking.bins.taken_in(question.threshold)
    if wet is None or question.release_id is None or question.without_shape or question.others:
        return None
    stale = _stale(session, asking)
    if stale is None:
        return None
    parts = _parts(question, stale.cells)
    packed = read_cells(session, question.release_id, parts)
    reach = reached(session, packed.tree, asking.actor)
    tree, level = packed.tree, asking.level
    areas, rows = np.unique(
        tree.ids if level is None else tree.at_level(level), return_inverse=True
    )
    sums = Sums(rows, wet, asking.bins.count)
    _add_located(sums, question, parts, packed, reach)
    pointless, nearby = _add_pointless(sums, session, asking, packed, reach, stale.areas)
    now = located_now(session, asking, stale.cells) + pointless
    return sums.tally(areas) + now, nearby


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


def _stale(session: Session, asking: Asking) -> Stale | None:
    """What changed since the release was counted.

    None where it was not counted on that day's ages and in these bins, or too much has changed.
    """
    notes = func.array(select(StaleCell.cell).distinct().limit(MOST + 1).scalar_subquery())
    release = CountedRelease.release_id == asking.question.release_id
    counted = select(CountedRelease.ages_on, CountedRelease.edges, notes.label("notes"))
    found = session.execute(counted.where(release)).one_or_none()
    if found is None or found.ages_on != asking.on:
        return None
    edges = np.asarray(found.edges or (), dtype=np.float32)
    if not np.array_equal(edges, np.asarray(asking.bins.edges, dtype=np.float32)):
        return None
    return stale_of(np.array(found.notes, dtype=np.int64))


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
        counts, households, graded = held.counts, held.households, held.graded
        sums.add(counts, asked[counts["area"]])
        sums.add_shares(held.shares, counts, asked)
        inside = _inside(part.covered, households)
        sums.add(households.records, asked[households.records["area"]] & inside)
        inside = _inside(part.covered, graded)
        sums.add_graded(graded.records, asked[graded.records["area"]] & inside)


def _areas(question: Question, tree: AreaTree, *, drawn: bool) -> Flags:
    """The areas in which a part of the cells is asked; areas picked beside a drawing are counted
    on their own, so not within the drawing once more."""
    left = ~(tree.below(question.without_area_ids) & tree.in_force)
    if not question.area_ids:
        return left
    picked = tree.below(question.area_ids) & tree.in_force
    return left & (~picked if drawn and question.combine is Combine.UNION else picked)


def _inside(covered: Cover, singles: Singles) -> Flags:
    """Which households stand in cells inside a shape, or at its line where it holds them."""
    inside = np.asarray(singles.lies == INSIDE)
    if covered.line is not None:
        at = np.flatnonzero(singles.lies == BORDER)
        lon, lat = singles.records["lon"][at], singles.records["lat"][at]
        inside[at] = covered.line.holds(singles.cell[at], lon, lat)
    return inside


def _add_pointless(
    sums: Sums, session: Session, asking: Asking, packed: Packed, reach: Flags, stale: Whole
) -> tuple[Tally, int]:
    """Add the households without a point in areas that are asked; answers those of areas with a
    change, counted where they live now, and how many live nearby."""
    tree, living = packed.tree, packed.pointless
    changed = np.isin(tree.ids, stale)
    lived_in = changed.copy()
    lived_in[living["area"]] = True
    asked, partly = areas_asked(session, tree, asking.question, np.flatnonzero(lived_in))
    still = reach & ~changed
    sums.add(living, (asked & still)[living["area"]])
    sums.add_shares(packed.pointless_shares, living, asked & still)
    nearby = living["households"][(partly & still)[living["area"]]].sum()
    now, others = pointless_now(session, asking, tree, asked & changed, partly & changed)
    return now, int(nearby) + others
