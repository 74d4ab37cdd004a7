"""Looking for duplicates, and deciding that two records are not of the same."""

import io
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_into, copy_out
from core.country import country
from core.db import changed
from core.errors import Conflict
from core.words import _
from registry.matching.blocks import BlockFigures
from registry.matching.fuzzy import alike
from registry.matching.model import learnt
from registry.matching.records import read_records
from registry.models.duplicates import (
    DuplicateBlock,
    DuplicatePair,
    DuplicateRun,
    MatchModel,
    PairState,
    RunKind,
)
from registry.models.registrants import RegistrantKind
from registry.permissions import May
from registry.queries.duplicates import pair_by_id
from registry.queries.match_records import match_records

if TYPE_CHECKING:
    import pyarrow as pa

ENOUGH = 1_000
"""People a model needs at least to be learnt from."""
FRESH = text("""
    create temporary table pairs_found (left_id bigint, right_id bigint, score real, metres real,
                                        same_roof boolean, reasons text[]) on commit drop
""")
FOUND = ("left_id", "right_id", "score", "metres", "same_roof", "reasons")
# Pairs somebody decided about stay as they are: nobody is asked twice.
WRITE = text("""
    insert into duplicate_pairs (left_id, right_id, score, reasons, distance_m, same_roof, run_id,
                                 area_id, other_area_id)
    select f.left_id, f.right_id, f.score, f.reasons, f.metres, f.same_roof, :run,
           l.area_id, r.area_id
    from pairs_found f
    join registrants l on l.id = f.left_id
    join registrants r on r.id = f.right_id
    on conflict (left_id, right_id) do update
    set score = excluded.score, reasons = excluded.reasons, distance_m = excluded.distance_m,
        same_roof = excluded.same_roof, run_id = excluded.run_id
    where duplicate_pairs.state = 'open'
    returning xmax = 0
""")
DONE = text("drop table pairs_found")
# What was found of two holds for whatever they became a part of (migration 0053).
NOT_FOUND = text("""
    delete from pairs_found f using found_to_be_two() two
    where f.left_id = two.left_id and f.right_id = two.right_id
""")
NOT_ASKED = text("""
    delete from duplicate_pairs p using found_to_be_two() two
    where p.state = 'open' and p.left_id = two.left_id and p.right_id = two.right_id
""")


class TooFewToLearn(Conflict):
    """There are too few people to learn from ({records}, and {needed} are needed); look without."""


@dataclass(frozen=True)
class Compared:
    """The pairs that were found, what was compared, and the model where one was learnt."""

    pairs: "pa.Table"
    blocks: Sequence[BlockFigures]
    model: dict[str, Any] | None = None


class DecidedAlready(Conflict):
    """Somebody has decided about these two already; look at what they wrote."""


def look_for(
    session: Session,
    report: Callable[[int, int, str], None],
    *,
    actor: Actor,
    kind: RunKind = RunKind.FAST,
    program_id: int | None = None,
    of: Select[Any] | None = None,
) -> DuplicateRun:
    """Compare all active registrants, or those `of` selects for a program, by fixed weights, or by
    a model that is learnt from them; the model judges people alone.

    Pairs that are alike enough (`least_likeness`) wait to be looked at; what was decided before
    stays decided, and open pairs that are not alike any more are taken away.

    Raises:
        Forbidden, TooFewToLearn
    """
    actor.require(May.DECIDE_DUPLICATES)
    began = time.monotonic()
    report(0, 3, _("reading the records"))
    records = read_all(session, of)
    report(1, 3, _("comparing"))
    with tempfile.TemporaryDirectory() as room:
        compared = _compared(records, kind, Path(room))
    report(2, 3, _("writing the pairs down"))
    run = DuplicateRun(
        kind=kind,
        program_id=program_id,
        least=least_likeness(),
        records=len(records),
        compared=sum(block.pairs for block in compared.blocks),
        found=len(compared.pairs),
        fresh=0,
        seconds=0.0,
        asked_by=actor.id,
    )
    return _keep(session, run, compared, began, actor)


def least_likeness() -> float:
    """The score from which on two records wait for somebody to look at them, as was decided."""
    return country().alike_percent / 100


def read_all(session: Session, of: Select[Any] | None = None) -> "pa.Table":
    """The records to compare, as a table."""
    file = io.BytesIO()
    copy_out(session, match_records(of), file)
    file.seek(0)
    return read_records(file)


