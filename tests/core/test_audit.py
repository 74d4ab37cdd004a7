"""The trail is whole as it was written, and whoever meddles with it is found."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from core.proofs import verify
from core.seals import Head, NoHeads, head_of, heads_in, keep_head, seal
from programs.models.organisations import Organisation

AMINA = Actor(id=1, name="Amina", permissions=frozenset())


def _organisation(session: Session, name: str) -> Organisation:
    """One act: an organisation is made, so one row changes."""
    made = Organisation(name=name)
    with audit.act(session, AMINA, "organisations.create", made) as figures:
        session.add(made)
        figures.update(name=name)
    session.flush()
    return made


def _entries(session: Session) -> Sequence[AuditEntry]:
    session.expire_all()
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


def _meddle(session: Session, statement: str, **values: object) -> None:
    """What the owner of the tables can do: put the guards away, and write."""
    session.flush()
    session.execute(text("set local session_replication_role = replica"))
    session.execute(text(statement), values)
    session.execute(text("set local session_replication_role = origin"))


def _read_one_by_one(session: Session) -> int:
    """Changes this transaction has read without an index."""
    read = (
        "select sum(seq_tup_read) from pg_stat_xact_all_tables where relname like 'field_changes%'"
    )
    return int(session.scalar(text(read)) or 0)


def _breaks(session: Session, heads: Sequence[Head] = ()) -> list[str]:
    return verify(session, heads).breaks


@pytest.fixture
def four(session: Session) -> list[AuditEntry]:
    """Four acts, sealed at positions 1 to 4."""
    for name in ("Ada", "Bea", "Cleo", "Dora"):
        _organisation(session, name)
    assert seal(session) == 4
    return list(_entries(session))


def test_an_untouched_trail_is_whole(session: Session, four: list[AuditEntry]) -> None:
    proof = verify(session)

    assert proof.breaks == []
    assert (proof.entries, proof.changes, proof.position) == (4, 4, 4)


def test_entries_are_sealed_once_in_the_order_they_were_begun(
    session: Session, four: list[AuditEntry]
) -> None:
    _organisation(session, "Edda")

    assert [entry.position for entry in four] == [1, 2, 3, 4]
    assert (seal(session), seal(session)) == (1, 0)
    assert _breaks(session) == []


def test_an_altered_figure_is_found(session: Session, four: list[AuditEntry]) -> None:
    _meddle(session, 'update audit_entries set figures = \'{"name": "Eve"}\' where position = 2')

    assert _breaks(session) == [f"Position 2, entry {four[1].id}: altered."]


def test_an_altered_figure_with_its_own_sha_256_is_found(
    session: Session, four: list[AuditEntry]
) -> None:
    forged = _plain_digest(four[1], {"name": "Eve"})
    _meddle(
        session,
        'update audit_entries set figures = \'{"name": "Eve"}\', digest = :digest, key_id = null'
        " where position = 2",
        digest=forged,
    )

    [said] = _breaks(session)
    assert said.startswith(f"Position 2, entry {four[1].id}: ")


def test_a_removed_entry_is_found(session: Session, four: list[AuditEntry]) -> None:
    _meddle(session, "delete from audit_entries where position = 3")

    assert _breaks(session) == [
        f"Position 4, entry {four[3].id}: 1 before it removed.",
        f"Entry {four[2].id}: removed, or never had the 1 changes under its key.",
    ]


def test_a_removed_entry_is_found_where_the_others_moved_up(
    session: Session, four: list[AuditEntry]
) -> None:
    _meddle(session, "delete from audit_entries where position = 3")
    _meddle(session, "delete from field_changes where entry_id = :id", id=four[2].id)
    _meddle(session, "update audit_entries set position = 3 where position = 4")

    assert _breaks(session) == [f"Position 3, entry {four[3].id}: does not follow the one before."]


def test_a_forged_entry_at_the_end_is_found_though_it_was_sealed(
    session: Session, four: list[AuditEntry]
) -> None:
    _meddle(
        session,
        "insert into audit_entries (at, actor_id, actor_name, action, subject, subject_id, figures,"
        " digest) select at, actor_id, actor_name, action, subject, subject_id, figures, :digest"
        " from audit_entries where position = 1",
        digest=_plain_digest(four[0], four[0].figures),
    )
    seal(session)

    [said] = _breaks(session)
    assert said.startswith("Position 5, ")
    assert said.endswith("appended, not by the platform.")


def test_a_copied_entry_is_found(session: Session, four: list[AuditEntry]) -> None:
    _meddle(
        session,
        "insert into audit_entries (at, actor_id, actor_name, action, subject, subject_id, figures,"
        " changes, changes_digest, key_id, digest) select at, actor_id, actor_name, action,"
        " subject, subject_id, figures, 0, changes_digest, key_id, digest from audit_entries"
        " where position = 1",
    )
    seal(session)

    [said] = _breaks(session)
    assert said.startswith("Position 5, ")
    assert said.endswith("altered.")


def test_swapped_entries_are_found(session: Session, four: list[AuditEntry]) -> None:
    for before, after in ((2, -3), (3, 2), (-3, 3)):
        _meddle(
            session,
            "update audit_entries set position = :after where position = :before",
            before=before,
            after=after,
        )

    assert [said.partition(":")[0] for said in _breaks(session)] == [
        f"Position 2, entry {four[2].id}",
        f"Position 3, entry {four[1].id}",
        f"Position 4, entry {four[3].id}",
    ]


def test_a_tail_cut_with_everything_newer_is_found_by_the_head_kept_outside(
    session: Session, four: list[AuditEntry]
) -> None:
    head = head_of(session)
    assert head is not None
    _meddle(session, "delete from field_changes where entry_id >= :id", id=four[2].id)
    _meddle(session, "delete from audit_entries where position >= 3")

    assert _breaks(session) == []
    assert _breaks(session, [head]) == ["Tail cut after position 2: a head was kept of 4."]


def test_a_cut_tail_that_grew_again_is_found(session: Session, four: list[AuditEntry]) -> None:
    head = head_of(session)
    assert head is not None
    _meddle(session, "delete from field_changes where entry_id >= :id", id=four[3].id)
    _meddle(session, "delete from audit_entries where position = 4")
    _organisation(session, "Eve")
    seal(session)
    new = head_of(session)
    assert new is not None

    [said] = _breaks(session, [head, new])
    assert said.startswith("Position 4, ")
    assert said.endswith("the head kept was another.")


def test_an_altered_field_is_found(session: Session, four: list[AuditEntry]) -> None:
    _meddle(
        session,
        'update field_changes set after = \'{"name":"Eve"}\' where entry_id = :id',
        id=four[1].id,
    )

    [row] = session.scalars(select(FieldChange.row_id).where(FieldChange.entry_id == four[1].id))
    assert _breaks(session) == [f"Entry {four[1].id}, change of organisations {row}: altered."]


def test_a_removed_field_change_is_found(session: Session, four: list[AuditEntry]) -> None:
    _meddle(session, "delete from field_changes where entry_id = :id", id=four[1].id)

    assert _breaks(session) == [f"Position 2, entry {four[1].id}: 0 changes, signed with 1."]


def test_an_emptied_field_that_no_act_erased_is_found(
    session: Session, four: list[AuditEntry]
) -> None:
    _meddle(
        session,
        "update field_changes set before = null, after = null, salt = null where entry_id = :id",
        id=four[1].id,
    )

    assert _breaks(session) == ["Entry -: 1 changes emptied, the act speaks of 0."]


def test_what_is_changed_outside_any_act_is_kept_and_told(
    session: Session, four: list[AuditEntry]
) -> None:
    session.execute(text("update organisations set name = 'Eve' where name = 'Ada'"))

    proof = verify(session)
    assert proof.breaks == []
    assert proof.outside == {"organisations": 1}


def test_an_entry_nobody_seals_is_told(session: Session, four: list[AuditEntry]) -> None:
    late = _organisation(session, "Edda")
    minutes = datetime.now(UTC) - timedelta(minutes=2)
    entry = session.scalars(select(AuditEntry).filter_by(subject_id=late.id)).one()
    told = {"at": minutes, "id": entry.id}
    _meddle(session, "update audit_entries set at = :at where id = :id", **told)

    assert _breaks(session) == [
        f"Position -, entry {entry.id}: altered.",
        f"Not sealed: 1 from entry {entry.id} on, for over a minute.",
    ]


def test_entries_of_the_time_before_there_were_keys_are_good_below_the_first_key(
    session: Session,
) -> None:
    old = AuditEntry(
        at=datetime(2026, 1, 1, tzinfo=UTC),
        actor_id=1,
        actor_name="Amina",
        action="organisations.create",
        subject="organisations",
        subject_id=1,
        figures={},
        digest=b"",
    )
    old.digest = _plain_digest(old, {})
    session.add(old)
    session.flush()
    _organisation(session, "Bea")
    seal(session)

    assert _breaks(session) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entries set figures = '{}'",
        "update audit_entries set position = 9 where position = 1",
        "delete from audit_entries where position = 4",
        "truncate audit_entries",
    ],
)
def test_the_database_refuses_to_change_what_is_written(
    session: Session, four: list[AuditEntry], statement: str
) -> None:
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(text(statement))


def test_an_act_within_an_act_keeps_its_own_changes(session: Session) -> None:
    outer, inner = Organisation(name="Ada"), Organisation(name="Bea")
    with audit.act(session, AMINA, "organisations.create", outer):
        session.add(outer)
        session.flush()
        with audit.act(session, AMINA, "organisations.create", inner):
            session.add(inner)
        outer.kind = "ngo"
    session.flush()

    assert [entry.changes for entry in _entries(session)] == [2, 1]
    seal(session)
    assert _breaks(session) == []


def test_a_change_tells_the_fields_that_differ_before_and_after(
    session: Session, four: list[AuditEntry]
) -> None:
    ada = session.scalars(select(Organisation).filter_by(name="Ada")).one()
    with audit.act(session, AMINA, "organisations.change", ada):
        ada.kind = "ngo"
    session.flush()

    last = select(FieldChange).order_by(FieldChange.id.desc()).limit(1)
    change = session.scalars(last).one()
    assert (change.kind, change.before, change.after) == (
        "update",
        {"kind": "government"},
        {"kind": "ngo"},
    )


def test_an_act_reads_its_own_changes_alone_after_another_of_thousands(session: Session) -> None:
    _meddle(
        session,
        """
        insert into field_changes (entry_id, at, table_name, row_id, kind, salt, digest)
        select 999999, now(), 'organisations', n, 'insert', gen_random_uuid(), '\\x00'
        from generate_series(1, 20000) n
        """,
    )
    session.execute(text("analyze field_changes"))
    before = _read_one_by_one(session)

    _organisation(session, "Ada")

    assert _entries(session)[0].changes == 1
    assert _read_one_by_one(session) == before


def test_heads_are_kept_once_each(tmp_path: Path) -> None:
    file = tmp_path / "heads" / "heads.jsonl"
    at = datetime(2026, 11, 22, tzinfo=UTC)
    first, second = Head(1, b"\1" * 32, 11, at), Head(2, b"\2" * 32, 12, at)
    for head in (first, first, second, second):
        keep_head(file, head)

    assert list(heads_in(file)) == [first, second]


@pytest.mark.parametrize("words", ["", "no heads\n", json.dumps({"position": 1}) + "\n"])
def test_a_file_of_something_else_is_no_file_of_heads(tmp_path: Path, words: str) -> None:
    file = tmp_path / "words.txt"
    file.write_text(words)

    with pytest.raises(NoHeads, match=r"words\.txt"):
        list(heads_in(file))


def _plain_digest(entry: AuditEntry, figures: dict[str, Any]) -> bytes:
    """What anybody can compute: the SHA-256 of an entry's RFC 8785 JSON."""
    told: dict[str, Any] = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [entry.actor_id, entry.actor_name],
        "action": entry.action,
        "subject": [entry.subject, entry.subject_id],
        "figures": figures,
    }
    return hashlib.sha256(rfc8785.dumps(told)).digest()
