"""Storage: files kept by what is in them; a file's name here is its SHA-256.

A file that names people is sealed where that is configured (core.crypto). Its name is then 64 hex
digits that say nothing of what is in it. A sealed file is one line, `highground sealed KEY NAME`,
and what follows is as age writes it (https://age-encryption.org/v1), or plain where KEY is `open`.
"""

import hashlib
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from core.crypto import Key, configured, key_named, newest, open_stream, seal_stream
from core.errors import Invalid, NotFound
from core.settings import settings

CHUNK = 1 << 20
SEALED = "highground sealed"  # how a sealed file begins
OPEN = "open"  # stands for the key of one that was opened for good

_placed: ContextVar[list[tuple[Path, int]] | None] = ContextVar("placed", default=None)


class FileTooLarge(Invalid):
    """The file is larger than {limit} MB, the most that is taken here; send a part of it."""


class FileEmpty(Invalid):
    """The file is empty (0 bytes); save it again and send the new one."""


class FileGone(NotFound):
    """A stored file is missing from the storage folder; restore it from a backup."""


class Readable(Protocol):
    """What bytes come from, some at a time and none at the end: an upload, a file, an address."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Kept:
    """A file in storage: SHA-256 as hex, and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Head:
    """The first line of a sealed file: its key and its own name."""

    key: str
    name: str


@contextmanager
def kept_if_done() -> Iterator[None]:
    """What is newly kept in the block stays if the block ends well, and is taken away if it fails.

    Where somebody else kept the same bytes meanwhile, theirs has taken the place, and stays.
    """
    placed: list[tuple[Path, int]] = []
    before = _placed.set(placed)
    try:
        yield
    except BaseException:
        for place, inode in placed:
            if place.exists() and place.stat().st_ino == inode:
                place.unlink()
        raise
    finally:
        _placed.reset(before)


def keep(stream: Readable) -> Kept:
    """Stream an upload into storage and say what it is; the same bytes twice are kept once.

    Raises:
        FileTooLarge: it went over the limit; nothing is left behind.
        FileEmpty: there was nothing in it.
    """
    return _kept(stream, int(settings().upload_mb) << 20)


def keep_file(path: Path) -> Kept:
    """Keep a copy of a file on this machine, however large.

    Raises:
        FileEmpty
    """
    with path.open("rb") as stream:
        return _kept(stream, sys.maxsize)


def keep_personal(stream: Readable) -> Kept:
    """Stream an upload that names people into storage, as `keep` does; sealed where configured.

    Raises:
        as `keep`.
    """
    return _sealed_away(keep(stream))


def keep_personal_file(path: Path) -> Kept:
    """Keep a copy of a file on this machine that names people; sealed where configured.

    Raises:
        FileEmpty
    """
    return _sealed_away(keep_file(path))


@contextmanager
def readable(sha256: str) -> Iterator[Path]:
    """A kept file to be read by its path, sealed or not; what was sealed is gone afterwards.

    Raises:
        FileGone, KeyUnknown
    """
    path = path_of(sha256)
    if _head(path) is None:
        yield path
        return
    with tempfile.NamedTemporaryFile(dir=_folder("incoming")) as plain:
        _open_into(path, plain)
        yield Path(plain.name)


def stream_of(sha256: str) -> IO[bytes]:
    """A kept file to be read from its beginning, sealed or not.

    Raises:
        FileGone, KeyUnknown
    """
    path = path_of(sha256)
    if _head(path) is None:
        return path.open("rb")
    plain = tempfile.TemporaryFile(dir=_folder("incoming"))  # noqa: SIM115 - who reads it closes it
    _open_into(path, plain)
    plain.seek(0)
    return plain


def digest_of(path: Path) -> str:
    """The name a file of storage must bear: its SHA-256, or what a sealed one says once it opens.

    Raises:
        KeyUnknown, SealBroken
    """
    head = _head(path)
    if head is not None:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - no path of ours
            _open_into(path, nowhere)
        return head.name
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sealed_files() -> Iterator[tuple[str, str]]:
    """Every sealed file of storage by its name, and the name of the key that sealed it."""
    for path in sorted(Path(settings().storage).glob("[0-9a-f][0-9a-f]/*")):
        if (head := _head(path)) is not None:
            yield path.name, head.key


def reseal(sha256: str, key: Key | None) -> None:
    """Seal a kept file under a key, or open it (None), under the name it has, whole or not at all.

    Raises:
        FileGone, KeyUnknown
    """
    with readable(sha256) as plain:
        _write_sealed(plain, path_of(sha256), key)


def is_sealed(sha256: str) -> bool:
    """Whether a kept file is sealed.

    Raises:
        FileGone
    """
    head = _head(path_of(sha256))
    return head is not None and head.key != OPEN


def _sealed_away(plain: Kept) -> Kept:
    """What was just kept plain, sealed where that is configured; the plain one is gone then."""
    if not configured():
        return plain
    name = secrets.token_hex(32)
    _write_sealed(path_of(plain.sha256), _place(name), newest())
    _place(plain.sha256).unlink()
    return Kept(name, plain.size)


def _write_sealed(plain: Path, place: Path, key: Key | None) -> None:
    handle, name = tempfile.mkstemp(dir=_folder("incoming"))
    try:
        with os.fdopen(handle, "wb") as out, plain.open("rb") as stream:
            out.write(f"{SEALED} {key.name if key else OPEN} {place.name}\n".encode())
            if key:
                seal_stream(stream, out, key)
            else:
                shutil.copyfileobj(stream, out, CHUNK)
            out.flush()
            os.fsync(out.fileno())
        _settle(Path(name), place)
    finally:
        Path(name).unlink(missing_ok=True)


def _open_into(path: Path, out: IO[bytes]) -> None:
    with path.open("rb") as stream:
        *_words, key, _name = stream.readline().decode().split()
        if key == OPEN:
            shutil.copyfileobj(stream, out, CHUNK)
        else:
            open_stream(stream, out, key_named(key))
    out.flush()


def _head(path: Path) -> Head | None:
    """What the first line of a sealed file says; None of a plain one."""
    with path.open("rb") as stream:
        line = stream.readline(len(SEALED) + 100)
    if not line.startswith(SEALED.encode()):
        return None
    *_words, key, name = line.decode().split()
    return Head(key, name)


def _kept(stream: Readable, limit: int) -> Kept:
    handle, name = tempfile.mkstemp(dir=_folder("incoming"))
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as out:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > limit:
                    raise FileTooLarge(limit=settings().upload_mb)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise FileEmpty
        _settle(Path(name), _place(digest.hexdigest()))
    finally:
        Path(name).unlink(missing_ok=True)
    return Kept(digest.hexdigest(), size)


def _settle(written: Path, place: Path) -> None:
    """Give a file its place; noted, where what it is kept for may yet fail."""
    placed = _placed.get()
    if placed is not None and not place.exists():
        placed.append((place, written.stat().st_ino))
    written.replace(place)


def path_of(sha256: str) -> Path:
    """Where a kept file can be read.

    Raises:
        FileGone: it is not there any more.
    """
    path = _place(sha256)
    if not path.is_file():
        raise FileGone(sha256=sha256)
    return path


def named_copy(sha256: str, name: str, folder: Path) -> Path:
    """A kept file under its own name in `folder`, for readers that go by the ending."""
    copy = folder / Path(name).name
    try:
        os.link(path_of(sha256), copy)
    except OSError:
        shutil.copyfile(path_of(sha256), copy)
    return copy


def _place(sha256: str) -> Path:
    return _folder(sha256[:2]) / sha256


def _folder(name: str) -> Path:
    folder = Path(settings().storage) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
