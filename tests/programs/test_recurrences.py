"""When the cycles of a program begin: the days of its rule, and the one that is due."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import PLATFORM
from core.clock import today
from core.errors import Forbidden
from programs.jobs.recurrences import draft_due_cycle
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement
from programs.models.memberships import CycleMember
from programs.models.programs import Program, ProgramState
from programs.models.recurrences import Recurrence
from programs.queries.recurrences import (
    Every,
    NoDays,
    RecurrenceUnreadable,
    composed,
    day_due,
    next_days,
)
from programs.services.recurrences import (
    NothingDue,
    Rhythm,
    look_for_due,
    set_recurrence,
    start_due,
)
from tests.make.jobs import Silent
from tests.make.programs import DARA, make_actor, make_approved, make_family, make_program


def _rhythm(rule: str, first: date) -> Recurrence:
    return Recurrence(program_id=0, rule=rule, starts_on=first, made_by=1)


def _monthly(session: Session, first: date, **given: bool) -> Program:
    """A program with one cycle, whose cycles begin each month from a day on."""
    program = make_program(session)
    make_approved(session, program, make_family(session, 2))
    rhythm = Rhythm("freq=monthly", first, **given)
    set_recurrence(session, program.id, rhythm, actor=DARA)
    return program


def test_every_quarter_from_the_last_of_january_is_the_last_day_of_shorter_months() -> None:
    rule = composed(Every.MONTHLY, 3, date(2027, 1, 31))

    days = next_days(_rhythm(rule, date(2027, 1, 31)), date(2027, 1, 1), 5)

    assert days == [
        date(2027, 1, 31),
        date(2027, 4, 30),
        date(2027, 7, 31),
        date(2027, 10, 31),
        date(2028, 1, 31),
    ]


def test_every_year_from_a_leap_day_is_the_last_of_february() -> None:
    rule = composed(Every.YEARLY, 1, date(2028, 2, 29), until=date(2031, 12, 31))

    days = next_days(_rhythm(rule, date(2028, 2, 29)), date(2028, 1, 1), 9)

    assert days == [date(2028, 2, 29), date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28)]


def test_every_second_week_until_a_day_includes_that_day() -> None:
    rule = composed(Every.WEEKLY, 2, date(2026, 11, 2), until=date(2026, 11, 30))

    days = next_days(_rhythm(rule, date(2026, 11, 2)), date(2026, 11, 10))

    assert days == [date(2026, 11, 16), date(2026, 11, 30)]


@pytest.mark.parametrize(
    "rule",
    [
        "monthly",
        "FREQ=SECONDLY",
        "FREQ=MONTHLY;FREQ=DAILY",
        "INTERVAL=2",
        "FREQ=MONTHLY;BYMONTHDAY=99",
        "FREQ=MONTHLY\nEXRULE:FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=0",
    ],
)
def test_what_is_no_rule_of_days_is_refused(session: Session, rule: str) -> None:
    program = make_program(session)
    with pytest.raises((RecurrenceUnreadable, NoDays)):
        set_recurrence(session, program.id, Rhythm(rule, date(2026, 1, 1)), actor=DARA)


def test_a_rule_without_a_day_is_refused_and_an_empty_one_ends_the_rhythm(
    session: Session,
) -> None:
    program = _monthly(session, today())
    over = Rhythm("FREQ=DAILY;UNTIL=20200101", today())
    with pytest.raises(NoDays):
        set_recurrence(session, program.id, over, actor=DARA)

    set_recurrence(session, program.id, Rhythm("", today()), actor=DARA)

    assert session.scalar(select(func.count()).select_from(Recurrence)) == 0
    with pytest.raises(NothingDue):
        start_due(session, program.id, actor=DARA)


def test_the_cycle_that_is_due_is_drafted_once_with_the_members_of_the_one_before(
    session: Session,
) -> None:
    program = _monthly(session, today(), rechecks=False)

    made = start_due(session, program.id, actor=DARA)

    assert (made.due_on, made.starts_on, made.state) == (today(), today(), CycleState.DRAFT)
    assert (made.number, made.rechecks) == (2, False)
    with pytest.raises(NothingDue):
        start_due(session, program.id, actor=DARA)


def test_what_was_missed_is_due_once_and_what_is_to_come_is_not(session: Session) -> None:
    first = today() - timedelta(days=100)
    program = _monthly(session, first)
    recurrence = session.get_one(Recurrence, program.id)
    due = day_due(session, recurrence, today())
    assert due is not None
    assert today() - timedelta(days=31) < due <= today()
    later = _monthly(session, today() + timedelta(days=1))
    with pytest.raises(NothingDue):
        start_due(session, later.id, actor=DARA)


def test_the_platform_drafts_what_is_due_and_enrols_nobody(session: Session) -> None:
    nightly = _monthly(session, today(), is_nightly=True)
    _monthly(session, today())
    members = session.scalar(select(func.count()).select_from(CycleMember))
    amounts = session.scalar(select(func.count()).select_from(Entitlement))

    assert look_for_due(session, today()) == [nightly.id]
    assert look_for_due(session, today()) == []
    draft_due_cycle(session, actor=PLATFORM, progress=Silent(), program_id=nightly.id)

    made = session.scalars(select(Cycle).where(Cycle.due_on == today())).one()
    assert (made.program_id, made.state, made.made_by) == (nightly.id, CycleState.DRAFT, -1)
    assert session.scalar(select(func.count()).select_from(CycleMember)) == members
    assert session.scalar(select(func.count()).select_from(Entitlement)) == amounts


def test_an_ended_program_drafts_nothing(session: Session) -> None:
    program = _monthly(session, today(), is_nightly=True)
    program.state = ProgramState.ENDED
    session.flush()

    assert look_for_due(session, today()) == []


def test_saying_when_cycles_begin_needs_permission(session: Session) -> None:
    program, looks = _monthly(session, today()), make_actor(99, "Looks", "program:read")
    with pytest.raises(Forbidden):
        set_recurrence(session, program.id, Rhythm("", today()), actor=looks)
    with pytest.raises(Forbidden):
        start_due(session, program.id, actor=looks)
    with pytest.raises(Forbidden):
        draft_due_cycle(session, actor=looks, progress=Silent(), program_id=program.id)
