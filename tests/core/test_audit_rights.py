"""What the roles of the database may do to the trail: add to it, and no more."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from core.db import stand
from core.proofs import verify
from core.seals import seal
from programs.models.organisations import Organisation

AMINA = Actor(id=1, name="Amina", permissions=frozenset(), national=True)
INES = Actor(id=2, name="Ines", permissions=frozenset(), area_ids=frozenset({1}))
ROLES = ("highground_app", "highground_national", "highground_local", "highground_whole")


@pytest.mark.parametrize("actor", [AMINA, INES])
def test_whoever_acts_leaves_an_entry_with_its_changes(session: Session, actor: Actor) -> None:
    stand(session, actor)
    made = Organisation(name="Ada")
    with audit.act(session, actor, "organisations.create", made):
        session.add(made)
    session.flush()

    session.execute(text("set local role highground_works"))
    seal(session)
    session.execute(text("reset role"))
    assert session.scalars(select(AuditEntry.changes)).all() == [1]
    assert verify(session).breaks == []


@pytest.mark.parametrize("role", [*ROLES, "highground_works"])
@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entries set figures = '{}'",
        "delete from audit_entries",
        "truncate audit_entries",
        "insert into field_changes values (1, 1, now(), 'users', 1)",
        "update field_changes set after = null",
        "delete from field_changes",
        "select * from field_changes_other",
        "update looks set number = 0",
        "delete from looks",
    ],
)
def test_no_role_changes_what_is_written(session: Session, role: str, statement: str) -> None:
    session.execute(text(f"set local role {role}"))

    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entries set position = 1",
        "select retire_entries(9)",
        "select drop_months('looks', '2099-01-01')",
        "select make_months(1)",
    ],
)
def test_the_pages_neither_seal_nor_retire(session: Session, role: str, statement: str) -> None:
    session.execute(text(f"set local role {role}"))

    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))


def test_changes_beyond_reach_are_not_seen(session: Session) -> None:
    made = Organisation(name="Ada")
    with audit.act(session, AMINA, "organisations.create", made):
        session.add(made)
    session.flush()

    stand(session, INES)
    assert session.scalars(select(FieldChange)).all() == []
    stand(session, AMINA)
    assert len(session.scalars(select(FieldChange)).all()) == 1
