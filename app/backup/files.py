"""The stored files of a backup: immutable, named by their SHA-256, copied and proved on the way."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.backup.shelf import CHUNK, FILES, digest_of
from core.errors import Invalid, Refusal
from core.storage import digest_of as name_of

DIGITS = frozenset("0123456789abcdef")


class FileBroken(Invalid):
    """The file {name} of this backup is not what it was; restore from another backup."""


@dataclass
class Taken:
    """The files a backup holds, with their digests as they lie there, and those it had to miss."""

    digests: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Earlier:
    """What the backup before this one holds: digests by path, and where it stands."""

    folder: Path
    digests: dict[str, str]

    def digest(self, name: str) -> str | None:
        """The digest of a stored file it holds, as that lies there."""
        path = self.path(name)
        listed = self.digests.get(path.relative_to(self.folder).as_posix())
        return listed if path.is_file() else None

    def path(self, name: str) -> Path:
        """Where it holds a stored file."""
        return place(self.folder / FILES, name)


def place(root: Path, name: str) -> Path:
    """Where a file of this name lies below a folder of stored files."""
    return root / name[:2] / name


def stored(root: Path) -> Iterator[str]:
    """The names of all files below a folder of stored files; those on their way in are not."""
    for path in root.glob("??/*"):
        if len(path.name) == 64 and DIGITS.issuperset(path.name):
            yield path.name


def take(storage: Path, target: Path, named: set[str], earlier: Earlier | None) -> Taken:
    """Copy every stored file, and link those the earlier backup holds already.

    All that is stored is taken, and whatever is named is looked for. One that is gone, or is not
    what its name says, is told as missing; it is there all the same if the earlier backup had it.
    """
    taken = Taken()
    for name in sorted(named | set(stored(storage))):
        source, copy = place(storage, name), place(target, name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        found = _digest(source)
        held = earlier.digest(name) if earlier else None
        whole = found is not None and (found == held or _is_named_rightly(source, found))
        if earlier and held and (found == held or not whole):
            _link(earlier.path(name), copy)
            taken.digests[name] = held
        elif whole:
            taken.digests[name] = copied(source, copy)
        if not whole and (found or name in named):
            taken.missing.append(name)
    return taken


def bring_back(source: Path, storage: Path, digests: dict[str, str]) -> int:
    """Copy the files of a backup into storage, each proved; answers how many were new there."""
    new = 0
    for name, digest in digests.items():
        copy = place(storage, name)
        if copy.is_file() and digest_of(copy) == digest:
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        draft = copy.with_name(f".{name}.part")
        if copied(place(source, name), draft) != digest:
            draft.unlink()
            raise FileBroken(name=name)
        draft.replace(copy)
        new += 1
    return new


def copied(source: Path, copy: Path) -> str:
    """Copy a file to disk and answer the SHA-256 of what went through."""
    digest = hashlib.sha256()
    with source.open("rb") as stream, copy.open("wb") as out:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _digest(source: Path) -> str | None:
    """The digest of a stored file as it lies there; None if it is gone, as one on its way may."""
    try:
        return digest_of(source)
    except FileNotFoundError:
        return None


def _is_named_rightly(source: Path, digest: str) -> bool:
    """Whether a stored file is what its name says; a sealed one is opened for it."""
    if digest == source.name:
        return True
    try:
        return name_of(source) == source.name
    except Refusal:
        return False


def _link(held: Path, copy: Path) -> None:
    try:
        os.link(held, copy)
    except OSError:  # a file system without links
        copied(held, copy)
