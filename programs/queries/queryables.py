"""What a filter may ask of what programs did for a household, beside all that is asked below."""

from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
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
Rows = Select[*tuple[Any, ...]]
Keys = Sequence[Any]  # columns of registrants whose programs count
PAID = (PaymentState.PAID, PaymentState.PARTLY_PAID, PaymentState.RECONCILED)


def widest_terms(
    session: Session, on: date, *, actor: Actor, subject: Subject = Subject.HOUSEHOLDS
) -> Terms:
    """All a filter may speak of on a day; of programs, those the actor sees, and of a person what
    programs did for them or for their household."""
    own, latest = own_fields(session), cache(partial(latest_releases, session))
    if subject is Subject.PEOPLE:
        whose = (Individual.registrant_id, Individual.counted_in)
        return {**person_terms(on, own, latest), **program_terms(actor, *whose)}
    return {**household_terms(on, own, latest), **program_terms(actor, Registrant.id)}


def terms_listed(
    session: Session, *, actor: Actor, subject: Subject = Subject.HOUSEHOLDS
) -> list[tuple[str, str]]:
    """The terms an actor may use in a filter, (name, what it means), for those who write one."""
    mine = usable(widest_terms(session, today(), actor=actor, subject=subject), actor)
    return [(name, term.label) for name, term in mine.items()]


def program_terms(actor: Actor, *whose: Any) -> Terms:
    """The terms of programs, for a query that has columns of the keys of whom programs helped:
    of a household its own, of a person theirs and their household's."""
    read = May.READ_REGISTRANTS
    return {
        "in_program": Lookup(
            lambda asked: _in_program(whose, asked, actor),
            _("Enrolled in a 'program', or of one of the states named after it"),
            read,
        ),
        "in_cycle": Lookup(
            lambda asked: _in_cycle(whose, asked, actor),
            _("Enrolled in the cycle of a 'program' by its number"),
            read,
            takes=(Kind.TEXT, Kind.NUMBER),
        ),
        "entitled": Lookup(
            lambda asked: _sum(whose, "entitled", _due(actor), asked),
            _("What a 'program' approved for it, since a day such as '2026-01-31' if one is named"),
            read,
            Kind.NUMBER,
            of=PROGRAMS,
        ),
        "received": Lookup(
            lambda asked: _sum(whose, "received", _received(actor), asked),
            _("What it received of a 'program', since a day such as '2026-01-31' if one is named"),
            read,
            Kind.NUMBER,
            of=PROGRAMS,
        ),
        "program_state": Lookup(
            lambda asked: _state_in(whose, asked[0], actor),
            _("Where it stands with a 'program': enrolled, paused, exited and so on"),
            read,
            Kind.TEXT,
            (Kind.TEXT,),
            of=PROGRAMS,
            words=STATES,
        ),
        "programs": Sourced(
            lambda plan: _enrolled(plan, whose, actor),
            Kind.NUMBER,
            _("Programs it is enrolled in"),
            read,
        ),
        "helped_for": Lookup(
            lambda asked: _among(whose, _helped(asked[0], actor)),
            _("Enrolled in a program for this purpose"),
            read,
            takes=(Kind.TEXT,),
            of=PURPOSES,
        ),
        "last_received_on": Sourced(
            lambda plan: _latest(plan, whose, "last", _last_received(actor)),
            Kind.DATE,
            _("Day it last received something"),
            read,
        ),
        "last_payment_on": Sourced(
            lambda plan: _latest(plan, whose, "paid", _last_paid(actor)),
            Kind.DATE,
            _("Day of the last payment order made for it"),
            read,
        ),
    }


def _among(whose: Keys, found: Select[Any]) -> ColumnElement[bool]:
    """Whether any of the keys is among those found."""
    return or_(*(key.in_(found) for key in whose))


