"""Programs: their numbers, what they may say, and what opening and ending them stops."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.cql import FilterUnreadable, TermNotYours, TermUnknown
from core.errors import Forbidden, Invalid, NotFound
from core.money import AmountUnreadable, CurrencyUnknown, amount_of
from programs.models.cycles import CycleState
from programs.models.entitlements import Entitlement
from programs.models.programs import Benefit, FundEntry, ProgramState
from programs.queries.benefits import BenefitWrong, MinimumAboveCap
from programs.queries.funds import balance
from programs.queries.programs import program_page, programs_listed
from programs.services.approvals import ask_approval, sign
from programs.services.cycles import ProgramNotActive
from programs.services.funds import DepositWrong, deposit
from programs.services.organisations import OrganisationIncomplete, create_organisation
from programs.services.programs import (
    CurrencyFixed,
    CyclesOpen,
    NeverOpened,
    Plan,
    ProgramEnded,
    ProgramIncomplete,
    SignersWrong,
    activate_program,
    add_benefit,
    change_benefit,
    change_program,
    create_program,
    end_program,
)
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    make_actor,
    make_cycle,
    make_family,
    make_gift,
    make_organisation,
    make_prepared,
    make_program,
)

YEAR = datetime.now(UTC).year


def _plan(session: Session, **given: Any) -> Plan:
    said = {"name": "Flood cash", "purposes": ["flood"], "currency": "KES", **given}
    return Plan(**{"organisation_id": make_organisation(session).id, **said})


def test_numbers_follow_one_another_in_a_year(session: Session) -> None:
    numbers = [make_program(session).number for _ in range(3)]

    assert numbers == [f"PROG-{YEAR}-{n:08}" for n in (1, 2, 3)]


def test_a_refused_program_uses_up_no_number(session: Session) -> None:
    make_program(session, name="Flood cash")
    with pytest.raises(Invalid):
        create_program(session, _plan(session, currency="XXY"), make_gift(), actor=DARA)

    assert make_program(session).number == f"PROG-{YEAR}-00000002"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"name": " "}, ProgramIncomplete),
        ({"purposes": [" ", ""]}, ProgramIncomplete),
        ({"currency": "KSX"}, CurrencyUnknown),
        ({"organisation_id": 0}, NotFound),
        ({"signers_needed": 0}, SignersWrong),
        ({"signers_needed": 6}, SignersWrong),
        ({"eligibility": "people >="}, FilterUnreadable),
        ({"eligibility": "income > 3"}, TermUnknown),
    ],
)
def test_a_plan_that_cannot_stand_is_refused(
    session: Session, said: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        create_program(session, _plan(session, **said), make_gift(), actor=DARA)


def test_a_rule_may_ask_only_what_its_writer_may_know(session: Session) -> None:
    writer = make_actor(41, "Writer", "program:write")

    with pytest.raises(TermNotYours, match="has_disability"):
        create_program(
            session, _plan(session, eligibility="has_disability"), make_gift(), actor=writer
        )


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"name": ""}, BenefitWrong),
        ({"base": Decimal(0), "per_member": Decimal(0)}, BenefitWrong),
        ({"minimum": Decimal(100), "cap": Decimal(90)}, MinimumAboveCap),
    ],
)
def test_a_benefit_that_cannot_stand_is_refused(
    session: Session, said: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        create_program(session, _plan(session), make_gift(**said), actor=DARA)


@pytest.mark.parametrize(
    ("typed", "amount"), [("2400", "2400"), (" 2 400.50 ", "2400.5"), ("0", "0")]
)
def test_an_amount_is_read_as_it_is_typed(typed: str, amount: str) -> None:
    assert amount_of(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["", "2,400", "-3", "1e5", "12.34567", "two"])
def test_an_amount_that_can_be_misread_is_refused(typed: str) -> None:
    with pytest.raises(AmountUnreadable):
        amount_of(typed)


def test_a_draft_program_has_nothing_to_end(session: Session) -> None:
    draft = create_program(session, _plan(session), make_gift(), actor=DARA)

    with pytest.raises(NeverOpened):
        end_program(session, draft.id, actor=DARA)

    assert draft.state is ProgramState.DRAFT


def test_a_draft_program_starts_no_cycle(session: Session) -> None:
    program = create_program(session, _plan(session), make_gift(), actor=DARA)

    with pytest.raises(ProgramNotActive):
        make_cycle(session, program, make_family(session, 2))


def test_an_ended_program_starts_no_cycle_and_changes_nothing(session: Session) -> None:
    program = make_program(session)
    end_program(session, program.id, actor=DARA)

    with pytest.raises(ProgramNotActive):
        make_cycle(session, program, make_family(session, 2))
    with pytest.raises(ProgramEnded):
        change_program(session, program.id, _plan(session), actor=DARA)

    activate_program(session, program.id, actor=DARA)
    assert make_cycle(session, program, make_family(session, 2)).number == 1


def test_a_program_with_open_cycles_does_not_end(session: Session) -> None:
    program = make_program(session)
    make_cycle(session, program, make_family(session, 2))

    with pytest.raises(CyclesOpen, match="not finished yet, 1 of them"):
        end_program(session, program.id, actor=DARA)
    assert program.state is ProgramState.ACTIVE


def test_a_changed_rule_sends_a_waiting_cycle_back(session: Session) -> None:
    program = make_program(session)
    cycle = make_prepared(session, program, make_family(session, 2))
    approval = ask_approval(session, cycle.id, actor=DARA)
    plan = Plan(program.name, ["flood"], program.organisation_id, "KES", "people > 1")

    change_program(session, program.id, plan, actor=DARA)

    assert sign(session, approval.id, actor=LENA).returned
    assert cycle.state is CycleState.DRAFT


def test_a_program_keeps_its_currency(session: Session) -> None:
    program = make_program(session)

    with pytest.raises(CurrencyFixed, match="here KES"):
        change_program(session, program.id, _plan(session, currency="PHP"), actor=DARA)


def test_a_changed_benefit_takes_the_amounts_of_drafts_away(session: Session) -> None:
    program = make_program(session)
    make_prepared(session, program, make_family(session, 2))
    benefit = session.scalars(select(Benefit)).one()

    change_benefit(session, benefit.id, make_gift(base=Decimal(1)), actor=DARA)
    assert session.scalars(select(Entitlement)).all() == []

    add_benefit(session, program.id, make_gift(name="Seeds"), actor=DARA)
    entry = session.scalars(select(AuditEntry).filter_by(action="benefits.change")).one()
    assert entry.figures["drafts"] == 1


def test_money_is_posted_in_the_currencys_unit_with_its_source(session: Session) -> None:
    program = make_program(session, fund=0, currency="JPY")

    deposit(session, program.id, Decimal("100.6"), "Letter 9", actor=FINN)

    assert (balance(session, program.id).posted, balance(session, program.id).free) == (
        Decimal(101),
        Decimal(101),
    )
    assert session.scalars(select(FundEntry.reference)).one() == "Letter 9"
    with pytest.raises(DepositWrong):
        deposit(session, program.id, Decimal("0.4"), "Letter 10", actor=FINN)
    with pytest.raises(DepositWrong):
        deposit(session, program.id, Decimal(5), " ", actor=FINN)
    with pytest.raises(NotFound):
        deposit(session, 0, Decimal(5), "Letter 11", actor=FINN)


def test_the_pages_of_programs_know_money_and_cycles(session: Session) -> None:
    program = make_program(session, fund=500)
    make_prepared(session, program, make_family(session, 3))
    make_program(session, fund=0)

    listed = programs_listed(session, actor=DARA)
    page = program_page(session, program.id, actor=DARA)

    assert {(line.number[-1], line.cycles, line.balance.free) for line in listed} == {
        ("1", 1, Decimal(500)),
        ("2", 0, Decimal(0)),
    }
    assert [(c.name, c.households, c.total) for c in page.cycles] == [("November", 1, Decimal(70))]
    with pytest.raises(NotFound):
        program_page(session, 0, actor=DARA)


def test_each_act_needs_its_permission(session: Session, visitor: Actor) -> None:
    program = make_program(session)
    benefit_id = session.scalars(select(Benefit.id)).one()
    plan, gift = _plan(session, name="Other"), make_gift()
    acts: list[Any] = [
        lambda: create_program(session, plan, gift, actor=visitor),
        lambda: change_program(session, program.id, plan, actor=visitor),
        lambda: add_benefit(session, program.id, gift, actor=visitor),
        lambda: change_benefit(session, benefit_id, gift, actor=visitor),
        lambda: activate_program(session, program.id, actor=visitor),
        lambda: end_program(session, program.id, actor=visitor),
        lambda: deposit(session, program.id, Decimal(1), "x", actor=visitor),
        lambda: create_organisation(session, "x", "ngo", actor=visitor),
        lambda: programs_listed(session, actor=visitor),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()


def test_an_organisation_has_a_name_and_a_kind(session: Session) -> None:
    made = create_organisation(session, " Red Crescent ", "ngo", actor=DARA)

    assert (made.name, made.kind) == ("Red Crescent", "ngo")
    with pytest.raises(OrganisationIncomplete):
        create_organisation(session, "", "ngo", actor=DARA)
    with pytest.raises(OrganisationIncomplete):
        create_organisation(session, "Blue", "band", actor=DARA)
