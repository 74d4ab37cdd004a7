"""Why a household, or a person, is in a round of a program, or why not: rule by rule, with what was
found."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import cql2
from sqlalchemy import exists, literal, or_, select, true
from sqlalchemy.orm import Session

from core import cql
from core.actor import Actor
from core.errors import Forbidden, Invalid
from programs.models.cycles import Cycle
from programs.models.memberships import (
    CycleMember,
    LeftOut,
    MembershipState,
    ProgramMembership,
)
from programs.models.programs import Program, Target
from programs.models.targeting import Side, TargetingList, TargetingListMember
from programs.permissions import May
from programs.queries.eligibility import counts_low, served_elsewhere
from programs.queries.reach import cycle_seen, within_programs
from programs.queries.targeting import Block, Rules, rules_of
from programs.queries.targets import HOUSEHOLDS, WHOM, Taken, Whom
from registry.models.registrants import Registrant, RegistrantState
from registry.models.rosters import Answer, RosterMember
from registry.queries.consents import ASSISTANCE, declined
from registry.queries.registrants import registrant_by_number
from registry.queries.subjects import with_verdict

MOST_CYCLES = 30
COMPARED = frozenset({"=", "<>", "<", "<=", ">", ">="})


class NotAPerson(Invalid):
    """{number} is a household, and this program is for people; ask about the number of one of
    them."""


class NotAHousehold(Invalid):
    """{number} is a person, and this program is for households; ask about the number of theirs."""


@dataclass(frozen=True)
class Clause:
    """One thing a block asks, and what was found of who is asked about.

    `what` is what is compared, in words where it has some, else as it `is_written`; `asked` with
    `operator` is what it has to be. Where a clause compares nothing `what` is the condition itself.
    `met` is None where it is not known; `untold` says why an actor is not told.
    """

    what: str
    met: bool | None
    operator: str = ""
    asked: str = ""
    found: str | None = None
    untold: str = ""
    is_written: bool = False


@dataclass(frozen=True)
class Judged:
    """One block with its clauses; all of them have to be met."""

    name: str
    clauses: list[Clause]

    @property
    def met(self) -> bool:
        return all(clause.met for clause in self.clauses)

    @property
    def lacking(self) -> int:
        """How many of its clauses are not met."""
        return sum(not clause.met for clause in self.clauses)


@dataclass(frozen=True)
class Named:
    """A pasted list somebody is on."""

    side: Side
    reason: str


@dataclass(frozen=True)
class Why:
    """What decides about one household or person in a cycle, as of today, in the order of judging.

    `state` and `reason` are what the cycle's last run found, NULL where it asked nobody yet or did
    not ask them. `answer` is the list's own about where it stands, with its value; of a person,
    that of their household.
    """

    registrant: Registrant
    cycle: Cycle
    program: Program
    judged_at: datetime | None
    state: MembershipState | None
    reason: LeftOut | None
    rank: int | None
    rules: Rules
    answer: Answer | None
    value: float | None
    compared: str
    is_asked: bool
    is_active: bool
    has_declined: bool
    standing: MembershipState | None
    named: list[Named]
    leave: list[Judged]
    take: list[Judged]
    served_by: list[str]
    """Names of programs of the same purpose that serve it; empty of one the actor does not see."""

    @property
    def target(self) -> Target:
        return self.program.target

    @property
    def reaches(self) -> bool:
        """Whether the value on the map reaches the program's line, if it has one."""
        line = self.rules.value
        if line is None or self.value is None:
            return line is None
        value = Decimal(f"{self.value:.6g}")
        return value <= line if self.compared == "<=" else value >= line

    @property
    def nearest(self) -> Judged | None:
        """The block that lacks least, where none is met."""
        if not self.take or any(block.met for block in self.take):
            return None
        return min(self.take, key=lambda block: block.lacking)


