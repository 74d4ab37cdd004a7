"""The members of a program: how many stand where, who they are, and whom an act would be for."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from core.bulk import as_text
from core.clock import today
from core.errors import Conflict
from core.paging import Page, page_of
from geo.models.areas import Area
from programs.models.conditions import ConditionKind
from programs.models.cycles import Cycle
from programs.models.memberships import MembershipState, ProgramMembership
from programs.models.programs import Program
from programs.queries.conditions import conditions_of, meeting_rule
from programs.queries.reach import program_seen
from programs.queries.targets import WHOM
from registry.models.duplicates import DuplicatePair, PairState
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.consents import SHARING, declined
from registry.queries.reach import people_within_reach

STATES = tuple(state for state in MembershipState if state is not MembershipState.NON_COMPLIANT)
"""Where somebody may stand with a program; who does not comply does so in a cycle."""
STEPS: dict[MembershipState, frozenset[MembershipState]] = {
    MembershipState.PAUSED: frozenset(STATES) - {MembershipState.PAUSED, MembershipState.EXITED},
    MembershipState.EXITED: frozenset(STATES) - {MembershipState.EXITED},
    MembershipState.NOT_ELIGIBLE: frozenset({MembershipState.DRAFT, MembershipState.ENROLLED}),
    MembershipState.DUPLICATED: frozenset(
        {MembershipState.DRAFT, MembershipState.ENROLLED, MembershipState.NOT_ELIGIBLE}
    ),
    MembershipState.DRAFT: frozenset(
        {MembershipState.PAUSED, MembershipState.EXITED, MembershipState.DUPLICATED}
    ),
}
"""By the state an act brings a member to: the states it takes them from."""


class NoSuchCondition(Conflict):
    """The program has no such condition yet; write it down first."""


class Check(StrEnum):
    """What members are looked over for."""

    RULE = "rule"
    COMPLIANCE = "compliance"
    GRADUATION = "graduation"
    TWINS = "twins"


@dataclass(frozen=True)
class Asked:
    """Which members are meant: those of a state, those a check finds, or these alone by key."""

    state: MembershipState | None = None
    check: Check | None = None
    registrant_ids: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Passed:
    """One step of a member: where it came to stand, when, by whom, and why."""

    at: Any
    actor: str | None
    state: MembershipState
    reason: str | None
    cause: str | None


def member_counts(session: Session, program_id: int, *, actor: Actor) -> dict[MembershipState, int]:
    """How many of the members an actor sees stand where, states that nobody is in among them.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.COUNT_REGISTRANTS)
    program_seen(session, program_id, actor=actor)
    m = ProgramMembership
    counted = select(m.state, func.count()).where(*_seen(actor), m.program_id == program_id)
    found: dict[Any, int] = {row[0]: row[1] for row in session.execute(counted.group_by(m.state))}
    return {state: found.get(state, 0) for state in STATES}


def members_meant(
    session: Session, program: Program, asked: Asked, *, actor: Actor
) -> list[ColumnElement[bool]]:
    """What holds of the memberships that are meant, within reach.

    Raises:
        NoSuchCondition; Invalid, Forbidden: the rule cannot be read, or asks what one may not.
    """
    m = ProgramMembership
    where = [m.program_id == program.id, *_seen(actor)]
    if asked.state is not None:
        where.append(m.state == asked.state)
    if asked.registrant_ids is not None:
        where.append(m.registrant_id.in_(asked.registrant_ids))
    if asked.check is not None:
        where.append(m.state == MembershipState.ENROLLED)
        where.append(_found(session, program, asked.check, today(), actor))
    return where


def members_counted(session: Session, program_id: int, asked: Asked, *, actor: Actor) -> int:
    """How many members are meant; as `members_meant` raises."""
    actor.require(May.COUNT_REGISTRANTS)
    program = program_seen(session, program_id, actor=actor)
    where = members_meant(session, program, asked, actor=actor)
    counted = select(func.count()).select_from(ProgramMembership).where(*where)
    return session.scalars(counted).one()


