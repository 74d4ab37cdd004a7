"""Tables as people send them: CSV in any dress, or a sheet of a workbook.

Nothing here knows what the columns mean; whoever does hands in `known`, whether a text is a heading
they know, and titles above the headings are passed over. Rows are read one after the other, so that
a file of a million rows never stands in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from geo.archives import unpacked
from geo.formats import SIGNATURES, TABLES, format_of
from geo.tables import headings, spatial, text, workbook
from geo.tables.errors import failed_cells
from geo.tables.headings import SAMPLE, Heading, clean
from geo.tables.refusals import (
    EncodingUnknown,
    EncodingWrong,
    HeadingsMissing,
    NotATable,
    QuoteOpen,
    SheetUnknown,
    TableEmpty,
    WebPage,
    WorkbookLocked,
)

__all__ = [
    "UNSAID",
    "Choice",
    "EncodingUnknown",
    "EncodingWrong",
    "HeadingsMissing",
    "NotATable",
    "QuoteOpen",
    "Row",
    "Said",
    "SheetUnknown",
    "Table",
    "TableEmpty",
    "WebPage",
    "WorkbookLocked",
    "layer_opened",
    "opened",
    "sheets",
]

Row = tuple[int, list[str | None], bool]
Records = Callable[[], Iterator[list[str]]]
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
PAGES = ("web page", "XML")
STRANGE = tuple(kind for _mark, kind in SIGNATURES if kind not in TABLES)


@dataclass(frozen=True)
class Choice:
    """What a person says of how a table is to be read; empty where they leave it to us."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    layer: str = ""
    crs: str = ""


UNSAID = Choice()


@dataclass(frozen=True)
class Said:
    """How a table was read: None for what a file of its kind has not.

    `heading` is the row of the headings (0: there are none), `tags` what HXL calls the columns.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    layer: str | None = None
    layers: tuple[str, ...] = ()
    crs: str | None = None
    heading: int = 1
    repeated: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table's headings and its rows, each with its number in the sheet (the first line is 1).

    A row has as many cells as there are headings, `None` where a cell is empty, and its last item
    says whether it had more of them than there are headings. Empty rows are left out. Rows can be
    gone through again as long as the table is open.
    """

    columns: list[str]
    rows: Iterable[Row]
    said: Said = field(default_factory=Said)


@dataclass(frozen=True)
class Rows:
    """The rows of a table below its headings; they may raise TableEmpty or QuoteOpen."""

    records: Records
    name: str
    width: int
    first: int

    def __iter__(self) -> Iterator[Row]:
        empty = True
        for number, row in enumerate(islice(self.records(), self.first, None), self.first + 1):
            cells = clean(row)
            if any(cells):
                empty = False
                if len(cells) == self.width:
                    yield number, cells, False
                else:
                    over = any(cells[self.width :])
                    yield number, cells[: self.width] + [None] * (self.width - len(cells)), over
        if empty:
            raise TableEmpty(name=self.name)


def nothing(_heading: str) -> bool:
    """Know no heading: they stand in the first row then."""
    return False


def sheets(path: Path, name: str) -> list[str]:
    """The names of the sheets of a workbook that hold anything. Raises NotATable."""
    return workbook.titles(workbook.opened(path, name))


@contextmanager
def opened(
    path: Path, name: str, choice: Choice = UNSAID, known: Callable[[str], bool] = nothing
) -> Iterator[Table]:
    """Read a table, whatever its encoding, separator or workbook; `name` is what people call it.

    Of a workbook it is the named sheet, or the one with the most known headings. Two columns of one
    heading are told apart: the second is "heading (2)".

    Raises:
        NotATable, HeadingsMissing, WorkbookLocked, WebPage, SheetUnknown, EncodingUnknown: at once.
        TableEmpty, QuoteOpen: while its rows are read.
    """
    yield _found(*_source(path, name, choice, known), name, known)


@contextmanager
def layer_opened(
    path: Path, name: str, choice: Choice = UNSAID, known: Callable[[str], bool] = nothing
) -> Iterator[Table]:
    """Read a layer of shapes as a table whose last column, `geometry`, says where rows stand.

    Of several layers it is the named one, or the one with the most known columns.

    Raises:
        NotATable, SheetUnknown, and the refusals of `geo.archives`, `geo.crs`: at once.
        TableEmpty: while its rows are read.
    """
    with unpacked(path) as place:
        layer, names = spatial.chosen(name, place, choice.layer, choice.crs, known)
        columns = next(layer.records())
        said = Said(layer=layer.name, layers=tuple(names), crs=layer.system)
        yield Table(columns, Rows(layer.records, name, len(columns), 1), said)


def _found(records: Records, said: Said, name: str, known: Callable[[str], bool]) -> Table:
    first = list(islice(records(), SAMPLE))
    found = headings.first_row(first) if known is nothing else headings.found_in(first, known)
    if found is None or not found.columns:
        raise HeadingsMissing(name=name)
    return _table(found, records, said, name)


def _table(found: Heading, records: Records, said: Said, name: str) -> Table:
    told = Said(
        encoding=said.encoding,
        separator=said.separator,
        sheet=said.sheet,
        heading=found.at,
        repeated=found.repeated,
        tags=found.tags or {},
    )
    rows = Rows(records, name, len(found.columns), found.at + found.below)
    return Table(found.columns, rows, told)


def _source(
    path: Path, name: str, choice: Choice, known: Callable[[str], bool]
) -> tuple[Records, Said]:
    """The records of a file from its first row, and how they are written."""
    kind = format_of(path)
    if kind in PAGES:
        raise WebPage(name=name)
    if kind in TABLES[1:] or _is_open_document(path):
        return _of_workbook(path, name, choice, known)
    if kind in STRANGE or kind.endswith("archive") or text.is_json(path):
        raise NotATable(name=name)
    dress = text.dress_of(path, name, known, choice.encoding, choice.separator)
    return lambda: text.records(path, dress), Said(dress.encoding, dress.separator)


def _of_workbook(
    path: Path, name: str, choice: Choice, known: Callable[[str], bool]
) -> tuple[Records, Said]:
    sheet = workbook.chosen(workbook.opened(path, name), name, choice.sheet, known)
    if sheet is None:
        return lambda: iter(()), Said()
    whole = replace(sheet, failed=failed_cells(path, sheet.title))
    return whole.records, Said(sheet=sheet.title)


def _is_open_document(path: Path) -> bool:
    with path.open("rb") as file:
        return OPEN_DOCUMENT in file.read(1 << 10)
