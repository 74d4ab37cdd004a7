"""The application on the test's own transaction, and people to sign in as."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.roles import Role
from app.auth.second_factor import code_at, step_now
from app.site import create_app
from tests.make.users import PASSWORD, code_of, make_user


class Browser(FlaskClient):
    """A client that sends what a form of ours carries: its token and a fresh act key."""

    def act(self, path: str, *, follow: object = True, **form: Any) -> TestResponse:
        """Send a form as its page would."""
        sent = {"act_key": str(uuid.uuid4()), "csrf_token": self.token(), **form}
        return self.post(path, data=sent, follow_redirects=bool(follow))

    def token(self) -> str:
        """The token of this client's session."""
        page = self.get("/sign-in").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found is not None
        return found[1]


def set_up(browser: Browser) -> list[str]:
    """Set up the second factor that is owed, as the page says; answers the recovery codes."""
    page = browser.get("/me/second-factor").text
    key = re.search(r'<code class="secret"[^>]*>([^<]+)<', page)
    assert key is not None
    code = code_at(key[1].replace(" ", ""), step_now())
    kept = browser.act("/me/second-factor/settle", code=code, next="/").text
    return re.findall(r'<code dir="ltr">([^<]+)<', kept)


@pytest.fixture(scope="session")
def web(database: object) -> Flask:
    app = create_app()
    app.testing = True
    app.test_client_class = Browser
    return app


@pytest.fixture
def browser(web: Flask, session: Session) -> Browser:
    """A browser in which nobody is signed in."""
    client = web.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def elsewhere(web: Flask, session: Session) -> Browser:
    """Another browser."""
    client = web.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def signed_in(browser: Browser, session: Session) -> Callable[..., Browser]:
    """`signed_in(Role.APPROVER)` is a browser in which somebody with that role is signed in."""

    def sign_in(*roles: Role, **bounds: Any) -> Browser:
        user = make_user(session, *roles, **bounds)
        browser.act("/sign-in", email=user.email, password=PASSWORD)
        if user.second_since is not None:
            browser.act("/sign-in/code", code=code_of(user))
        return browser

    return sign_in
