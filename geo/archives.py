"""Files as people send them: zipped, gzipped, one inside the other; unpacked for a while, safely.

An archive is judged by its first bytes, never by its name. What it holds is copied out under a
budget of bytes and entries, kept by what really comes out, not by what the archive says of itself.
"""

import gzip
import hashlib
import os
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Protocol

from core.errors import Conflict, Invalid, NotFound
from geo.formats import named

ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
NESTED = 2  # archives within archives
CHUNK = 1 << 20
LEFT_FREE = 256 << 20  # bytes of the disk that are nobody's to fill
RECIPES = (b"<VRTDataset", b"<OGRVRT", b"<OGRWFS", b"<GDAL_WMS", b"gdal_streamed_alg")
JUNK = {"__MACOSX", "Thumbs.db", "desktop.ini"}
WORKBOOK = "xl/workbook."  # within the zip that an Excel workbook is
GEODATABASE = ".gdb"
COMPANIONS = {".shx", ".dbf", ".prj", ".cpg", ".qpj", ".hdr", ".tfw", ".tifw", ".wld"}
SHOWN = 12  # names said in a refusal before "and N more"

_open: ContextVar[Mapping[Path, Path]] = ContextVar("unpacked", default=MappingProxyType({}))
"""The folders that archives stand unpacked in, by their paths."""


class FileMissing(NotFound):
    """There is no file at {path}; check the path and try again."""


class FileLocked(Invalid):
    """{name} may not be read; ask whoever owns the file for access to it."""


class NotAFile(Invalid):
    """{name} is a pipe or a device, not a file; save what comes out of it to a file first."""


class FileEmpty(Invalid):
    """{name} is empty (0 bytes); fetch or export it again."""


class ArchiveBroken(Invalid):
    """{name} cannot be unpacked at its entry {entry} ({reason}); pack or fetch it again."""


class ArchiveTooLarge(Invalid):
    """{name} unpacks to more than we accept ({reason}, at its entry {entry}); send the files it
    holds one by one."""


class ArchiveNested(Invalid):
    """{name} holds nothing but archives within archives within archives ({entry}); unpack it once
    or twice and send what is inside."""


class NoRoom(Conflict):
    """{name} unpacks to {needed} GB or more, and only {free} GB are free here; ask whoever runs
    this machine to make room, or send the files it holds one by one."""


class ArchiveEscapes(Invalid):
    """{name} holds the entry {entry}, which leads out of the archive; pack it again without it."""


class NoSuchEntry(NotFound):
    """{name} has no file {file} inside; it has {files}."""


class Recipe(Invalid):
    """{name} is a recipe that points at other files or services; send the data itself."""


@dataclass(frozen=True)
class Limits:
    """How much one upload may unpack to."""

    total: int = 16 << 30
    entries: int = 20_000
    ratio: int = 500  # unpacked over packed; judged only above `forgiving` bytes
    forgiving: int = 256 << 20


class Readable(Protocol):
    """What bytes can be read from: a member of a zip, a gzip."""

    def read(self, size: int, /) -> bytes: ...


class Budget:
    """What is left of the limits while one upload, with the archives inside it, is unpacked."""

    def __init__(self, path: Path, limits: Limits, room: int) -> None:
        self.name, self.limits, self.room = named(path), limits, room
        self.entry = "list"  # the directory of the archive, before any entry is met
        self.packed = path.stat().st_size
        self.bytes = self.entries = 0

    def take_entry(self, name: str) -> None:
        self.entry = name
        self.entries += 1
        if self.entries > self.limits.entries:
            raise self._exceeded(f"{self.limits.entries:,} entries")

    def ask_room(self, count: int) -> None:
        """Refuse, before a byte is written, what there is no room for."""
        if self.bytes + count > self.room:
            needed, free = self.bytes + count, self.room
            raise NoRoom(name=self.name, needed=_gigabytes(needed), free=_gigabytes(free))

    def take(self, count: int) -> None:
        self.ask_room(count)
        self.bytes += count
        if self.bytes > self.limits.total:
            raise self._exceeded(f"{self.limits.total >> 30} GiB")
        if self.bytes > max(self.limits.forgiving, self.packed * self.limits.ratio):
            raise self._exceeded(f"{self.limits.ratio} times its size")

    def _exceeded(self, limit: str) -> ArchiveTooLarge:
        return ArchiveTooLarge(name=self.name, entry=self.entry, reason=limit)

    def broken(self, reason: str) -> ArchiveBroken:
        """The refusal of an archive that breaks at the entry met last."""
        return ArchiveBroken(name=self.name, entry=self.entry, reason=reason)


