"""Who of a list a round of a program is for, and why each other is left out."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Numeric,
    Select,
    Subquery,
    TableValuedAlias,
    Text,
    case,
    cast,
    column,
    false,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session

from core import cql
from core.actor import Actor
from core.cql import Condition
from core.errors import NotFound
from geo.models.releases import Direction
from geo.models.selections import Selection
from programs.models.cycles import Cycle
from programs.models.entitlements import EntitlementState
from programs.models.memberships import (
    CycleMember,
    LeftOut,
    MembershipState,
    ProgramMembership,
)
from programs.models.programs import Program
from programs.models.targeting import Side
from programs.queries.targeting import Rules, named_one_by_one, rules_of
from programs.queries.targeting_line import in_line
from programs.queries.targets import WHOM, Taken, Whom
from registry.models.registrants import Registrant, RegistrantState
from registry.models.rosters import Roster, RosterMember
from registry.queries.consents import ASSISTANCE, declined
from registry.queries.subjects import with_verdict

UNDONE = (EntitlementState.CANCELLED, EntitlementState.REJECTED, EntitlementState.EXPIRED)


@dataclass(frozen=True)
class Round:
    """What decides who a round is for; `starts_on` is the day ages are counted on.

    `cycle_id` is that of a cycle which is written already; one that takes some over asks those
    `alone`.
    """

    program_id: int
    whom: Whom
    rules: Rules
    roster_id: int
    with_probable: bool
    starts_on: date
    cycle_id: int | None = None
    alone: bool = False

    @property
    def rule(self) -> str:
        """What one has to meet, as one condition."""
        return self.rules.eligibility

    @property
    def taken(self) -> Taken:
        """What it takes of its list."""
        return Taken(self.roster_id, self.with_probable, self.cycle_id, self.alone)


def round_of(session: Session, cycle: Cycle) -> Round:
    """The round a cycle is, by its program's rule of today."""
    with_probable = cycle.with_probable
    asked = round_asked(
        session, cycle.program_id, cycle.roster_id, cycle.starts_on, with_probable=with_probable
    )
    asked = replace(asked, cycle_id=cycle.id, alone=cycle.takes_over)
    return asked if cycle.rechecks else replace(asked, rules=replace(asked.rules, take=()))


def round_asked(
    session: Session, program_id: int, roster_id: int, starts_on: date, *, with_probable: bool
) -> Round:
    """The round a program would do from a frozen list, before any cycle of it is written.

    Raises:
        NotFound: there is no such program.
    """
    program = session.get(Program, program_id)
    if program is None:
        raise NotFound(program=program_id)
    return Round(
        program_id=program.id,
        whom=WHOM[program.target],
        rules=rules_of(session, program),
        roster_id=roster_id,
        with_probable=with_probable,
        starts_on=starts_on,
    )


def judged(session: Session, asked: Round, *, actor: Actor) -> Subquery:
    """Each household the round asks about, or each person, one row, with its verdict.

    Columns: `registrant_id, area_id, home_id, state, reason, by_program_id`, those of
    `composition`, `rank`; `home_id` is the household somebody stands with.
    Judged in this order: no longer active; of people, no longer in a household of the list;
    declines to receive help; paused or exited in the program; on a list of those left out; met by
    what excludes; below the line on the map; the rule; served for the same purpose by another
    program; late in line. Whom the first reason finds needs no second. Who is on a list of those
    taken needs to meet neither the line nor the rule.

    Raises:
        Invalid, Forbidden: a rule cannot be read, or asks what the actor may not.
    """
    return in_line(_judged_alone(session, asked, actor), asked.rules)


