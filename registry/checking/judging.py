"""The verdict on each row of a file: good, flagged, or an error, with what was found in it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from core.country import country
from geo.tables.spatial import NO_CRS
from registry.checking.fields import PARTS, WORD_LISTS, Shape
from registry.checking.ground import Ground
from registry.checking.own import OwnReader
from registry.checking.places import doubts
from registry.checking.survey import Chunk, Survey, is_shape, keyed
from registry.checking.words import UNKNOWN, Meant, Words
from registry.parsing.dates import Reader
from registry.parsing.dates import is_open as is_open_day
from registry.parsing.days import DayOrder
from registry.parsing.figures import DIGITS, number_in
from registry.parsing.findings import FLAGS
from registry.parsing.plain import plain, says_nothing

OLDEST = 120  # years of age before somebody should look
LONGEST = {Shape.NAME: 300, Shape.KEY: 200, Shape.TEXT: 2000}  # letters
PHONE = re.compile(r"[-+\d\s().,/;:\u00a0xXtelTELph]*")
FEWEST_DIGITS, MOST_DIGITS = 5, 15  # of a telephone number, by E.164
DIALLED = re.compile(r"\+?(?:[ ().-]*[0-9]){5,15}")
POWER = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
ROUNDED = re.compile(r"\d{13,}000")
FEWEST_ROUNDED = 16  # digits, from which a spreadsheet rounds
CELL_ERROR = re.compile(r"#(DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|¡\w+!|¿\w+\?)")
REPLACED = "\ufffd"
REMEMBERED = 100_000  # distinct cells of a column whose findings are kept


class Verdict(StrEnum):
    """What a row is worth."""

    GOOD = "good"
    FLAGGED = "flagged"
    ERROR = "error"


class Judged(NamedTuple):
    """One row: its number, its findings with errors first, and the cells they were found in."""

    row: int
    findings: tuple[str, ...] = ()
    raw: Mapping[str, str | None] = MappingProxyType({})

    @property
    def verdict(self) -> Verdict:
        """Good without findings, an error with one that is no flag."""
        if not self.findings:
            return Verdict.GOOD
        return Verdict.FLAGGED if is_flag(self.findings[0]) else Verdict.ERROR


def is_flag(finding: str) -> bool:
    """Whether a finding lets its row in."""
    return finding.partition(":")[0] in FLAGS


class Judge:
    """Judges the rows of one file in their order, once it was surveyed."""

    def __init__(
        self,
        survey: Survey,
        words: Words,
        ground: Ground | None,
        on_day: date,
        days: DayOrder | None,
    ) -> None:
        self.survey, self.mapped, self.words = survey, survey.mapped, words
        self.ground, self.on_day, self.decimal = ground, on_day, survey.decimal
        self.orders, self.unclear = _orders(survey, days)
        self.doubts = doubts(survey.points, ground) if survey.has_places else {}
        self.memos: dict[str, dict[str, tuple[str, ...]]] = {}

    def judged(self, chunk: Chunk) -> Iterator[Judged]:
        """The verdicts on some rows."""
        found = self.found(chunk)
        for at, row in enumerate(chunk.rows):
            yield found.get(at) or Judged(row)

    def found(self, chunk: Chunk) -> dict[int, Judged]:
        """Of some rows those in which something was found, by their place among them."""
        found: dict[int, list[str]] = {}
        for finding, rows in self._findings(chunk):
            for at in rows:
                found.setdefault(at, []).append(finding)
        return {
            at: Judged(
                chunk.rows[at],
                tuple(sorted(dict.fromkeys(findings), key=is_flag)),
                self._raw(chunk, at),
            )
            for at, findings in found.items()
        }

    def _raw(self, chunk: Chunk, at: int) -> dict[str, str | None]:
        cells = {name: column[at] for name, column in chunk.cells.items()}
        if "size" not in cells and any(part in cells for part in PARTS):
            cells["size"] = f"{self._people(cells):g}"
        return cells

    def _findings(self, chunk: Chunk) -> Iterator[tuple[str, Sequence[int]]]:
        yield "too_many_cells", [at for at, over in enumerate(chunk.over) if over]
        if not self.mapped.fields:
            yield "nothing_read", range(len(chunk))
        yield from self._missing(chunk)
        for name, cells in chunk.cells.items():
            if self.mapped.shape_of(name) is not Shape.ANGLE or (
                name == "longitude" and self.mapped.is_paired
            ):
                yield from self._of_column(name, cells)
        yield from self._sums(chunk)
        yield from self._of_places(chunk)
        for finding, keys in keyed(chunk, self.mapped, self.words).items():
            repeats = self.survey.repeats[finding]
            if repeats.twice:
                yield finding, [at for at, key in enumerate(keys) if repeats.stood_before(key)]

    def _missing(self, chunk: Chunk) -> Iterator[tuple[str, Sequence[int]]]:
        cells = chunk.cells
        for name, finding in (
            ("code", "missing_code"),
            ("size", "missing_size"),
            ("household_code", "missing_household"),
        ):
            if name in cells:
                empty = [at for at, cell in enumerate(cells[name]) if not cell or _dash(cell)]
                yield finding, empty
        for name, own in self.mapped.own.items():
            if own.takes.required and name in cells:
                yield f"missing_value:{name}", [at for at, c in enumerate(cells[name]) if not c]
        names = [n for n in ("name", "given_name", "family_name", "name_local") if n in cells]
        if names:
            each = zip(*(cells[name] for name in names), strict=True)
            yield f"missing_name:{names[0]}", [at for at, said in enumerate(each) if not any(said)]
        if "id_number" in cells and "id_type" in cells:
            both = zip(cells["id_number"], cells["id_type"], strict=True)
            yield "missing_id_type", [at for at, (n, kind) in enumerate(both) if n and not kind]

    def _of_column(
        self, name: str, cells: Sequence[str | None]
    ) -> Iterator[tuple[str, Sequence[int]]]:
        """What is wrong with single cells of a column, each distinct cell looked at once."""
        if _is_sound(self.mapped.shape_of(name), cells) and not (
            name == "area_pcode" and self.ground
        ):
            return
        memo = self.memos.setdefault(name, {})
        if len(memo) > REMEMBERED:
            memo.clear()
        look = self._look_at(name)
        for cell in set(cells) - memo.keys():
            if cell is not None:
                memo[cell] = look(cell)
        faulty = {cell: memo[cell] for cell in set(cells) if cell is not None and memo[cell]}
        for at, cell in enumerate(cells) if faulty else ():
            for finding in faulty.get(cell, ()) if cell is not None else ():
                yield finding, (at,)

    def _look_at(self, name: str) -> Callable[[str], tuple[str, ...]]:
        shape = self.mapped.shape_of(name)
        looks: dict[Shape, Callable[[str, str], tuple[str, ...]]] = {
            Shape.WORD: self._word,
            Shape.DAY: self._day,
            Shape.COUNT: self._count,
            Shape.NUMBER: self._number,
            Shape.PHONE: self._phone,
            Shape.KEY: self._key,
            Shape.ANGLE: _shape,
            Shape.OWN: self._own,
        }
        own = looks.get(shape, _nothing)
        return lambda cell: _of_any(name, shape, cell) or own(name, cell)

    def _own(self, name: str, cell: str) -> tuple[str, ...]:
        found = self.own_reader(name).read(cell).finding
        return (f"{found}:{name}",) if found else ()

    def own_reader(self, name: str) -> OwnReader:
        """What reads the cells of one field of an installation's own."""
        days = self.survey.days.get(name)
        reader = Reader(self.orders[name], self.on_day, serials=days.are_serials) if days else None
        own, meant = self.mapped.own[name], self.mapped.words.get(name, {})
        return OwnReader(own, self.words, self.decimal, meant, reader.read if reader else None)

    def _word(self, name: str, cell: str) -> tuple[str, ...]:
        meant = self.meant(name, cell)
        if meant.alike:
            return (f"word_alike:{name}",)
        passed_over = says_nothing(cell) or self.mapped.words.get(name, {}).get(plain(cell)) == ""
        return () if meant.code or passed_over else (f"unknown_word:{name}",)

    def meant(self, name: str, cell: str) -> Meant:
        """What a word of a cell means: by the file's own words, or else by the lists."""
        own = self.mapped.words.get(name, {})
        code = own.get(plain(cell))
        if code == "":  # somebody said that it says nothing
            return UNKNOWN
        if code is not None or (name == "sex" and own and plain(cell) in ("0", "9")):
            return Meant(code or "unknown")
        return self.words.meant(WORD_LISTS[name], cell)

    def _day(self, name: str, cell: str) -> tuple[str, ...]:
        if says_nothing(cell):
            return ()
        is_birth, on = name == "birth_date", self.on_day
        serials = self.survey.days[name].are_serials
        read = Reader(self.orders[name], on, is_birth=is_birth, serials=serials).read(cell)
        if read.day is None:
            return (f"{read.fault}:{name}",)
        if read.day > on if read.is_exact else read.day.year > on.year:
            return (f"date_in_future:{name}",)
        found = (f"day_unclear:{name}",) if name in self.unclear and is_open_day(cell) else ()
        age = on.year - read.day.year - ((on.month, on.day) < (read.day.month, read.day.day))
        return (*found, "age_implausible") if is_birth and age >= OLDEST else found

    def _count(self, name: str, cell: str) -> tuple[str, ...]:
        about = "" if name == "size" else f":{name}"
        if says_nothing(cell):
            return ()
        number = number_in(cell, self.decimal)
        if number is None or not number.is_integer():
            return (f"size_not_a_number{about}",)
        if number < 0:
            return (f"size_out_of_range{about}",)
        return (
            ("size_implausible",) if name == "size" and number > country().largest_household else ()
        )

    def _number(self, name: str, cell: str) -> tuple[str, ...]:
        if says_nothing(cell):
            return ()
        number = number_in(cell, self.decimal)
        if name == "accuracy_m":
            return ("accuracy",) if number is None or number < 0 else ()
        if number is None:
            return (f"not_a_number:{name}",)
        if number < 0:
            return (f"out_of_bounds:{name}",)
        return (f"age_implausible:{name}",) if number > OLDEST else ()

    def _phone(self, name: str, cell: str) -> tuple[str, ...]:
        if DIALLED.fullmatch(cell):
            return ()
        written = cell.translate(DIGITS)
        if POWER.fullmatch(written):
            return ("number_rounded:phone",)
        first = re.split(r"[/;|]|\s+(?:ou|or|o|et|and|y)\s+", written)[0]
        digits = sum(letter.isdigit() for letter in first)
        if says_nothing(cell):
            return ()
        sound = FEWEST_DIGITS <= digits <= MOST_DIGITS and PHONE.fullmatch(first)
        found = () if sound else ("phone_impossible:phone",)
        return (*found, f"number_rounded:{name}") if self._is_rounded(written) else found

    def _key(self, name: str, cell: str) -> tuple[str, ...]:
        if name == "area_pcode" and self.ground is not None and self.ground.parents:
            return () if self.ground.knows(cell) else ("unknown_area",)
        return (f"number_rounded:{name}",) if self._is_rounded(cell) else ()

    def _is_rounded(self, cell: str) -> bool:
        return bool(ROUNDED.fullmatch(cell) or POWER.fullmatch(cell))

    def _sums(self, chunk: Chunk) -> Iterator[tuple[str, Sequence[int]]]:
        """Households whose men, women, boys and girls together are unusually many."""
        parts = [chunk.cells[name] for name in PARTS if name in chunk.cells]
        if "size" in chunk.cells or not parts:
            return
        sums = np.sum([[self._amount(cell) for cell in cells] for cells in parts], axis=0)
        yield "size_implausible", np.flatnonzero(sums > country().largest_household).tolist()

    def _people(self, cells: Mapping[str, str | None]) -> float:
        return sum(self._amount(cells.get(name)) for name in PARTS)

    def _amount(self, cell: str | None) -> float:
        number = number_in(cell, self.decimal) if cell else None
        return max(number or 0.0, 0.0)

    def _of_places(self, chunk: Chunk) -> Iterator[tuple[str, Sequence[int]]]:
        for finding, rows in self.doubts.items():
            yield finding, np.flatnonzero(rows[chunk.first : chunk.first + len(chunk)]).tolist()


