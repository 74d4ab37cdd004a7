"""The pages of payments: a provider is written down, given orders, asked, and answers."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import worker
from app.auth.roles import Role
from core.jobs import Job, JobState
from programs.fsp.mobile_money import TIME_FORMAT, signature_of
from programs.models.cycles import Cycle
from programs.models.fsps import Fsp, FspAnswer
from programs.models.payments import Payment, PaymentBatch, PaymentState
from programs.models.programs import Delivery
from programs.services.payments import make_payments
from tests.make.payments import (
    SECRET,
    make_fsp,
    make_phone,
    make_plan,
    make_wallet_company,
    rehearsing,
)
from tests.make.programs import FINN, make_approved, make_family, make_gift, make_program
from tests.web.conftest import Browser
from tests.web.test_programs import SignedIn


def _work_off(session: Session) -> None:
    waiting = select(Job.id).where(Job.state == JobState.WAITING).order_by(Job.id)
    for job_id in session.scalars(waiting).all():
        worker.do(job_id)
    session.expire_all()


def _due_by_mobile(session: Session) -> int:
    home = make_family(session, 3)
    make_phone(session, home, "+254 700 000 001")
    program = make_program(session, make_gift(delivery=Delivery.MOBILE))
    return make_approved(session, program, home).id


def _said(payment: Payment, state: str) -> dict[str, Any]:
    return {
        "transactionReference": "R77",
        "transactionStatus": state,
        "amount": "70.00",
        "requestingOrganisationTransactionReference": payment.reference,
    }


def _answer(
    browser: Browser, fsp: Fsp, said: dict[str, Any], secret: str = SECRET, age: int = 0
) -> int:
    """Answer as a provider does; the status it is told."""
    body = json.dumps(said).encode()
    date = (datetime.now(UTC) - timedelta(minutes=age)).strftime(TIME_FORMAT)
    headers = {"X-Date": date, "X-Signature": signature_of(secret, date, body)}
    return browser.post(f"/api/callbacks/{fsp.code}", data=body, headers=headers).status_code


def test_orders_go_to_a_provider_and_come_back_paid(
    session: Session, signed_in: SignedIn, tmp_path: Path
) -> None:
    cycle_id = _due_by_mobile(session)
    with rehearsing(tmp_path / "ledger") as (address, ledger):
        form = {"name": "Pesa", "code": "pesa", "mechanism": "mobile", "connector": "mobile_money"}
        limits = {"batch_size": 500, "wait": 5, "most": "", "columns": ""}
        access = {"address": address, "account": "RELIEF", "secret": SECRET}
        admin = signed_in(Role.ADMINISTRATOR)
        assert "Pesa was written down" in admin.act("/fsps/", **form, **limits, **access).text
        fsp = session.scalars(select(Fsp)).one()
        assert SECRET not in admin.get(f"/fsps/{fsp.id}").text

        finance = signed_in(Role.FINANCE)
        page = finance.act(f"/payments/cycles/{cycle_id}", fsp_id=fsp.id, pcode="").text
        assert "1 order was made" in page
        assert "KES 70" in page
        batch = session.scalars(select(PaymentBatch)).one()
        where = f"/payments/batches/{batch.id}"
        assert "Send what waits" in finance.get(where).text
        finance.act(f"{where}/send")
        _work_off(session)
        sent = finance.get(where).text
        assert "with the provider" in sent
        finance.act(f"{where}/ask")
        _work_off(session)
        assert [line.state for line in ledger.all()] == ["completed"]
    payment = session.scalars(select(Payment)).one()
    assert payment.state is PaymentState.PAID
    history = finance.get(f"/payments/orders/{payment.reference}").text
    assert [word in history for word in ("waits to be sent", "being sent", "paid")] == [True] * 3
    assert "Nothing is in doubt" in finance.get("/payments/in-doubt").text


def test_the_same_batch_asked_to_be_sent_twice_is_one_work(
    session: Session, signed_in: SignedIn
) -> None:
    cycle_id = _due_by_mobile(session)
    fsp = make_wallet_company(session, "http://127.0.0.1:9")
    finance = signed_in(Role.FINANCE)
    finance.act(f"/payments/cycles/{cycle_id}", fsp_id=fsp.id)
    batch = session.scalars(select(PaymentBatch)).one()

    for _time in range(2):
        finance.act(f"/payments/batches/{batch.id}/send", follow=None)

    assert len(session.scalars(select(Job).where(Job.subject == "payment_batches")).all()) == 1


def test_a_file_is_handed_over_and_spoken_for_on_the_page(
    session: Session, signed_in: SignedIn
) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 3))
    order = make_plan(session, cycle, make_fsp(session))
    where = f"/payments/batches/{order.batch_id}"
    finance = signed_in(Role.FINANCE)

    made = finance.act(f"{where}/file", kind="csv").text

    assert made.splitlines()[0] == "reference,name,account,provider,amount,currency"
    assert order.reference in made
    assert "Does the provider have the file?" in finance.get(where).text
    assert "Counter" in finance.get("/payments/in-doubt").text
    assert "1 order was settled" in finance.act(f"{where}/handed", came="yes").text
    assert "Does the provider have the file?" not in finance.get(where).text


def test_a_signed_answer_counts_once_and_any_other_not_at_all(
    session: Session, browser: Browser
) -> None:
    cycle_id = _due_by_mobile(session)
    fsp = make_wallet_company(session, "http://127.0.0.1:9")
    payment = make_plan(session, session.get_one(Cycle, cycle_id), fsp)
    payment.state = PaymentState.SENT
    session.flush()
    said = _said(payment, "completed")

    assert _answer(browser, fsp, said, secret="not ours") == 403
    assert _answer(browser, fsp, said, age=11) == 403
    assert _answer(browser, fsp, {**said, "transactionStatus": "lost"}) == 422
    assert session.scalars(select(FspAnswer)).all() == []
    assert [_answer(browser, fsp, said) for _time in range(2)] == [204, 204]
    assert len(session.scalars(select(FspAnswer)).all()) == 1
    _work_off(session)

    session.refresh(payment)
    assert payment.state is PaymentState.PAID
    assert (payment.paid, payment.provider_reference) == (Decimal(70), "R77")
    assert session.scalars(select(FspAnswer)).one().taken_at is not None


def test_an_answer_to_a_provider_nobody_wrote_down_is_none(browser: Browser) -> None:
    headers = {"X-Date": "", "X-Signature": ""}
    assert browser.post("/api/callbacks/nobody", data=b"{}", headers=headers).status_code == 404


def test_a_long_list_is_written_by_a_worker_and_followed(
    session: Session, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 3))
    batch = make_payments(session, cycle.id, actor=FINN)
    finance = signed_in(Role.FINANCE)
    assert "ERN-" in finance.act(f"/payments/{batch.id}/csv").text
    monkeypatch.setattr("app.web.payments.AT_ONCE", 0)

    followed = finance.act(f"/payments/{batch.id}/csv").text

    assert "ERN-" not in followed
    (job,) = session.scalars(select(Job)).all()
    assert job.args == {"batch_id": batch.id, "kind": "csv"}
    _work_off(session)
    assert f"/cycles/{cycle.id}/files/" in finance.get(f"/cycles/{cycle.id}").text
