"""The stored files of a backup: immutable, named by their SHA-256, copied and proved on the way."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.backup.shelf import CHUNK, FILES, digest_of
from core.errors import Invalid

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

    def has(self, name: str) -> Path | None:
        """A stored file it holds whole, as far as can be told without reading it."""
        path = place(self.folder / FILES, name)
        listed = self.digests.get(path.relative_to(self.folder).as_posix())
        return path if listed == name and path.is_file() else None


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
        held = earlier.has(name) if earlier else None
        whole = _linked(held, source, copy) if held else _copied(source, copy)
        if copy.exists():
            taken.digests[name] = name
        if not whole:
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


def _copied(source: Path, copy: Path) -> bool:
    """Whether the copy of a stored file was made and is what its name says."""
    if not source.is_file():
        return False
    if copied(source, copy) == copy.name:
        return True
    copy.unlink()
    return False


def _linked(held: Path, source: Path, copy: Path) -> bool:
    """Whether a stored file is still what the earlier backup holds, which is kept anyway."""
    try:
        os.link(held, copy)
    except OSError:  # a file system without links
        copied(held, copy)
    return source.is_file() and digest_of(source) == copy.name
