"""Visits: what was found, for how long it holds, and what the record says of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import Forbidden, Refusal
from registry.models.fields import Scope
from registry.models.registrants import Group, Individual, Registrant
from registry.models.visits import VisitAnswer
from registry.parsing.values import ValueMisfit
from registry.queries.field_answers import answers
from registry.queries.visits import last_visits, visits_of
from registry.services.memberships import InTheFuture
from registry.services.people import AnswerImpossible, FieldUnknown, WordUnknown
from registry.services.visits import Found, NeverValid, NoteTooLong, add
from tests.make.fields import FILLED, make_fields
from tests.make.registry import make_household, make_person

TODAY = datetime.now(UTC).date()
BEFORE = TODAY - timedelta(days=100)


@pytest.fixture
def person(session: Session) -> Registrant:
    return make_person(session, make_household(session))


def test_what_was_found_is_kept_by_its_kind_and_the_record_says_it(
    session: Session, person: Registrant, anybody: Actor
) -> None:
    answers = {"wg_walking": 4, "occupation": "fisher", "has_disability": False}
    add(
        session,
        person.number,
        Found("survey", TODAY, note="A leak", answers=answers),
        actor=anybody,
    )

    kept = session.scalars(select(VisitAnswer).order_by(VisitAnswer.field)).all()
    assert [(a.field, a.text, a.number, a.flag) for a in kept] == [
        ("has_disability", None, None, False),
        ("occupation", "fisher", None, None),
        ("wg_walking", None, 4, None),
    ]
    said = session.get_one(Individual, person.id)
    session.refresh(said)
    assert (said.wg_walking, said.occupation, said.disabled) == (4, "fisher", True)
    (shown,) = visits_of(session, person.id)
    assert (shown.answers, shown.holds) == (answers, True)


def test_an_older_answer_does_not_undo_a_newer_one(
    session: Session, person: Registrant, anybody: Actor
) -> None:
    newer = Found("survey", TODAY, answers={"occupation": "fisher"})
    older = Found("survey", BEFORE, answers={"occupation": "farmer", "education": "primary"})
    for found in (newer, older):
        add(session, person.number, found, actor=anybody)

    said = session.get_one(Individual, person.id)
    assert (said.occupation, said.education) == ("fisher", "primary")


def test_what_is_over_is_told_and_no_longer_what_the_record_learns(
    session: Session, person: Registrant, anybody: Actor
) -> None:
    over = Found("survey", BEFORE, BEFORE + timedelta(days=1), answers={"occupation": "fisher"})
    add(session, person.number, over, actor=anybody)

    assert session.get_one(Individual, person.id).occupation is None
    assert [shown.holds for shown in visits_of(session, person.id)] == [False]


def test_an_expired_survey_no_longer_answers_last_visit(
    session: Session, person: Registrant, anybody: Actor
) -> None:
    add(session, person.number, Found("survey", BEFORE, TODAY), actor=anybody)
    add(
        session,
        person.number,
        Found("survey", TODAY - timedelta(days=2), TODAY - timedelta(days=1)),
        actor=anybody,
    )
    add(session, person.number, Found("visit", TODAY), actor=anybody)

    assert [tuple(row) for row in session.execute(last_visits("survey", today()))] == [
        (person.id, BEFORE)
    ]
    assert session.execute(last_visits("assessment", today())).first() is None


def test_a_household_tells_its_size(session: Session, person: Registrant, anybody: Actor) -> None:
    home = make_household(session)
    add(session, home.number, Found("visit", TODAY, answers={"stated_size": 7}), actor=anybody)

    assert session.get_one(Group, home.id).stated_size == 7


WRONG: list[tuple[Found, type[Refusal]]] = [
    (Found("party", TODAY), WordUnknown),
    (Found("visit", TODAY + timedelta(days=1)), InTheFuture),
    (Found("visit", TODAY, BEFORE), NeverValid),
    (Found("visit", TODAY, note="x" * 2001), NoteTooLong),
    (Found("visit", TODAY, answers={"name": "Rana"}), FieldUnknown),
    (Found("visit", TODAY, answers={"wg_seeing": 5}), AnswerImpossible),
]


@pytest.mark.parametrize(("found", "fault"), WRONG)
def test_a_visit_that_cannot_be_is_refused(
    session: Session, person: Registrant, anybody: Actor, found: Found, fault: type[Refusal]
) -> None:
    with pytest.raises(fault):
        add(session, person.number, found, actor=anybody)


def test_who_may_not_write_visits_writes_none(session: Session, person: Registrant) -> None:
    reads = Actor(1, "Rana", frozenset({"registrant:read"}), national=True)
    with pytest.raises(Forbidden):
        add(session, person.number, Found("visit", date(2026, 1, 1)), actor=reads)


def test_own_fields_are_asked_at_visits_and_the_record_says_the_newest(
    session: Session, anybody: Actor
) -> None:
    make_fields(session)
    home = make_household(session)
    newer = Found("survey", TODAY, answers={**FILLED, "settlement": "Lower Quay"})
    older = Found("survey", BEFORE, answers={"rooms": "9", "remark": "a leak"})
    for found in (newer, older):
        add(session, home.number, found, actor=anybody)

    known = answers(session, home.id, Scope.GROUP, actor=anybody)
    said = {each.field.code: each.value for each in known}
    assert said == {
        "roof": "straw",
        "assets": ["straw", "metal"],
        "rooms": 3,
        "remark": "a leak",
        "land": Decimal("2.5"),
        "well": True,
        "visited": date(2026, 3, 14),
    }
    assert visits_of(session, home.id)[0].answers == {
        "roof": "straw",
        "assets": "straw,metal",
        "rooms": 3,
        "settlement": "Lower Quay",
        "land": Decimal("2.5"),
        "well": True,
        "visited": date(2026, 3, 14),
    }
    with pytest.raises(ValueMisfit):
        add(session, home.number, Found("survey", TODAY, answers={"rooms": "many"}), actor=anybody)
