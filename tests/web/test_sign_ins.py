"""Where one is signed in: what is listed, what ends it, and when it ends of itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import SignIn, User
from app.auth.roles import Role
from app.auth.sign_ins import said
from core.audit import AuditEntry
from tests.make.users import PASSWORD
from tests.web.conftest import Browser

Enter = Callable[..., Browser]


def _also(browser: Browser, session: Session) -> Browser:
    """The same person, signed in with this browser too."""
    email = session.scalars(select(User.email)).one()
    browser.act("/sign-in", email=email, password=PASSWORD)
    return browser


def _age(session: Session, **ages: timedelta) -> None:
    """As if the one sign-in there is had happened earlier."""
    sign_in = session.scalars(select(SignIn)).one()
    for column, age in ages.items():
        setattr(sign_in, column, getattr(sign_in, column) - age)
    session.flush()


def test_the_browser_is_named_in_plain_words() -> None:
    windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
    phone = (
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/129.0.0.0 Mobile Safari/537.36"
    )
    edge = windows.replace("Gecko/20100101 Firefox/130.0", "Chrome/129 Safari/537 Edg/129")
    assert said(windows) == "Firefox, Windows"
    assert said(phone) == "Chrome, Android"
    assert said(edge) == "Edge, Windows"
    assert said("curl/8") == ""


def test_ones_own_page_lists_each_browser_and_says_which_is_this_one(
    signed_in: Enter, elsewhere: Browser, session: Session
) -> None:
    here = signed_in(Role.VIEWER)
    _also(elsewhere, session)

    page = here.get("/me").text

    assert page.count("127.0.0.1") == 2
    assert page.count("this one") == 1


def test_an_ended_browser_is_out_at_its_next_request(
    signed_in: Enter, elsewhere: Browser, session: Session
) -> None:
    here = signed_in(Role.VIEWER)
    _also(elsewhere, session)
    other = session.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()

    here.act(f"/me/sign-ins/{other}/end")

    assert elsewhere.get("/me").status_code == 303
    assert here.get("/me").status_code == 200


def test_all_others_are_ended_at_once(
    signed_in: Enter, elsewhere: Browser, session: Session
) -> None:
    here = signed_in(Role.VIEWER)
    _also(elsewhere, session)

    page = here.act("/me/sign-ins/end")

    assert "1 other sign-in was ended" in page.text
    assert elsewhere.get("/me").status_code == 303
    entry = session.scalars(select(AuditEntry).filter_by(action="users.end_sign_ins")).one()
    assert entry.figures == {"ended": 1}


def test_nobody_ends_the_sign_in_of_somebody_else(
    signed_in: Enter, elsewhere: Browser, session: Session
) -> None:
    signed_in(Role.VIEWER)
    theirs = session.scalars(select(SignIn.id)).one()
    stranger = signed_in(Role.VIEWER)

    assert stranger.act(f"/me/sign-ins/{theirs}/end").status_code == 404


def test_an_administrator_sees_and_ends_those_of_a_user(
    signed_in: Enter, elsewhere: Browser, session: Session
) -> None:
    signed_in(Role.VIEWER)
    lena = session.scalars(select(User)).one()
    _also(elsewhere, session)
    administrator = signed_in(Role.ADMINISTRATOR)

    assert administrator.get(f"/admin/users/{lena.id}").text.count("127.0.0.1") == 2
    administrator.act(f"/admin/users/{lena.id}/sign-ins/end")

    assert elsewhere.get("/me").status_code == 303


def test_a_sign_in_nobody_used_for_twelve_hours_is_over(signed_in: Enter, session: Session) -> None:
    browser = signed_in(Role.VIEWER)
    _age(session, seen_at=timedelta(hours=11, minutes=59))
    assert browser.get("/me").status_code == 200

    _age(session, seen_at=timedelta(hours=12, minutes=1))
    assert browser.get("/me").status_code == 303


def test_a_sign_in_of_a_week_is_over_although_it_is_used(
    signed_in: Enter, session: Session
) -> None:
    browser = signed_in(Role.VIEWER)
    _age(session, created_at=timedelta(days=7, minutes=1))

    assert browser.get("/me").status_code == 303


def test_use_is_noted_once_a_minute(signed_in: Enter, session: Session) -> None:
    browser = signed_in(Role.VIEWER)
    _age(session, seen_at=timedelta(seconds=50))
    before = session.scalars(select(SignIn.seen_at)).one()
    browser.get("/me")
    assert session.scalars(select(SignIn.seen_at)).one() == before

    _age(session, seen_at=timedelta(seconds=20))
    browser.get("/me")
    assert datetime.now(UTC) - session.scalars(select(SignIn.seen_at)).one() < timedelta(seconds=9)


def test_signing_out_ends_it_in_the_house_too(signed_in: Enter, session: Session) -> None:
    browser = signed_in(Role.VIEWER)
    cookie = browser.get_cookie("session")
    assert cookie is not None

    browser.act("/sign-out")
    browser.set_cookie("session", cookie.value)

    assert browser.get("/me").status_code == 303


def test_a_password_without_its_code_is_forgotten_after_ten_minutes(
    browser: Browser, session: Session, signed_in: Enter
) -> None:
    signed_in(Role.FINANCE)
    sign_in = session.scalars(select(SignIn)).one()
    sign_in.whole = False
    session.flush()
    assert browser.get("/me").location == "/sign-in/code?next=/me"

    _age(session, created_at=timedelta(minutes=11))

    assert browser.get("/me").location == "/sign-in?next=/me"
