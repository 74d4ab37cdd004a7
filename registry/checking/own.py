"""Fields of an installation's own as columns of a file: what their cells say, written one way.

They are named by whom they are about and their code: `group.roof`, `individual.trade`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from registry.checking.words import Words
from registry.parsing.dates import Read
from registry.parsing.figures import number_in
from registry.parsing.plain import plain, says_nothing
from registry.parsing.values import (
    BETWEEN,
    DATE,
    FLAG,
    LONGEST,
    NUMBER,
    TEXT,
    WHOLE,
    WORD,
    WORDS,
    Takes,
    ValueMisfit,
    ValueRefused,
    read_value,
)

OPENED = re.compile(r"'[=+\-@]")  # what a spreadsheet would take for a formula, as exports write it
EXAMPLES = {
    TEXT: "",
    WHOLE: "3",
    NUMBER: "2.5",
    FLAG: "yes",
    DATE: "2026-03-14",
}


@dataclass(frozen=True)
class OwnColumn:
    """One field a file may say: what it takes, its word list, the headings it is known by."""

    takes: Takes
    word_list: str = ""
    headings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it is called on forms."""
        return self.takes.label

    @property
    def holds_numbers(self) -> bool:
        """Whether its cells tell of the decimal sign of a file."""
        return self.takes.type in (WHOLE, NUMBER)

    @property
    def holds_days(self) -> bool:
        """Whether its cells tell of the order of days."""
        return self.takes.type == DATE

    @property
    def example(self) -> str:
        """A cell that can be read."""
        if self.takes.type in (WORD, WORDS):
            return next(iter(sorted(self.takes.words or ())), "")
        return EXAMPLES[self.takes.type]


OwnColumns = Mapping[str, OwnColumn]
NONE_OWN: OwnColumns = {}


@dataclass(frozen=True)
class Cell:
    """What a cell says, written one way (None: nothing), and what was found in it."""

    said: str | None = None
    finding: str = ""


NOTHING = Cell()


@dataclass(frozen=True)
class OwnReader:
    """Reads the cells of one field of its own; days are read as `day` does.

    `meant` are words of the file alone, plainly written, and the codes they mean.
    """

    column: OwnColumn
    words: Words
    decimal: str
    meant: Mapping[str, str]
    day: Callable[[str], Read] | None = None

    def read(self, cell: str) -> Cell:
        """What a cell says."""
        kind = self.column.takes.type
        found = _READ[kind](self, cell)
        if found.finding in ("", "word_alike") and found.said is not None:
            return self._fitting(found)
        empty = found.finding and kind != TEXT and says_nothing(cell)
        return NOTHING if empty else found

    def _fitting(self, found: Cell) -> Cell:
        """Within the bounds of the field, or as its pattern says."""
        try:
            read_value(replace(self.column.takes, required=False), found.said)
        except (ValueMisfit, ValueRefused):
            kind = self.column.takes.type
            return Cell(None, "not_as_agreed" if kind == TEXT else "out_of_bounds")
        return found

    def text(self, cell: str) -> Cell:
        """A text as it was written."""
        said = (cell[1:] if OPENED.match(cell) else cell).strip()
        return Cell(None, "too_long") if len(said) > LONGEST else Cell(said or None)

    def number(self, cell: str) -> Cell:
        """A number, in digits and a point."""
        number = number_in(cell, self.decimal)
        return Cell(None, "not_a_number") if number is None else Cell(f"{Decimal(repr(number)):f}")

    def whole(self, cell: str) -> Cell:
        """A whole number, in digits."""
        found = self.number(cell)
        if found.said is None:
            return found
        number = Decimal(found.said)
        whole = number == number.to_integral_value()
        return Cell(f"{number:.0f}") if whole else Cell(None, "out_of_bounds")

    def flag(self, cell: str) -> Cell:
        """Yes or no."""
        return self._word("yes_no", cell)

    def date(self, cell: str) -> Cell:
        """A day, its year first."""
        read = self.day(cell) if self.day else None
        if read is None or read.day is None:
            return Cell(None, read.fault if read else "bad_date")
        return Cell(read.day.isoformat()) if read.is_exact else Cell(None, "bad_date")

    def word(self, cell: str) -> Cell:
        """The code of a word."""
        return self._word(self.column.word_list, cell)

    def several(self, cell: str) -> Cell:
        """The codes of words, a comma between: those of a file are parted by signs or blanks."""
        whole = self._word(self.column.word_list, cell)
        if whole.said is not None:
            return whole
        parts = [part for part in BETWEEN.split(cell) if part.strip()]
        if len(parts) < 2:
            parts = cell.split()
        found = [self._word(self.column.word_list, part) for part in parts]
        if not found or any(each.said is None for each in found):
            return Cell(None, "unknown_word")
        alike = any(each.finding for each in found)
        codes = dict.fromkeys(each.said for each in found if each.said)
        return Cell(",".join(codes), "word_alike" if alike else "")

    def _word(self, listed: str, cell: str) -> Cell:
        if listed != "yes_no" and cell.strip() in (self.column.takes.words or ()):
            return Cell(cell.strip())
        if code := self.meant.get(plain(cell)):
            return Cell(code)
        meant = self.words.meant(listed, cell)
        if meant.code is None:
            return Cell(None, "unknown_word")
        return Cell(meant.code, "word_alike" if meant.alike else "")


_READ: Mapping[str, Callable[[OwnReader, str], Cell]] = {
    TEXT: OwnReader.text,
    WHOLE: OwnReader.whole,
    NUMBER: OwnReader.number,
    FLAG: OwnReader.flag,
    DATE: OwnReader.date,
    WORD: OwnReader.word,
    WORDS: OwnReader.several,
}


def headed(columns: Sequence[str], own: OwnColumns, taken: Mapping[str, str]) -> dict[str, str]:
    """Columns by own field: where a heading is the field's code, or, of columns that were not taken
    for other fields, what it is called."""
    found: dict[str, str] = {}
    for name, each in own.items():
        code = plain(name.partition(".")[2])
        called = {plain(heading) for heading in (name, *each.headings)} - {""}
        free = [column for column in columns if column not in found.values()]
        column = next((c for c in free if plain(c) == code), None) or next(
            (c for c in free if plain(c) in called and c not in taken.values()), None
        )
        if column:
            found[name] = column
    return found