def _is_sound(shape: Shape, cells: Sequence[str | None]) -> bool:
    """Whether texts are plainly in order, all looked at together."""
    if shape not in LONGEST:
        return False
    text = "\n".join(filter(None, cells))
    longest = max((len(cell) for cell in cells if cell), default=0)
    most = FEWEST_ROUNDED - 1 if shape is Shape.KEY else LONGEST[shape]
    return longest <= most and REPLACED not in text and "#" not in text


def _nothing(_name: str, _cell: str) -> tuple[str, ...]:
    return ()


def _shape(_name: str, cell: str) -> tuple[str, ...]:
    if not is_shape(cell):
        return ()
    return ("no_crs",) if cell.startswith(NO_CRS) else ("geometry",)


def _dash(cell: str) -> bool:
    return len(cell) < 12 and says_nothing(cell)


def _of_any(name: str, shape: Shape, cell: str) -> tuple[str, ...]:
    """What may be wrong with a cell of whatever field."""
    if REPLACED in cell:
        return (f"unreadable_letters:{name}",)
    if len(cell) > LONGEST.get(shape, 2000):
        return (f"too_long:{name}",)
    return (f"cell_error:{name}",) if cell[0] == "#" and CELL_ERROR.fullmatch(cell) else ()


def _orders(survey: Survey, said: DayOrder | None) -> tuple[dict[str, DayOrder], frozenset[str]]:
    """The order of each column of days, and those that nothing tells of."""
    known = [days.order for days in survey.days.values() if days.order]
    other = said or (known[0] if known else None)
    orders = {n: days.order or other or DayOrder.DAY_FIRST for n, days in survey.days.items()}
    unclear = [n for n, days in survey.days.items() if not (days.order or other)]
    return orders, frozenset(unclear)