def _compared(records: "pa.Table", kind: RunKind, room: Path) -> Compared:
    if kind is RunKind.FAST:
        return Compared(*alike(records, None, least=least_likeness(), room=room))
    people = records["kind"].to_pylist().count(RegistrantKind.INDIVIDUAL)
    if people < ENOUGH:
        raise TooFewToLearn(records=people, needed=ENOUGH)
    return Compared(*learnt(records, least=least_likeness(), room=room))


def _keep(
    session: Session, run: DuplicateRun, compared: Compared, began: float, actor: Actor
) -> DuplicateRun:
    """Write a run, its pairs and its model down; `began` is when it did (`time.monotonic`)."""
    session.add(run)
    session.flush()
    with audit.act(session, actor, "duplicates.look_for", run) as figures:
        if compared.blocks:
            told = [{"run_id": run.id, **asdict(block)} for block in compared.blocks]
            session.execute(insert(DuplicateBlock), told)
        if compared.model is not None:
            learnt_from = {"kind": run.kind, "records": run.records, "trained_by": actor.id}
            session.add(MatchModel(settings=compared.model, **learnt_from))
        run.fresh = _write(session, run, compared.pairs)
        run.seconds = time.monotonic() - began
        changed(session, _forgotten(run))
        figures.update(records=run.records, found=run.found, fresh=run.fresh)
    return run


def not_duplicate(session: Session, pair_id: int, because: str, *, actor: Actor) -> DuplicatePair:
    """Remember that two records are of two: no later run asks again.

    Raises:
        Forbidden, NotFound, DecidedAlready
    """
    actor.require(May.DECIDE_DUPLICATES)
    pair = pair_by_id(session, pair_id, actor=actor)
    session.refresh(pair, with_for_update=True)
    if pair.state is not PairState.OPEN:
        raise DecidedAlready
    with audit.act(session, actor, "duplicates.decide", pair) as figures:
        pair.state, pair.because = PairState.NOT_DUPLICATE, " ".join(because.split()) or None
        pair.decided_by, pair.decided_at = actor.id, func.now()
        figures.update(state=pair.state)
    return pair


def ask_again(session: Session, pair_id: int, *, actor: Actor) -> DuplicatePair:
    """Take back that two records are of two.

    Raises:
        Forbidden, NotFound, DecidedAlready: they were merged; undo that first.
    """
    actor.require(May.DECIDE_DUPLICATES)
    pair = pair_by_id(session, pair_id, actor=actor)
    session.refresh(pair, with_for_update=True)
    if pair.state is not PairState.NOT_DUPLICATE:
        raise DecidedAlready
    with audit.act(session, actor, "duplicates.decide", pair) as figures:
        pair.state, pair.because = PairState.OPEN, None
        pair.decided_by = pair.decided_at = None
        figures.update(state=pair.state)
    return pair


def close_pair(session: Session, ids: tuple[int, int], merged_by: int | None) -> None:
    """Part of a merge, and of its undoing (by nobody): turn the pair of two registrants."""
    left, right = sorted(ids)
    of = (DuplicatePair.left_id == left, DuplicatePair.right_id == right)
    told: dict[str, Any] = {"decided_by": merged_by, "because": None}
    told["state"] = PairState.OPEN if merged_by is None else PairState.MERGED
    told["decided_at"] = None if merged_by is None else func.now()
    changed(session, update(DuplicatePair).where(*of).values(told))
    session.flush()
    session.execute(NOT_ASKED)


def _write(session: Session, run: DuplicateRun, pairs: "pa.Table") -> int:
    """Write pairs down; answers how many were not known."""
    session.execute(FRESH)
    copy_into(session, "pairs_found", FOUND, _rows(pairs))
    session.execute(NOT_FOUND)
    written = session.scalars(WRITE, {"run": run.id}).all()
    session.execute(DONE)
    return sum(written)


def _rows(pairs: "pa.Table") -> Iterator[Sequence[object]]:
    names = ("left", "right", "score", "metres", "same_roof", "reasons")
    return zip(*(pairs[name].to_pylist() for name in names), strict=True)


def _forgotten(run: DuplicateRun) -> Any:
    """Open pairs that an earlier run of this kind over the same found, and this one did not."""
    same = DuplicateRun.program_id.is_not_distinct_from(run.program_id)
    earlier = select(DuplicateRun.id).where(
        DuplicateRun.kind == run.kind, DuplicateRun.id != run.id, same
    )
    return delete(DuplicatePair).where(
        DuplicatePair.state == PairState.OPEN, DuplicatePair.run_id.in_(earlier)
    )
