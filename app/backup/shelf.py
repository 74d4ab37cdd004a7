"""The folder that backups stand in: each named by its moment, the cut ones with a dot before."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.backup.manifest import MANIFEST, Manifest, read_manifest
from core.errors import Conflict, Invalid, NotFound

NAMED = "%Y-%m-%dT%H%M%S.%fZ"
SUMS = "SHA256SUMS"
DUMP, FILES, KEYS = "dump", "files", "keys"
HEAD = "audit-head.jsonl"
CHUNK = 1 << 20
CUT = ".part"


class NoBackup(NotFound):
    """{path} holds no backup; name the folder of one, such as `highground backup list` tells."""


class ShelfBusy(Conflict):
    """Another backup into {path} is being made; wait until it is done."""


class ShelfUnusable(Invalid):
    """Backups cannot be kept in {path} ({reason}); name a folder that can be written to."""


@dataclass(frozen=True)
class Backup:
    """One backup, by its folder."""

    folder: Path

    @property
    def moment(self) -> datetime:
        """When what it holds was so, as its name tells."""
        return datetime.strptime(self.folder.name, NAMED).replace(tzinfo=UTC)

    def manifest(self) -> Manifest:
        """What it says it holds.

        Raises:
            ManifestBroken
        """
        return read_manifest(self.folder / MANIFEST)

    def sums(self) -> dict[str, str]:
        """The SHA-256 of each of its files, by path within it, as `SHA256SUMS` lists them."""
        listed = (self.folder / SUMS).read_text().splitlines()
        return {path: digest for digest, _gap, path in (line.partition("  ") for line in listed)}


def backup_at(folder: Path) -> Backup:
    """The backup of a folder.

    Raises:
        NoBackup
    """
    if not (folder / MANIFEST).is_file() or not (folder / SUMS).is_file():
        raise NoBackup(path=folder)
    return Backup(folder.resolve())


def backups(shelf: Path) -> list[Backup]:
    """All whole backups that stand here, the oldest first; none where nothing can be looked at."""
    try:
        found = sorted(path for path in shelf.iterdir() if _is_named(path.name))
    except OSError:
        return []
    return [Backup(path) for path in found]


@contextmanager
def opened(shelf: Path) -> Iterator[None]:
    """Hold the shelf while a backup is made; what a cut one left there is cleared away.

    Raises:
        ShelfBusy, ShelfUnusable
    """
    try:
        shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (shelf / ".lock").open("w")
    except OSError as error:
        raise ShelfUnusable(path=shelf, reason=error.strerror) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ShelfBusy(path=shelf) from None
        for cut in shelf.glob(f".*{CUT}"):
            shutil.rmtree(cut)
        yield


@contextmanager
def beside(shelf: Path, moment: datetime) -> Iterator[tuple[Path, Backup]]:
    """A folder to write a backup of this moment into, and the backup it is when the block returns.

    It gets its name last of all, so that a cut one is never taken for whole.
    """
    name = moment.astimezone(UTC).strftime(NAMED)
    draft = shelf / f".{name}{CUT}"
    draft.mkdir(mode=0o700)
    try:
        yield draft, Backup(shelf / name)
        settle(draft)
        draft.rename(shelf / name)
        settle(shelf)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_sums(folder: Path, known: dict[str, str]) -> None:
    """List the digests of all files of a backup as `sha256sum` does; those known are not read."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    lines = [f"{known.get(name) or digest_of(path)}  {name}\n" for name, path in names.items()]
    (folder / SUMS).write_text("".join(lines))


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def settle(folder: Path) -> None:
    """See that what a folder names is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def thin_out(shelf: Path, keep: int) -> list[Backup]:
    """Take away all but the newest few; answers what went."""
    old = backups(shelf)[:-keep]
    for backup in old:
        shutil.rmtree(backup.folder)
    return old


def _is_named(name: str) -> bool:
    try:
        datetime.strptime(name, NAMED).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True
