"""Grids written as text (Esri's and GRASS's), read in full before GDAL is given them.

GDAL takes any word among whole numbers for 0 (`nan`, `*`, `null`), counts past 32 bits, and where
the text ends early it goes on with 0: dry ground where nobody has looked.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

import numpy as np

from core.errors import Invalid
from geo.formats import named

PIECE = 4 << 20  # bytes
GLANCE = 16  # bytes by which such a text is told
START = re.compile(rb"(?i)\s*(ncols|nrows)\s|\s*(north|south)\s*:")
KEY = re.compile(rb"(?i)\s*([a-z_]+)\s*:?\s+\S|\s*([a-z_]+):")
KEYS = frozenset(
    b"ncols nrows xllcorner yllcorner xllcenter yllcenter cellsize dx dy nodata_value "
    b"north south east west rows cols null type multiplier".split()
)
UNSAID = re.compile(rb"(?i)\*|-|[-+]?nan(\(ind\))?|null|none|na|n/a|nodata|no_data")
ENDLESS = re.compile(rb"(?i)[-+]?inf(inity)?|[-+]?1\.#\w+")
USUAL = b"0123456789.,+-eE \t\r\n"
LONE = re.compile(rb"(?<!\S)[-+.,eE]+(?!\S)")
WHOLE = 1 << 31  # GDAL counts whole numbers in 32 bits
LONG = re.compile(rb"(?<![\d.,eE])[1-9]\d{9,}(?![\d.,eE])")  # digits, perhaps too many for it
NOWHERE = b"-2147483647"  # what stands for no value where the header has no number for it
BESIDE = (".prj", ".PRJ", ".aux.xml")


class NoNumber(Invalid):
    """{name} has the word "{word}" where row {row} of its cells has a number; put a number there,
    or the one its header calls NODATA_value."""


class CellsMiscounted(Invalid):
    """{name} holds {found} numbers where its header speaks of {rows} rows of {columns}; it was cut
    off or put together wrongly: fetch or export it again."""


class HeaderBroken(Invalid):
    """{name} does not say in its first lines how many rows and columns it has; export it again as
    GeoTIFF."""


@dataclass(frozen=True)
class Header:
    """The first lines of such a grid: how many bytes they take, and what they say."""

    length: int
    said: dict[bytes, bytes]

    @property
    def rows(self) -> int:
        """How many rows it speaks of; 0 where it does not say."""
        return self._count(b"nrows", b"rows")

    @property
    def columns(self) -> int:
        """How many columns it speaks of; 0 where it does not say."""
        return self._count(b"ncols", b"cols")

    @property
    def cells(self) -> int:
        """How many numbers have to follow."""
        return self.rows * self.columns

    def _count(self, *keys: bytes) -> int:
        text = next((self.said[key] for key in keys if key in self.said), b"")
        return int(text) if text.isdigit() else 0


def is_ascii_grid(path: Path) -> bool:
    """Whether a file is a grid written as text, by its first word."""
    with path.open("rb") as stream:
        return START.match(stream.read(GLANCE).removeprefix(b"\xef\xbb\xbf")) is not None


@contextmanager
def as_numbers(path: Path) -> Iterator[Path]:
    """The grid as GDAL reads it right: itself, or a copy with a number wherever it has a word.

    Raises NoNumber, CellsMiscounted, HeaderBroken.
    """
    about = path.stat()
    if _is_plain(path, about.st_size, about.st_mtime_ns):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="highground-") as folder:
        target = Path(folder) / path.name
        _write(path, target)
        for ending in BESIDE:
            for beside in (path.with_suffix(ending), Path(f"{path}{ending}")):
                if beside.is_file():
                    (target.parent / beside.name).symlink_to(beside)
        yield target


@lru_cache(maxsize=256)
def _is_plain(path: Path, _size: int, _changed: int) -> bool:
    """Whether every cell of a grid has a number that GDAL takes for what it is."""
    with path.open("rb") as stream:
        header = _header(stream)
        if not header.cells:
            raise HeaderBroken(name=named(path))
        found, plain, whole = 0, True, True
        for piece in _pieces(path, stream, header):
            if piece.translate(None, USUAL) or LONE.search(piece):
                _refuse_words(path, piece.split(), found, header.columns)
                plain = False
            whole &= b"." not in piece
            plain &= not (whole and LONG.search(piece))
            found += _count(piece)
    if found != header.cells:
        raise _miscounted(path, header, found)
    return plain


def _miscounted(path: Path, header: Header, found: int) -> CellsMiscounted:
    said = {"found": found, "rows": header.rows, "columns": header.columns}
    return CellsMiscounted(name=named(path), **{key: f"{n:,}" for key, n in said.items()})


def _header(stream: IO[bytes]) -> Header:
    said: dict[bytes, bytes] = {}
    length = 0
    while line := stream.readline(PIECE):
        key = KEY.match(line.removeprefix(b"\xef\xbb\xbf"))
        name = (key.group(1) or key.group(2)).lower() if key else b""
        if name not in KEYS:
            break
        said[name] = b" ".join(line.replace(b":", b" ").split()[1:])
        length += len(line)
    return Header(length, said)


def _pieces(path: Path, stream: IO[bytes], header: Header) -> Iterator[bytes]:
    """The words of all cells, in pieces that cut none; a remark after the last cell is left out.

    Raises CellsMiscounted where numbers follow that no cell is there for.
    """
    left = header.cells
    for piece in _whole_words(stream, header):
        count = _count(piece)
        if count > left:
            words = piece.split()
            if UNSAID.fullmatch(words[left]) or _is_number(words[left]):
                raise _miscounted(path, header, header.cells - left + count)
            yield b" ".join(words[:left])
            return
        left -= count
        yield piece


def _whole_words(stream: IO[bytes], header: Header) -> Iterator[bytes]:
    """What stands after the header, cut between words."""
    stream.seek(header.length)
    rest = b""
    while piece := stream.read(PIECE):
        piece = rest + piece
        end = max(piece.rfind(space) for space in (b" ", b"\n", b"\r", b"\t")) + 1
        yield piece[:end]
        rest = piece[end:]
    yield rest


def _count(piece: bytes) -> int:
    """How many words stand in a piece."""
    spaces = np.frombuffer(b" " + piece, dtype=np.uint8) <= ord(" ")
    return int((spaces[:-1] & ~spaces[1:]).sum())


def _is_number(word: bytes) -> bool:
    try:
        float(word.replace(b",", b".").replace(b"D", b"e"))
    except ValueError:
        return False
    return b"_" not in word


def _refuse_words(path: Path, words: list[bytes], before: int, columns: int) -> None:
    """Raise NoNumber where a word is neither a number nor says that there is none."""
    for at, word in enumerate(words, start=before):
        if not (UNSAID.fullmatch(word) or ENDLESS.fullmatch(word) or _is_number(word)):
            said = word[:20].decode("utf-8", "replace")
            raise NoNumber(name=named(path), word=said, row=at // columns + 1)


def _write(path: Path, target: Path) -> None:
    """A copy in which every cell has a number, those beyond 32 bits as ones with a fraction."""
    with path.open("rb") as stream, target.open("wb") as out:
        header = _header(stream)
        nodata = header.said.get(b"null") or header.said.get(b"nodata_value") or NOWHERE
        stream.seek(0)
        out.write(stream.read(header.length))
        if not header.said.keys() & {b"null", b"nodata_value"}:
            grass = b"rows" in header.said
            out.write((b"null: " if grass else b"NODATA_value ") + NOWHERE + b"\n")
        for piece in _pieces(path, stream, header):
            out.write(b" ".join(_number(word, nodata) for word in piece.split()) + b"\n")


def _number(word: bytes, nodata: bytes) -> bytes:
    if UNSAID.fullmatch(word) or ENDLESS.fullmatch(word):
        return nodata
    return word + b".0" if word.lstrip(b"+-").isdigit() and abs(int(word)) >= WHOLE else word
