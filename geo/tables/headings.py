"""Which row of a table has its headings, and which rows beside it are no data.

Titles stand above headings; units, translations and HXL tags below them.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

LOOKED_AT, SAMPLE = 20, 200  # rows among which the headings stand; rows of data beside them
FILLED = 0.6  # of the usual number of cells have to be filled in a row of headings
FORMULA = re.compile(r'^\s*="(.*)"\s*$')  # how Excel keeps a text such as 0012
UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")  # signs without a width that are no blanks
VALUE = re.compile(
    r"[-+]?[\d.,:/ \u0660-\u0669\u06f0-\u06f9°'\"-]*[\d\u0660-\u0669\u06f0-\u06f9]\S?"
)
UNIT = re.compile(
    r"(?i)\W*(text|string|texte|texto|integer|int|number|numeric|decimal|float|date|id|code"
    r"|m|km|metres?|meters?|mètres?|metros?|°|deg(rees)?|degrés|grados|years?|ans|años"
    r"|persons?|people|personnes|personas|[dmyjaé]{1,4}[-/. ][dmj]{1,2}[-/. ][dmyaé]{1,4})\W*"
)


@dataclass(frozen=True)
class Heading:
    """The columns of a table, and where its rows begin (0: there are no headings).

    `below` is how many rows under the headings are no data; `tags` are a row of HXL among them.
    """

    columns: list[str]
    at: int = 0
    below: int = 0
    tags: dict[str, str] | None = None
    repeated: tuple[str, ...] = ()


def clean(cells: Sequence[str]) -> list[str | None]:
    """Cells without the blanks round them, seen or unseen; None for empty ones."""
    joined = "".join(cells)
    if '="' in joined:
        cells = [FORMULA.sub(r"\1", cell) for cell in cells]
    if not joined.isascii() and UNSEEN.search(joined):
        return [UNSEEN.sub("", cell).strip() or None for cell in cells]
    return [cell.strip() or None for cell in cells]


def first_row(rows: Sequence[Sequence[str]]) -> Heading | None:
    """The first row as headings; None if it is empty."""
    return _heading(rows, 0) if rows and any(clean(rows[0])) else None


def found_in(rows: Sequence[Sequence[str]], known: Callable[[str], bool]) -> Heading | None:
    """The headings among the first rows of a table; None if all are empty.

    Where no row can be headings the columns are called A, B and so on, and the first row is data.
    """
    cleaned = [clean(row) for row in rows[:SAMPLE]]
    filled = [sum(cell is not None for cell in row) for row in cleaned]
    if not any(filled):
        return None
    usual = Counter(filter(None, filled)).most_common(1)[0][0]
    enough = [n >= min(2, usual) and n >= FILLED * usual for n in filled[:LOOKED_AT]]
    able = [at for at, is_full in enumerate(enough) if is_full and _is_wordy(cleaned[at], known)]
    if not able:
        return _unnamed(cleaned)
    heads = {at: _known(cleaned[at], known) for at in able}
    at = next(at for at in able if heads[at] == max(heads.values()))
    found = _heading(rows, at)
    return _with_rows_below(found, cleaned, known)


def letters(at: int) -> str:
    """What spreadsheets call a column: A, B, … Z, AA."""
    rest, letter = divmod(at, len(ascii_uppercase))
    return (letters(rest - 1) if rest else "") + ascii_uppercase[letter]


def _known(row: Sequence[str | None], known: Callable[[str], bool]) -> int:
    return sum(known(cell) for cell in {cell for cell in row if cell})


def _is_wordy(row: Sequence[str | None], known: Callable[[str], bool]) -> bool:
    """Whether a row has no number or day among its cells, or is known in spite of it."""
    there = [cell for cell in row if cell]
    values = sum(bool(VALUE.fullmatch(cell)) for cell in there)
    return not values or _known(row, known) > max(1, values)


def _unnamed(rows: Sequence[Sequence[str | None]]) -> Heading:
    return Heading([letters(at) for at in range(max(map(len, rows)))])


def _heading(rows: Sequence[Sequence[str]], at: int) -> Heading:
    columns = [" ".join((cell or "").split()) for cell in clean(rows[at])]
    below = rows[at + 1 : at + SAMPLE]
    while columns and not columns[-1] and not any(_filled(row, len(columns)) for row in below):
        columns.pop()
    named: list[str] = []
    repeated: list[str] = []
    for place, heading in enumerate(columns):
        name = heading or letters(place)
        if name in named:
            repeated.append(name)
            name = _another(name, {*named, *columns})
        named.append(name)
    return Heading(named, at + 1, repeated=tuple(repeated))


def _filled(row: Sequence[str], width: int) -> bool:
    """Whether the cell of the last of so many columns holds something."""
    return len(row) >= width and any(clean(row[width - 1 : width]))


def _another(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def _with_rows_below(
    found: Heading, rows: Sequence[Sequence[str | None]], known: Callable[[str], bool]
) -> Heading:
    """The headings with the rows under them that are tags, units or another language."""
    tags, below = None, 0
    for row in rows[found.at : found.at + 3]:
        there = [cell for cell in row if cell]
        if len(there) > 1 and all(cell.startswith("#") for cell in there):
            tags = {tag: name for name, tag in zip(found.columns, row, strict=False) if tag}
        elif not _explains(row, rows[found.at + below + 1 :], known):
            break
        below += 1
    return Heading(found.columns, found.at, below, tags, found.repeated)


def _explains(
    row: Sequence[str | None],
    data: Sequence[Sequence[str | None]],
    known: Callable[[str], bool],
) -> bool:
    """Whether a row tells of the columns: units or other headings, and no value as below it."""
    there = [cell for cell in row if cell]
    if len(there) < 2 or len(data) < 2 or any(map(VALUE.fullmatch, there)):
        return False
    values = {(at, cell) for each in data for at, cell in enumerate(each) if cell}
    if any((at, cell) in values for at, cell in enumerate(row) if cell):
        return False
    telling = sum(known(cell) or bool(UNIT.fullmatch(cell)) for cell in there)
    return telling * 2 >= len(there)
