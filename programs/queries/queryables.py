"""What a filter may ask of what programs did for a household, beside all that is asked below."""

from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Text, cast, func, select, union_all
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.country import country
from core.cql import (
    Drawn,
    FilterUnreadable,
    Kind,
    Lookup,
    Plan,
    Source,
    Sourced,
    Terms,
    WrongKind,
    usable,
)
from core.words import _
from geo.queries.latest import latest_releases
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState, Redemption
from programs.models.memberships import CycleMember, MembershipState, ProgramMembership
from programs.models.payments import Payment, PaymentState
from programs.models.programs import Program
from programs.queries.reach import within_programs
from registry.models.filters import Subject
from registry.models.registrants import Individual, Registrant
from registry.permissions import May
from registry.queries.fields import own_fields
from registry.queries.queryables import household_terms
from registry.queries.subjects import person_terms

DUE = (
    EntitlementState.APPROVED,
    EntitlementState.SENT,
    EntitlementState.REDEEMED,
    EntitlementState.PARTLY_REDEEMED,
)
PROGRAMS, PURPOSES, STATES = "programs", "program_purposes", "program_states"  # lists of words
PAID = (PaymentState.PAID, PaymentState.PARTLY_PAID, PaymentState.RECONCILED)


def widest_terms(
    session: Session, on: date, *, actor: Actor, subject: Subject = Subject.HOUSEHOLDS
) -> Terms:
    """All a filter may speak of on a day; of programs, those the actor sees, and of a person what
    programs did for their household."""
    own, latest = own_fields(session), cache(partial(latest_releases, session))
    if subject is Subject.PEOPLE:
        return {**person_terms(on, own, latest), **program_terms(actor, Individual.counted_in)}
    return {**household_terms(on, own, latest), **program_terms(actor, Registrant.id)}


def terms_listed(session: Session, *, actor: Actor) -> list[tuple[str, str]]:
    """The terms an actor may use in a filter, (name, what it means), for those who write one."""
    mine = usable(widest_terms(session, today(), actor=actor), actor)
    return [(name, term.label) for name, term in mine.items()]


def program_terms(actor: Actor, household: Any) -> Terms:
    """The terms of programs, for a query that has a column of the keys of households."""
    read = May.READ_REGISTRANTS
    return {
        "in_program": Lookup(
            lambda asked: _in_program(household, asked, actor),
            _("Enrolled in a 'program', or of one of the states named after it"),
            read,
        ),
        "in_cycle": Lookup(
            lambda asked: _in_cycle(household, asked, actor),
            _("Enrolled in the cycle of a 'program' by its number"),
            read,
            takes=(Kind.TEXT, Kind.NUMBER),
        ),
        "entitled": Lookup(
            lambda asked: _sum(household, "entitled", _due(actor), asked),
            _("What a 'program' approved for it, since a day such as '2026-01-31' if one is named"),
            read,
            Kind.NUMBER,
            of=PROGRAMS,
        ),
        "received": Lookup(
            lambda asked: _sum(household, "received", _received(actor), asked),
            _("What it received of a 'program', since a day such as '2026-01-31' if one is named"),
            read,
            Kind.NUMBER,
            of=PROGRAMS,
        ),
        "program_state": Lookup(
            lambda asked: _state_in(household, asked[0], actor),
            _("Where it stands with a 'program': enrolled, paused, exited and so on"),
            read,
            Kind.TEXT,
            (Kind.TEXT,),
            of=PROGRAMS,
            words=STATES,
        ),
        "programs": Sourced(
            lambda plan: _enrolled(plan, household, actor),
            Kind.NUMBER,
            _("Programs it is enrolled in"),
            read,
        ),
        "helped_for": Lookup(
            lambda asked: household.in_(_helped(asked[0], actor)),
            _("Enrolled in a program for this purpose"),
            read,
            takes=(Kind.TEXT,),
            of=PURPOSES,
        ),
        "last_received_on": Sourced(
            lambda plan: plan.source("last", lambda: _last_received(household, actor)).c.day,
            Kind.DATE,
            _("Day it last received something"),
            read,
        ),
        "last_payment_on": Sourced(
            lambda plan: plan.source("paid", lambda: _last_paid(household, actor)).c.day,
            Kind.DATE,
            _("Day of the last payment order made for it"),
            read,
        ),
    }


def _in_program(household: Any, asked: Sequence[Any], actor: Actor) -> ColumnElement[bool]:
    if not asked:
        raise FilterUnreadable(place="in_program")
    number, *states = asked
    wanted = [_state(state) for state in states] or [MembershipState.ENROLLED]
    members = _memberships(actor).where(
        Program.number == number, ProgramMembership.state.in_(wanted)
    )
    found: ColumnElement[bool] = household.in_(members)
    return found


