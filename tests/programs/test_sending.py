"""Sending: an order reaches a provider once, whatever happens on the way."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from msoffcrypto import OfficeFile
from msoffcrypto.exceptions import InvalidKeyError
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.rehearsal.ledger import Ledger
from app.rehearsal.manners import Fault
from core.storage import path_of
from programs.fsp.mobile_money import MobileMoney
from programs.fsp.orders import Answer, Order, Outcome
from programs.jobs.sending import ask_provider, send_batch
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.payments import Payment, PaymentEvent, PaymentState
from programs.models.programs import Delivery
from programs.queries.payment_pages import doubts, payment_page
from programs.services.fsps import Provider, write_fsp
from programs.services.order_files import CSV, XLSX, NothingWaits, hand_out
from programs.services.payment_plans import Wanted, plan_payments
from programs.services.sending import (
    AskedByItself,
    NothingFailed,
    NothingInDoubt,
    doubt_all,
    line_of,
    put_back,
    retry_failed,
    say_handed,
    take_up,
)
from programs.services.settling import settle
from tests.make.jobs import Silent
from tests.make.payments import (
    make_account,
    make_fsp,
    make_phone,
    make_plan,
    make_wallet_company,
    rehearsing,
)
from tests.make.programs import DARA, FINN, make_approved, make_family, make_gift, make_program

NOW = timedelta(0)
S = PaymentState


def _planned(session: Session, address: str, families: int = 3) -> int:
    """A batch of mobile money for so many families of one, each due 50."""
    homes = [make_family(session, 1) for _ in range(families)]
    for number, home in enumerate(homes):
        make_phone(session, home, f"+254 700 000 {number:03}")
    program = make_program(session, make_gift(delivery=Delivery.MOBILE))
    cycle = make_approved(session, program, *homes)
    return make_plan(session, cycle, make_wallet_company(session, address)).batch_id


def _sent(session: Session, batch_id: int) -> None:
    send_batch(session, actor=FINN, progress=Silent(), batch_id=batch_id)
    session.expire_all()


def _asked(session: Session, batch_id: int) -> None:
    ask_provider(session, actor=FINN, progress=Silent(), batch_id=batch_id)
    session.expire_all()


def _states(session: Session) -> dict[str, int]:
    session.expire_all()
    counted = select(Payment.state, func.count()).group_by(Payment.state)
    return {str(state): number for state, number in session.execute(counted)}


def _moved(ledger: Ledger) -> dict[str, int]:
    """How often money moved for each reference, by the provider's own book."""
    moved: dict[str, int] = {}
    for line in ledger.all():
        if line.state == "completed":
            moved[line.reference] = moved.get(line.reference, 0) + 1
    return moved


def _long_ago(session: Session) -> None:
    session.execute(update(Payment).values(claimed_at=func.now() - timedelta(hours=1)))


def test_what_is_sent_is_with_the_provider_and_paid_once_it_says_so(
    session: Session, tmp_path: Path
) -> None:
    with rehearsing(tmp_path / "ledger") as (address, ledger):
        batch_id = _planned(session, address)
        _sent(session, batch_id)
        assert _states(session) == {"sent": 3}
        _asked(session, batch_id)

        assert _states(session) == {"paid": 3}
        assert set(_moved(ledger).values()) == {1}
        assert set(_moved(ledger)) == {*session.scalars(select(Entitlement.ern))}
    assert sum(line.amount for line in ledger.all()) == Decimal(150)
    assert set(session.scalars(select(Entitlement.state))) == {EntitlementState.REDEEMED}
    assert session.scalar(select(func.sum(Entitlement.redeemed))) == 150


