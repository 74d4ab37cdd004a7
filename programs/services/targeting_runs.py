"""Runs: writing one down as it judges, and taking the latest back while nothing builds on it."""

from datetime import datetime

from sqlalchemy import (
    CTE,
    ColumnElement,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement
from programs.models.memberships import (
    CycleMember,
    LeftOut,
    MembershipState,
    ProgramMembership,
)
from programs.models.targeting import TargetingChange, TargetingRun
from programs.permissions import May
from programs.queries.cycles import locked_cycle
from programs.queries.eligibility import Round
from programs.queries.targeting import digest_of
from programs.queries.targeting_runs import (
    changed_state,
    latest_run,
    question_of_round,
    run_of,
)

STAY = (MembershipState.PAUSED, MembershipState.EXITED)  # which a run does not change


class RunUndone(Conflict):
    """This run was already undone; look at the runs of the cycle for the one that stands."""


class RunNotLatest(Conflict):
    """A later run judged them again; undo that one first."""


class RunBuiltOn(Conflict):
    """Amounts of {count} entitlements were prepared from this run; enrol them again,
    which drops them, or let them stand."""


def begin_run(session: Session, cycle: Cycle, asked: Round, *, actor: Actor) -> TargetingRun:
    """Write down what a run asks, before it judges."""
    actor.require(May.PREPARE_CYCLES)
    question, rules = question_of_round(session, cycle, asked)
    run = TargetingRun(
        cycle_id=cycle.id,
        asked=question,
        sha256=digest_of(question),
        rules_sha256=rules,
        made_by=actor.id,
    )
    session.add(run)
    session.flush()
    return run


def changes_written(run: TargetingRun, cycle: Cycle, members: CTE) -> CTE:
    """Write down whose state the members of a cycle, as they are written, change.

    `members` are those of the same statement, which sees what was there before it.
    """
    m, was, stood = members.c, CycleMember, ProgramMembership
    known = [reason.value for reason in LeftOut]
    stood_reason = case((stood.reason.in_(known), cast(stood.reason, was.reason.type)))
    before = (
        select(
            literal(run.id),
            m.registrant_id,
            m.area_id,
            was.state,
            was.reason,
            was.people,
            was.by_program_id,
            was.rank,
            m.state,
            m.reason,
            stood.state,
            stood_reason,
        )
        .select_from(members)
        .outerjoin(was, (was.cycle_id == cycle.id) & (was.registrant_id == m.registrant_id))
        .outerjoin(
            stood,
            (stood.program_id == cycle.program_id) & (stood.registrant_id == m.registrant_id),
        )
        .where(_differs(members))
    )
    columns = [each.name for each in TargetingChange.__table__.columns]
    written = insert(TargetingChange).from_select(columns, before)
    told = changed_state().label("is_another")
    return written.returning(TargetingChange.registrant_id, told).cte("changes")


def undo_run(session: Session, cycle_id: int, run_id: int, *, actor: Actor) -> int:
    """Take the latest run of a cycle back: each household stands as before. Answers how many do.

    Whose place in the program was changed by somebody since keeps that.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, RunUndone, RunNotLatest, RunBuiltOn
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, CycleState.DRAFT, actor=actor)
    run = run_of(session, cycle, run_id)
    if run.undone_at is not None:
        raise RunUndone
    if run is not latest_run(session, cycle.id):
        raise RunNotLatest
    prepared = select(func.count()).where(Entitlement.cycle_id == cycle.id)
    if count := session.scalars(prepared).one():
        raise RunBuiltOn(count=count)
    with audit.act(session, actor, "targeting.undo", cycle) as figures:
        _put_back_standings(session, cycle, run)
        _put_back_members(session, cycle, run)
        run.undone_at, run.undone_by = func.now(), actor.id
        session.flush()
        before = latest_run(session, cycle.id)
        cycle.enrolled_at = _moment(before)
        cycle.rule = before.asked["rule"] if before else None
        figures.update(households=run.changed)
    return run.changed or 0


def _moment(run: TargetingRun | None) -> datetime | None:
    return run.created_at if run else None


def _differs(members: CTE) -> ColumnElement[bool]:
    """Whether the cycle or the program holds anything else of a household than before."""
    m, was, stood = members.c, CycleMember, ProgramMembership
    in_program = and_(
        m.state.not_in(STAY),
        stood.state.not_in(STAY) | stood.state.is_(None),
        stood.state.is_distinct_from(m.state),
    )
    written = ("state", "reason", "people", "by_program_id", "rank")
    differs = (getattr(was, name).is_distinct_from(m[name]) for name in written)
    return or_(*differs, in_program)


def _put_back_members(session: Session, cycle: Cycle, run: TargetingRun) -> None:
    change, member = TargetingChange, CycleMember
    of_it = (
        (change.run_id == run.id)
        & (change.registrant_id == member.registrant_id)
        & (member.cycle_id == cycle.id)
    )
    session.execute(delete(member).where(of_it, change.was.is_(None)))
    session.execute(
        update(member)
        .where(of_it, change.was.is_not(None))
        .values(
            state=change.was,
            reason=change.was_reason,
            people=change.was_people,
            by_program_id=change.was_by_program_id,
            rank=change.was_rank,
        )
    )


def _put_back_standings(session: Session, cycle: Cycle, run: TargetingRun) -> None:
    """Only what this run wrote: whatever was written since has another moment."""
    change, standing = TargetingChange, ProgramMembership
    of_it = (
        (change.run_id == run.id)
        & (change.registrant_id == standing.registrant_id)
        & (standing.program_id == cycle.program_id)
        & (standing.state == change.now)
        & (standing.changed_at == run.created_at)
        & change.stood.is_distinct_from(change.now)
    )
    session.execute(delete(standing).where(of_it, change.stood.is_(None)))
    session.execute(
        update(standing)
        .where(of_it, change.stood.is_not(None))
        .values(state=change.stood, reason=cast(change.stood_reason, Text), changed_at=func.now())
    )
