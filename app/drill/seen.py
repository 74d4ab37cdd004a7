"""What is there to be seen of an installation, to be held against what was."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, select
from sqlalchemy.orm import Session

from app.backup.files import place
from app.backup.point import files_named, held, rows, sums
from app.backup.shelf import digest_of
from core.audit import AuditEntry


@dataclass(frozen=True)
class Seen:
    """Rows and checksums by table, and the stored files that rows name, with their digests."""

    rows: dict[str, int]
    sums: dict[str, str]
    files: dict[str, str]

    @property
    def all_rows(self) -> int:
        return sum(self.rows.values())


def seen_at(connection: Connection, storage: Path) -> Seen:
    """What a connection sees, and the files it names that are in storage."""
    places = {name: place(storage, name) for name in files_named(connection)}
    found = {name: digest_of(path) for name, path in places.items() if path.is_file()}
    return Seen(rows(connection), sums(connection), found)


def seen_in(database: str, storage: Path) -> Seen:
    """What is to be seen of an installation now."""
    with held(database) as point:
        return seen_at(point.connection, storage)


def entries(database: str) -> set[int]:
    """The keys of all audit entries."""
    with Session(create_engine(database, poolclass=NullPool)) as session:
        return set(session.scalars(select(AuditEntry.id)))
