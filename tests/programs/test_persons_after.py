"""Programs for people after the judgement: who is served already, the cycles that follow, whose
account and telephone are used, and what is told of one person."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import today
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from programs.models.memberships import CycleMember
from programs.models.messages import Occasion
from programs.models.payments import LeftUnpaid, Payment, PaymentState, Unpayable
from programs.models.programs import Delivery
from programs.models.verifications import StratifiedBy, VerificationSample
from programs.queries.coverage import coverage_of
from programs.queries.double_cover import ServedElsewhere, drafted_elsewhere
from programs.queries.following import family_of
from programs.queries.messages import foreseen
from programs.queries.programs import programs_named, purposes
from programs.queries.queryables import widest_terms
from programs.queries.targeting_why import NotAHousehold, NotAPerson, verdicts_of, why
from programs.services.approvals import ask_approval, sign
from programs.services.cycles import accept_overlap, enrol
from programs.services.entitlements import prepare_entitlements
from programs.services.following import Named, start_follow_up, start_next, start_top_up
from programs.services.memberships import exit_member
from programs.services.messages import Telling, queue, write_text
from programs.services.payment_plans import Wanted, plan_payments
from programs.services.payments import make_payments
from programs.services.registrants import StillServed, exit_registry
from programs.services.verifications import Asked, draw
from registry.models.accounts import Account, AccountKind
from registry.models.consents import ConsentState
from registry.models.filters import Subject
from registry.models.registrants import Membership, Registrant
from registry.queries.subjects import matching
from tests.make.messages import make_phone
from tests.make.payments import make_account, make_fsp
from tests.make.payments import make_phone as make_main_phone
from tests.make.persons import Five, make_five, make_pension, pension_by
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    STARTS_ON,
    make_approved,
    make_cycle,
    make_gift,
    make_prepared,
    make_program,
    make_roster,
)
from tests.make.registry import make_consent, make_household
from tests.make.verifications import make_paid

AGAIN = Named("Again", STARTS_ON)


def _judged(session: Session, cycle: Cycle) -> dict[int, str]:
    enrol(session, cycle.id, actor=DARA)
    session.expire_all()
    members = select(CycleMember).where(CycleMember.cycle_id == cycle.id)
    return {m.registrant_id: m.reason or m.state for m in session.scalars(members)}


def _enrolled(session: Session, cycle: Cycle) -> set[int]:
    return {who for who, why_ in _judged(session, cycle).items() if why_ == "enrolled"}


def test_a_person_is_served_where_their_household_is(session: Session) -> None:
    five = make_five(session)
    cash = make_program(session, purpose="pension")
    make_approved(session, cash, five.one)

    found = _judged(session, make_cycle(session, make_pension(session), five.one, five.other))

    assert found[five.amina.id] == found[five.juma.id] == "same_purpose"
    assert found[five.baraka.id] == "enrolled"


def test_a_person_is_served_where_they_themselves_are(session: Session) -> None:
    five = make_five(session)
    make_approved(session, make_pension(session, eligibility="age >= 70"), five.one, five.other)

    found = _judged(session, make_cycle(session, make_pension(session), five.one, five.other))

    assert found[five.amina.id] == "same_purpose"
    assert (found[five.juma.id], found[five.baraka.id]) == ("enrolled", "enrolled")


def test_people_who_are_served_do_not_speak_for_their_household(session: Session) -> None:
    five = make_five(session)
    make_approved(session, make_pension(session), five.one, five.other)
    cash = make_program(session, purpose="pension")

    assert _enrolled(session, make_cycle(session, cash, five.one, five.other)) == {
        five.one.id, five.other.id,
    }  # fmt: skip


def test_who_moved_away_meanwhile_is_not_served_twice(session: Session) -> None:
    five = make_five(session)
    away = make_household(session)
    mine = make_prepared(session, make_pension(session), five.one, five.other)
    tie = select(Membership).where(Membership.member_id == five.amina.id)
    session.scalars(tie).one().group_id = away.id
    session.flush()
    theirs = make_prepared(session, make_pension(session), away)
    accept_overlap(session, theirs.id, "She has moved", actor=DARA)
    ask_approval(session, theirs.id, actor=DARA)

    with pytest.raises(ServedElsewhere, match="1 of them"):
        ask_approval(session, mine.id, actor=DARA)


def test_drafts_share_a_person_or_their_household(session: Session) -> None:
    five = make_five(session)
    theirs = make_prepared(session, make_program(session, purpose="pension"), five.one)
    mine = make_prepared(session, make_pension(session), five.one, five.other)

    assert drafted_elsewhere(session, mine) == {theirs.program_id: 2}
    assert drafted_elsewhere(session, theirs) == {}
    accept_overlap(session, mine.id, "A pension is no cash for floods", actor=DARA)
    approval = ask_approval(session, mine.id, actor=DARA)
    assert sign(session, approval.id, actor=LENA).returned == ""


def test_any_purpose_that_is_shared_is_double_cover(session: Session) -> None:
    five = make_five(session)
    both = make_program(session, purposes=["food", "winter"])
    make_approved(session, both, five.one)
    winter = make_program(session, purposes=["shelter", "winter"])
    other = make_program(session, purposes=["shelter", "seeds"])

    found = _judged(session, make_cycle(session, winter, five.one, five.other))

    assert found == {five.one.id: "same_purpose", five.other.id: "enrolled"}
    assert _enrolled(session, make_cycle(session, other, five.one)) == {five.one.id}
    assert purposes(session) == ["food", "seeds", "shelter", "winter"]
    assert {each.id for each in programs_named(session, "wint", 9, actor=DARA)} == {
        both.id, winter.id,
    }  # fmt: skip


def _met(session: Session, written: str, subject: Subject) -> set[int]:
    terms = widest_terms(session, today(), actor=DARA, subject=subject)
    found = matching(written, today(), actor=DARA, terms=terms, subject=subject)
    return set(session.scalars(found))


def test_a_filter_over_people_asks_of_programs_what_they_or_their_household_got(
    session: Session,
) -> None:
    five = make_five(session)
    cash, pension = make_program(session), make_pension(session)
    make_approved(session, cash, five.one)
    make_approved(session, pension, five.one, five.other)
    in_one = {five.amina.id, five.juma.id, five.sela.id}

    def people(written: str) -> set[int]:
        return _met(session, written, Subject.PEOPLE)

    assert people(f"in_program('{cash.number}')") == in_one
    assert people(f"in_program('{pension.number}')") == five.old
    assert people("programs = 2") == {five.amina.id, five.juma.id}
    assert people(f"entitled('{pension.number}') = 100") == five.old
    assert people(f"program_state('{pension.number}') = 'not_eligible'") == {
        five.sela.id, five.dina.id,
    }  # fmt: skip
    assert people("helped_for('pension')") == five.old
    assert _met(session, "helped_for('pension')", Subject.HOUSEHOLDS) == set()


def _paid(session: Session, five: Five) -> Cycle:
    cycle = make_approved(session, make_pension(session), five.one, five.other)
    make_payments(session, cycle.id, actor=FINN)
    return cycle


def _fails(session: Session, who: Registrant) -> None:
    of = update(Payment).where(Payment.registrant_id == who.id)
    session.execute(of.values(state=PaymentState.FAILED))
    session.expire_all()


def _due(session: Session, cycle: Cycle) -> set[int]:
    due = select(Entitlement.registrant_id).where(Entitlement.cycle_id == cycle.id)
    return set(session.scalars(due))


def test_a_follow_up_is_for_the_person_of_whom_something_came_back(session: Session) -> None:
    five = make_five(session)
    cycle = _paid(session, five)
    _fails(session, five.amina)

    after = start_follow_up(session, cycle.id, AGAIN, actor=DARA)

    assert _enrolled(session, after) == {five.amina.id}
    assert prepare_entitlements(session, after.id, actor=DARA).total == 100
    assert family_of(session, cycle, actor=DARA).came_back == 0
    _fails(session, five.juma)  # of the same household, and later
    assert family_of(session, cycle, actor=DARA).came_back == 1
    again = start_follow_up(session, cycle.id, AGAIN, actor=DARA)
    assert _enrolled(session, again) == {five.juma.id}


def test_the_next_cycle_takes_over_people_and_not_who_lives_with_them(session: Session) -> None:
    five = make_five(session)
    cycle = _paid(session, five)
    exit_member(session, cycle.program_id, five.juma.id, "moved", actor=DARA, cause="moved_away")

    after = start_next(session, cycle.program_id, AGAIN, actor=DARA, rechecks=False)

    assert _enrolled(session, after) == {five.amina.id, five.baraka.id}
    assert _judged(session, after).keys() == {five.amina.id, five.baraka.id}


def test_a_top_up_is_for_those_of_the_base_or_for_the_people_of_its_households(
    session: Session,
) -> None:
    five = make_five(session)
    of_people = _paid(session, five)
    top = make_pension(session, eligibility="", purpose="top")
    assert _enrolled(session, start_top_up(session, top.id, of_people.id, AGAIN, actor=DARA)) == (
        five.old
    )

    cash = make_approved(session, make_program(session, purpose="cash"), five.one)
    widows = make_pension(session, eligibility="sex = 'female'", purpose="widows")
    made = start_top_up(session, widows.id, cash.id, AGAIN, actor=DARA)
    assert _enrolled(session, made) == {five.amina.id, five.sela.id}

    homes = make_program(session, purpose="homes")
    made = start_top_up(session, homes.id, of_people.id, AGAIN, actor=DARA)
    assert _enrolled(session, made) == {five.one.id, five.other.id}


def test_a_top_up_after_a_shock_is_for_the_people_of_the_households_it_hit(
    session: Session,
) -> None:
    five = make_five(session)
    of_people = _paid(session, five)
    top, hit = make_pension(session, eligibility="", purpose="top"), make_roster(session, five.one)

    made = start_top_up(session, top.id, of_people.id, AGAIN, actor=DARA, hit_id=hit.id)

    assert _judged(session, made).keys() == {five.amina.id, five.juma.id}


def test_a_person_is_paid_by_their_own_account_or_by_that_of_their_household(
    session: Session,
) -> None:
    five = make_five(session)
    wallet = {"kind": AccountKind.WALLET}
    make_account(session, five.juma, "+254700000001", **wallet)
    make_account(session, five.amina, "+254700000002", **wallet)  # the head of the one
    make_account(session, five.one, "+254700000003", **wallet)
    own = make_pension(session, gift=pension_by(Delivery.MOBILE), eligibility="age >= 10")
    cycle = make_approved(session, own, five.one, five.other)

    fsp = make_fsp(session, mechanism=Delivery.MOBILE)
    plan_payments(session, cycle.id, Wanted(fsp.id), actor=FINN)

    paid = select(Payment.registrant_id, Payment.account_id)
    numbers = {account.id: account.value for account in session.scalars(select(Account))}
    assert {who: numbers[account or 0][-1] for who, account in session.execute(paid)} == {
        five.juma.id: "1",
        five.amina.id: "2",
        five.sela.id: "3",  # the household's before the head's
    }
    left = session.execute(select(LeftUnpaid.registrant_id, LeftUnpaid.reason)).all()
    assert set(left) == {
        (five.baraka.id, Unpayable.NO_ACCOUNT),
        (five.dina.id, Unpayable.NO_ACCOUNT),
    }


def test_the_telephone_of_the_head_is_the_last_that_is_used(session: Session) -> None:
    five = make_five(session)
    make_main_phone(session, five.baraka, "+254700000007")
    own = make_pension(session, gift=pension_by(Delivery.MOBILE), eligibility="age >= 30")
    cycle = make_approved(session, own, five.other)

    fsp = make_fsp(session, mechanism=Delivery.MOBILE)
    plan = plan_payments(session, cycle.id, Wanted(fsp.id), actor=FINN)

    assert (plan.orders, plan.left_out, plan.total) == (2, 0, Decimal(200))


def test_each_person_is_told_by_their_own_telephone_unless_a_no_holds(session: Session) -> None:
    five = make_five(session)
    make_phone(session, five.one, "+254 711 000 001")
    make_phone(session, five.juma, "+254 711 000 002")
    make_phone(session, five.baraka, "+254 711 000 003")
    make_consent(session, five.other, purpose="messages", state=ConsentState.REFUSED)
    program = make_pension(session)
    cycle = make_approved(session, program, five.one, five.other)

    told = foreseen(session, cycle, Occasion.ENROLLED)
    write_text(session, cycle.id, Occasion.ENROLLED, "en", "{name} {amount}", actor=DARA)
    written = queue(session, cycle.id, Telling(Occasion.ENROLLED), actor=DARA)

    assert (told.concerned, told.ready, told.declined, told.no_phone) == (3, 2, 1, 0)
    assert written == 2


def test_a_sample_is_grouped_by_the_sex_of_the_person(session: Session) -> None:
    five = make_five(session)
    cycle = make_approved(session, make_pension(session), five.one, five.other)
    make_paid(session, cycle)

    made = draw(session, cycle.id, Asked(StratifiedBy.SEX, seed=1), actor=DARA)

    drawn = select(VerificationSample.registrant_id, VerificationSample.stratum).where(
        VerificationSample.verification_id == made.id
    )
    assert dict(session.execute(drawn).all()) == {
        five.amina.id: "female", five.juma.id: "male", five.baraka.id: "male",
    }  # fmt: skip


def test_coverage_counts_the_people_in_the_shock(session: Session) -> None:
    five = make_five(session)
    program = make_pension(session)
    make_paid(session, make_approved(session, program, five.one, five.other))

    told = coverage_of(session, program.id, 1, actor=DARA)

    assert dict(told.whole.n) == {"shock": 5, "due": 3, "reached": 3, "gap": 2}


def test_why_is_answered_of_a_person_by_the_words_of_people(session: Session) -> None:
    five = make_five(session)
    cycle = make_cycle(session, make_pension(session), five.one, five.other)
    enrol(session, cycle.id, actor=DARA)

    dina = why(session, cycle.id, five.dina.number, actor=DARA)

    (clause,) = dina.take[0].clauses
    assert (clause.found, clause.asked, clause.met) == ("30", "60", False)
    assert (dina.is_asked, dina.is_active, dina.reason) == (True, True, "rule")
    assert why(session, cycle.id, five.amina.number, actor=DARA).take[0].met
    with pytest.raises(NotAPerson, match="is a household"):
        why(session, cycle.id, five.one.number, actor=DARA)
    of_homes = make_cycle(session, make_program(session, make_gift(), purpose="cash"), five.one)
    with pytest.raises(NotAHousehold, match="is a person"):
        why(session, of_homes.id, five.amina.number, actor=DARA)
    assert [each.cycle_id for each in verdicts_of(session, five.dina, actor=DARA)] == [cycle.id]
    assert [each.cycle_id for each in verdicts_of(session, five.one, actor=DARA)] == [of_homes.id]


def test_why_says_that_a_person_is_served_through_their_household(session: Session) -> None:
    five = make_five(session)
    cash = make_program(session, purpose="pension")
    make_approved(session, cash, five.one)
    cycle = make_cycle(session, make_pension(session), five.one, five.other)

    assert why(session, cycle.id, five.amina.number, actor=DARA).served_by == [cash.name]
    assert why(session, cycle.id, five.baraka.number, actor=DARA).served_by == []


def test_a_household_does_not_leave_the_registry_while_somebody_in_it_is_served(
    session: Session,
) -> None:
    five = make_five(session)
    make_approved(session, make_pension(session), five.one)

    with pytest.raises(StillServed):
        exit_registry(session, five.one.number, "moved abroad", actor=DARA)
    exit_registry(session, five.other.number, "moved abroad", actor=DARA)