def members_listed(
    session: Session, program_id: int, asked: Asked, *, actor: Actor, after: str | None = None
) -> Page[Any]:
    """The members that are meant, by number: `registrant_id, name, area, state, reason, cause,
    changed_at, cycle, twin, number`; `twin` is a pair that waits to be looked at.

    Raises:
        Forbidden, NotFound, and what `members_meant` refuses.
    """
    actor.require(May.READ_REGISTRANTS)
    program = program_seen(session, program_id, actor=actor)
    where = members_meant(session, program, asked, actor=actor)
    m = ProgramMembership
    listed = (
        select(
            m.registrant_id,
            Registrant.name,
            Area.name.label("area"),
            m.state,
            m.reason,
            m.cause,
            m.changed_at,
            Cycle.name.label("cycle"),
            _pair_of(program.id).label("twin"),
            Registrant.number,
        )
        .join(Registrant, Registrant.id == m.registrant_id)
        .outerjoin(Area, Area.id == m.area_id)
        .outerjoin(Cycle, Cycle.id == m.cycle_id)
        .where(*where)
    )
    return page_of(session, listed, Registrant.number, after)


def members_exported(
    session: Session, program: Program, asked: Asked, *, actor: Actor
) -> Select[Any]:
    """The members that are meant as lines of a file; without who does not agree to be taken along.

    Raises:
        What `members_meant` refuses.
    """
    m = ProgramMembership
    where = members_meant(session, program, asked, actor=actor)
    columns: list[Any] = [
        Registrant.number,
        as_text(Registrant.name).label("name"),
        Area.pcode.label("area_pcode"),
        Area.name.label("area"),
        cast(m.state, String).label("state"),
        as_text(m.reason).label("reason"),
        m.cause,
        m.changed_at,
        Cycle.number.label("cycle"),
    ]
    return (
        select(*columns)
        .select_from(m)
        .join(Registrant, Registrant.id == m.registrant_id)
        .outerjoin(Area, Area.id == m.area_id)
        .outerjoin(Cycle, Cycle.id == m.cycle_id)
        .where(*where, Registrant.id.not_in(declined(SHARING)))
        .order_by(Registrant.number)
    )


def passed_by(
    session: Session, program_id: int, registrant_id: int, *, actor: Actor
) -> list[Passed]:
    """How a member came to stand where it does, the latest first.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_REGISTRANTS)
    program_seen(session, program_id, actor=actor)
    m, of = ProgramMembership, FieldChange
    after = of.after
    steps = (
        select(
            of.at,
            AuditEntry.actor_name,
            after["state"].as_string(),
            after["reason"].as_string(),
            after["cause"].as_string(),
        )
        .join(m, and_(m.registrant_id == of.registrant_id, m.id == of.row_id))
        .outerjoin(AuditEntry, AuditEntry.id == of.entry_id)
        .where(m.program_id == program_id, m.registrant_id == registrant_id, *_seen(actor))
        .where(of.table_name == m.__tablename__, after["state"].as_string().is_not(None))
        .order_by(of.at.desc(), of.entry_id.desc(), of.id.desc())
    )
    return [
        Passed(at, by, MembershipState(state), reason, cause)
        for at, by, state, reason, cause in session.execute(steps)
    ]


def _seen(actor: Actor) -> list[ColumnElement[bool]]:
    m = ProgramMembership
    return [people_within_reach(actor, m.registrant_id, m.area_id)]


def _found(
    session: Session, program: Program, check: Check, on: date, actor: Actor
) -> ColumnElement[bool]:
    """What a check finds among the enrolled."""
    m = ProgramMembership
    if check is Check.TWINS:
        return _pair_of(program.id).is_not(None)
    if check is Check.RULE:
        return m.registrant_id.not_in(meeting_rule(session, program, on, actor=actor))
    rule = conditions_of(session, program.id).get(ConditionKind(check.value))
    if rule is None:
        raise NoSuchCondition
    enrolled = select(m.registrant_id).where(
        m.program_id == program.id, m.state == MembershipState.ENROLLED
    )
    met = WHOM[program.target].matching(session, rule, on, actor=actor, of=enrolled)
    if check is Check.GRADUATION:
        return m.registrant_id.in_(met)
    return m.registrant_id.not_in(met)


def _pair_of(program_id: int) -> ColumnElement[Any]:
    """A pair that waits to be looked at, of a member and another enrolled one of the program."""
    other, pair = aliased(ProgramMembership), DuplicatePair
    mine = ProgramMembership.registrant_id
    found = (
        select(func.min(pair.id))
        .join(
            other,
            or_(
                and_(pair.left_id == mine, other.registrant_id == pair.right_id),
                and_(pair.right_id == mine, other.registrant_id == pair.left_id),
            ),
        )
        .where(
            pair.state == PairState.OPEN,
            other.program_id == program_id,
            other.state == MembershipState.ENROLLED,
        )
    )
    return found.correlate(ProgramMembership).scalar_subquery()
