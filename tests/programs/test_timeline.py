"""The life of a household as one list: its record, its members, programs and money."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth.roles import Role, permissions_of
from core.errors import Forbidden
from geo.models.areas import Area
from programs.models.entitlements import Entitlement, Redemption, Voucher
from programs.models.memberships import MembershipState
from programs.models.programs import Delivery
from programs.queries.memberships import Asked
from programs.queries.timeline import SOURCES
from programs.services.changes import apply_change
from programs.services.memberships import Step, move_members, pause_member
from programs.services.merging import merge, unmerge
from programs.services.payments import make_payments
from programs.services.vouchers import issue_vouchers, redeem
from registry.models.consents import Consent
from registry.models.registrants import Membership, Registrant
from registry.models.visits import Visit
from registry.queries.timeline import SHOWN, Happening, Topic, timeline
from registry.services.changes import reject_change
from tests.make.changes import HANA, LUIS, make_approved_change, make_asked
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    FINN,
    UNTIL,
    make_actor,
    make_approved,
    make_family,
    make_gift,
    make_program,
)
from tests.make.registry import join, make_household, make_location, make_person

DAY = date(2026, 3, 1)


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def family(session: Session, areas: dict[str, Area]) -> Registrant:
    """Three in X11."""
    return make_family(session, 3, make_location(session, 0.5, 1.0, area_id=areas["X11"].id))


def told(session: Session, of: Registrant, **asked: object) -> list[Happening]:
    return list(timeline(session, of, SOURCES, **{"actor": DARA, **asked}).told)  # type: ignore[arg-type]


def test_changes_and_merges_are_told_on_the_page_of_each(
    session: Session, family: Registrant
) -> None:
    said = {"answers": {"settlement": "Upper Quay"}}
    done = make_approved_change(session, "edit_group", family.number, **said)
    apply_change(session, done.number, actor=HANA)
    asked = make_asked(session, "edit_group", family.number, answers={"address": "River Street"})
    reject_change(session, asked.number, "They moved", actor=LUIS)
    twin = make_person(session, name="Neema Doru")
    head = told(session, family)
    person = session.scalars(
        select(Registrant)
        .join(Membership, Membership.member_id == Registrant.id)
        .where(Membership.group_id == family.id)
        .limit(1)
    ).one()
    merge(session, person.number, twin.number, actor=DARA)
    unmerge(session, twin.number, actor=DARA)

    changes = [each for each in head if each.what.startswith("changes.")]
    assert [(each.what, each.text, each.more, each.by) for each in changes] == [
        ("changes.reject", asked.number, "They moved", LUIS.name),
        ("changes.ask", asked.number, "They said so at the office", "Rosa Imber"),
        ("changes.apply", done.number, "", HANA.name),
        ("changes.ask", done.number, "They said so at the office", "Rosa Imber"),
    ]
    merges = [each for each in told(session, person) if "merge" in each.what]
    assert [(each.what, each.text) for each in merges] == [
        ("registrants.unmerge", twin.number),
        ("registrants.merge", twin.number),
    ]


def test_what_was_done_with_many_members_is_told_of_each(
    session: Session, family: Registrant
) -> None:
    program = make_program(session, name="Flood cash")
    make_approved(session, program, family, make_family(session, 2))
    step = Step(MembershipState.PAUSED, "The road is cut")
    move_members(session, program.id, Asked(), step, actor=DARA)

    happened = [each for each in told(session, family) if each.what == "memberships.paused"]

    assert [(each.text, each.more, each.by) for each in happened] == [
        ("Flood cash", "The road is cut", DARA.name)
    ]


def kinds(happenings: list[Happening]) -> list[str]:
    return sorted(each.what for each in happenings if each.own)


def test_money_and_goods_are_told_with_their_sums(session: Session, family: Registrant) -> None:
    cash = make_approved(session, make_program(session, name="Flood cash"), family)
    make_payments(session, cash.id, actor=FINN)
    food = make_program(
        session, make_gift(delivery=Delivery.VOUCHER), name="Flood food", purpose="hunger"
    )
    given = make_approved(session, food, family)
    issue_vouchers(session, given.id, UNTIL, actor=DARA)
    redeem(session, session.scalars(select(Voucher.code)).one(), uuid.uuid4(), actor=DARA)

    money = told(session, family, topic=Topic.MONEY)

    # 40 and three times 10, in either program: due twice, ordered once, handed over once
    assert {each.amount for each in money} == {Decimal(70)}
    assert {each.currency for each in money} == {"KES"}
    assert kinds(money) == [
        "entitlements.redeemed",
        "entitlements.sent",
        "payments.issued",
        "redemptions",
    ]
    assert session.scalars(select(Redemption.amount)).all() == [Decimal(70)]


def test_visits_consent_lists_and_acts_of_programs_are_told(
    session: Session, family: Registrant
) -> None:
    said = {"registrant_id": family.id, "made_by": 1}
    session.add(Visit(kind="survey", on_day=DAY, visited_by=1, note="The roof leaks", **said))
    withdrawn = {"withdrawn_on": date(2026, 4, 2), "because": "We move", "state": "withdrawn"}
    session.add(Consent(purpose="sharing", given_on=DAY, **withdrawn, **said))
    program = make_program(session, name="Flood cash")
    make_approved(session, program, family)
    pause_member(session, program.id, family.id, "Moved away", actor=DARA)

    found = {each.what: each for each in told(session, family) if each.own}

    assert found["visits.survey"].more == "The roof leaks"
    assert found["visits.survey"].at.astimezone(UTC).date() == DAY
    assert found["consents.given"].text == "sharing"
    assert found["consents.withdrawn"].more == "We move"
    assert found["rosters.in"].text == "Lower Oru"
    assert (found["memberships.paused"].text, found["memberships.paused"].more) == (
        "Flood cash",
        "Moved away",
    )


def test_of_a_household_its_members_are_told_of_while_they_were_in_it(
    session: Session, family: Registrant
) -> None:
    guest = make_person(session, name="Halima Sen")
    stay = join(session, guest, family)
    stay.started_on, stay.ended_on = date(2026, 2, 1), date(2026, 2, 28)
    for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), DAY):
        session.add(Visit(registrant_id=guest.id, kind="visit", on_day=day, visited_by=1))
    session.flush()

    visits = [each for each in told(session, family) if each.what == "visits.visit"]

    assert [each.at.date() for each in visits] == [date(2026, 2, 28), date(2026, 2, 1)]
    assert {(each.name, each.own) for each in visits} == {("Halima Sen", False)}
    assert len([each for each in told(session, guest) if each.what == "visits.visit"]) == 4


def test_what_somebody_may_not_see_is_not_told(session: Session, family: Registrant) -> None:
    program = make_program(session)
    make_approved(session, program, family)
    reads = make_actor(1, "Rana Ode", "registrant:read")
    elsewhere = make_actor(
        1, "Rana Ode", *permissions_of([Role.COORDINATOR]), program_ids=frozenset({program.id + 1})
    )

    assert {each.topic for each in told(session, family, actor=reads)} == {Topic.RECORD}
    assert kinds(told(session, family, actor=elsewhere)) == ["registered", "rosters.in"]
    with pytest.raises(Forbidden):
        timeline(session, family, actor=make_actor(1, "Viewer", "program:read"))


def test_older_things_come_page_by_page_and_none_twice(session: Session) -> None:
    home = make_household(session)
    for day in range(1, SHOWN + 6):
        at = datetime(2020, 1, 1, tzinfo=UTC).date().replace(year=1980 + day)
        session.add(Visit(registrant_id=home.id, kind="visit", on_day=at, visited_by=1))
    session.flush()

    first = timeline(session, home, actor=DARA)
    second = timeline(session, home, actor=DARA, before=first.before)

    days = [each.at for each in (*first.told, *second.told)]
    assert len(first.told) == SHOWN
    assert len(days) == len(set(days)) == SHOWN + 6  # and that it was registered
    assert second.before is None


def test_a_household_of_thirty_costs_as_many_statements_as_one_of_two(
    session: Session, statements: list[str], family: Registrant
) -> None:
    def cost() -> int:
        session.expire_all()
        before = len(statements)
        told(session, family)
        return len(statements) - before

    few = cost()
    for _ in range(28):
        make_person(session, family)
    make_approved(session, make_program(session), family)
    session.execute(update(Membership).values(started_on=DAY))
    assert cost() == few
    assert session.scalars(select(Entitlement.registrant_id)).all() == [family.id]
