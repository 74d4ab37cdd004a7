"""Messages to people: to those who want them, once, and never handed over without being written
down first."""

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import settings as kept
from core.country import Country, know
from programs.jobs.messages import NoGateway, hand_messages
from programs.messaging.texts import (
    PlaceholderUnknown,
    TextEmpty,
    TextTooLong,
    checked,
    filled,
)
from programs.models.cycles import Cycle
from programs.models.messages import Message, MessageRun, MessageState, Occasion
from programs.queries.messages import foreseen, messages_room
from programs.services.messages import (
    LanguageUnknown,
    NobodyToTell,
    NothingWaits,
    Telling,
    TextMissing,
    WhereMissing,
    hand_as_file,
    letters,
    queue,
    settle_doubt,
    write_text,
)
from registry.models.consents import ConsentState
from registry.models.registrants import Registrant
from tests.make.jobs import Silent
from tests.make.messages import make_phone
from tests.make.programs import DARA, make_approved, make_family, make_program
from tests.make.registry import make_consent
from tests.make.verifications import make_paid

ENROLLED = Telling(Occasion.ENROLLED)


class _Provider(BaseHTTPRequestHandler):
    """Keeps what it is sent, and answers what it is told to."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.sent.append(json.loads(body))  # type: ignore[attr-defined]
        self.server.keys.append(self.headers["Authorization"])  # type: ignore[attr-defined]
        self.send_response(self.server.answer)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Gateway(ThreadingHTTPServer):
    """A gateway of our own."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Provider)
        self.sent: list[dict[str, str]] = []
        self.keys: list[str] = []
        self.answer = 202


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("MESSAGE_GATEWAY", f"http://127.0.0.1:{server.server_port}/send")
    monkeypatch.setenv("MESSAGE_GATEWAY_KEY", "of the tests")
    kept.settings.cache_clear()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    kept.settings.cache_clear()


def _cycle(session: Session, *homes: Registrant, text: str = "Dear {name}") -> Cycle:
    cycle = make_approved(session, make_program(session), *homes)
    write_text(session, cycle.id, Occasion.ENROLLED, "en", text, actor=DARA)
    return cycle


def _run(session: Session) -> MessageRun:
    return session.scalars(select(MessageRun).order_by(MessageRun.id.desc()).limit(1)).one()


def _states(session: Session) -> list[str]:
    session.expire_all()
    return [each.value for each in session.scalars(select(Message.state).order_by(Message.id))]


