"""Keys of machines: made once, shown once, and good for less than the person is."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import keys
from app.auth.door import actor_of, grants_of
from app.auth.models import ApiKey, RoleGrant, User
from app.auth.roles import Role
from core.audit import AuditEntry
from geo.permissions import May as Geo
from tests.api.conftest import Told
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]
ITEMS = "/api/ogc/collections/areas-2/items"


def _made(browser: Browser, **form: str) -> str:
    """A key, as the page shows it once."""
    page = browser.act("/me/keys", **{"name": "QGIS", "days": "30", **form}).text
    found = re.search(r'<code class="secret"[^>]*>(hg_[^<]+)<', page)
    assert found is not None
    return found[1]


def _bearing(browser: Browser, key: str, path: str = ITEMS) -> TestResponse:
    return browser.get(path, headers={"Authorization": f"Bearer {key}"})


def test_a_key_opens_what_its_maker_may_see(
    signed_in: SignedIn, browser: Browser, told: Told, session: Session, taken_back: None
) -> None:
    key = _made(signed_in(Role.VIEWER))
    as_password = base64.b64encode(f"anybody:{key}".encode()).decode()

    assert _bearing(browser, key).get_json()["numberMatched"] == 4
    basic = browser.get(ITEMS, headers={"Authorization": f"Basic {as_password}"})
    assert basic.get_json()["numberMatched"] == 4
    kept = session.scalars(select(ApiKey).where(ApiKey.prefix == key[:9])).one()
    assert kept.prefix == key[:9]
    assert kept.used_at is not None
    assert key.encode() not in kept.digest


def test_a_key_is_shown_once_and_its_making_is_told_in_the_trail(
    signed_in: SignedIn, told: Told, session: Session, taken_back: None
) -> None:
    viewer = signed_in(Role.VIEWER)
    key = _made(viewer)
    again = viewer.get("/me").text

    assert key not in again
    assert key[:9] in again
    assert "Not used yet." in again
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.figures["begins_with"]) == ("keys.make", key[:9])
    assert entry.figures["ends_on"] == str((entry.at + timedelta(days=30)).date())


def test_a_key_opens_no_page_and_no_page_of_a_browser_takes_it(
    signed_in: SignedIn, browser: Browser, told: Told, taken_back: None
) -> None:
    key = _made(signed_in(Role.COORDINATOR))

    for page in ("/", "/registry/", "/tiles/areas/2/0/0/0.mvt"):
        answer = browser.get(page, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code in {303, 401}, page


def test_a_key_never_moves_money_gives_roles_or_sees_a_single_place(
    signed_in: SignedIn, session: Session, told: Told, taken_back: None
) -> None:
    key = _made(signed_in(Role.COORDINATOR))
    found, user = keys.found(session, key)
    session.add(RoleGrant(user_id=user.id, role=Role.FINANCE))
    session.flush()

    person = actor_of(session, user, grants_of(session, user))
    program = keys.bound(person, found)
    assert {"payment:export", "location:exact"} <= person.permissions
    assert not program.permissions & {"payment:export", "location:exact", "user:write"}
    assert program.may(Geo.READ_RELEASES)


@pytest.mark.parametrize("key", ["", "hg_nothing", "x" * 5000, "hg_é"])
def test_a_wrong_key_opens_nothing(browser: Browser, told: Told, key: str) -> None:
    answer = _bearing(browser, key)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert answer.get_json()["status"] == 401


def test_a_key_ends_with_its_time_its_maker_or_by_hand(
    signed_in: SignedIn, browser: Browser, session: Session, told: Told, taken_back: None
) -> None:
    viewer = signed_in(Role.VIEWER)
    by_hand, by_time, by_maker = (_made(viewer, name=name) for name in ("a", "b", "c"))
    ids = {row.name: row.id for row in session.execute(select(ApiKey.name, ApiKey.id))}
    passed = datetime.now(UTC) - timedelta(seconds=1)

    viewer.act(f"/me/keys/{ids['a']}/end")
    session.execute(update(ApiKey).where(ApiKey.id == ids["b"]).values(ends_at=passed))
    assert [_bearing(browser, key).status_code for key in (by_hand, by_time)] == [401, 401]

    assert _bearing(browser, by_maker).status_code == 200
    _key, user = keys.found(session, by_maker)
    session.execute(update(User).where(User.id == user.id).values(active=False))
    assert _bearing(browser, by_maker).status_code == 401


def test_nobody_ends_the_key_of_another(
    signed_in: SignedIn, browser: Browser, session: Session, told: Told, taken_back: None
) -> None:
    key = _made(signed_in(Role.VIEWER))
    key_id = session.scalars(select(ApiKey.id).where(ApiKey.prefix == key[:9])).one()

    answer = signed_in(Role.COORDINATOR).act(f"/me/keys/{key_id}/end")
    assert answer.status_code == 404
    assert _bearing(browser, key).status_code == 200


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": " "}, "Say in a word what the key is for"),
        ({"days": "0"}, "from one day to 366 days; 0 were asked for"),
        ({"days": "99999999999"}, "99999999999 were asked for"),
        ({"days": "soon"}, "0 were asked for"),
    ],
)
def test_a_key_without_a_name_or_an_end_is_not_made(
    signed_in: SignedIn, told: Told, form: dict[str, str], said: str
) -> None:
    answer = signed_in(Role.VIEWER).act("/me/keys", **{"name": "QGIS", "days": "30", **form})

    assert answer.status_code == 422
    assert said in answer.text


def test_a_key_outlives_no_second_factor_that_is_owed(
    signed_in: SignedIn, browser: Browser, session: Session, told: Told, taken_back: None
) -> None:
    key = _made(signed_in(Role.VIEWER))
    _key, user = keys.found(session, key)
    session.add(RoleGrant(user_id=user.id, role=Role.APPROVER))
    session.flush()

    assert _bearing(browser, key).status_code == 403