def _each(plan: Plan, whose: Keys, name: Any, rows: Rows, column: str) -> list[Any]:
    """A column of rows by `registrant_id`, of each of the keys; NULL where there is no row."""

    def made(key: Any) -> Source:
        found = rows.subquery()
        return found, found.c.registrant_id == key

    return [
        plan.source((name, place), partial(made, key)).c[column] for place, key in enumerate(whose)
    ]


def _latest(plan: Plan, whose: Keys, name: str, rows: Rows) -> ColumnElement[Any]:
    return func.greatest(*_each(plan, whose, name, rows, "day"), type_=Date())


def _in_program(whose: Keys, asked: Sequence[Any], actor: Actor) -> ColumnElement[bool]:
    if not asked:
        raise FilterUnreadable(place="in_program")
    number, *states = asked
    wanted = [_state(state) for state in states] or [MembershipState.ENROLLED]
    members = _memberships(actor).where(
        Program.number == number, ProgramMembership.state.in_(wanted)
    )
    return _among(whose, members)


def _state_in(whose: Keys, number: str, actor: Actor) -> Drawn:
    """The state of a membership; NULL of who never was in the program."""
    standing = (
        _memberships(actor)
        .add_columns(cast(ProgramMembership.state, Text).label("state"))
        .where(Program.number == number)
    )
    return lambda plan: func.coalesce(*_each(plan, whose, ("standing", number), standing, "state"))


def _enrolled(plan: Plan, whose: Keys, actor: Actor) -> ColumnElement[Any]:
    counts = (
        _memberships(actor)
        .add_columns(func.count().label("programs"))
        .where(ProgramMembership.state == MembershipState.ENROLLED)
        .group_by(ProgramMembership.registrant_id)
    )
    return _summed(_each(plan, whose, "programs", counts, "programs"))


def _summed(found: Sequence[Any]) -> ColumnElement[Any]:
    """The sum of what was found of each of the keys, nothing where there is none."""
    known = [func.coalesce(each, 0) for each in found]
    return sum(known[1:], start=known[0])


def _helped(purpose: str, actor: Actor) -> Select[Any]:
    return _memberships(actor).where(
        ProgramMembership.state == MembershipState.ENROLLED,
        literal(purpose) == any_(Program.purposes),
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


def _in_cycle(whose: Keys, asked: Sequence[Any], actor: Actor) -> ColumnElement[bool]:
    program, number = asked
    members = (
        select(CycleMember.registrant_id)
        .join(Cycle, Cycle.id == CycleMember.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .where(Program.number == program, Cycle.number == int(number))
        .where(CycleMember.state == MembershipState.ENROLLED)
        .where(within_programs(actor, Program.id))
    )
    return _among(whose, members)


def _sum(whose: Keys, name: str, amounts: Select[Any], asked: Sequence[Any]) -> Drawn:
    """The sum of amounts of a program since a day; 0 of whom there are none."""
    if len(asked) not in (1, 2):
        raise FilterUnreadable(place=name)
    program, since = asked[0], _day(asked[1]) if len(asked) == 2 else date.min

    each = amounts.subquery()
    sums = (
        select(each.c.registrant_id, func.sum(each.c.amount).label("total"))
        .where(each.c.program == program, each.c.day >= since)
        .group_by(each.c.registrant_id)
    )
    return lambda plan: _summed(_each(plan, whose, (name, program, since), sums, "total"))


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


def _last_received(actor: Actor) -> Select[Any]:
    each = _received(actor).subquery()
    return select(each.c.registrant_id, func.max(each.c.day).label("day")).group_by(
        each.c.registrant_id
    )


def _last_paid(actor: Actor) -> Rows:
    return (
        select(Payment.registrant_id, func.max(_on_day(Payment.created_at)).label("day"))
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(within_programs(actor, Cycle.program_id))
        .group_by(Payment.registrant_id)
    )


def _program_and_day(row: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return Program.number.label("program"), _on_day(row.created_at).label("day")


def _on_day(moment: Any) -> ColumnElement[Any]:
    """The day of a moment in the country's time zone."""
    return cast(func.timezone(country().timezone, moment), Date)
