"""Money is moved only by who has lately proved to be there themselves."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.auth.models import SignIn, User
from app.auth.roles import Role
from core.audit import AuditEntry
from programs.models.programs import FundEntry
from tests.make.programs import make_program
from tests.make.users import PASSWORD, code_of
from tests.web.conftest import Browser

Enter = Callable[..., Browser]
MONEY = {"amount": "500", "reference": "Reserve of the year"}


def _later(session: Session, minutes: int = 16) -> None:
    """As if everybody had confirmed so much earlier."""
    earlier = SignIn.confirmed_at - timedelta(minutes=minutes)
    session.execute(update(SignIn).values(confirmed_at=earlier))
    session.expire_all()


def _posted(session: Session) -> int:
    return session.scalars(select(func.count(FundEntry.id))).one()


def test_signing_in_counts_for_a_quarter_of_an_hour(signed_in: Enter, session: Session) -> None:
    program = make_program(session)
    before = _posted(session)
    finance = signed_in(Role.FINANCE)
    _later(session, minutes=14)

    finance.act(f"/programs/{program.id}/deposits", **MONEY)

    assert _posted(session) == before + 1


def test_later_the_form_leads_to_the_confirmation_and_moves_nothing(
    signed_in: Enter, session: Session
) -> None:
    program = make_program(session)
    before = _posted(session)
    finance = signed_in(Role.FINANCE)
    _later(session)

    page = f"/programs/{program.id}"
    sent = {"csrf_token": finance.token(), "act_key": "", **MONEY}
    led = finance.post(f"{page}/deposits", data=sent, headers={"Referer": f"http://x{page}?a=1"})

    assert led.location == f"/me/confirm?next={page}?a%3D1"
    assert _posted(session) == before


def test_password_and_code_confirm_and_lead_back_to_the_page(
    signed_in: Enter, session: Session
) -> None:
    program = make_program(session)
    before = _posted(session)
    finance = signed_in(Role.FINANCE)
    _later(session)
    proof = {"password": PASSWORD, "code": code_of(session.scalars(select(User)).one(), 1)}

    back = finance.act("/me/confirm", follow=False, next=f"/programs/{program.id}", **proof)
    assert back.location == f"/programs/{program.id}"
    finance.act(f"/programs/{program.id}/deposits", **MONEY)

    assert _posted(session) == before + 1
    assert "users.confirm" in session.scalars(select(AuditEntry.action)).all()


def test_the_password_alone_confirms_nobody_who_has_a_second_factor(
    signed_in: Enter, session: Session
) -> None:
    program = make_program(session)
    before = _posted(session)
    finance = signed_in(Role.FINANCE)
    _later(session)

    assert finance.act("/me/confirm", password=PASSWORD).status_code == 403
    finance.act(f"/programs/{program.id}/deposits", **MONEY)

    assert _posted(session) == before


def test_a_machine_is_told_in_one_sentence(signed_in: Enter, session: Session) -> None:
    program = make_program(session)
    finance = signed_in(Role.FINANCE)
    _later(session)

    for headers in ({"HX-Request": "true"}, {"Accept": "application/json"}):
        sent = {"csrf_token": finance.token(), "act_key": "", **MONEY}
        answer = finance.post(f"/programs/{program.id}/deposits", data=sent, headers=headers)
        assert answer.status_code == 403
        assert "confirm that it is you" in answer.text


def test_another_browser_of_the_same_person_confirms_for_itself_alone(
    signed_in: Enter, elsewhere: Browser, session: Session
) -> None:
    program = make_program(session)
    before = _posted(session)
    signed_in(Role.FINANCE)
    user = session.scalars(select(User)).one()
    _later(session)

    elsewhere.act("/sign-in", email=user.email, password=PASSWORD)
    elsewhere.act("/sign-in/code", code=code_of(user, 1))
    elsewhere.act(f"/programs/{program.id}/deposits", **MONEY)
    assert _posted(session) == before + 1

    here = session.scalars(select(SignIn).order_by(SignIn.id)).first()
    assert here is not None
    assert here.confirmed_at < here.created_at


def test_recovery_codes_are_renewed_only_after_a_confirmation(
    signed_in: Enter, session: Session
) -> None:
    browser = signed_in(Role.APPROVER)
    _later(session)

    led = browser.act("/me/second-factor/codes", follow=False)

    assert str(led.location).startswith("/me/confirm")
