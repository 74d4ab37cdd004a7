"""Asking for pairs of records that may be of one and the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, cast, func, literal, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.errors import NotFound
from core.paging import Page, page_of
from geo.models.areas import Area
from registry.models.duplicates import (
    DuplicateBlock,
    DuplicatePair,
    DuplicateRun,
    Merge,
    PairState,
)
from registry.models.registrants import Registrant, RegistrantState
from registry.permissions import May
from registry.queries.reach import people_within_reach

STEPS = 1_000_000  # of a score, for the key of a page
ROOM_FOR_IDS = 1 << 40


@dataclass(frozen=True)
class Ran:
    """The last run, what its rules compared, and how many open pairs reach beyond one's areas."""

    run: DuplicateRun | None
    blocks: Sequence[DuplicateBlock]
    beyond: int


def pairs_page(
    session: Session,
    state: PairState = PairState.OPEN,
    area: Area | None = None,
    *,
    actor: Actor,
    of: Select[Any] | None = None,
    after: int | None = None,
) -> Page[Any]:
    """Pairs of which the actor may see both, the likeliest first; with `of`, of two it selects.

    Columns: `id, kind, score, reasons, metres, left_id, left_name, left_number, left_area,
    right_id, right_name, right_number, right_area, because, key`.
    """
    actor.require(May.READ_DUPLICATES)
    left, right = aliased(Registrant), aliased(Registrant)
    here, there = aliased(Area), aliased(Area)
    key = _key()
    columns: list[Any] = [
        *(DuplicatePair.id, left.kind, DuplicatePair.score, DuplicatePair.reasons),
        DuplicatePair.distance_m.label("metres"),
        *(left.id.label("left_id"), left.name.label("left_name")),
        *(left.number.label("left_number"), here.name.label("left_area")),
        *(right.id.label("right_id"), right.name.label("right_name")),
        *(right.number.label("right_number"), there.name.label("right_area")),
        *(DuplicatePair.because, key.label("key")),
    ]
    listed = (
        select(*columns)
        .join(left, left.id == DuplicatePair.left_id)
        .join(right, right.id == DuplicatePair.right_id)
        .outerjoin(here, here.id == left.area_id)
        .outerjoin(there, there.id == right.area_id)
        .where(DuplicatePair.state == state)
        .where(*(people_within_reach(actor, each.id, each.area_id) for each in (left, right)))
    )
    if state is PairState.OPEN:  # who was merged or left meanwhile is not asked about
        listed = listed.where(*(each.state == RegistrantState.ACTIVE for each in (left, right)))
    if area is not None:
        listed = listed.where(here.path.contains([area.id]) | there.path.contains([area.id]))
    if of is not None:
        listed = listed.where(left.id.in_(of), right.id.in_(of))
    return page_of(session, listed, key, after)


def _key() -> ColumnElement[int]:
    """What puts the likeliest pair first, and tells equals apart."""
    unlike = cast((1 - DuplicatePair.score) * STEPS, BigInteger)
    return unlike * ROOM_FOR_IDS + DuplicatePair.id


def pair_by_id(session: Session, pair_id: int, *, actor: Actor) -> DuplicatePair:
    """A pair of which the actor may see both.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_DUPLICATES)
    left, right = aliased(Registrant), aliased(Registrant)
    found = session.scalar(
        select(DuplicatePair)
        .join(left, left.id == DuplicatePair.left_id)
        .join(right, right.id == DuplicatePair.right_id)
        .where(DuplicatePair.id == pair_id)
        .where(*(people_within_reach(actor, each.id, each.area_id) for each in (left, right)))
    )
    if found is None:
        raise NotFound(pair=pair_id)
    return found


def next_pair(session: Session, pair: DuplicatePair, *, actor: Actor) -> int | None:
    """The open pair that comes after this one, or the first, where none does."""
    key = session.scalar(select(_key()).where(DuplicatePair.id == pair.id))
    later = pairs_page(session, actor=actor, after=key).rows
    first = pairs_page(session, actor=actor).rows
    return next((row.id for row in (*later[:1], *first) if row.id != pair.id), None)


def last_run(session: Session, program_id: int | None = None, *, actor: Actor) -> Ran:
    """The last run over the whole registry, or over the people of a program."""
    actor.require(May.READ_DUPLICATES)
    newest = select(DuplicateRun).where(DuplicateRun.program_id.is_not_distinct_from(program_id))
    run = session.scalars(newest.order_by(DuplicateRun.id.desc()).limit(1)).first()
    if run is None:
        return Ran(None, (), 0)
    of = select(DuplicateBlock).where(DuplicateBlock.run_id == run.id)
    blocks = session.scalars(of.order_by(DuplicateBlock.pairs.desc())).all()
    return Ran(run, blocks, _beyond(session, actor))


def standing_merge(session: Session, registrant_id: int) -> Merge | None:
    """By which a registrant was merged into another, unless that was undone."""
    of = Merge.gone_id == registrant_id
    return session.scalar(select(Merge).where(of, Merge.undone_at.is_(None)))


def _beyond(session: Session, actor: Actor) -> int:
    """How many open pairs have one within reach and one elsewhere."""
    if actor.national:
        return 0
    roots = literal(sorted(actor.area_ids), ARRAY(BigInteger))
    beyond: int = session.scalars(select(func.pairs_beyond(roots))).one()
    return beyond
