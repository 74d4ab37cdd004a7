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

from app.auth.models import RoleGrant, User
from app.auth.passwords import hashed
from app.auth.roles import Role
from app.site import create_app

PASSWORD = "correct horse battery"


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
def signed_in(browser: Browser, session: Session) -> Callable[..., Browser]:
    """`signed_in(Role.APPROVER)` is a browser in which somebody with that role is signed in."""

    def sign_in(*roles: Role, area_id: int | None = None) -> Browser:
        email = f"{uuid.uuid4().int}@example.org"
        user = User(name="Lena Marr", email=email, password_hash=hashed(PASSWORD))
        session.add(user)
        session.flush()
        session.add_all(RoleGrant(user_id=user.id, role=r, area_id=area_id) for r in roles)
        session.flush()
        browser.act("/sign-in", email=email, password=PASSWORD)
        return browser

    return sign_in
