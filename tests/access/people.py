"""Who looks at the marked world: one of each role, and two who may everything in one district."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.roles import GIVES, Role
from tests.access.world import SELF, World
from tests.make.users import PASSWORD, code_of, make_user
from tests.web.conftest import Browser

APART = text("select setval(pg_get_serial_sequence('users', 'id'), 1000000)")
"""Whoever made the world has small keys; nobody who looks at it is taken for its maker."""


class Reach(StrEnum):
    """Where somebody may look."""

    NATIONAL = "national"
    NORTH = "north"
    SOUTH = "south"


@dataclass
class Person:
    """Somebody who is signed in."""

    roles: tuple[Role, ...]
    reach: Reach
    user_id: int
    browser: Browser = field(repr=False)
    token: str = field(repr=False)

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset().union(*(GIVES[role] for role in self.roles))

    def get(self, address: str) -> TestResponse:
        return self.browser.get(address)

    def post(self, address: str, **form: Any) -> TestResponse:
        """Send a form with its keys."""
        keys = {"act_key": str(uuid.uuid4()), "csrf_token": self.token}
        return self.browser.post(address, data={**keys, **form})


def make_people(session: Session, web: Flask, world: World) -> list[Person]:
    """Nine who see the whole country, each by one role, and two who hold all of them nearby."""
    session.execute(APART)
    everything = tuple(Role)
    return [
        *(_signed_in(session, web, (role,), Reach.NATIONAL, None) for role in Role),
        _signed_in(session, web, everything, Reach.NORTH, world.north.area.id),
        _signed_in(session, web, everything, Reach.SOUTH, world.south.area.id),
    ]


def _signed_in(
    session: Session, web: Flask, roles: tuple[Role, ...], reach: Reach, area_id: int | None
) -> Person:
    user = make_user(session, *roles, area_id=area_id, name=SELF)
    browser = web.test_client()
    assert isinstance(browser, Browser)
    browser.act("/sign-in", email=user.email, password=PASSWORD)
    if user.second_since is not None:
        browser.act("/sign-in/code", code=code_of(user))
    return Person(roles, reach, user.id, browser, browser.token())