def test_an_order_is_being_sent_before_the_provider_hears_of_it(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def look(_self: MobileMoney, order: Order) -> Answer:
        state = select(Payment.state).where(Payment.reference == order.reference)
        heard.append(str(session.scalars(state).one()))
        return Answer(order.reference, Outcome.ACCEPTED)

    monkeypatch.setattr(MobileMoney, "send", look)
    _sent(session, _planned(session, "http://127.0.0.1:9", 2))

    assert heard == ["sending", "sending"]


def test_after_a_silence_the_provider_is_asked_and_nothing_is_sent_twice(
    session: Session, tmp_path: Path
) -> None:
    manners = {"faults": frozenset({Fault.SILENT, Fault.FORGETS}), "silent_share": 1.0}
    with rehearsing(tmp_path / "ledger", **manners) as (address, ledger):
        batch_id = _planned(session, address, 2)
        _sent(session, batch_id)

        assert _states(session) == {"paid": 2}
        assert [*_moved(ledger).values()] == [1, 1]
    steps = select(PaymentEvent.state).order_by(PaymentEvent.id)
    first = select(func.min(PaymentEvent.payment_id)).scalar_subquery()
    assert session.scalars(steps.where(PaymentEvent.payment_id == first)).all() == [
        *(S.ISSUED, S.SENDING, S.IN_DOUBT, S.PAID),
    ]


def test_what_a_vanished_worker_held_is_asked_for_before_it_is_sent_again(
    session: Session, tmp_path: Path
) -> None:
    with rehearsing(tmp_path / "ledger", faults=frozenset({Fault.FORGETS})) as (address, ledger):
        batch_id = _planned(session, address, 2)
        line = line_of(session, batch_id, actor=FINN)
        came, lost = take_up(session, line, 2, actor=FINN)
        at = MobileMoney(address, "RELIEF", "between us", 1.0, "")
        at.send(came)  # and the worker is gone before it could write that down
        _long_ago(session)
        _sent(session, batch_id)
        _asked(session, batch_id)

        assert _moved(ledger) == {came.reference: 1, lost.reference: 1}
    assert _states(session) == {"paid": 2}


def test_unknown_there_counts_only_once_nobody_can_be_sending_any_more(session: Session) -> None:
    batch_id = _planned(session, "http://127.0.0.1:9", 1)
    line = line_of(session, batch_id, actor=FINN)
    (order,) = take_up(session, line, 1, actor=FINN)
    doubt_all(session, batch_id)
    unknown = [Answer(order.reference, Outcome.UNKNOWN)]

    settle(session, unknown, line.window)
    assert _states(session) == {"in_doubt": 1}
    _long_ago(session)
    settle(session, unknown, line.window)

    assert _states(session) == {"issued": 1}
    assert session.scalars(select(Payment.reference)).one() == order.reference


def test_an_order_is_taken_up_by_one_only(session: Session) -> None:
    line = line_of(session, _planned(session, "http://127.0.0.1:9", 3), actor=FINN)

    first, second = (take_up(session, line, 2, actor=FINN) for _ in range(2))

    assert (len(first), len(second)) == (2, 1)
    assert not {o.reference for o in first} & {o.reference for o in second}


def test_who_comes_back_late_puts_nothing_back_that_was_taken_up_anew(session: Session) -> None:
    line = line_of(session, _planned(session, "http://127.0.0.1:9", 1), actor=FINN)
    (late,) = take_up(session, line, 1, actor=FINN)
    doubt_all(session, line.batch.id)
    settle(session, [Answer(late.reference, Outcome.UNKNOWN)], NOW)
    take_up(session, line, 1, actor=FINN)

    assert put_back(session, [late]) == 0
    assert _states(session) == {"sending": 1}


def test_only_what_failed_is_sent_anew_and_under_its_next_reference(
    session: Session, tmp_path: Path
) -> None:
    with rehearsing(tmp_path / "ledger", fail=0.5, seed=3) as (address, _ledger):
        batch_id = _planned(session, address, 8)
        _sent(session, batch_id)
        _asked(session, batch_id)
        failed = _states(session)["failed"]
    assert 0 < failed < 8
    with rehearsing(tmp_path / "ledger") as (address, ledger):
        line_of(session, batch_id, actor=FINN).fsp.address = address
        session.flush()
        assert retry_failed(session, batch_id, actor=FINN) == failed
        _sent(session, batch_id)
        _asked(session, batch_id)

        paid_anew = [name for name in _moved(ledger) if name.endswith(".2")]
        assert (_states(session), len(paid_anew)) == ({"paid": 8}, failed)
        assert {name.removesuffix(".2") for name in _moved(ledger)} == {
            *session.scalars(select(Entitlement.ern))
        }
    assert set(_moved(ledger).values()) == {1}
    with pytest.raises(NothingFailed):
        retry_failed(session, batch_id, actor=FINN)
    page = payment_page(session, paid_anew[0].removesuffix(".2"), actor=FINN)
    assert page.payment.reference == paid_anew[0]
    assert [str(step.state) for step in page.events] == [
        *("issued", "sending", "sent", "failed", "issued", "sending", "sent", "paid")
    ]


def test_a_number_that_is_none_never_leaves(session: Session, tmp_path: Path) -> None:
    with rehearsing(tmp_path / "ledger") as (address, ledger):
        batch_id = _planned(session, address, 1)
        session.execute(update(Payment).values(contact_id=None))
        _sent(session, batch_id)

        assert (_states(session), ledger.all()) == ({"failed": 1}, [])


@pytest.mark.parametrize(
    ("before", "outcome", "paid", "after"),
    [
        (S.SENDING, Outcome.ACCEPTED, None, S.SENT),
        (S.SENT, Outcome.PAID, 50, S.PAID),
        (S.SENT, Outcome.PAID, 20, S.PARTLY_PAID),
        (S.PARTLY_PAID, Outcome.PAID, 50, S.PAID),
        (S.SENT, Outcome.PAID, 51, S.IN_DOUBT),
        (S.SENT, Outcome.PAID, 0, S.IN_DOUBT),
        (S.IN_DOUBT, Outcome.FAILED, None, S.FAILED),
        (S.ISSUED, Outcome.PAID, 50, S.PAID),
        (S.FAILED, Outcome.PAID, 50, S.PAID),
        (S.PAID, Outcome.REVERSED, None, S.REVERSED),
        (S.PAID, Outcome.ACCEPTED, None, S.PAID),
        (S.PAID, Outcome.FAILED, None, S.PAID),
        (S.PAID, Outcome.UNKNOWN, None, S.PAID),
        (S.SENT, Outcome.UNKNOWN, None, S.SENT),
        (S.REVERSED, Outcome.PAID, 50, S.REVERSED),
        (S.FAILED, Outcome.ACCEPTED, None, S.FAILED),
    ],
)
def test_an_order_moves_only_where_the_answer_fits(
    session: Session, before: S, outcome: Outcome, paid: int | None, after: S
) -> None:
    _planned(session, "http://127.0.0.1:9", 1)
    whole = 50 if before is S.PAID else 0
    session.execute(update(Payment).values(state=before, paid=whole))
    reference = session.scalars(select(Payment.reference)).one()
    given = Decimal(paid) if paid is not None else None

    settle(session, [Answer(reference, outcome, given)], NOW)

    assert _states(session) == {after.value: 1}


def test_what_came_back_is_due_again_and_is_not_counted_as_arrived(session: Session) -> None:
    _planned(session, "http://127.0.0.1:9", 1)
    reference = session.scalars(select(Payment.reference)).one()
    settle(session, [Answer(reference, Outcome.PAID, Decimal(20))], NOW)
    due = session.execute(select(Entitlement.state, Entitlement.redeemed)).one()
    assert tuple(due) == (EntitlementState.PARTLY_REDEEMED, 20)

    settle(session, [Answer(reference, Outcome.REVERSED)], NOW)

    due = session.execute(select(Entitlement.state, Entitlement.redeemed)).one()
    assert tuple(due) == (EntitlementState.SENT, 0)
    assert session.scalars(select(Payment.paid)).one() == 0


def test_answers_that_clash_leave_the_order_in_doubt(session: Session) -> None:
    _planned(session, "http://127.0.0.1:9", 1)
    session.execute(update(Payment).values(state=S.SENDING))
    reference = session.scalars(select(Payment.reference)).one()

    both = [Answer(reference, Outcome.PAID, Decimal(50)), Answer(reference, Outcome.FAILED)]
    settle(session, both, NOW)

    assert _states(session) == {"in_doubt": 1}


def test_a_file_is_sent_when_somebody_says_it_came_and_waits_when_it_did_not(
    session: Session,
) -> None:
    homes = [make_family(session, 1, name="=1+1"), make_family(session, 2)]
    for home in homes:
        make_account(session, home, "GB82WEST12345698765432", provider="Oru Bank")
    program = make_program(session, make_gift(delivery=Delivery.BANK))
    cycle = make_approved(session, program, *homes)
    columns = ("account", "reference", "amount", "name")
    fsp = make_fsp(session, mechanism=Delivery.BANK, columns=columns)
    batch_id = make_plan(session, cycle, fsp).batch_id

    made = hand_out(session, batch_id, CSV, actor=FINN)

    header, *lines = path_of(made.kept.sha256).read_text().splitlines()
    first, second = sorted(lines, key=lambda line: line.split(",")[2])
    erns = session.scalars(select(Entitlement.ern).order_by(Entitlement.amount)).all()
    assert header == "account,reference,amount,name"
    assert first == f"GB82WEST12345698765432,{erns[0]},50.00,'=1+1"
    assert second.startswith(f"GB82WEST12345698765432,{erns[1]},60.00,")
    assert (made.orders, made.total, _states(session)) == (2, Decimal(110), {"sending": 2})
    assert [(each.orders, each.amount) for each in doubts(session, actor=FINN)] == [
        (2, Decimal(110))
    ]
    assert hand_out(session, batch_id, XLSX, actor=FINN).orders == 2  # the same once more
    assert say_handed(session, batch_id, came=False, actor=FINN) == 2
    assert _states(session) == {"issued": 2}
    hand_out(session, batch_id, CSV, actor=FINN)
    assert say_handed(session, batch_id, came=True, actor=FINN) == 2
    assert (_states(session), doubts(session, actor=FINN)) == ({"sent": 2}, [])
    with pytest.raises(NothingInDoubt):
        say_handed(session, batch_id, came=False, actor=FINN)
    with pytest.raises(NothingWaits):
        hand_out(session, batch_id, CSV, actor=FINN)


def test_a_provider_that_is_called_is_not_spoken_for(session: Session) -> None:
    batch_id = _planned(session, "http://127.0.0.1:9", 1)
    with pytest.raises(AskedByItself, match="Pesa"):
        say_handed(session, batch_id, came=True, actor=FINN)
    with pytest.raises(AskedByItself):
        hand_out(session, batch_id, CSV, actor=FINN)


def test_a_wallet_that_was_closed_since_gets_nothing(session: Session, tmp_path: Path) -> None:
    home = make_family(session, 1)
    account = make_account(session, home, "+254 700 000 001", kind="wallet")
    program = make_program(session, make_gift(delivery=Delivery.MOBILE))
    cycle = make_approved(session, program, home)
    with rehearsing(tmp_path / "ledger") as (address, ledger):
        fsp = make_wallet_company(session, address)
        plan_payments(session, cycle.id, Wanted(fsp.id), actor=FINN)
        account.state = "closed"  # type: ignore[assignment]
        session.flush()
        _sent(session, session.scalars(select(Payment.batch_id)).one())

        assert (_states(session), ledger.all()) == ({"failed": 1}, [])


def test_a_file_with_a_password_is_a_locked_workbook_and_nothing_else(session: Session) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 2))
    fsp = make_fsp(session, secret="between us", columns=("reference", "amount"))
    batch_id = make_plan(session, cycle, fsp).batch_id

    made = hand_out(session, batch_id, CSV, actor=FINN)

    locked = OfficeFile(BytesIO(path_of(made.kept.sha256).read_bytes()))
    with pytest.raises(InvalidKeyError):
        locked.load_key("of somebody else", verify_password=True)
    locked.load_key("between us", verify_password=True)
    locked.decrypt(book := BytesIO())
    sheet = CalamineWorkbook.from_filelike(BytesIO(book.getvalue())).get_sheet_by_name("Orders")
    header, order, *_rest = sheet.to_python()
    assert (header, order[1]) == (["reference", "amount"], 60)

    said = Provider(fsp.code, fsp.name, fsp.mechanism, fsp.connector, unlocked=True)
    write_fsp(session, said, actor=DARA, fsp_id=fsp.id)
    plain = hand_out(session, batch_id, CSV, actor=FINN)
    assert path_of(plain.kept.sha256).read_text().startswith("reference,name,account")