def test_braces_are_filled_once() -> None:
    assert filled("{name}: {amount}", {"name": "{amount}", "amount": "7"}) == "{amount}: 7"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (" ", TextEmpty),
        ("x" * 481, TextTooLong),
        ("Dear {nmae}", PlaceholderUnknown),
        ("Dear {name", PlaceholderUnknown),
        ("Dear {}", PlaceholderUnknown),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_refused(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        checked(text)


def test_a_text_is_of_a_language_of_the_country(session: Session) -> None:
    cycle = _cycle(session, make_family(session, 1))

    with pytest.raises(LanguageUnknown):
        write_text(session, cycle.id, Occasion.PAID, "tlh", "nuqneH", actor=DARA)


def test_those_who_want_to_and_can_be_written_to_are_told_once(session: Session) -> None:
    homes = [make_family(session, 2) for _home in range(4)]
    told, declining, silent, through_head = homes
    make_phone(session, told)
    make_phone(session, declining, "+254 700 000 002")
    make_consent(session, declining, purpose="messages", state=ConsentState.REFUSED)
    head = session.scalars(
        select(Registrant).where(Registrant.id > through_head.id).order_by(Registrant.id).limit(1)
    ).one()
    make_phone(session, head, "+254 700 000 003")
    cycle = _cycle(session, *homes)

    before = foreseen(session, cycle, Occasion.ENROLLED)
    added = queue(session, cycle.id, ENROLLED, actor=DARA)
    after = foreseen(session, cycle, Occasion.ENROLLED)

    assert (before.concerned, before.ready, before.declined, before.no_phone) == (4, 2, 1, 1)
    assert added == 2
    assert (after.written, after.ready) == (2, 0)
    assert set(session.scalars(select(Message.registrant_id))) == {told.id, through_head.id}
    with pytest.raises(NobodyToTell):
        queue(session, cycle.id, ENROLLED, actor=DARA)
    make_phone(session, silent, "+254 700 000 004")
    assert queue(session, cycle.id, ENROLLED, actor=DARA) == 1


def test_each_is_told_what_it_is_about_in_a_language_of_theirs(session: Session) -> None:
    know(Country(languages=("en", "fr")))
    home, other = make_family(session, 3, name="Ode", language="fr"), make_family(session, 1)
    make_phone(session, home)
    make_phone(session, other, "+254 700 000 002")
    cycle = _cycle(session, home, other)
    make_paid(session, cycle)
    text = "{name}: {amount}, {program}"
    write_text(session, cycle.id, Occasion.PAID, "en", text, actor=DARA)
    write_text(session, cycle.id, Occasion.PAID, "fr", "Cher {name}, {amount}", actor=DARA)

    queue(session, cycle.id, Telling(Occasion.PAID), actor=DARA)
    hand_as_file(session, _run(session).id, actor=DARA)

    sent = {each.phone: each.text for each in letters(session, _run(session).id, actor=DARA)}
    assert sent["+254 700 000 001"] == "Cher Ode, KES 70"
    assert sent["+254 700 000 002"].startswith(f"{other.name}: KES 50, Flood cash")


def test_where_and_when_are_said_where_the_text_asks_for_them(session: Session) -> None:
    home = make_family(session, 1)
    make_phone(session, home)
    cycle = _cycle(session, home)
    write_text(session, cycle.id, Occasion.COLLECT, "en", "Come to {where}, {when}", actor=DARA)

    with pytest.raises(WhereMissing):
        queue(session, cycle.id, Telling(Occasion.COLLECT, "the school"), actor=DARA)
    told = Telling(Occasion.COLLECT, "the school", date(2026, 12, 1))
    assert queue(session, cycle.id, told, actor=DARA) == 1
    hand_as_file(session, _run(session).id, actor=DARA)
    (letter,) = letters(session, _run(session).id, actor=DARA)
    assert letter.text == "Come to the school, 1 Dec 2026"


def test_without_a_text_nobody_is_told(session: Session) -> None:
    cycle = _cycle(session, make_family(session, 1))

    with pytest.raises(TextMissing):
        queue(session, cycle.id, Telling(Occasion.PAID), actor=DARA)


def test_a_message_goes_into_one_file_only(session: Session) -> None:
    home = make_family(session, 1)
    make_phone(session, home)
    queue(session, _cycle(session, home).id, ENROLLED, actor=DARA)
    run = _run(session)

    assert hand_as_file(session, run.id, actor=DARA) == 1
    assert _states(session) == ["sent"]
    with pytest.raises(NothingWaits):
        hand_as_file(session, run.id, actor=DARA)


def test_the_gateway_gets_each_message_once_under_our_reference(
    session: Session, gateway: Gateway
) -> None:
    homes = [make_family(session, 1) for _home in range(3)]
    for number, home in enumerate(homes):
        make_phone(session, home, f"+254 700 000 00{number}")
    queue(session, _cycle(session, *homes).id, ENROLLED, actor=DARA)
    run = _run(session)

    for _time in range(2):
        hand_messages(session, actor=DARA, progress=Silent(), run_id=run.id)

    assert _states(session) == ["sent"] * 3
    assert len(gateway.sent) == len({each["reference"] for each in gateway.sent}) == 3
    assert {each["to"] for each in gateway.sent} == {f"+254 700 000 00{n}" for n in range(3)}
    assert gateway.keys == ["Bearer of the tests"] * 3
    hand_messages(session, actor=DARA, progress=Silent(), run_id=run.id)
    assert len(gateway.sent) == 3


@pytest.mark.parametrize(("answer", "state"), [(400, "failed"), (503, "sending")])
def test_what_has_no_clear_answer_is_in_doubt_and_is_not_sent_again(
    session: Session, gateway: Gateway, answer: int, state: str
) -> None:
    home = make_family(session, 1)
    make_phone(session, home)
    queue(session, _cycle(session, home).id, ENROLLED, actor=DARA)
    gateway.answer = answer

    for _time in range(2):
        hand_messages(session, actor=DARA, progress=Silent(), run_id=_run(session).id)

    assert _states(session) == [state]
    assert len(gateway.sent) == 1


def test_of_a_doubt_a_person_says_what_became_of_it(session: Session, gateway: Gateway) -> None:
    home = make_family(session, 1)
    make_phone(session, home)
    cycle = _cycle(session, home)
    queue(session, cycle.id, ENROLLED, actor=DARA)
    gateway.answer = 503
    run = _run(session)
    hand_messages(session, actor=DARA, progress=Silent(), run_id=run.id)

    with pytest.raises(NothingWaits):  # it may still be under way
        settle_doubt(session, run.id, actor=DARA, arrived=False)
    session.execute(update(Message).values(handed_at=Message.handed_at - timedelta(minutes=16)))
    assert settle_doubt(session, run.id, actor=DARA, arrived=False) == 1
    gateway.answer = 200
    hand_messages(session, actor=DARA, progress=Silent(), run_id=run.id)

    assert _states(session) == ["sent"]
    assert [each["reference"] for each in gateway.sent] == [gateway.sent[0]["reference"]] * 2
    (shown,) = messages_room(session, cycle.id, actor=DARA).runs
    assert shown.counts == {MessageState.SENT: 1}


def test_what_is_handed_over_was_written_down_before(
    session: Session, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_family(session, 1)
    make_phone(session, home)
    queue(session, _cycle(session, home).id, ENROLLED, actor=DARA)
    found = []

    def crash(*_given: object) -> None:
        found.extend(_states(session))
        raise SystemExit

    monkeypatch.setattr("programs.messaging.gateway.Gateway.hand", crash)
    with pytest.raises(SystemExit):
        hand_messages(session, actor=DARA, progress=Silent(), run_id=_run(session).id)

    assert found == ["sending"]
    assert _states(session) == ["sending"]


def test_without_a_gateway_messages_go_as_files(session: Session) -> None:
    with pytest.raises(NoGateway):
        hand_messages(session, actor=DARA, progress=Silent(), run_id=1)
