"""Runs: each time the households of a cycle were judged, and whose state it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from core.paging import Page, page_of
from programs.models.cycles import Cycle
from programs.models.memberships import LeftOut
from programs.models.programs import Program
from programs.models.targeting import TargetingChange, TargetingRun
from programs.permissions import May
from programs.queries.eligibility import Round, round_of
from programs.queries.reach import cycle_seen
from programs.queries.targeting import definition, digest_of, lists_of
from registry.models.registrants import Registrant
from registry.models.rosters import Roster
from registry.permissions import May as Registry
from registry.queries.reach import people_within_reach

ENROLLED = "enrolled"  # in the counts of a run, of whom no reason is told


@dataclass(frozen=True)
class RunLine:
    """One run for its page: when, by which rule, what came of it; the latest can be undone."""

    id: int
    at: datetime
    rule: str
    sha256: str
    enrolled: int
    left_out: list[tuple[LeftOut, int]]
    changed: int
    undone_at: datetime | None
    is_latest: bool


def question_of_round(session: Session, cycle: Cycle, asked: Round) -> tuple[dict[str, Any], str]:
    """What a run asks, as canonical data, and the digest of its rules alone."""
    program = session.get_one(Program, cycle.program_id)
    roster = session.get_one(Roster, asked.roster_id)
    rules = definition(asked.rules, lists_of(session, program.id))
    question = {
        "program": program.number,
        "cycle": cycle.number,
        "list": roster.hash,
        "of": asked.whom.subject.value,
        "answers": ["in", "probable"] if asked.with_probable else ["in"],
        "ages_on": asked.starts_on.isoformat(),
        "rule": asked.rule,
        "rules": rules,
    }
    return question, digest_of(rules)


def rules_changed(session: Session, cycle: Cycle) -> bool:
    """Whether the program says anything else of whom it is for than when a cycle was judged."""
    run = latest_run(session, cycle.id)
    if cycle.rule != session.get_one(Program, cycle.program_id).eligibility:
        return True
    said = definition(round_of(session, cycle).rules, lists_of(session, cycle.program_id))
    return run is not None and run.rules_sha256 != digest_of(said)


def latest_run(session: Session, cycle_id: int) -> TargetingRun | None:
    """The last run of a cycle that was not undone."""
    standing = _runs(cycle_id).where(TargetingRun.undone_at.is_(None))
    return session.scalars(standing.limit(1)).first()


def runs_of(session: Session, cycle_id: int, *, actor: Actor) -> list[RunLine]:
    """Every run of a cycle, the newest first.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    latest = latest_run(session, cycle.id)
    return [_line(run, is_latest=run is latest) for run in session.scalars(_runs(cycle.id)).all()]


def changes_page(
    session: Session, cycle_id: int, run_id: int, *, actor: Actor, after: str | None = None
) -> Page[Any]:
    """Whose state a run changed, from what to what, within reach, by number.

    Columns: `registrant_id, name, was, was_reason, now, now_reason, number`.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    actor.require(Registry.READ_REGISTRANTS)
    run = run_of(session, cycle_seen(session, cycle_id, actor=actor), run_id)
    change = TargetingChange
    listed = (
        select(
            change.registrant_id,
            Registrant.name,
            change.was,
            change.was_reason,
            change.now,
            change.now_reason,
            Registrant.number,
        )
        .join(Registrant, Registrant.id == change.registrant_id)
        .where(change.run_id == run.id, changed_state())
        .where(people_within_reach(actor, change.registrant_id, change.area_id))
    )
    return page_of(session, listed, Registrant.number, after)


def changed_state() -> ColumnElement[bool]:
    """Whether a run made something else of a household, not only its place in line or its size."""
    change = TargetingChange
    return or_(
        change.was.is_distinct_from(change.now),
        change.was_reason.is_distinct_from(change.now_reason),
    )


def run_of(session: Session, cycle: Cycle, run_id: int) -> TargetingRun:
    """A run of a cycle.

    Raises:
        NotFound
    """
    run = session.get(TargetingRun, run_id)
    if run is None or run.cycle_id != cycle.id:
        raise NotFound(run=run_id)
    return run


def _runs(cycle_id: int) -> Select[TargetingRun]:
    return (
        select(TargetingRun)
        .where(TargetingRun.cycle_id == cycle_id)
        .order_by(TargetingRun.id.desc())
    )


def _line(run: TargetingRun, *, is_latest: bool) -> RunLine:
    counts = run.counts or {}
    reasons: Sequence[tuple[str, int]] = sorted(counts.items(), key=lambda each: -each[1])
    return RunLine(
        id=run.id,
        at=run.created_at,
        rule=run.asked.get("rule", ""),
        sha256=run.sha256,
        enrolled=counts.get(ENROLLED, 0),
        left_out=[(LeftOut(why), count) for why, count in reasons if why != ENROLLED],
        changed=run.changed or 0,
        undone_at=run.undone_at,
        is_latest=is_latest,
    )
