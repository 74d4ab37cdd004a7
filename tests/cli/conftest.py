"""Commands given as somebody of a role, as in earnest: what they do is committed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.auth.models import RoleGrant, User
from app.auth.roles import Role
from core.db import transaction

Run = Callable[..., Result]


@pytest.fixture
def run(apart: None, storage: Path) -> Run:
    """`run(command, "--word", role=Role.REGISTRAR)` gives a command as a registrar."""

    def give(command: Command, *words: object, role: Role = Role.GIS_ANALYST) -> Result:
        said = [*map(str, words), "--as", _address_of(role).upper()]
        return CliRunner().invoke(command, said, standalone_mode=False)

    return give


def _address_of(role: Role) -> str:
    """Of whoever has this role; made when first asked for."""
    email = f"{role}@example.org"
    with transaction() as session:
        if session.scalar(select(User).filter_by(email=email)) is None:
            user = User(name="Ines Aro", email=email, password_hash="x")
            session.add(user)
            session.flush()
            session.add(RoleGrant(user_id=user.id, role=role))
    return email
