"""The chain of the audit trail: entries sealed in a row, its heads kept outside the database.

Entries commit unchained, so that acts do not wait for one another. The sealer gives those that have
committed their positions and links each to the one before. A head, which is the last position and
its link, goes to a file beside the storage folder, so that a cut tail is found too.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.audit import AuditEntry, keys, signed
from core.errors import Invalid
from core.settings import settings

BATCH = 100_000
LOCK = 4712  # of the one who seals
START = bytes(32)
TAIL = 4096  # bytes at the end of the file, in which its last line is

GIVE = text("""
    update audit_entries e set position = given.position, chain = given.chain
    from unnest(cast(:ids as bigint[]), cast(:positions as bigint[]), cast(:chains as bytea[]))
         as given (id, position, chain)
    where e.id = given.id
""")


class NoHeads(Invalid):
    """{file} holds no heads of an audit chain; give the file they were kept in."""


@dataclass(frozen=True)
class Head:
    """The end of the chain at a moment: the last position, its link, and the entry there."""

    position: int
    chain: bytes
    entry: int
    at: datetime

    def written(self) -> str:
        """The head as a line of JSON."""
        return json.dumps(
            {
                "position": self.position,
                "chain": self.chain.hex(),
                "entry": self.entry,
                "at": self.at.astimezone(UTC).isoformat(),
            }
        )


def link(previous: bytes, position: int, digest: bytes, key_id: str | None) -> bytes:
    """The link of an entry to the one before, signed with the entry's own key."""
    return signed(previous + position.to_bytes(8, "big") + digest, key_id)


def seal(session: Session) -> int:
    """Chain what has committed since, in order of the entries' keys; answers how many.

    One seals at a time. The head goes to its file once this has committed.
    """
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    links = list(_links(session, head_of(session)))
    if links:
        ids, positions, chains = map(list, zip(*links, strict=True))
        session.execute(GIVE, {"ids": ids, "positions": positions, "chains": chains})
    head = head_of(session)
    if head is not None:
        session.info.setdefault("then", []).append(partial(keep_head, heads_file(), head))
    return len(links)


def _links(session: Session, last: Head | None) -> Iterator[tuple[int, int, bytes]]:
    """Key, position and link of the entries that wait; one whose key is missing goes on waiting."""
    waiting = select(AuditEntry.id, AuditEntry.digest, AuditEntry.key_id)
    waiting = waiting.where(AuditEntry.position.is_(None)).order_by(AuditEntry.id).limit(BATCH)
    position, chain = (last.position, last.chain) if last else (0, START)
    for entry in session.execute(waiting):
        if entry.key_id is None or entry.key_id in keys():
            position += 1
            chain = link(chain, position, entry.digest, entry.key_id)
            yield entry.id, position, chain


def head_of(session: Session) -> Head | None:
    """The head of the chain as it stands; None before the first entry is sealed."""
    sealed = select(AuditEntry.position, AuditEntry.chain, AuditEntry.id)
    sealed = sealed.where(AuditEntry.position.is_not(None))
    found = session.execute(sealed.order_by(AuditEntry.position.desc()).limit(1)).first()
    return Head(found.position, found.chain, found.id, datetime.now(UTC)) if found else None


def heads_file() -> Path:
    """Where this installation keeps its heads: outside the database, and not among the files."""
    kept = settings().audit_heads
    return Path(kept) if kept else Path(settings().storage).parent / "audit-heads.jsonl"


def keep_head(file: Path, head: Head) -> None:
    """Append a head to its file, for good, unless it is the last one there."""
    written = head.written()
    if _last_of(file).partition(', "at"')[0] == written.partition(', "at"')[0]:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lines:
        lines.write(f"{written}\n")
        lines.flush()
        os.fsync(lines.fileno())


def heads_in(file: Path) -> Iterator[Head]:
    """The heads of a file, one in each line.

    Raises:
        NoHeads: it holds something else, or nothing.
    """
    found = False
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            found = True
            yield _read(line, file)
    if not found:
        raise NoHeads(file=file.name)


def _read(line: str, file: Path) -> Head:
    try:
        said = json.loads(line)
        at = datetime.fromisoformat(said["at"])
        return Head(int(said["position"]), bytes.fromhex(said["chain"]), int(said["entry"]), at)
    except (ValueError, KeyError, TypeError):
        raise NoHeads(file=file.name) from None


def _last_of(file: Path) -> str:
    if not file.is_file():
        return ""
    with file.open("rb") as lines:
        lines.seek(max(0, file.stat().st_size - TAIL))
        return (lines.read().decode().splitlines() or [""])[-1]
