"""Programs for people: each person of the listed households is judged, given and paid alone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import today
from core.cql import TermUnknown
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from programs.models.memberships import CycleMember, MembershipState, ProgramMembership
from programs.models.payments import Payment
from programs.models.programs import Program, Target
from programs.models.targeting import Side, TargetingRun
from programs.queries.amounts import Giving
from programs.queries.benefits import NoPerson, explained
from programs.queries.cycles import preview
from programs.queries.eligibility import round_of
from programs.queries.foreseen import foreseen
from programs.queries.gifts import Gift, Item
from programs.queries.requests import request_page
from programs.queries.simulations import Overlap, simulated
from programs.queries.targeting import Block, Rules
from programs.queries.targets import PEOPLE
from programs.services.approvals import ask_approval
from programs.services.cycles import enrol
from programs.services.memberships import pause_member
from programs.services.payments import make_payments
from programs.services.programs import (
    Plan,
    TargetFixed,
    TargetUnfit,
    add_benefit,
    change_program,
    duplicate_program,
)
from programs.services.targeting import ListOfNobody, paste_list, set_rules
from programs.services.targeting_runs import undo_run
from registry.models.consents import ConsentState
from registry.models.registrants import Membership, RegistrantState
from registry.models.rosters import RosterMember
from registry.models.scores import ModelState, Score, ScoreModel
from tests.make.geo import make_country
from tests.make.persons import GIFT, OLD, Five, make_five, make_pension
from tests.make.programs import (
    DARA,
    FINN,
    STARTS_ON,
    make_approved,
    make_cycle,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)
from tests.make.registry import make_consent, make_household, make_location, make_person


def _judged(session: Session, cycle: Cycle) -> dict[int, str]:
    """Whom a cycle enrols, and why not the others, after a run."""
    enrol(session, cycle.id, actor=DARA)
    session.expire_all()
    members = select(CycleMember).where(CycleMember.cycle_id == cycle.id)
    return {m.registrant_id: m.reason or m.state for m in session.scalars(members)}


def _enrolled(session: Session, cycle: Cycle) -> set[int]:
    return {who for who, why in _judged(session, cycle).items() if why == "enrolled"}


def _of(session: Session, five: Five, **given: Any) -> Cycle:
    return make_cycle(session, make_pension(session, **given), five.one, five.other)


def test_each_person_of_the_listed_households_is_judged_by_the_words_of_people(
    session: Session,
) -> None:
    five = make_five(session)
    cycle = _of(session, five)

    assert _judged(session, cycle) == {
        five.amina.id: "enrolled",
        five.juma.id: "enrolled",
        five.sela.id: "rule",
        five.baraka.id: "enrolled",
        five.dina.id: "rule",
    }
    stand = select(ProgramMembership.registrant_id).where(
        ProgramMembership.state == MembershipState.ENROLLED
    )
    assert set(session.scalars(stand)) == five.old


def test_what_a_round_would_be_counts_people_one_by_one(session: Session) -> None:
    cycle = _of(session, make_five(session))

    told = preview(session, round_of(session, cycle), actor=DARA)

    people = told.people
    assert [told.asked, told.households, told.cost] == [5, 3, 300]
    assert (people.people, people.f60, people.m60, people.f5_17, people.unknown) == (3, 1, 2, 0, 0)
    assert [(row.reason, row.households) for row in told.left_out] == [("rule", 2)]


def test_each_is_due_their_own_amount_and_has_an_order_of_their_own(session: Session) -> None:
    five = make_five(session)
    cycle = make_approved(session, make_pension(session), five.one, five.other)

    make_payments(session, cycle.id, actor=FINN)

    orders = session.execute(select(Payment.registrant_id, Payment.amount)).all()
    assert {(who, amount) for who, amount in orders} == {(who, Decimal(100)) for who in five.old}


def test_amounts_speak_of_the_person_and_of_their_household(session: Session) -> None:
    five = make_five(session)
    items = (
        Item("10", times="age", condition="sex = 'male'"),
        Item("7", condition="group_of(people >= 3)"),
    )
    cycle = make_prepared(
        session, make_pension(session, gift=Gift("Pension", GIFT.delivery, items)),
        five.one, five.other,
    )  # fmt: skip

    due = select(Entitlement.registrant_id, Entitlement.amount).where(
        Entitlement.cycle_id == cycle.id
    )
    found = {row.registrant_id: row.amount for row in session.execute(due)}
    assert found == {five.amina.id: 7, five.juma.id: 10 * 65 + 7, five.baraka.id: 10 * 62}


def test_who_signs_is_shown_the_people_by_sex_and_age(session: Session) -> None:
    five = make_five(session)
    cycle = make_prepared(session, make_pension(session), five.one, five.other)
    approval = ask_approval(session, cycle.id, actor=DARA)

    people = request_page(session, approval.id, actor=DARA).people

    assert people is not None
    assert (people.people, people.f60, people.m60) == (3, 1, 2)


def test_a_program_for_people_nobody_has_written_is_reckoned_for_all_people(
    session: Session,
) -> None:
    make_five(session)
    giving = Giving({0: GIFT}, "KES", today(), PEOPLE)

    told = foreseen(session, OLD, giving, actor=DARA)

    assert [told.meant, told.given, told.cost] == [3, 3, 300]


def test_an_amount_is_tried_on_a_person_and_refused_for_a_household(session: Session) -> None:
    five = make_five(session)
    giving = Giving({0: GIFT}, "KES", today(), PEOPLE)

    told = explained(session, giving, five.amina.number, actor=DARA)[0]

    assert [told.amount, told.fee] == [100, 0]
    with pytest.raises(NoPerson, match="is a household"):
        explained(session, giving, five.one.number, actor=DARA)


@pytest.mark.parametrize("who", ["amina", "one"])
def test_a_no_to_help_of_a_person_or_of_their_household_holds(session: Session, who: str) -> None:
    five = make_five(session)
    make_consent(session, getattr(five, who), state=ConsentState.REFUSED)
    out = {five.amina.id} if who == "amina" else {five.amina.id, five.juma.id}

    found = _judged(session, _of(session, five))

    assert {who for who, why in found.items() if why == "declined"} >= out
    assert {who for who, why in found.items() if why == "enrolled"} == five.old - out


def test_who_counts_in_no_household_of_the_list_any_more_is_found_gone(session: Session) -> None:
    five = make_five(session)
    cycle = _of(session, five)
    assert _enrolled(session, cycle) == five.old
    five.amina.state = RegistrantState.EXITED
    elsewhere = make_household(session)
    tie = select(Membership).where(Membership.member_id == five.baraka.id)
    session.scalars(tie).one().group_id = elsewhere.id
    newcomer = make_person(session, five.one, birth_date=date(1950, 1, 1))
    session.flush()

    found = _judged(session, cycle)

    assert (found[five.amina.id], found[five.baraka.id]) == ("inactive", "off_list")
    assert (found[five.juma.id], found[newcomer.id]) == ("enrolled", "enrolled")


def test_a_household_that_is_gone_takes_its_people_along(session: Session) -> None:
    five = make_five(session)
    cycle = _of(session, five)
    five.one.state = RegistrantState.EXITED
    session.flush()

    assert _enrolled(session, cycle) == {five.baraka.id}


def test_a_paused_person_is_not_enrolled_while_others_of_the_household_are(
    session: Session,
) -> None:
    five = make_five(session)
    cycle = _of(session, five)
    enrol(session, cycle.id, actor=DARA)
    pause_member(session, cycle.program_id, five.amina.id, "Away", actor=DARA)

    assert _enrolled(session, cycle) == {five.juma.id, five.baraka.id}


def test_a_run_is_taken_back_person_by_person(session: Session) -> None:
    five = make_five(session)
    cycle = _of(session, five)
    enrol(session, cycle.id, actor=DARA)
    from_run = select(CycleMember).where(CycleMember.cycle_id == cycle.id)
    run = session.scalars(select(TargetingRun.id)).one()

    assert undo_run(session, cycle.id, run, actor=DARA) == 5
    assert session.scalars(from_run).all() == []


def test_pasted_lists_are_of_peoples_numbers(session: Session) -> None:
    five = make_five(session)
    program = make_pension(session)
    given = {"actor": DARA}
    with pytest.raises(ListOfNobody):
        paste_list(session, program.id, Side.TAKE, "Known", five.one.number, **given)

    taken = f"{five.dina.number} {five.one.number}"
    pasted = paste_list(session, program.id, Side.TAKE, "Known", taken, **given)
    paste_list(session, program.id, Side.LEAVE, "Abroad", five.juma.number, **given)

    assert (pasted.households, pasted.unknown) == (1, [five.one.number])
    found = _judged(session, make_cycle(session, program, five.one, five.other))
    assert (found[five.dina.id], found[five.juma.id]) == ("enrolled", "listed_out")


def test_the_value_on_the_map_is_that_of_the_household(session: Session) -> None:
    five = make_five(session)
    cycle = _of(session, five)
    set_rules(
        session,
        cycle.program_id,
        Rules(take=(Block("", OLD),), value=Decimal("0.5")),
        actor=DARA,
    )
    for home, depth in ((five.one, 0.4), (five.other, 0.6)):
        session.get_one(RosterMember, (cycle.roster_id, home.id)).value = depth
    session.flush()

    found = _judged(session, cycle)

    assert {who for who, why in found.items() if why == "below_line"} == {
        five.amina.id, five.juma.id, five.sela.id,
    }  # fmt: skip
    assert found[five.baraka.id] == "enrolled"
    near = simulated(session, round_of(session, cycle), actor=DARA).near
    assert near.of_line == 0  # 0.4 is further than a tenth from 0.5


def test_people_stand_in_line_by_the_score_of_their_household(session: Session) -> None:
    five = make_five(session)
    cycle = _of(session, five)
    model = ScoreModel(
        code="need", version=1, labels={}, state=ModelState.ACTIVE, base=Decimal(0), made_by=1
    )
    session.add(model)
    session.flush()
    of: dict[str, Any] = {"on_day": STARTS_ON, "given": [], "points": []}
    for home, points in ((five.one, 10), (five.other, 90)):
        session.add(Score(model_id=model.id, registrant_id=home.id, value=Decimal(points), **of))
    rules = Rules(take=(Block("", OLD),), most=2, score="need")
    set_rules(session, cycle.program_id, rules, actor=DARA)

    found = _judged(session, cycle)

    # Baraka's household comes first, then Amina, who was registered before Juma
    ranks = select(CycleMember.registrant_id, CycleMember.rank).where(CycleMember.rank.is_not(None))
    first, *others = sorted(session.execute(ranks).all(), key=lambda row: row.rank)
    assert first.registrant_id == five.baraka.id
    assert [found[row.registrant_id] for row in others] == ["enrolled", "places_taken"]


def test_quotas_count_people(session: Session) -> None:
    areas = make_country(session)
    places = [
        make_location(session, lon, 0.5, area_id=areas[code].id)
        for lon, code in ((0.5, "X11"), (2.5, "X21"))
    ]
    five = make_five(session, *places)
    cycle = _of(session, five)
    rules = Rules(take=(Block("", OLD),), quotas=(("X11", 1),))
    set_rules(session, cycle.program_id, rules, actor=DARA)

    found = _judged(session, cycle)

    assert sorted(found[who] for who in (five.amina.id, five.juma.id)) == ["enrolled", "quota_full"]
    assert found[five.baraka.id] == "enrolled"


def test_a_simulation_tells_of_people_who_stand_just_outside(session: Session) -> None:
    five = make_five(session)
    nearly = make_person(session, five.other, birth_date=date(1968, 5, 1))  # 58: within a twentieth
    cycle = _of(session, five)
    other = make_program(session, purpose="cash")
    made = make_cycle(session, other, five.one)
    enrol(session, made.id, actor=DARA)

    found = simulated(session, round_of(session, cycle), actor=DARA)

    assert nearly.id
    assert [found.asked, found.households, found.cost] == [6, 3, 300]
    assert found.near.of_rule == 1
    assert found.people.m60 == 2
    # the household of Amina and Juma is in the other program, not that of Baraka
    assert found.overlaps == [Overlap(other.name, ["cash"], 2)]


def test_members_of_a_household_are_nothing_a_rule_for_people_can_count(session: Session) -> None:
    program = make_pension(session)

    with pytest.raises(TermUnknown):
        set_rules(session, program.id, Rules(take=(Block("", "", OLD, 2),)), actor=DARA)
    with pytest.raises(TermUnknown):
        add_benefit(session, program.id, make_gift(), actor=DARA)  # so much for each of the people


def test_whom_a_program_is_for_stays_once_there_is_a_cycle(session: Session) -> None:
    five = make_five(session)
    program = make_program(session, GIFT, purpose="pension")
    as_people = _plan(program, target=Target.INDIVIDUAL, eligibility=OLD)
    change_program(session, program.id, as_people, actor=DARA)
    assert program.target is Target.INDIVIDUAL
    copy = duplicate_program(session, program.id, "Next year", actor=DARA)
    assert copy.target is Target.INDIVIDUAL

    make_cycle(session, program, five.one)

    with pytest.raises(TargetFixed):
        change_program(session, program.id, _plan(program, target=Target.GROUP), actor=DARA)


def test_a_program_that_speaks_of_households_is_not_turned_to_people(session: Session) -> None:
    program = make_program(session)  # gives 10 for each person of the household

    with pytest.raises(TargetUnfit, match="people"):
        change_program(session, program.id, _plan(program, target=Target.INDIVIDUAL), actor=DARA)


def _plan(program: Program, **given: Any) -> Plan:
    said = {
        "name": program.name,
        "purposes": program.purposes,
        "organisation_id": program.organisation_id,
        "currency": program.currency,
    }
    return Plan(**{**said, **given})


def test_a_hundred_people_cost_no_more_statements_than_one(
    session: Session, statements: list[str]
) -> None:
    counts = []
    for families in (1, 100):
        homes = [make_family(session, 1) for _ in range(families)]
        cycle = make_cycle(session, make_pension(session, eligibility="age >= 30"), *homes)
        statements.clear()
        assert enrol(session, cycle.id, actor=DARA).households == families
        counts.append(len(statements))
    assert counts[0] == counts[1]