def _state_in(household: Any, number: str, actor: Actor) -> Drawn:
    """The state of a membership; NULL of who never was in the program."""

    def made() -> Source:
        standing = (
            _memberships(actor)
            .add_columns(cast(ProgramMembership.state, Text).label("state"))
            .where(Program.number == number)
            .subquery()
        )
        return standing, standing.c.registrant_id == household

    return lambda plan: plan.source(("standing", number), made).c.state


def _enrolled(plan: Plan, household: Any, actor: Actor) -> ColumnElement[Any]:
    def made() -> Source:
        counts = (
            _memberships(actor)
            .add_columns(func.count().label("programs"))
            .where(ProgramMembership.state == MembershipState.ENROLLED)
            .group_by(ProgramMembership.registrant_id)
            .subquery()
        )
        return counts, counts.c.registrant_id == household

    return func.coalesce(plan.source("programs", made).c.programs, 0)


def _helped(purpose: str, actor: Actor) -> Select[Any]:
    return _memberships(actor).where(
        ProgramMembership.state == MembershipState.ENROLLED, Program.purpose == purpose
    )


def _memberships(actor: Actor) -> Select[Any]:
    return (
        select(ProgramMembership.registrant_id)
        .join(Program, Program.id == ProgramMembership.program_id)
        .where(within_programs(actor, Program.id))
    )


def _state(said: str) -> MembershipState:
    try:
        return MembershipState(said)
    except ValueError:
        wanted = ", ".join(MembershipState)
        raise WrongKind(said=f"'{said}'", kind=_("no state"), wanted=wanted) from None


def _in_cycle(household: Any, asked: Sequence[Any], actor: Actor) -> ColumnElement[bool]:
    program, number = asked
    members = (
        select(CycleMember.registrant_id)
        .join(Cycle, Cycle.id == CycleMember.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .where(Program.number == program, Cycle.number == int(number))
        .where(CycleMember.state == MembershipState.ENROLLED)
        .where(within_programs(actor, Program.id))
    )
    found: ColumnElement[bool] = household.in_(members)
    return found


def _sum(household: Any, name: str, amounts: Select[Any], asked: Sequence[Any]) -> Drawn:
    """The sum of amounts of a program since a day; 0 of whom there are none."""
    if len(asked) not in (1, 2):
        raise FilterUnreadable(place=name)
    program, since = asked[0], _day(asked[1]) if len(asked) == 2 else date.min

    def made() -> Source:
        each = amounts.subquery()
        sums = (
            select(each.c.registrant_id, func.sum(each.c.amount).label("total"))
            .where(each.c.program == program, each.c.day >= since)
            .group_by(each.c.registrant_id)
            .subquery()
        )
        return sums, sums.c.registrant_id == household

    return lambda plan: func.coalesce(plan.source((name, program, since), made).c.total, 0)


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise WrongKind(said=said, kind=_("no day"), wanted=_(Kind.DATE.value)) from None


def _due(actor: Actor) -> Select[Any]:
    """What was approved: registrant, amount, number of the program, day."""
    return (
        select(Entitlement.registrant_id, Entitlement.amount, *_program_and_day(Entitlement))
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .where(Entitlement.state.in_(DUE), within_programs(actor, Program.id))
    )


def _received(actor: Actor) -> Select[Any]:
    """What came to a hand: vouchers and cards that were redeemed, and orders that were paid."""
    redeemed = select(
        Entitlement.registrant_id, Redemption.amount, *_program_and_day(Redemption)
    ).join(Entitlement, Entitlement.id == Redemption.entitlement_id)
    paid = (
        select(Entitlement.registrant_id, Payment.amount, *_program_and_day(Payment))
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .where(Payment.state.in_(PAID))
    )
    each = (
        part.join(Cycle, Cycle.id == Entitlement.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .where(within_programs(actor, Program.id))
        for part in (redeemed, paid)
    )
    both = union_all(*each).subquery()
    return select(both)


def _last_received(household: Any, actor: Actor) -> Source:
    each = _received(actor).subquery()
    last = (
        select(each.c.registrant_id, func.max(each.c.day).label("day"))
        .group_by(each.c.registrant_id)
        .subquery()
    )
    return last, last.c.registrant_id == household


def _last_paid(household: Any, actor: Actor) -> Source:
    last = (
        select(Payment.registrant_id, func.max(_on_day(Payment.created_at)).label("day"))
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(within_programs(actor, Cycle.program_id))
        .group_by(Payment.registrant_id)
        .subquery()
    )
    return last, last.c.registrant_id == household


def _program_and_day(row: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return Program.number.label("program"), _on_day(row.created_at).label("day")


def _on_day(moment: Any) -> ColumnElement[Any]:
    """The day of a moment in the country's time zone."""
    return cast(func.timezone(country().timezone, moment), Date)
