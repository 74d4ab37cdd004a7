"""Tables of text: which sign cuts their cells, and their records one after the other."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from geo.tables.encodings import encoding_of
from geo.tables.refusals import QuoteOpen

LONGEST_CELL = 1 << 17
SEPARATORS = (",", ";", "\t", "|", ":", "^", "~", "\x1f", "\x01")
LOOKED_AT = 1 << 18  # letters by which the separator is told
RECORDS, HEADINGS = 200, 20
JSON = re.compile(rb'(\{\s*("[^"]*"\s*:|\})|\[\s*[\[{\]])')
TOLD = "sep="  # how Excel names the separator in the first line
STRAY = "expected after"  # what the csv module says of letters behind a closing quotation mark


@dataclass(frozen=True)
class Dress:
    """How a table of text is written; `told` says whether its first line names the separator."""

    encoding: str
    separator: str
    quote: str = '"'
    escape: str | None = None
    told: bool = False

    def reader(self, lines: Iterator[str], *, strict: bool = False) -> Iterator[list[str]]:
        """Records of lines, their cells as written."""
        return csv.reader(
            lines,
            delimiter=self.separator,
            quotechar=self.quote,
            escapechar=self.escape,
            doublequote=self.escape is None,
            strict=strict,
        )


def dress_of(
    path: Path, name: str, known: Callable[[str], bool], encoding: str = "", separator: str = ""
) -> Dress:
    """How a text is written; what a person says of it goes before what it looks like.

    Raises NotATable, EncodingUnknown.
    """
    found = encoding_of(path, name, known, encoding)
    with path.open(encoding=found, errors="replace", newline="") as file:
        start = file.read(LOOKED_AT)
        start = start if len(start) < LOOKED_AT else start[: start.rfind("\n") + 1] or start
    first = start.lstrip("\ufeff").splitlines()[0] if start.strip() else ""
    told = first.strip('" ').lower().startswith(TOLD) and len(first.strip('" ')) == len(TOLD) + 1
    sign = separator or (first.strip('" ')[-1] if told else "")
    quote = "'" if '"' not in start and _all_quoted(first, "'") else '"'
    escape = "\\" if '\\"' in start and '""' not in start else None
    dresses = [Dress(found, each, quote, escape, told) for each in (sign or SEPARATORS)]
    return max(dresses, key=lambda dress: _fit(dress, start, known))


def is_json(path: Path) -> bool:
    """Whether a file is a document of JSON."""
    with path.open("rb") as file:
        start = file.read(1 << 10).lstrip(b"\xef\xbb\xbf \t\r\n")
    return bool(JSON.match(start))


def records(path: Path, dress: Dress) -> Iterator[list[str]]:
    """The records of a table of text from its first line on. Raises QuoteOpen as it is met."""
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=dress.encoding, errors="replace", newline="") as file:
        lines = _Lines(iter(file))
        if dress.told:
            yield []
            next(lines, None)
        yield from _read(lines, dress)


def _read(lines: "_Lines", dress: Dress) -> Iterator[list[str]]:
    """Records strictly read; letters behind a closing quotation mark are let pass within a line."""
    read, reader = 1, dress.reader(lines, strict=True)
    while True:
        lines.taken.clear()
        try:
            record = next(reader, None)
        except csv.Error as error:
            if STRAY not in str(error) or len(lines.taken) > 1:
                raise QuoteOpen(row=read + dress.told) from None
            record = next(dress.reader(iter(lines.taken)))
            reader = dress.reader(lines, strict=True)
        if record is None:
            return
        yield record
        read += 1


class _Lines(Iterator[str]):
    """The lines of a file, those of the present record kept; a doubled line end is one."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.taken, self.last = lines, list[str](), ""

    def __next__(self) -> str:
        line = next(self.lines)
        if line == "\r\n" and self.last.endswith("\r"):
            line = next(self.lines)
        self.last = line
        self.taken.append(line)
        return line


def _all_quoted(line: str, quote: str) -> bool:
    cells = line.strip()
    return len(cells) > 2 and cells[0] == cells[-1] == quote and cells.count(quote) > 2


def _fit(dress: Dress, start: str, known: Callable[[str], bool]) -> tuple[int, float, int]:
    """How well a separator fits: known headings, share of rows of one width, that width."""
    reader = dress.reader(io.StringIO(start, newline=""))
    try:
        rows = [row for row in islice(reader, RECORDS) if any(map(str.strip, row))]
    except csv.Error:
        return 0, 0.0, 0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0, 0.0, 1
    width, times = max(widths.items(), key=lambda each: (each[1], each[0]))
    heads = max(sum(map(known, set(row))) for row in rows[:HEADINGS])
    return heads, times / len(rows), width
