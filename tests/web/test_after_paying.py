"""The pages of what comes after a payment, each act by the person it belongs to."""

import io
import uuid
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.jobs import Job
from core.storage import path_of
from programs.models.cycles import Cycle
from programs.models.messages import Message
from programs.models.payments import Payment
from programs.models.reconciliations import Reconciliation
from programs.models.verifications import Verification, VerificationSample
from programs.services.payments import export_csv, make_payments
from programs.services.reconciliations import check
from registry.models.registrants import Registrant
from tests.make.jobs import Silent
from tests.make.messages import make_phone
from tests.make.programs import FINN, make_approved, make_family, make_program
from tests.make.reconciliations import make_ordered, references_of
from tests.make.verifications import make_paid
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


def _send(browser: Browser, path: str, text: bytes, **form: str) -> str:
    """Send a file as its form would; answers the page it leads to."""
    sent = {"act_key": str(uuid.uuid4()), "csrf_token": browser.token(), **form}
    file = {"file": (io.BytesIO(text), "answers.csv")}
    return browser.post(path, data={**sent, **file}, follow_redirects=True).text


def test_finance_brings_an_answer_in_and_lets_it_count(
    session: Session, signed_in: SignedIn
) -> None:
    cycle = make_ordered(session, 3, 4)
    ern = references_of(session, cycle)
    finance = signed_in(Role.FINANCE)
    text = f"Reference,Status\n{ern[70]},paid\n{ern[80]},hm\n".encode()

    page = _send(finance, f"/reconciliations/cycles/{cycle.id}", text, provider="Kesara Mobile")
    assert "Which column holds what" in page
    file = session.scalars(select(Reconciliation)).one()
    here = f"/reconciliations/{file.id}"
    finance.act(f"{here}/columns", **file.mapping)
    assert session.scalars(select(Job)).one().args == {"reconciliation_id": file.id}
    check(session, file.id, actor=FINN, report=Silent().report)
    assert "What does the provider mean?" in finance.get(here).text
    assert finance.get(f"{here}/left.csv").text.splitlines()[1].endswith("hm,,80,unclear")
    finance.act(f"{here}/words", **{"word:hm": "failed"})
    page = finance.act(f"{here}/apply").text

    assert "2 orders were answered; KES 80 is free again." in page
    assert "Every order has its answer." in page
    states = {state.value for state in session.scalars(select(Payment.state))}
    assert states == {"reconciled", "failed"}
    assert "was sent on" in _send(
        finance, f"/reconciliations/cycles/{cycle.id}", text, provider="Kesara Mobile"
    )
    assert "Kesara Mobile count: 1 paid, 1 not" in finance.get(f"/cycles/{cycle.id}").text


def test_a_file_that_is_set_aside_changes_nothing(session: Session, signed_in: SignedIn) -> None:
    cycle = make_ordered(session, 3)
    finance = signed_in(Role.FINANCE)
    _send(finance, f"/reconciliations/cycles/{cycle.id}", b"Reference\nx\n", provider="P")
    file = session.scalars(select(Reconciliation)).one()

    page = finance.act(f"/reconciliations/{file.id}/discard").text

    assert "The file was discarded; nothing was changed." in page
    assert "No file yet" in page


def test_a_sample_is_drawn_asked_on_a_phone_and_settled(
    session: Session, signed_in: SignedIn
) -> None:
    home = make_family(session, 3)
    cycle = make_approved(session, make_program(session), home)
    make_paid(session, cycle)
    manager = signed_in(Role.PROGRAM_MANAGER)
    asked = {"confidence": 95, "margin": 5, "cluster": 1, "by": "nothing", "seed": 7}
    page = manager.act(f"/verifications/cycles/{cycle.id}", **asked).text
    assert "1 household was drawn." in page
    sample = session.scalars(select(Verification)).one()
    here = f"/verifications/{sample.id}"

    registrar = signed_in(Role.REGISTRAR)
    assert home.name in registrar.get(f"{here}/teams/1").text
    said = {"number": home.number, "result": "partly", "received": "30", "note": "a fee"}
    assert "It is written down." in registrar.act(f"{here}/answers", **said).text
    assert registrar.act(f"{here}/answers", number=home.number).status_code == 422

    manager = signed_in(Role.PROGRAM_MANAGER)
    assert "received a part, paid are KES 70: a fee" in manager.get(here).text
    page = manager.act(f"{here}/settled", number=home.number, because="given back").text
    assert "Settled: given back" in page
    assert home.number in manager.get(f"{here}/list.csv").text
    manager.act(f"{here}/close")
    assert session.scalars(select(VerificationSample.received)).one() == 30
    assert "closed" in manager.get(f"/verifications/cycles/{cycle.id}").text


def _told(session: Session) -> tuple[Cycle, Registrant]:
    home = make_family(session, 1)
    make_phone(session, home)
    return make_approved(session, make_program(session), home), home


def test_people_are_written_to_by_a_file(session: Session, signed_in: SignedIn) -> None:
    cycle, home = _told(session)
    manager = signed_in(Role.PROGRAM_MANAGER)
    here = f"/messages/cycles/{cycle.id}"

    wrong = {"occasion": "enrolled", "language": "en", "text": "{nobody}"}
    assert manager.act(f"{here}/texts", **wrong).status_code == 422
    manager.act(f"{here}/texts", **{**wrong, "text": "Dear {name}"})
    page = manager.act(f"{here}/outbox", occasion="enrolled").text
    assert "1 message waits in the outbox." in page
    message = session.scalars(select(Message)).one()
    file = manager.act(f"/messages/{message.run_id}/file").text

    assert f"HGM-{message.id},+254 700 000 001,Dear {home.name}" in file
    assert "what became of" not in manager.get(f"/cycles/{cycle.id}").text
    assert "took 1 message along" in manager.get(f"/cycles/{cycle.id}").text


def test_reports_are_had_from_the_pages(session: Session, signed_in: SignedIn) -> None:
    cycle = make_ordered(session, 3)
    viewer = signed_in(Role.VIEWER)
    program = f"/reports/programs/{cycle.program_id}"

    for path in (f"/reports/cycles/{cycle.id}.pdf", f"{program}/fund.pdf"):
        assert viewer.get(path).data.startswith(b"%PDF")
    lines = viewer.get(f"{program}/fund.csv").text.splitlines()
    assert lines[1].endswith("deposit,Treasury letter 7,,1000000.00,1000000.00,KES")
    assert (
        viewer.get(f"{program}/coverage.csv")
        .text.splitlines()[0]
        .endswith("pcode,area,shock,due,reached,gap")
    )
    assert viewer.get(f"{program}/coverage?show=reached&level=2").status_code == 200


def test_a_list_is_checked_by_its_bytes(session: Session, signed_in: SignedIn) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 3))
    exported = export_csv(session, make_payments(session, cycle.id, actor=FINN).id, actor=FINN)
    written = path_of(exported.kept.sha256).read_bytes()
    viewer = signed_in(Role.VIEWER)

    assert "1 order, KES 70 in all." in _send(viewer, "/reports/lists", written)
    assert "Do not pay by it." in _send(viewer, "/reports/lists", written + b"x")
