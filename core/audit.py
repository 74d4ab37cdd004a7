"""The audit trail: one entry for each act, written in the act's own transaction.

What an act changes is written down row by row by triggers (`field_changes`), under the entry's
number, which is reserved when the act begins. The entry is signed with a key that is not in the
database, so that nobody who has the database alone can write one; `core.seals` chains the entries
and keeps the head of the chain outside.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import rfc8785
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy import Row as Found
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.actor import Actor
from core.db import Base, Row, states
from core.settings import settings

# The entry's key, and the entry of the act it is done within, which is told again when it is over.
BEGIN = text("""
    select begun.id, begun.at, begun.within,
           set_config('highground.entry', begun.id::text, true)
    from (select nextval('audit_entries_id_seq') as id, now() as at,
                 current_setting('highground.entry', true) as within offset 0) begun
""")
END = text("""
    select n, digest, set_config('highground.entry', coalesce(:within, ''), true)
    from sum_of_changes(:entry, :began)
""")


class AuditEntry(Row):
    """One act: who did what to which row, and the figures that make it checkable.

    `created_at` is when its transaction began. `changes` rows of field changes are its own, and
    `changes_digest` is over theirs. `key_id` names the key of its digest; entries of the time
    before there were keys have none. `position` and `chain` are given by the sealer.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "subject", "subject_id"),
        Index(None, "at"),
        Index("ix_audit_entries_unsealed", "id", postgresql_where="position is null"),
        UniqueConstraint("position"),
    )

    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(BigInteger)
    actor_name: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changes: Mapped[int] = mapped_column(default=0, server_default="0")
    changes_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    key_id: Mapped[str | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    position: Mapped[int | None] = mapped_column(BigInteger)
    chain: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class ChangeKind(StrEnum):
    """What became of a row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class FieldChange(Base):
    """One row an act changed: the fields that differ, as they were and as they are.

    Written by triggers alone; by month. `entry_id` is 0 where somebody changed the row outside any
    act. `digest` is over the salt and all the rest, and stays when the person is erased: salt and
    values are then empty, and `erased_by` is the entry of that act. `area_id` is for the wall.
    """

    __tablename__ = "field_changes"
    __table_args__ = (
        Index(None, "registrant_id", postgresql_using="brin"),  # an act goes through them in order
        Index(
            "ix_field_changes_history",
            "registrant_id",
            postgresql_where="kind <> 'insert' and registrant_id is not null",
        ),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    table_name: Mapped[str]
    row_id: Mapped[int]
    registrant_id: Mapped[int | None]
    area_id: Mapped[int | None]
    kind: Mapped[ChangeKind] = mapped_column(states(ChangeKind))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    salt: Mapped[UUID | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    erased_by: Mapped[int | None]


class Look(Base):
    """One look at people: a page, a file or a job that showed some; by month, not chained.

    `registrant_ids` are those shown one by one; where a whole subject was shown, such as a list,
    it is named instead. `number` is how many were shown, where that is known.
    """

    __tablename__ = "looks"
    __table_args__ = (
        Index(None, "registrant_ids", postgresql_using="gin"),
        Index(None, "actor_id"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, server_default=text("nextval('looks_id_seq')")
    )
    at: Mapped[datetime] = mapped_column(primary_key=True, server_default=text("now()"))
    actor_id: Mapped[int]
    actor_name: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str | None]
    subject_id: Mapped[int | None]
    registrant_ids: Mapped[Sequence[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    number: Mapped[int | None] = mapped_column(Integer)
    purpose: Mapped[str | None]
    address: Mapped[str | None] = mapped_column(Text)


@contextmanager
def act(session: Session, actor: Actor, action: str, subject: Row) -> Iterator[dict[str, Any]]:
    """Do one act and leave its entry: `with act(...) as figures:` change, and note the figures.

    `action` is `noun.verb`. What raises leaves no entry, as it leaves no change. An act may be done
    within another: what it changes is its own.
    """
    session.flush()
    entry_id, began, within, _set = session.execute(BEGIN).one()
    figures: dict[str, Any] = {}
    yield figures
    session.flush()
    told = {"entry": entry_id, "began": began, "within": within}
    changes, digest, _set = session.execute(END, told).one()
    entry = AuditEntry(
        id=entry_id,
        created_at=began,
        at=datetime.now(UTC),
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        subject=subject.__tablename__,
        subject_id=subject.id,
        figures={name: _plain(value) for name, value in figures.items()},
        changes=changes,
        changes_digest=digest,
        key_id=next(iter(keys())),
    )
    entry.digest = digest_of(entry)
    session.add(entry)


def keys() -> Mapping[str, bytes]:
    """The keys entries are signed with, by their names; the first one signs what is new.

    The setting's keys are the newest first; without it there is one, made of the secret key.
    """
    given = settings().audit_key or settings().secret_key
    return dict(_key(secret.strip()) for secret in given.split(","))


def digest_of(entry: AuditEntry | Found[Any]) -> bytes:
    """The digest an untouched entry has: over its RFC 8785 JSON, signed with its key.

    Entries of the time before there were keys have a plain SHA-256.
    """
    told: dict[str, Any] = {
        "at": _moment(entry.at),
        "actor": [entry.actor_id, entry.actor_name],
        "action": entry.action,
        "subject": [entry.subject, entry.subject_id],
        "figures": entry.figures,
    }
    if entry.key_id is not None:
        changes = [entry.changes, (entry.changes_digest or b"").hex()]
        told |= {"id": entry.id, "began": _moment(entry.created_at), "changes": changes}
    return signed(rfc8785.dumps(told), entry.key_id)


def signed(told: bytes, key_id: str | None) -> bytes:
    """The HMAC-SHA256 of some bytes under a key of `keys`, or their SHA-256 where there is none."""
    if key_id is None:
        return hashlib.sha256(told).digest()
    return hmac.digest(keys()[key_id], told, "sha256")


@cache
def _key(secret: str) -> tuple[str, bytes]:
    """The name of a key, and the key, both derived from a secret of the settings."""
    derived = HKDF(SHA256(), 36, salt=None, info=b"highground audit trail").derive(secret.encode())
    return derived[:4].hex(), derived[4:]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | bool | None) else str(value)