@contextmanager
def unpacked(path: Path, limits: Limits = Limits()) -> Iterator[Path]:
    """The file itself, or the folder its contents stand in until the block ends.

    Archives inside archives are opened to two levels. Whoever asks for the same file within the
    block is given the same folder: it is unpacked once.
    Raises FileMissing, FileLocked, NotAFile, FileEmpty, ArchiveBroken, ArchiveTooLarge,
    ArchiveEscapes, ArchiveNested, NoRoom.
    """
    _refuse_unreadable(path)
    if _magic(path) is None or path in _open.get():
        yield _open.get().get(path, path)
        return
    with tempfile.TemporaryDirectory(prefix="highground-") as folder:
        root = Path(folder) / "0"
        room = shutil.disk_usage(folder).free - LEFT_FREE
        _unpack(path, root, Budget(path, limits, room), NESTED)
        _refuse_packed(named(path), root)
        token = _open.set({**_open.get(), path: root})
        try:
            yield root
        finally:
            _open.reset(token)


def contents(place: Path) -> list[Path]:
    """The data sets at a place: the place itself, or what an unpacked folder holds, by name.

    A File Geodatabase is one data set though it is a folder; system litter is left out.
    """
    if place.is_file() or place.suffix.lower() == GEODATABASE:
        return [place]
    try:
        entries = sorted(place.iterdir())
    except PermissionError as error:
        raise FileLocked(name=place.name) from error
    found: list[Path] = []
    for entry in entries:
        if entry.name in JUNK or entry.name.startswith("."):
            continue
        if entry.is_file() or entry.is_dir():  # no pipe, no link that leads nowhere
            found += contents(entry)
    return found


def narrowed(name: str, place: Path, file: str | None) -> Path:
    """The one file of an unpacked archive that is meant by its path inside, or all of the place.

    Raises NoSuchEntry.
    """
    if file is None:
        return place
    held = {path_inside(place, entry): entry for entry in contents(place)}
    if file not in held:
        raise NoSuchEntry(name=name, file=file, files=listed([str(path) for path in held]))
    return held[file]


def path_inside(place: Path, file: Path) -> str | None:
    """The path of a file within the archive unpacked at a place; None where the place is it."""
    return None if file == place else file.relative_to(place).as_posix()


def told_apart(files: Sequence[Path]) -> list[str]:
    """The shortest names that tell files apart: without endings, with them, or with their folders.

    The folders named are those below the one they have in common.
    """
    for names in ([file.stem for file in files], [file.name for file in files]):
        if len({name.lower() for name in names}) == len(names):
            return names
    common = Path(os.path.commonpath([file.parent for file in files]))
    paths = [file.relative_to(common) for file in files]
    bare = [path.with_suffix("").as_posix() for path in paths]
    unlike = len({name.lower() for name in bare}) == len(bare)
    return bare if unlike else [path.as_posix() for path in paths]


def listed(names: Iterable[str]) -> str:
    """Names for a sentence, the first few of many."""
    names = list(dict.fromkeys(names))
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def refuse_recipe(name: str, path: Path) -> None:
    """Raise Recipe for a file that GDAL would follow elsewhere: a VRT, the address of a service."""
    if path.is_file():
        with path.open("rb") as stream:
            start = stream.read(4096)
        if any(mark in start for mark in RECIPES):
            raise Recipe(name=name)


def sha256(path: Path) -> str:
    """The SHA-256 of a file as it was sent, or of the files of a folder in order of name."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _refuse_unreadable(path: Path) -> None:
    try:
        about = path.stat()
    except PermissionError as error:  # a folder on the way
        raise FileLocked(name=path.name) from error
    except OSError as error:  # not there, or a name no file can have
        raise FileMissing(path=path) from error
    if not os.access(path, os.R_OK):
        raise FileLocked(name=path.name)
    if stat.S_ISDIR(about.st_mode):
        return
    if not stat.S_ISREG(about.st_mode):
        raise NotAFile(name=path.name)
    if about.st_size == 0:
        raise FileEmpty(name=path.name)


def _refuse_packed(name: str, folder: Path) -> None:
    """Refuse what still holds nothing but archives after all that may be opened."""
    held = contents(folder)
    if held and all(_magic(entry) for entry in held):
        raise ArchiveNested(name=name, entry=path_inside(folder, held[0]))


def _magic(path: Path) -> bytes | None:
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        start = stream.read(4)
    kind = next((kind for kind in (ZIP, GZIP) if start.startswith(kind)), None)
    return None if kind == ZIP and is_workbook(path) else kind


def is_workbook(path: Path) -> bool:
    """Whether a zip is an Excel workbook, a table to be read as it is."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith(WORKBOOK) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError):
        return False


