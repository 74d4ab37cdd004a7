"""Storage: files kept by what is in them; a file's name here is its SHA-256."""

import hashlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.errors import Invalid, NotFound
from core.settings import settings

CHUNK = 1 << 20


class FileTooLarge(Invalid):
    """The file is larger than {limit} MB, the most that is taken here; send a part of it."""


class FileEmpty(Invalid):
    """The file is empty (0 bytes); save it again and send the new one."""


class FileGone(NotFound):
    """A stored file is missing from the storage folder; restore it from a backup."""


@dataclass(frozen=True)
class Kept:
    """A file in storage: SHA-256 as hex, and its size in bytes."""

    sha256: str
    size: int


def keep(stream: IO[bytes]) -> Kept:
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


def _kept(stream: IO[bytes], limit: int) -> Kept:
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
        Path(name).replace(_place(digest.hexdigest()))
    finally:
        Path(name).unlink(missing_ok=True)
    return Kept(digest.hexdigest(), size)


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