def why(session: Session, cycle_id: int, number: str, *, actor: Actor) -> Why:
    """Everything that decides about a household or a person in a cycle, found one by one.

    Raises:
        Forbidden, NotFound, NumberMistyped, RegistrantUnknown
        NotAPerson, NotAHousehold: the program is not for such a one.
    """
    actor.require(May.READ_PROGRAMS)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    registrant = registrant_by_number(session, number, actor=actor)
    program = session.get_one(Program, cycle.program_id)
    whom = _whom(program, registrant)
    rules = rules_of(session, program)
    member = session.get(CycleMember, (cycle.id, registrant.id))
    taken = Taken(cycle.roster_id, cycle.with_probable)
    listed = _listed(session, whom, taken, registrant)
    of = _One(session, whom, registrant.id, cycle.starts_on, actor)
    may_be_asked = member is not None or not cycle.takes_over
    return Why(
        registrant=registrant,
        cycle=cycle,
        program=program,
        judged_at=cycle.enrolled_at,
        state=member.state if member else None,
        reason=member.reason if member else None,
        rank=member.rank if member else None,
        rules=rules,
        answer=listed.status if listed else None,
        value=listed.value if listed else None,
        compared="<=" if counts_low(session, cycle.roster_id) else ">=",
        is_asked=may_be_asked and listed is not None and listed.status in taken.answers,
        is_active=registrant.state is RegistrantState.ACTIVE,
        has_declined=of.has_declined(),
        standing=_standing(session, program.id, registrant.id),
        named=_named(session, program.id, registrant.id),
        leave=[of.judged(block) for block in rules.leave],
        take=[of.judged(block) for block in rules.take],
        served_by=_served_by(session, cycle, registrant.id, actor),
    )


@dataclass(frozen=True)
class Verdict:
    """What one cycle found of somebody; without a state it was on the list and not judged."""

    cycle_id: int
    program: str
    target: Target
    number: int
    cycle: str
    state: MembershipState | None
    reason: LeftOut | None
    rank: int | None


def verdicts_of(session: Session, registrant: Registrant, *, actor: Actor) -> list[Verdict]:
    """The cycles whose list a household is on, or of a person their household, of programs for such
    as they are which the actor sees, the newest first; the caller has shown that they may see it.

    Raises:
        Forbidden
    """
    actor.require(May.READ_PROGRAMS)
    target = next(each for each, whom in WHOM.items() if whom.kind is registrant.kind)
    homes = WHOM[target].homes_of(select(literal(registrant.id)))
    on_list = exists().where(
        RosterMember.roster_id == Cycle.roster_id, RosterMember.registrant_id.in_(homes)
    )
    listed = (
        select(
            Cycle.id,
            Program.name,
            Program.target,
            Cycle.number,
            Cycle.name,
            CycleMember.state,
            CycleMember.reason,
            CycleMember.rank,
        )
        .join(Program, Program.id == Cycle.program_id)
        .outerjoin(
            CycleMember,
            (CycleMember.cycle_id == Cycle.id) & (CycleMember.registrant_id == registrant.id),
        )
        .where(or_(CycleMember.registrant_id.is_not(None), on_list & ~Cycle.takes_over))
        .where(Program.target == target, within_programs(actor, Program.id))
        .order_by(Cycle.id.desc())
        .limit(MOST_CYCLES)
    )
    return [Verdict(*row) for row in session.execute(listed)]


def _whom(program: Program, registrant: Registrant) -> Whom:
    whom = WHOM[program.target]
    if registrant.kind is not whom.kind:
        wrong = NotAHousehold if whom is HOUSEHOLDS else NotAPerson
        raise wrong(number=registrant.number)
    return whom


def _listed(
    session: Session, whom: Whom, taken: Taken, registrant: Registrant
) -> RosterMember | None:
    """What a list has of somebody: its row of them, or of their household."""
    row = whom.said_of(select(RosterMember).select_from(Registrant))
    mine = whom.on_list(row, taken).where(Registrant.id == registrant.id)
    found: RosterMember | None = session.scalar(mine)
    return found


