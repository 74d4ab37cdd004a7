"""What is past its time goes, an act says so, and the trail is still whole."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.retention import retire, tidy
from core import audit
from core import settings as kept
from core.actor import Actor
from core.audit import AuditEntry, Look
from core.proofs import verify
from core.seals import head_of, seal
from programs.models.organisations import Organisation

AMINA = Actor(id=1, name="Amina", permissions=frozenset())
LONG_AGO = datetime(2020, 1, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def settings_as_before() -> Iterator[None]:
    yield
    kept.settings.cache_clear()


def _keep(monkeypatch: pytest.MonkeyPatch, **said: str) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name.upper(), value)
    kept.settings.cache_clear()


def _month(session: Session, table: str) -> None:
    """January 2020, as it was made ahead of its time."""
    session.execute(
        text(
            f"create table {table}_2020_01 partition of {table}"
            " for values from ('2020-01-01 00:00+00') to ('2020-02-01 00:00+00')"
        )
    )


def _act(session: Session, name: str) -> AuditEntry:
    made = Organisation(name=name)
    with audit.act(session, AMINA, "organisations.create", made):
        session.add(made)
    session.flush()
    return session.scalars(select(AuditEntry).filter_by(subject_id=made.id)).one()


def _long_ago(session: Session, entry: AuditEntry) -> None:
    """Have an entry made long ago, and signed then."""
    session.execute(text("set local session_replication_role = replica"))
    entry.created_at, entry.at = LONG_AGO, LONG_AGO
    entry.digest = audit.digest_of(entry)
    session.flush()
    back = text("update field_changes set at = :at where entry_id = :id")
    session.execute(back, {"at": LONG_AGO, "id": entry.id})
    session.execute(text("set local session_replication_role = origin"))


def test_looks_go_by_whole_months(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep(monkeypatch, looks_months="24")
    _month(session, "looks")
    for at in (LONG_AGO, datetime.now(UTC)):
        session.add(Look(at=at, actor_id=1, actor_name="Amina", what="registry.show", number=1))
    _act(session, "Ada")
    seal(session)

    gone = retire(session)

    assert gone.looks == ["looks_2020_01"]
    assert session.scalar(select(func.count()).select_from(Look)) == 1
    act = session.scalars(select(AuditEntry).filter_by(action="audit.retire")).one()
    assert act.figures["looks"] == "looks_2020_01"


def test_entries_are_not_asked_for_changes_that_are_past_their_time(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep(monkeypatch, changes_months="12")
    _month(session, "field_changes")
    _long_ago(session, _act(session, "Ada"))
    _act(session, "Bea")
    seal(session)
    assert verify(session).breaks == []

    gone = retire(session)
    seal(session)

    assert gone.changes == ["field_changes_2020_01"]
    proof = verify(session)
    assert (proof.breaks, proof.entries, proof.changes) == ([], 3, 1)


def test_a_month_of_changes_that_no_act_took_is_missed(session: Session) -> None:
    _month(session, "field_changes")
    entry = _act(session, "Ada")
    _long_ago(session, entry)
    seal(session)
    session.execute(text("drop table field_changes_2020_01"))

    assert verify(session).breaks == [f"Position 1, entry {entry.id}: 0 changes, signed with 1."]


def test_entries_go_from_the_beginning_and_the_chain_goes_on_from_there(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep(monkeypatch, audit_years="5", changes_months="60")
    _month(session, "field_changes")
    for name in ("Ada", "Bea"):
        _long_ago(session, _act(session, name))
    _act(session, "Cleo")
    seal(session)
    head = head_of(session)
    assert head is not None

    gone = retire(session)
    seal(session)

    assert gone.entries == 2
    proof = verify(session, [head])
    assert (proof.breaks, proof.entries, proof.position) == ([], 2, 4)
    assert retire(session).entries == 0  # and no second act


def test_entries_that_no_act_took_from_the_beginning_are_missed(session: Session) -> None:
    first, second = _act(session, "Ada"), _act(session, "Bea")
    seal(session)
    session.execute(text("set local session_replication_role = replica"))
    session.execute(text("delete from field_changes where entry_id = :id"), {"id": first.id})
    session.execute(text("delete from audit_entries where id = :id"), {"id": first.id})
    session.execute(text("set local session_replication_role = origin"))

    assert verify(session).breaks == [f"Position 2, entry {second.id}: 1 before it removed."]


def test_where_everything_is_kept_nothing_is_done(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep(monkeypatch, looks_months="0", changes_months="0", audit_years="0")
    _act(session, "Ada")
    seal(session)

    tidy(session)

    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1
