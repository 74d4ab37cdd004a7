"""The second half of the journey: from a kept list to help that arrived, by different hands."""

import csv
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.loading import Team, carried_out
from bench.journey.ledger import Ledger
from core.clock import today
from core.db import transaction
from core.errors import Refusal
from core.storage import path_of
from programs.jobs.vouchers import print_cards
from programs.models.entitlements import Voucher
from programs.models.programs import Delivery
from programs.queries.gifts import Gift, plain_items
from programs.services.approvals import ask_approval, sign
from programs.services.cycles import Start, enrol, start_cycle
from programs.services.entitlements import prepare_entitlements
from programs.services.funds import deposit
from programs.services.organisations import create_organisation
from programs.services.payments import export_csv, make_payments
from programs.services.programs import Plan, activate_program, create_program
from programs.services.vouchers import issue_vouchers, redeem


@dataclass(frozen=True)
class Due:
    """What a kept list should come to by a rule: households, and the sum of their amounts."""

    roster_id: int
    currency: str
    base: int
    per_member: int
    cap: int
    households: int
    amount: Decimal


def deliver_cash(ledger: Ledger, team: Team, due: Due, day: date) -> None:
    """Amounts, approval by somebody else, and the payment list, added up again from its file."""
    ledger.begin("Cash")
    cycle_id = _approved(ledger, team, due, Delivery.CASH, day)
    with transaction(team[Role.FINANCE]) as session:
        batch = make_payments(session, cycle_id, actor=team[Role.FINANCE])
        exported = export_csv(session, batch.id, actor=team[Role.FINANCE])
        sha256 = exported.kept.sha256
    with path_of(sha256).open(newline="", encoding="utf-8") as file:
        orders = list(csv.DictReader(file))
    ledger.equal("pay orders in the file", len(orders), due.households)
    ledger.equal("their sum", sum(Decimal(o["amount"]) for o in orders), due.amount)
    ledger.equal("different references", len({o["ern"] for o in orders}), due.households)


def deliver_vouchers(ledger: Ledger, team: Team, due: Due, day: date) -> None:
    """Cards as a PDF, one of them handed over, and refused the second time."""
    ledger.begin("Vouchers")
    cycle_id = _approved(ledger, team, due, Delivery.VOUCHER, day)
    with transaction(team[Role.PROGRAM_MANAGER]) as session:
        until = today() + timedelta(days=30)
        issued = issue_vouchers(session, cycle_id, until, actor=team[Role.PROGRAM_MANAGER])
    ledger.equal("vouchers", issued.vouchers, due.households)
    ledger.equal("what they are worth", issued.total, due.amount)
    printed = carried_out(print_cards, actor=team[Role.PROGRAM_MANAGER], cycle_id=cycle_id)
    ledger.equal("cards in the PDF", printed["cards"], due.households)
    with transaction(team[Role.PROGRAM_MANAGER]) as session:
        code = session.scalars(select(Voucher.code).order_by(Voucher.id)).first()
    ledger.equal("handing over the first", _hand_over(team, str(code)), "handed over")
    ledger.equal("handing it over again", _hand_over(team, str(code)), "refused")


def _approved(ledger: Ledger, team: Team, due: Due, delivery: Delivery, day: date) -> int:
    manager = team[Role.PROGRAM_MANAGER]
    with transaction(manager) as session:
        program_id = _funded(session, team, due, delivery)
        start = Start(due.roster_id, "First", day)
        cycle_id = start_cycle(session, program_id, start, actor=manager).id
    with transaction(manager) as session:
        ledger.equal("enrolled", enrol(session, cycle_id, actor=manager).households, due.households)
        prepared = prepare_entitlements(session, cycle_id, actor=manager)
        approval_id = ask_approval(session, cycle_id, actor=manager).id
    ledger.equal("entitlements", prepared.entitlements, due.households)
    ledger.equal("amount due", prepared.total, due.amount)
    ledger.equal("signed by who prepared", _signed(approval_id, team, Role.PROGRAM_MANAGER), False)
    ledger.equal("signed by the approver", _signed(approval_id, team, Role.APPROVER), True)
    return cycle_id


def _funded(session: Session, team: Team, due: Due, delivery: Delivery) -> int:
    manager = team[Role.PROGRAM_MANAGER]
    office = create_organisation(
        session, f"Office of {delivery}", "government", actor=team[Role.ADMINISTRATOR]
    )
    plan = Plan(f"Flood {delivery}", [f"flood, {delivery}"], office.id, due.currency)
    gift = Gift("Help", delivery, plain_items(due.base, due.per_member), cap=Decimal(due.cap))
    program = create_program(session, plan, gift, actor=manager)
    activate_program(session, program.id, actor=manager)
    deposit(session, program.id, due.amount, "Reserve", actor=team[Role.FINANCE])
    return program.id


def _signed(approval_id: int, team: Team, role: Role) -> bool:
    try:
        with transaction(team[role]) as session:
            sign(session, approval_id, actor=team[role])
    except Refusal:
        return False
    return True


def _hand_over(team: Team, code: str) -> str:
    try:
        with transaction(team[Role.DISTRIBUTOR]) as session:
            redeem(session, code, uuid.uuid4(), actor=team[Role.DISTRIBUTOR])
    except Refusal:
        return "refused"
    return "handed over"