def _unpack(path: Path, folder: Path, budget: Budget, deeper: int) -> None:
    folder.mkdir(parents=True)
    try:
        if _magic(path) == ZIP:
            _unzip(path, folder, budget)
        else:
            _gunzip(path, folder, budget)
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise budget.broken(str(error) or "it ends too early") from error
    except (NotImplementedError, RuntimeError) as error:  # a method zipfile lacks, a password
        raise budget.broken(str(error)) from error
    except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
        raise budget.broken("two entries share a name") from error
    except (OSError, ValueError, struct.error) as error:  # a place or a name that cannot be
        raise budget.broken(_said(error)) from error
    _name_geodatabases(folder, path.name.split(".")[0])
    _name_companions(folder)
    if deeper:
        _unpack_nested(folder, budget, deeper - 1)


def _name_geodatabases(folder: Path, name: str) -> None:
    """Give a File Geodatabase packed without its folder one that is called as GDAL wants it."""
    for table in list(folder.rglob("*.gdbtable")):
        bare = table.parent
        if bare.suffix.lower() == GEODATABASE or not table.exists():
            continue
        named = bare / f"{name}{GEODATABASE}"
        named.mkdir()
        for part in [entry for entry in bare.iterdir() if entry.is_file()]:
            part.rename(named / part.name)


def _name_companions(folder: Path) -> None:
    """Call what stands beside a data set as it is called, with a small ending, as GDAL looks for
    it: people pack `Roads.shp` with `ROADS.DBF` and `roads.Prj`."""
    for at, _folders, names in os.walk(folder):
        leads = {PurePosixPath(n).stem.lower(): n for n in names if not _is_beside(n)}
        for name in filter(_is_beside, names):
            lead = leads.get(PurePosixPath(name).stem.lower())
            if lead is None:
                continue
            meant = PurePosixPath(lead).stem + PurePosixPath(name).suffix.lower()
            if meant != name and meant not in names:
                Path(at, name).rename(Path(at, meant))


def _is_beside(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in COMPANIONS


def _gigabytes(count: int) -> str:
    return f"{max(count, 0) / (1 << 30):.1f}"


def _said(error: Exception) -> str:
    """What an error says, without numbers and paths of this machine."""
    return (getattr(error, "strerror", None) or str(error)).splitlines()[0][:120]


def _unpack_nested(folder: Path, budget: Budget, deeper: int) -> None:
    for inner in [path for path in contents(folder) if _magic(path)]:
        aside = inner.rename(inner.with_name(inner.name + ".packed"))
        _unpack(aside, inner, budget, deeper)
        aside.unlink()


def _unzip(path: Path, folder: Path, budget: Budget) -> None:
    with zipfile.ZipFile(path) as archive:
        said = sum(entry.file_size for entry in archive.infolist())
        budget.ask_room(min(said, budget.limits.total))
        for entry in archive.infolist():
            budget.take_entry(entry.filename)
            target = folder / _safe(entry.filename, budget.name)
            if entry.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source:
                _copy(source, target, budget)


def _gunzip(path: Path, folder: Path, budget: Budget) -> None:
    name = path.name.removesuffix(".packed")
    inner = name[:-3] if name.lower().endswith(".gz") else name
    budget.take_entry(inner)
    with gzip.open(path) as source:
        _copy(source, folder / inner, budget)


def _copy(source: Readable, target: Path, budget: Budget) -> None:
    with target.open("wb") as out:
        while chunk := source.read(CHUNK):
            budget.take(len(chunk))
            out.write(chunk)


def _safe(entry: str, archive: str) -> PurePosixPath:
    """The path of an entry, if it stays below the folder it is unpacked to."""
    path = PurePosixPath(entry.replace("\\", "/"))
    drive = path.parts and path.parts[0].endswith(":")
    if path.is_absolute() or ".." in path.parts or drive or "\0" in entry:
        raise ArchiveEscapes(name=archive, entry=entry)
    return path
