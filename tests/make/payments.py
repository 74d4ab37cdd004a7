"""Small makers of providers, plans and accounts, and a rehearsal provider that listens."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rehearsal.ledger import Ledger
from app.rehearsal.manners import Manners
from app.rehearsal.server import Provider as Rehearsed
from app.rehearsal.server import server_of
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from programs.models.fsps import ConnectorKind, Fsp
from programs.models.payments import LeftUnpaid, Payment, PaymentBatch, PaymentPlan, Unpayable
from programs.models.programs import Delivery
from programs.services.fsps import Provider, write_fsp
from programs.services.payment_plans import Wanted, plan_payments
from registry.models.accounts import Account, AccountKind
from registry.models.contacts import Contact, ContactKind
from registry.models.registrants import Registrant
from tests.make.programs import DARA, FINN

SECRET = "between us"
_next = count(1)


def make_fsp(session: Session, **given: Any) -> Fsp:
    """A counter that pays cash from a file."""
    said: dict[str, Any] = {"code": f"counter-{next(_next)}", "name": "Counter"}
    kinds: dict[str, Any] = {"mechanism": Delivery.CASH, "connector": ConnectorKind.FILE}
    return write_fsp(session, Provider(**{**said, **kinds, **given}), actor=DARA)


def make_wallet_company(session: Session, address: str, **given: Any) -> Fsp:
    """A mobile money company that is called at an address and answers within a second."""
    said = {"name": "Pesa", "mechanism": Delivery.MOBILE, "connector": ConnectorKind.MOBILE_MONEY}
    access = {"address": address, "account": "RELIEF", "secret": SECRET, "wait": 1}
    return make_fsp(session, **{**said, **access, **given})


def make_plan(session: Session, cycle: Cycle, fsp: Fsp) -> Payment:
    """A plan of all of a cycle; its first order."""
    plan = plan_payments(session, cycle.id, Wanted(fsp.id), actor=FINN)
    first = select(Payment).join(PaymentBatch).where(PaymentBatch.plan_id == plan.id)
    return session.scalars(first.order_by(Payment.id)).first() or Payment()


def make_left_out(session: Session, cycle: Cycle) -> None:
    """A plan that left out everybody of a cycle."""
    said = {"number": 1, "orders": 0, "total": 0, "left_out": 0, "made_by": FINN.id}
    plan = PaymentPlan(cycle_id=cycle.id, fsp_id=make_fsp(session).id, **said)
    session.add(plan)
    session.flush()
    for due in session.scalars(select(Entitlement).where(Entitlement.cycle_id == cycle.id)):
        whose = {"registrant_id": due.registrant_id, "area_id": due.area_id}
        why = Unpayable.NO_ACCOUNT
        session.add(LeftUnpaid(plan_id=plan.id, entitlement_id=due.id, reason=why, **whose))
    session.flush()


def make_account(session: Session, whose: Registrant, value: str, **given: Any) -> Account:
    """An account at a bank, or a wallet."""
    said = {"kind": AccountKind.BANK, "area_id": whose.area_id, **given}
    account = Account(registrant_id=whose.id, value=value, **said)
    session.add(account)
    session.flush()
    return account


def make_phone(session: Session, whose: Registrant, value: str) -> Contact:
    """A main telephone number."""
    said = {"kind": ContactKind.PHONE, "area_id": whose.area_id, "is_main": True}
    contact = Contact(registrant_id=whose.id, value=value, **said)
    session.add(contact)
    session.flush()
    return contact


@contextmanager
def rehearsing(path: Path, **manners: Any) -> Iterator[tuple[str, Ledger]]:
    """A rehearsal provider that listens meanwhile: its address, and its ledger."""
    provider = Rehearsed(Ledger(path), Manners(**manners), SECRET)
    server = server_of(provider, 0)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", provider.ledger
    finally:
        server.shutdown()
        server.server_close()