@dataclass(frozen=True)
class _One:
    """Asks conditions of one household or person."""

    session: Session
    whom: Whom
    registrant_id: int
    on: date
    actor: Actor

    def has_declined(self) -> bool:
        asked = select(Registrant.id.in_(declined(ASSISTANCE)))
        return bool(self.session.scalar(asked.where(Registrant.id == self.registrant_id)))

    def judged(self, block: Block) -> Judged:
        words = self.whom.terms(self.session, self.on, actor=self.actor)
        parts = [*_parts(block.household), *_of_members(block)]
        return Judged(block.name, [self._told(part, words) for part in parts])

    def _told(self, part: Any, words: cql.Terms) -> Clause:
        """A part of a condition, or why the actor is not told of it."""
        try:
            return self._clause(part, words)
        except (Forbidden, Invalid) as refused:
            return Clause(_written(part), None, untold=str(refused))

    def _clause(self, part: Any, words: cql.Terms) -> Clause:
        met = self._asked(cql.asked(json.dumps(part), words, actor=self.actor), None)
        match part:
            case {"op": str(operator), "args": [left, right]} if operator in COMPARED:
                if isinstance(left, dict) and not isinstance(right, dict):
                    found = self._found(left, words)
                    what, is_written = _said(left, words)
                    asked = _value(right) or ""
                    return Clause(what, met, operator, asked, _value(found), is_written=is_written)
        return Clause(_written(part), met)

    def _found(self, left: Any, words: cql.Terms) -> Any:
        plan = cql.Plan()
        piece, names = cql.reckoned(json.dumps(left), words, actor=self.actor, plan=plan)
        asked = cql.Asked(true(), true(), cql.Plan(), true(), plan, names)
        return self._asked(asked, piece.expression)

    def _asked(self, asked: cql.Asked, told: Any) -> Any:
        """What a query tells of them, or whether they meet what is asked."""
        mine = select(literal(self.registrant_id))
        row = self.whom.said_of(select(Registrant.id).where(Registrant.id == self.registrant_id))
        joined, met = with_verdict(row, asked, mine)
        return self.session.scalar(joined.with_only_columns(met if told is None else told))


def _parts(written: str) -> Iterator[Any]:
    """What has to hold together, of a condition."""
    if written.strip():
        yield from _and(cql.tree(written))


def _and(node: Any) -> Iterator[Any]:
    match node:
        case {"op": "and", "args": list(parts)}:
            for part in parts:
                yield from _and(part)
        case _:
            yield node


def _of_members(block: Block) -> Iterator[Any]:
    if block.member.strip():
        counted = {"op": "count_of", "args": [cql.tree(block.member)]}
        yield {"op": ">=", "args": [counted, block.members]}


def _said(left: Any, words: cql.Terms) -> tuple[str, bool]:
    """What is compared: in the words of its term, or else as it is written."""
    match left:
        case {"property": str(name)} if name in words:
            return words[name].label, False
        case _:
            return _written(left), True


def _written(part: Any) -> str:
    """A part of a condition as text."""
    return str(cql2.parse_json(json.dumps(part)).to_text())


def _value(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case float() | Decimal():
            return format(Decimal(str(value)).normalize(), "f")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _standing(session: Session, program_id: int, registrant_id: int) -> MembershipState | None:
    asked = select(ProgramMembership.state).where(
        ProgramMembership.program_id == program_id,
        ProgramMembership.registrant_id == registrant_id,
    )
    return session.scalar(asked)


def _named(session: Session, program_id: int, registrant_id: int) -> list[Named]:
    asked = (
        select(TargetingList.side, TargetingList.reason)
        .join(TargetingListMember, TargetingListMember.list_id == TargetingList.id)
        .where(TargetingList.program_id == program_id)
        .where(TargetingListMember.registrant_id == registrant_id)
        .order_by(TargetingList.id)
    )
    return [Named(side, reason) for side, reason in session.execute(asked)]


def _served_by(session: Session, cycle: Cycle, registrant_id: int, actor: Actor) -> list[str]:
    served = served_elsewhere(cycle.roster_id, cycle.program_id)
    asked = (
        select(Program.name)
        .select_from(served)
        .outerjoin(
            Program, (Program.id == served.c.program_id) & within_programs(actor, Program.id)
        )
        .where(served.c.registrant_id == registrant_id)
    )
    return [name or "" for name in session.scalars(asked)]
