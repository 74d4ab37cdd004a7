"""Whom a program asks: households, or the people who count in them.

All that differs between the two stands here: who is asked, in which words, with which composition,
and whose account may be used.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    func,
    join,
    literal,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import Terms
from programs.models.memberships import CycleMember
from programs.models.programs import Program, Target
from programs.queries.queryables import widest_terms
from registry.models.filters import Subject
from registry.models.registrants import (
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.models.rosters import Answer, RosterMember
from registry.queries.people import composition, composition_of_people
from registry.queries.subjects import counted_groups, matching

HEAD = "head"


@dataclass(frozen=True)
class Taken:
    """What a cycle takes of a frozen list: those it answers *in*, and if wanted *probable*.

    `cycle_id` is the cycle that was written already, `alone` whether it asks only those who were
    written into it when it started.
    """

    roster_id: int
    with_probable: bool
    cycle_id: int | None = None
    alone: bool = False

    @property
    def answers(self) -> tuple[Answer, ...]:
        return (Answer.IN, Answer.PROBABLE) if self.with_probable else (Answer.IN,)


class Whom(ABC):
    """Those a program is for, as queries of Registrant ask of them."""

    subject: ClassVar[Subject]
    kind: ClassVar[RegistrantKind]
    home: Any
    """The household somebody stands with, in a query of what `said_of` joins."""
    listed: Any
    """Rows of lists, one for each who stands on them, and in it the `key` of who it is."""
    key: Any
    listed_alone: ClassVar[bool]
    """Whether a list holds them alone, or with others of their household."""
    known_as: ClassVar[tuple[str, ...]]
    """The columns of verdicts under which other programs may have them."""

    def terms(self, session: Session, on: date, *, actor: Actor) -> Terms:
        """What a rule may speak of."""
        return widest_terms(session, on, actor=actor, subject=self.subject)

    def matching(
        self,
        session: Session,
        rule: str,
        on: date,
        *,
        actor: Actor,
        of: Select[Any] | None = None,
    ) -> Select[int]:
        """The ids of those, among `of`, who meet a rule on a day.

        Raises:
            Invalid, Forbidden: the rule cannot be read, or asks what the actor may not.
        """
        words = self.terms(session, on, actor=actor)
        return matching(rule, on, actor=actor, terms=words, subject=self.subject, of=of)

    def of_list(self, taken: Taken) -> Select[int]:
        """The ids of those a list stands for by its answers."""
        return (
            select(self.key)
            .select_from(self.listed)
            .where(
                RosterMember.roster_id == taken.roster_id,
                RosterMember.status.in_(taken.answers),
            )
        )

    @abstractmethod
    def asked(self, taken: Taken) -> Select[int]:
        """The ids of all a round judges."""

    @abstractmethod
    def said_of(self, query: Select[Any]) -> Select[Any]:
        """A query of Registrant joined with what rules speak of beside it."""

    @abstractmethod
    def on_list(self, query: Select[Any], taken: Taken) -> Select[Any]:
        """A query of what `said_of` joins, with the row a list has of each."""

    @abstractmethod
    def stands(self, taken: Taken) -> ColumnElement[bool]:
        """Whether the list stands for somebody still, in a query of what `on_list` joins."""

    @abstractmethod
    def counted(self) -> ColumnElement[bool]:
        """Whether a registrant is one of those programs may mean at all."""

    @abstractmethod
    def composition(self, on: date, of: Select[Any], ages: Sequence[int] = ()) -> Subquery:
        """Their people by sex and age band, one row each."""

    @abstractmethod
    def homes_of(self, ids: Select[int]) -> Select[Any]:
        """The ids of the households these stand with."""

    @abstractmethod
    def beside(self, payee: Any) -> list[Select[Any]]:
        """Whose account or telephone may be used where a payee has none; the first come first."""

    @abstractmethod
    def sex(self, of: Any) -> ColumnElement[Any]:
        """The sex by which somebody is grouped: theirs, or of a household its head's."""


