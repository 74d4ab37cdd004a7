"""People who sign in, with a phone where their role asks for one."""

import uuid
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from app.auth import second_factor
from app.auth.models import RoleGrant, User
from app.auth.roles import SECOND_FACTOR, Role
from app.loading import published_key

PASSWORD = "correct horse battery"
KEPT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""Its argon2id hash at the least cost there is, which it bears in itself: hundreds sign in."""


def make_user(
    session: Session,
    *roles: Role,
    email: str = "",
    name: str = "Lena Marr",
    **bounds: Any,
) -> User:
    """Somebody who signs in with PASSWORD and, where one of these roles asks for it, a code.

    `bounds` are further columns of each grant.
    """
    address = email or f"{uuid.uuid4().int}@example.org"
    user = User(name=name, email=address, password_hash=KEPT)
    if SECOND_FACTOR.intersection(roles):
        second_factor.keep(user, published_key(address))
    session.add(user)
    session.flush()
    session.add_all(RoleGrant(user_id=user.id, role=role, **bounds) for role in roles)
    session.flush()
    return user


def code_of(user: User, later: int = 0) -> str:
    """The code this user's phone shows, or will show so many steps later."""
    return second_factor.code_at(published_key(user.email), second_factor.step_now() + later)
