"""The audit trail: one entry for each act, written in the act's own transaction."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.actor import Actor
from core.db import Row


class AuditEntry(Row):
    """One act: who did what to which row, and the figures that make it checkable."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "subject", "subject_id"), Index(None, "at"))

    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(BigInteger)
    actor_name: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


@contextmanager
def act(session: Session, actor: Actor, action: str, subject: Row) -> Iterator[dict[str, Any]]:
    """Do one act and leave its entry: `with act(...) as figures:` change, and note the figures.

    `action` is `noun.verb`. What raises leaves no entry, as it leaves no change. The digest is the
    SHA-256 of the entry's RFC 8785 JSON, so that an entry altered later no longer fits its own.
    """
    figures: dict[str, Any] = {}
    yield figures
    session.flush()
    said = {name: _plain(value) for name, value in figures.items()}
    entry = AuditEntry(
        at=datetime.now(UTC),
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        subject=subject.__tablename__,
        subject_id=subject.id,
        figures=said,
    )
    entry.digest = digest_of(entry)
    session.add(entry)


def digest_of(entry: AuditEntry) -> bytes:
    """The SHA-256 an untouched entry has."""
    told: dict[str, Any] = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [entry.actor_id, entry.actor_name],
        "action": entry.action,
        "subject": [entry.subject, entry.subject_id],
        "figures": entry.figures,
    }
    return hashlib.sha256(rfc8785.dumps(told)).digest()


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | bool | None) else str(value)