class Households(Whom):
    """A program for households: the groups on a list, each with all its people."""

    subject = Subject.HOUSEHOLDS
    kind = RegistrantKind.GROUP
    listed_alone = True
    known_as = ("registrant_id",)

    def __init__(self) -> None:
        self.home = Registrant.id
        self.listed, self.key = RosterMember, RosterMember.registrant_id

    def asked(self, taken: Taken) -> Select[int]:
        return self.of_list(taken)

    def said_of(self, query: Select[Any]) -> Select[Any]:
        return query

    def on_list(self, query: Select[Any], taken: Taken) -> Select[Any]:
        return query.join(RosterMember, RosterMember.registrant_id == Registrant.id).where(
            RosterMember.roster_id == taken.roster_id
        )

    def stands(self, taken: Taken) -> ColumnElement[bool]:
        return true()

    def counted(self) -> ColumnElement[bool]:
        return counted_groups()

    def composition(self, on: date, of: Select[Any], ages: Sequence[int] = ()) -> Subquery:
        return composition(on, of, ages)

    def homes_of(self, ids: Select[int]) -> Select[Any]:
        return ids

    def beside(self, payee: Any) -> list[Select[Any]]:
        return [_heads(payee)]

    def sex(self, of: Any) -> ColumnElement[Any]:
        head = select(Individual.sex).where(Individual.registrant_id.in_(_heads(of)))
        return head.limit(1).scalar_subquery()


class People(Whom):
    """A program for people: those who count in the households on a list, each on their own."""

    subject = Subject.PEOPLE
    kind = RegistrantKind.INDIVIDUAL
    listed_alone = False
    known_as = ("registrant_id", "home_id")

    def __init__(self) -> None:
        self.home = Individual.counted_in
        of_home = Individual.counted_in == RosterMember.registrant_id
        self.listed, self.key = join(RosterMember, Individual, of_home), Individual.registrant_id

    def asked(self, taken: Taken) -> Select[int]:
        """Those of the list; and who a cycle has already, though they count in no household of it
        any more, so that this is found of them."""
        members = select(CycleMember.registrant_id).where(CycleMember.cycle_id == taken.cycle_id)
        if taken.cycle_id is None:
            return self.of_list(taken)
        if taken.alone:
            return members
        both = union(self.of_list(taken), members).subquery("asked")
        return select(both.c[0])

    def said_of(self, query: Select[Any]) -> Select[Any]:
        return query.join(Individual, Individual.registrant_id == Registrant.id)

    def on_list(self, query: Select[Any], taken: Taken) -> Select[Any]:
        of_home = (RosterMember.registrant_id == Individual.counted_in) & (
            RosterMember.roster_id == taken.roster_id
        )
        return query.outerjoin(RosterMember, of_home)

    def stands(self, taken: Taken) -> ColumnElement[bool]:
        """Whether they count in an active household that the list takes."""
        return func.coalesce(RosterMember.status.in_(taken.answers), literal(value=False))

    def counted(self) -> ColumnElement[bool]:
        return (Registrant.kind == RegistrantKind.INDIVIDUAL) & (
            Registrant.state == RegistrantState.ACTIVE
        )

    def composition(self, on: date, of: Select[Any], ages: Sequence[int] = ()) -> Subquery:
        return composition_of_people(on, of, ages)

    def homes_of(self, ids: Select[int]) -> Select[Any]:
        return select(Individual.counted_in).where(
            Individual.registrant_id.in_(ids), Individual.counted_in.is_not(None)
        )

    def beside(self, payee: Any) -> list[Select[Any]]:
        home = select(Individual.counted_in).where(Individual.registrant_id == payee)
        household = home.correlate_except(Individual)
        return [household, _heads(household.scalar_subquery())]

    def sex(self, of: Any) -> ColumnElement[Any]:
        return select(Individual.sex).where(Individual.registrant_id == of).scalar_subquery()


HOUSEHOLDS, PEOPLE = Households(), People()
WHOM: dict[Target, Whom] = {Target.GROUP: HOUSEHOLDS, Target.INDIVIDUAL: PEOPLE}


def whom_of(session: Session, program_id: int) -> Whom:
    """Whom a program is for."""
    return WHOM[session.get_one(Program, program_id).target]


def _heads(group: Any) -> Select[int]:
    """The head of a group, who is told by a column of the query around or by one of its own."""
    heads = select(Membership.member_id).where(
        Membership.group_id == group, Membership.kind == HEAD, Membership.ended_on.is_(None)
    )
    return heads.correlate_except(Membership)
