"""The second factor: who needs it, where it is set up, and what a code opens."""

from collections.abc import Callable

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.models import RecoveryCode, RoleGrant, User
from app.auth.roles import SECOND_FACTOR, Role
from core.audit import AuditEntry
from tests.make.users import PASSWORD, code_of, make_user
from tests.web.conftest import Browser, set_up

SignIn = Callable[..., Browser]


def _half(browser: Browser, session: Session, role: Role = Role.APPROVER) -> User:
    """Somebody who gave their password and owes the code."""
    user = make_user(session, role)
    browser.act("/sign-in", email=user.email, password=PASSWORD)
    return user


def _acts(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_approvers_finance_administrators_and_who_validates_nationally_need_one() -> None:
    needed = {
        Role.APPROVER,
        Role.SENIOR_APPROVER,
        Role.FINANCE,
        Role.ADMINISTRATOR,
        Role.REGISTRY_SUPERVISOR,
    }
    assert needed == SECOND_FACTOR


def test_the_password_alone_opens_nothing(browser: Browser, session: Session) -> None:
    _half(browser, session)

    led = browser.get("/programs/")

    assert led.location == "/sign-in/code?next=/programs/"
    assert browser.get("/jobs/", headers={"Accept": "application/json"}).status_code == 401
    assert browser.get("/sign-in/code").status_code == 200


def test_the_code_of_the_phone_leads_on_to_the_page(browser: Browser, session: Session) -> None:
    user = _half(browser, session)
    assert "users.sign_in" not in _acts(session)

    on = browser.act("/sign-in/code", follow=False, code=code_of(user), next="/programs/")

    assert on.location == "/programs/"
    assert browser.get("/programs/").status_code == 200
    assert "users.sign_in" in _acts(session)


@pytest.mark.parametrize(("later", "opens"), [(-2, 403), (-1, 303), (0, 303), (1, 303), (2, 403)])
def test_a_phone_may_be_half_a_minute_ahead_or_behind(
    browser: Browser, session: Session, later: int, opens: int
) -> None:
    user = _half(browser, session)
    answer = browser.act("/sign-in/code", follow=False, code=code_of(user, later))
    assert answer.status_code == opens


def test_a_code_is_taken_once_and_none_before_it_any_more(
    browser: Browser, elsewhere: Browser, session: Session
) -> None:
    user = _half(browser, session)
    browser.act("/sign-in/code", code=code_of(user))
    elsewhere.act("/sign-in", email=user.email, password=PASSWORD)

    for later, opens in ((0, 403), (-1, 403), (1, 303)):
        again = elsewhere.act("/sign-in/code", follow=False, code=code_of(user, later))
        assert again.status_code == opens


def test_the_key_is_another_programs_too(browser: Browser, session: Session) -> None:
    browser.act("/sign-in", email=make_user(session, Role.VIEWER).email, password=PASSWORD)
    browser.act("/me/second-factor")
    page = browser.get("/me/second-factor").text
    key = page.split('<code class="secret"')[1].split(">")[1].split("<")[0].replace(" ", "")

    browser.act("/me/second-factor/settle", code=pyotp.TOTP(key).now())

    assert session.scalars(select(User.second_since)).one() is not None


def test_whoever_needs_one_and_has_none_can_go_nowhere_but_to_its_set_up(
    browser: Browser, session: Session, web: Flask
) -> None:
    user = make_user(session, Role.VIEWER)
    session.add(RoleGrant(user_id=user.id, role=Role.FINANCE))
    session.flush()
    browser.act("/sign-in", email=user.email, password=PASSWORD)

    for path in ("/", "/me", "/programs/", "/redeem/", "/me/confirm"):
        assert "/me/second-factor?next=" in str(browser.get(path).location), path
    for path in ("/tiles/areas/0/0/0.mvt", "/api/anything", "/registry/"):
        answer = browser.get(path, headers={"Accept": "application/json"})
        assert answer.status_code in {403, 404}, path
    assert (
        browser.act("/me/password", old=PASSWORD, new="four other plain words").status_code == 403
    )
    assert browser.get("/me/second-factor").status_code == 200


def test_setting_it_up_gives_ten_recovery_codes_and_opens_the_house(
    browser: Browser, session: Session
) -> None:
    user = make_user(session)
    session.add(RoleGrant(user_id=user.id, role=Role.ADMINISTRATOR))
    session.flush()
    browser.act("/sign-in", email=user.email, password=PASSWORD)

    codes = set_up(browser)

    assert len(set(codes)) == 10
    assert browser.get("/admin").status_code == 200
    kept = session.scalars(select(RecoveryCode.digest)).all()
    assert len(kept) == 10
    assert all(code.encode() not in kept for code in codes)


def test_key_and_recovery_codes_are_shown_once(browser: Browser, session: Session) -> None:
    user = make_user(session, Role.VIEWER)
    browser.act("/sign-in", email=user.email, password=PASSWORD)
    browser.act("/me/second-factor")
    codes = set_up(browser)

    page = browser.get("/me/second-factor").text

    assert 'class="secret"' not in page
    assert codes[0] not in page
    assert "10 recovery codes are left" in page


def test_the_key_is_unreadable_where_it_is_kept(browser: Browser, session: Session) -> None:
    browser.act("/sign-in", email=make_user(session, Role.VIEWER).email, password=PASSWORD)
    browser.act("/me/second-factor")
    page = browser.get("/me/second-factor").text
    key = page.split('<code class="secret"')[1].split(">")[1].split("<")[0].replace(" ", "")

    kept = session.scalars(select(User.second_key)).one()

    assert kept is not None
    assert key not in kept


def test_a_recovery_code_opens_once(browser: Browser, elsewhere: Browser, session: Session) -> None:
    user = make_user(session, Role.VIEWER)
    browser.act("/sign-in", email=user.email, password=PASSWORD)
    browser.act("/me/second-factor")
    code = set_up(browser)[3].lower().replace("-", " ")

    for opens in (303, 403):
        elsewhere.act("/sign-out")
        elsewhere.act("/sign-in", email=user.email, password=PASSWORD)
        assert elsewhere.act("/sign-in/code", follow=False, code=code).status_code == opens
    assert session.scalar(select(func.count(RecoveryCode.id))) == 9


def test_a_wrong_first_code_switches_nothing_on(browser: Browser, session: Session) -> None:
    browser.act("/sign-in", email=make_user(session, Role.VIEWER).email, password=PASSWORD)
    browser.act("/me/second-factor")

    assert browser.act("/me/second-factor/settle", code="000000").status_code == 403

    assert session.scalars(select(User.second_since)).one() is None


def test_who_needs_it_cannot_switch_it_off_and_who_does_not_can(
    signed_in: SignIn, session: Session
) -> None:
    browser = signed_in(Role.APPROVER)
    assert browser.act("/me/second-factor/off").status_code == 403

    session.scalars(select(RoleGrant)).one().role = Role.VIEWER
    session.flush()
    assert browser.act("/me/second-factor/off").status_code == 200
    assert session.scalars(select(User.second_key)).one() is None


def test_an_administrator_takes_away_somebodys_and_signs_them_out(
    signed_in: SignIn, elsewhere: Browser, session: Session
) -> None:
    other = _half(elsewhere, session)
    elsewhere.act("/sign-in/code", code=code_of(other))
    assert elsewhere.get("/me").status_code == 200

    signed_in(Role.ADMINISTRATOR).act(f"/admin/users/{other.id}/second-factor/reset")

    session.refresh(other)
    assert other.second_key is None
    assert elsewhere.get("/me").status_code == 303
    assert _acts(session)[-1] == "users.reset_second_factor"


def test_nobody_takes_away_their_own(signed_in: SignIn, session: Session) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    me = session.scalars(select(User.id)).one()

    assert administrator.act(f"/admin/users/{me}/second-factor/reset").status_code == 403
