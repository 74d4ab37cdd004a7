"""Columns a file does not have, made of those it has: put together of several, or taken out of one.

A birth date in three columns, a name whose words are wanted one by one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from geo.tables import Row, Table

SIGNS = (" ", "-", "/", ",", ";", "|")
LAST = -1
PARTS = (1, 2, 3, LAST)
MOST = 4  # columns that are put together
OF_ALL = 20  # columns made for one file


@dataclass(frozen=True)
class Made:
    """A column of this name: the cells of the columns `of` with `sign` between them, or the `part`
    (from 1, or the last) of the cells of one, divided by it."""

    name: str
    of: tuple[str, ...]
    sign: str
    part: int | None = None

    def cell(self, cells: Sequence[str | None]) -> str | None:
        """What its cell says, given those it is made of; None where they say nothing."""
        if self.part is None:
            return self.sign.join(cell for cell in cells if cell) or None
        parts = [part.strip() for part in (cells[0] or "").split(self.sign) if part.strip()]
        at = self.part if self.part == LAST else self.part - 1
        return parts[at] if at < len(parts) and parts else None


def written(made: Iterable[Made]) -> list[dict[str, Any]]:
    """As it is kept."""
    return [asdict(each) for each in made]


def made_of(kept: Iterable[Mapping[str, Any]]) -> list[Made]:
    """What was kept."""
    return [Made(one["name"], tuple(one["of"]), one["sign"], one["part"]) for one in kept]


def named(of: Sequence[str], part: int | None, taken: Iterable[str]) -> str:
    """What a made column is called: after those it is made of, and after no other column."""
    name = " + ".join(of) if part is None else f"{of[0]} [{'-1' if part == LAST else part}]"
    others, number = {*taken}, 2
    while name in others:
        name, number = f"{name} ({number})", number + 1
    return name


def fits(made: Made, columns: Sequence[str]) -> bool:
    """Whether a file of these columns has those it is made of."""
    return all(column in columns for column in made.of)


def with_made(table: Table, made: Sequence[Made]) -> Table:
    """A table with the columns that are made of its own behind them."""
    there = [each for each in made if fits(each, table.columns)]
    if not there:
        return table
    rows = _Widened(table.rows, [(each, _places(each, table)) for each in there])
    return replace(table, columns=[*table.columns, *(each.name for each in there)], rows=rows)


def _places(made: Made, table: Table) -> list[int]:
    return [table.columns.index(column) for column in made.of]


@dataclass(frozen=True)
class _Widened:
    """Rows with the cells of made columns behind their own."""

    rows: Iterable[Row]
    made: Sequence[tuple[Made, Sequence[int]]]

    def __iter__(self) -> Iterator[Row]:
        for number, cells, over in self.rows:
            more = [each.cell([cells[at] for at in places]) for each, places in self.made]
            yield number, [*cells, *more], over


@dataclass(frozen=True)
class Corrected:
    """Rows some of whose cells were corrected: by row the cells by the place of their column."""

    rows: Iterable[Row]
    cells: Mapping[int, Mapping[int, str | None]]

    def __iter__(self) -> Iterator[Row]:
        for number, row, over in self.rows:
            anew = self.cells.get(number)
            if anew is None:
                yield number, row, over
            else:
                yield number, [anew.get(at, cell) for at, cell in enumerate(row)], over


def corrected(table: Table, cells: Mapping[int, Mapping[str, str]]) -> Table:
    """A table whose rows say what was corrected in them, by row and column."""
    if not cells:
        return table
    places = {column: at for at, column in enumerate(table.columns)}
    by_place = {
        number: {places[name]: said or None for name, said in row.items() if name in places}
        for number, row in cells.items()
    }
    return replace(table, rows=Corrected(table.rows, by_place))
