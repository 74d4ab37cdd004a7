"""The drill of a restore: people work, a backup is made, the machine is lost, another follows."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.backup.making import write
from app.backup.point import held
from app.backup.restoring import restore
from app.backup.shelf import HEAD, Backup, opened
from app.drill.seen import Seen, entries, seen_at, seen_in
from app.drill.stack import Stack, stack
from core.errors import Refusal
from deploy.say import Trouble, note

WRITER = "app.drill.writer"
BEFORE, AFTER = 20, 20
"""Acts that people finish before the backup begins, and after it is done."""
LONGEST_WAIT = 60.0


class NobodyWrites(Refusal):
    """The drill could not be held: its writer stopped; run it again, and look at the database."""

    status = 503


@dataclass(frozen=True)
class Outcome:
    """What a restore brought back of what was there at the moment of the backup."""

    rows_before: int
    rows_after: int
    files_before: int
    files_after: int
    sums_equal: bool
    chain_ok: bool
    lost_after_backup_point: int
    """Acts of people that were committed after the moment of the backup, and are gone."""
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether everything up to the moment of the backup is there again."""
        same = self.rows_before == self.rows_after and self.files_before == self.files_after
        return same and self.sums_equal and self.chain_ok


def drill(size: str) -> Outcome:
    """Hold the drill on two stacks of its own; the first is lost, the second restored into."""
    began = time.monotonic()
    with stack() as first, stack() as second:
        note("Loading a country.")
        first.command("db", "upgrade")
        first.load(size)
        before, backup, committed = _until_lost(first)
        note("Restoring it on other servers.")
        second.command("db", "upgrade")
        into = second.installation
        restore(backup, into)
        after = seen_in(into.database, into.storage)
        return Outcome(
            rows_before=before.all_rows,
            rows_after=after.all_rows,
            files_before=len(before.files),
            files_after=len(after.files),
            sums_equal=before.sums == after.sums and _files_equal(before, after),
            chain_ok=_chain_holds(second, backup),
            lost_after_backup_point=len(committed - entries(into.database)),
            seconds=round(time.monotonic() - began, 1),
        )


def _files_equal(before: Seen, after: Seen) -> bool:
    """The same files, each still what its name says."""
    return before.files == after.files and all(name == it for name, it in after.files.items())


def _chain_holds(second: Stack, backup: Backup) -> bool:
    """Whether the trail is whole up to the head of the backup, and goes on from there."""
    second.command("audit", "seal")
    try:
        second.command("audit", "verify", "--head", str(backup.folder / HEAD))
    except Trouble:
        return False
    return True


def _until_lost(first: Stack) -> tuple[Seen, Backup, set[int]]:
    """What was there at the moment of the backup, the backup, and every act that was committed."""
    shelf, log = first.servers.places.var / "backups", first.servers.places.var / "writer.log"
    with _written(first, log) as writer:
        _wait_for(BEFORE, writer, log)
        note("Backing it up while people work.")
        before, backup = _backed_up(first, shelf)
        _wait_for(len(_told(log)) + AFTER, writer, log)
        note("Losing the machine.")
        first.kill()
    return before, backup, _told(log)


def _backed_up(first: Stack, shelf: Path) -> tuple[Seen, Backup]:
    """A backup as the command makes it, and what its moment showed."""
    installation = first.installation
    first.command("audit", "seal")
    head = first.command("audit", "head")
    with opened(shelf), held(installation.database) as point:
        before = seen_at(point.connection, installation.storage)
        return before, write(point, installation, shelf, None, head)


@contextmanager
def _written(first: Stack, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    writer = first.start(WRITER, log)
    try:
        yield writer
    finally:
        writer.kill()
        writer.wait()


def _wait_for(acts: int, writer: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + LONGEST_WAIT
    while len(_told(log)) < acts:
        if writer.poll() is not None or time.monotonic() > until:
            raise NobodyWrites
        time.sleep(0.05)


def _told(log: Path) -> set[int]:
    """The entries of the acts told as committed; a line that was cut is not one."""
    whole, _newline, _cut = log.read_text().rpartition("\n")
    return {int(line) for line in whole.splitlines()}