def _judged_alone(session: Session, asked: Round, actor: Actor) -> Select[Any]:
    """The verdict on each whatever others there are."""
    whom = asked.whom
    ids = whom.asked(asked.taken)
    people = whom.composition(asked.starts_on, ids)
    words = whom.terms(session, asked.starts_on, actor=actor)
    rule = cql.asked(asked.rule, words, actor=actor)
    served = served_elsewhere(asked.roster_id, asked.program_id)
    counts = [func.coalesce(c, 0).label(c.name) for c in people.c if c.name != "registrant_id"]
    standing = (ProgramMembership.registrant_id == Registrant.id) & (
        ProgramMembership.program_id == asked.program_id
    )
    said = whom.said_of(
        select(
            Registrant.id.label("registrant_id"),
            Registrant.area_id,
            whom.home.label("home_id"),
            (Registrant.state == RegistrantState.ACTIVE).label("active"),
            whom.stands(asked.taken).label("stands"),
            Registrant.id.in_(declined(ASSISTANCE)).label("declined"),
            ProgramMembership.state.label("standing"),
            served.c.program_id.label("served_by"),
            Registrant.id.in_(named_one_by_one(asked.program_id, Side.TAKE)).label("put_in"),
            Registrant.id.in_(named_one_by_one(asked.program_id, Side.LEAVE)).label("put_out"),
            _excluded(session, asked, ids, actor).label("excluded"),
            _reaches(session, asked).label("reaches"),
            *counts,
        )
    )
    listed = (
        whom.on_list(said, asked.taken)
        .outerjoin(people, people.c.registrant_id == Registrant.id)
        .outerjoin(ProgramMembership, standing)
        .outerjoin(served, served.c.registrant_id == Registrant.id)
        .where(Registrant.id.in_(ids))
    )
    joined, meets = with_verdict(listed, rule, ids)
    facts = (
        joined.add_columns(func.coalesce(meets, false()).label("meets"))
        .cte("facts")
        .prefix_with("MATERIALIZED")  # so that the rule is asked once of each
    )
    return select(
        facts.c.registrant_id,
        facts.c.area_id,
        facts.c.home_id,
        *_verdict(facts),
        *(facts.c[count.name] for count in counts),
    )


def _excluded(
    session: Session, asked: Round, ids: Select[int], actor: Actor
) -> ColumnElement[bool]:
    """Whether somebody surely meets what excludes."""
    written = asked.rules.exclusion
    if not written:
        return false()
    met = asked.whom.matching(session, written, asked.starts_on, actor=actor, of=ids)
    return Registrant.id.in_(met)


def _reaches(session: Session, asked: Round) -> ColumnElement[bool]:
    """Whether the value a list has of a household reaches the line on the map, if there is one."""
    line = asked.rules.value
    if line is None:
        return true()
    value = cast(RosterMember.value, Numeric)
    met = value <= line if counts_low(session, asked.roster_id) else value >= line
    return func.coalesce(met, false())


def counts_low(session: Session, roster_id: int) -> bool:
    """Whether a list is of those whose value on the map is at most some threshold, not at least."""
    kept = select(Selection.direction).join(Roster, Roster.selection_id == Selection.id)
    return session.scalar(kept.where(Roster.id == roster_id)) is Direction.AT_MOST


def _verdict(facts: CTE) -> list[ColumnElement[Any]]:
    """The columns state, reason and by_program_id: those of the first reason that applies."""
    c, out = facts.c, MembershipState.NOT_ELIGIBLE
    reasons: list[tuple[Condition, MembershipState, LeftOut]] = [
        (~c.active, out, LeftOut.INACTIVE),
        (~c.stands, out, LeftOut.OFF_LIST),
        (c.declined, out, LeftOut.DECLINED),
        (c.standing == MembershipState.PAUSED, MembershipState.PAUSED, LeftOut.PAUSED),
        (c.standing == MembershipState.EXITED, MembershipState.EXITED, LeftOut.EXITED),
        (c.put_out, out, LeftOut.LISTED_OUT),
        (c.excluded, out, LeftOut.EXCLUDED),
        (~c.reaches & ~c.put_in, out, LeftOut.BELOW_LINE),
        (~c.meets & ~c.put_in, out, LeftOut.RULE),
        (c.served_by.is_not(None), MembershipState.DUPLICATED, LeftOut.SAME_PURPOSE),
    ]
    kind, why = CycleMember.state.type, CycleMember.reason.type
    state = case(
        *((applies, literal(verdict, kind)) for applies, verdict, _reason in reasons),
        else_=literal(MembershipState.ENROLLED, kind),
    )
    reason = case(*((applies, literal(said, why)) for applies, _verdict, said in reasons))
    by_program = case((reason == LeftOut.SAME_PURPOSE, c.served_by))
    return [state.label("state"), reason.label("reason"), by_program.label("by_program_id")]


def served_elsewhere(roster_id: int, program_id: int) -> TableValuedAlias:
    """Who of a list another program that shares a purpose already gives something: households; of a
    program for people each person to whom, or to whose household, it is given.

    Columns: `registrant_id, program_id`. It counts from approval until the cycle has ended. The
    database answers it without regard to reach: who is served twice does not depend on who looks.
    """
    undone = literal([state.value for state in UNDONE], ARRAY(Text))
    return (
        func.served_elsewhere(roster_id, program_id, undone)
        .table_valued(column("registrant_id", BigInteger), column("program_id", BigInteger))
        .alias("served")
    )
