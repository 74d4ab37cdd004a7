"""A provider that keeps silent is asked by itself what became of its orders."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.upkeep import keep_up
from core.actor import PLATFORM
from core.errors import Forbidden
from core.jobs import Job
from core.settings import settings
from programs.jobs.sending import ask_provider, send_batch
from programs.models.payments import Payment, PaymentBatch, PaymentState
from programs.models.programs import Delivery
from programs.services.asking import look_for_unanswered
from programs.services.order_files import CSV, hand_out
from programs.services.sending import say_handed
from tests.make.jobs import Silent
from tests.make.payments import (
    make_fsp,
    make_phone,
    make_plan,
    make_wallet_company,
    rehearsing,
)
from tests.make.programs import (
    FINN,
    make_actor,
    make_approved,
    make_family,
    make_gift,
    make_program,
)

S = PaymentState
NOWHERE = "http://127.0.0.1:9"


def _batch(session: Session, address: str = NOWHERE) -> int:
    """A batch of two orders by mobile money."""
    homes = [make_family(session, 1) for _ in range(2)]
    for home in homes:
        make_phone(session, home, f"+254 700 {home.id:06}")
    program = make_program(session, make_gift(delivery=Delivery.MOBILE))
    cycle = make_approved(session, program, *homes)
    return make_plan(session, cycle, make_wallet_company(session, address)).batch_id


def _stand(session: Session, state: PaymentState, minutes: int) -> None:
    since = func.now() - timedelta(minutes=minutes)
    session.execute(update(Payment).values(state=state, claimed_at=since))
    session.expire_all()


def _asked(session: Session, minutes: int) -> None:
    ago = func.now() - timedelta(minutes=minutes)
    session.execute(update(PaymentBatch).values(asked_at=ago))


@pytest.mark.parametrize("state", [S.SENDING, S.SENT, S.IN_DOUBT])
def test_who_keeps_silent_for_a_quarter_of_an_hour_is_asked(
    session: Session, state: PaymentState
) -> None:
    batch_id = _batch(session)
    _stand(session, state, 14)
    assert look_for_unanswered(session) == []
    _stand(session, state, 16)

    assert look_for_unanswered(session) == [batch_id]
    assert look_for_unanswered(session) == []  # it was asked just now


@pytest.mark.parametrize("state", [S.ISSUED, S.PAID, S.FAILED, S.RECONCILED])
def test_of_what_waits_or_has_ended_nobody_is_asked(session: Session, state: PaymentState) -> None:
    _batch(session)
    _stand(session, state, 60)

    assert look_for_unanswered(session) == []


def test_the_longer_it_takes_the_more_seldom_it_is_asked(session: Session) -> None:
    batch_id = _batch(session)
    _stand(session, S.SENT, 8 * 60)  # asked an hour ago, after seven: again after seven quarters
    _asked(session, 60)
    assert look_for_unanswered(session) == []
    _stand(session, S.SENT, 8 * 60)
    _asked(session, 2 * 60)  # after six: again after six quarters, half an hour ago

    assert look_for_unanswered(session) == [batch_id]


def test_of_a_file_a_person_is_asked_and_not_the_provider(session: Session) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 1))
    order = make_plan(session, cycle, make_fsp(session))
    hand_out(session, order.batch_id, CSV, actor=FINN)
    say_handed(session, order.batch_id, came=True, actor=FINN)
    _stand(session, S.SENT, 600)

    assert look_for_unanswered(session) == []


def test_nobody_is_asked_where_the_setting_says_never(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _batch(session)
    _stand(session, S.SENT, 600)
    monkeypatch.setenv("ASK_AFTER_MINUTES", "0")
    settings.cache_clear()

    try:
        assert look_for_unanswered(session) == []
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_the_platform_asks_and_writes_down_what_it_is_told(
    session: Session, tmp_path: Path
) -> None:
    with rehearsing(tmp_path / "ledger") as (address, _ledger):
        batch_id = _batch(session, address)
        send_batch(session, actor=FINN, progress=Silent(), batch_id=batch_id)
        session.execute(update(Payment).values(claimed_at=func.now() - timedelta(hours=1)))
        session.execute(text("set local session authorization highground_works"))  # as the sweep
        keep_up(session)
        session.execute(text("reset session authorization"))
        asked = [job for job in session.scalars(select(Job)) if job.work.endswith("ask_provider")]
        assert [job.args for job in asked] == [{"batch_id": batch_id}]
        assert asked[0].actor_id == PLATFORM.id

        ask_provider(session, actor=PLATFORM, progress=Silent(), batch_id=batch_id)

    session.expire_all()
    assert set(session.scalars(select(Payment.state))) == {S.PAID}


def test_what_a_vanished_worker_was_sending_is_asked_about_as_well(
    session: Session, tmp_path: Path
) -> None:
    with rehearsing(tmp_path / "ledger") as (address, ledger):
        batch_id = _batch(session, address)
        _stand(session, S.SENDING, 60)

        ask_provider(session, actor=PLATFORM, progress=Silent(), batch_id=batch_id)

        session.expire_all()
        assert set(session.scalars(select(Payment.state))) == {S.ISSUED}  # it never had them
        assert ledger.all() == []


def test_who_may_not_pay_does_not_ask_in_the_platforms_place(session: Session) -> None:
    batch_id = _batch(session)
    with pytest.raises(Forbidden):
        ask_provider(
            session,
            actor=make_actor(31, "Pia Moss", "program:read"),
            progress=Silent(),
            batch_id=batch_id,
        )
