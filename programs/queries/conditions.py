"""What a program asks of its members beside its rule, and who of a round is held to it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, literal, select
from sqlalchemy.orm import Session

from core.actor import Actor
from programs.models.conditions import Condition, ConditionKind
from programs.models.memberships import (
    CycleMember,
    LeftOut,
    MembershipState,
    ProgramMembership,
)
from programs.models.programs import Program
from programs.queries.targets import WHOM, whom_of

Rules = Mapping[ConditionKind, str]


def conditions_of(session: Session, program_id: int) -> Rules:
    """The conditions a program has, by what they are for."""
    asked = select(Condition.kind, Condition.rule).where(Condition.program_id == program_id)
    return {row.kind: row.rule for row in session.execute(asked)}


def meeting_rule(session: Session, program: Program, on: date, *, actor: Actor) -> Select[int]:
    """The ids of the members of a program who meet its rule on a day.

    Raises:
        Invalid, Forbidden: the rule cannot be read, or asks what the actor may not.
    """
    members = select(ProgramMembership.registrant_id).where(
        ProgramMembership.program_id == program.id
    )
    whom = WHOM[program.target]
    return whom.matching(session, program.eligibility, on, actor=actor, of=members)


def held_to(
    session: Session, verdicts: Subquery, program_id: int, on: date, *, actor: Actor
) -> Subquery:
    """The verdicts of a round, but of those who would be enrolled: who is found to be the same as
    another stays out of it, and who does not meet the program's condition gets nothing in it.

    Columns as in `verdicts` (`programs.queries.eligibility.judged`).

    Raises:
        Invalid, Forbidden: the condition cannot be read, or asks what the actor may not.
    """
    judged = select(verdicts).cte("unheld").prefix_with("materialized")
    rule = conditions_of(session, program_id).get(ConditionKind.COMPLIANCE)
    enrolled = judged.c.state == MembershipState.ENROLLED
    twin = and_(enrolled, judged.c.registrant_id.in_(_twins(program_id)))
    fails: ColumnElement[bool] = false()
    if rule:
        of = select(judged.c.registrant_id).where(enrolled)
        met = whom_of(session, program_id).matching(session, rule, on, actor=actor, of=of)
        fails = and_(enrolled, judged.c.registrant_id.not_in(met))
    state = _instead(judged.c.state, twin, MembershipState.DUPLICATED, fails)
    kind = CycleMember.reason.type
    reason = case(
        (twin, literal(LeftOut.TWIN, kind)),
        (fails, literal(LeftOut.CONDITIONS, kind)),
        else_=judged.c.reason,
    )
    changed = {"state": state, "reason": reason}
    columns = [changed.get(c.name, c).label(c.name) for c in judged.c]
    return select(*columns).subquery("held")


def _instead(
    state: ColumnElement[Any],
    twin: ColumnElement[bool],
    duplicated: MembershipState,
    fails: ColumnElement[bool],
) -> ColumnElement[Any]:
    kind = CycleMember.state.type
    return case(
        (twin, literal(duplicated, kind)),
        (fails, literal(MembershipState.NON_COMPLIANT, kind)),
        else_=state,
    )


def _twins(program_id: int) -> Select[int]:
    """Who was found by somebody to be the same as another member of the program."""
    return select(ProgramMembership.registrant_id).where(
        ProgramMembership.program_id == program_id,
        ProgramMembership.state == MembershipState.DUPLICATED,
        ProgramMembership.cause.is_not(None),
    )
