"""Who looks at the marked world: one of each role, and some bound to one district."""

import uuid
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.roles import Role, permissions_of
from tests.access.world import SELF, World
from tests.make.users import PASSWORD, code_of, make_user
from tests.web.conftest import Browser

APART = text("select setval(pg_get_serial_sequence('users', 'id'), 1000000)")
"""Whoever made the world has small keys; nobody who looks at it is taken for its maker."""

SIGN_AND_PAY = (Role.APPROVER, Role.SENIOR_APPROVER, Role.FINANCE)
TOGETHER = (*((role,) for role in SIGN_AND_PAY), tuple(r for r in Role if r not in SIGN_AND_PAY))
"""Roles that one person may hold: who prepares neither signs nor pays."""


class Reach(StrEnum):
    """Where somebody may look."""

    NATIONAL = "national"
    NORTH = "north"
    SOUTH = "south"


@dataclass(frozen=True)
class Answer:
    """What somebody was answered, kept small: thousands of them stay until all were looked at."""

    status_code: int
    mimetype: str
    packed: bytes = field(repr=False)

    def get_data(self) -> bytes:
        return zlib.decompress(self.packed)


@dataclass
class Person:
    """Somebody who is signed in. `answers` are those of the places they have looked at."""

    roles: tuple[Role, ...]
    reach: Reach
    user_id: int
    browser: Browser = field(repr=False)
    token: str = field(repr=False)
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)

    @property
    def permissions(self) -> frozenset[str]:
        return permissions_of(self.roles)

    def get(self, address: str) -> TestResponse:
        return self.browser.get(address)

    def look(self, address: str) -> Answer:
        """What is there in the world as it was made: asked for once, for whoever looks at it."""
        if address not in self.answers:
            there = self.get(address)
            packed = zlib.compress(there.get_data(), 1)
            self.answers[address] = Answer(there.status_code, there.mimetype or "", packed)
        return self.answers[address]

    def post(self, address: str, **form: Any) -> TestResponse:
        """Send a form with its keys."""
        keys = {"act_key": str(uuid.uuid4()), "csrf_token": self.token}
        return self.browser.post(address, data={**keys, **form})

    def delete(self, address: str) -> TestResponse:
        """Take something away, as a page of its own would."""
        keys = {"Act-Key": str(uuid.uuid4()), "X-CSRFToken": self.token}
        return self.browser.delete(address, headers=keys)


def make_people(session: Session, web: Flask, world: World) -> list[Person]:
    """Nine who see the whole country, each by one role; in either district all that go together."""
    session.execute(APART)
    north, south = world.north.area.id, world.south.area.id
    return [
        *(_signed_in(session, web, (role,), Reach.NATIONAL, None) for role in Role),
        *(_signed_in(session, web, roles, Reach.NORTH, north) for roles in TOGETHER),
        *(_signed_in(session, web, roles, Reach.SOUTH, south) for roles in TOGETHER),
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
