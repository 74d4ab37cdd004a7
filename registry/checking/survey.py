"""A first going through a whole file: what only all of its rows together tell.

Its decimal sign, the order of its days, where its points lie, which codes stand twice.
"""

import re
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import nan

import numpy as np
from pyproj import CRS

from geo.crs import WGS84, carried, same
from geo.tables import Row, Table, TableEmpty
from geo.tables.spatial import KINDS, NO_CRS
from registry.checking.fields import Kind, Shape
from registry.checking.mapping import Mapped
from registry.checking.points import Points, metres_between
from registry.checking.words import Words
from registry.parsing.coordinates import Angle, Pair, angle_in, pair_in
from registry.parsing.dates import decisive, is_open
from registry.parsing.days import DayOrder
from registry.parsing.figures import decimal_in
from registry.parsing.plain import plain, says_nothing

CHUNK = 20_000  # rows
SERIAL = re.compile(r"\d{1,5}(\.\d+)?")
YEARS = range(1850, 2201)
APART = 100.0  # metres from a shape, from which coordinates beside it are another place
LON_FIRST = re.compile(r"^(lon|lng|x|wkt|geom)")


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file: their numbers, whether they are overlong, and their cells by field.

    `beside` are the cells of coordinates that stand beside shapes.
    """

    first: int
    rows: list[int]
    over: list[bool]
    cells: Mapping[str, Sequence[str | None]]
    beside: tuple[Sequence[str | None], ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def keys(self, *fields: str) -> list[Hashable]:
        """What rows are told apart by: a cell, or several together; None where one is missing."""
        if len(fields) == 1:
            return list(self.cells[fields[0]])
        each = zip(*(self.cells[name] for name in fields), strict=True)
        return [None if None in key else key for key in each]


@dataclass
class Repeats:
    """Which of a million keys stand more than once, remembered by a number each."""

    hashes: "array[int]" = field(default_factory=lambda: array("q"))
    twice: set[int] = field(default_factory=set)
    met: set[Hashable] = field(default_factory=set)

    def add(self, keys: Iterable[Hashable]) -> None:
        """Note keys, before any is asked for."""
        self.hashes.extend(hash(key) for key in keys if key is not None)

    def close(self) -> None:
        """All keys were noted."""
        known, times = np.unique(np.frombuffer(self.hashes, dtype=np.int64), return_counts=True)
        self.twice = set(known[times > 1].tolist())
        self.hashes = array("q")

    def stood_before(self, key: Hashable) -> bool:
        """Whether a key was asked for before; asked of every row in order."""
        if key is None or hash(key) not in self.twice:
            return False
        if key in self.met:
            return True
        self.met.add(key)
        return False


@dataclass
class DaysOf:
    """What the cells of a column of days tell of their order."""

    votes: Counter[DayOrder] = field(default_factory=Counter)
    opened: int = 0
    serials: bool = True
    largest: int = 0

    def look(self, cells: Iterable[str | None]) -> None:
        """Take some cells into account."""
        for cell, times in Counter(cells).items():
            if cell is None or says_nothing(cell):
                continue
            order = decisive(cell)
            if order is not None:
                self.votes[order] += times
            self.opened += times if is_open(cell) else 0
            number = int(float(cell)) if SERIAL.fullmatch(cell) else 0
            self.serials = self.serials and number > 0 and number not in YEARS
            self.largest = max(self.largest, number)

    @property
    def are_serials(self) -> bool:
        """Whether all are days counted since 1900, as spreadsheets keep them."""
        return self.serials and self.largest >= 10_000

    @property
    def order(self) -> DayOrder | None:
        """The order most decisive cells are in; None where no cell decides."""
        return max(self.votes, key=lambda order: self.votes[order], default=None)


@dataclass
class Survey:
    """What a whole file tells, and how many rows it has."""

    mapped: Mapped
    words: Words
    rows: int = 0
    pcodes: dict[str, int] = field(default_factory=dict)
    days: dict[str, DaysOf] = field(default_factory=dict)
    repeats: dict[str, Repeats] = field(default_factory=dict)
    votes: Counter[str] = field(default_factory=Counter)
    is_lon_first: bool = False
    crs: CRS = WGS84
    _angles: list[tuple[np.ndarray, ...]] = field(default_factory=list)

    @property
    def decimal(self) -> str:
        """The file's decimal sign; a point where nothing tells."""
        return "," if self.votes[","] > self.votes["."] else "."

    @property
    def points(self) -> Points:
        """The points of all rows in their order."""
        parts = (np.concatenate(part) for part in zip(*self._angles, strict=True))
        lon, lat, broken, crossed, apart, measured, area = parts
        return Points(lon, lat, broken, crossed, measured, apart, area, tuple(self.pcodes))

    def look(self, chunk: Chunk) -> None:
        """Take some rows into account."""
        self.rows += len(chunk)
        for name, cells in chunk.cells.items():
            self._vote(name, cells)
            if self._shape_of(name) is Shape.DAY:
                self.days.setdefault(name, DaysOf()).look(cells)
        for name, keys in keyed(chunk, self.mapped, self.words).items():
            self.repeats.setdefault(name, Repeats()).add(keys)
        if set(self.mapped.fields) >= {"longitude", "latitude"}:
            self._angles.append((*self._located(chunk), self._measured(chunk), self._areas(chunk)))

    @property
    def has_places(self) -> bool:
        """Whether rows were read that may say where they stand."""
        return bool(self._angles)

    def _shape_of(self, name: str) -> Shape:
        """What the cells of a field hold; those of our own fields by their type."""
        own = self.mapped.own.get(name)
        if own and own.holds_days:
            return Shape.DAY
        return Shape.NUMBER if own and own.holds_numbers else self.mapped.shape_of(name)

    def _vote(self, name: str, cells: Sequence[str | None]) -> None:
        shape = self._shape_of(name)
        if shape is Shape.ANGLE:
            points = sum("." in cell for cell in cells if cell)
            self.votes["."] += points
            self.votes[","] += sum("," in cell and "." not in cell for cell in cells if cell)
        elif shape in (Shape.NUMBER, Shape.COUNT):
            for cell, times in Counter(filter(None, cells)).items():
                self.votes[decimal_in(cell)] += times

    def _located(self, chunk: Chunk) -> tuple[np.ndarray, ...]:
        """Longitudes, latitudes, and which are broken, crossed, apart from those beside."""
        if not self.mapped.is_paired:
            found = self._side_by_side(chunk.cells["longitude"], chunk.cells["latitude"])
        else:
            found = self._paired(chunk.cells["longitude"])
        lon, lat, broken, crossed = found
        if not same(self.crs, WGS84):
            lon, lat = carried(lon, lat, self.crs, WGS84)
            lon, lat = (np.where(np.isfinite(axis), axis, np.nan) for axis in (lon, lat))
        apart = np.zeros(len(chunk), dtype=bool)
        if chunk.beside:
            there = self._side_by_side(*chunk.beside)
            apart = metres_between(lon, lat, there[0], there[1]) > APART
        return lon, lat, broken, crossed, apart

    def _side_by_side(
        self, lon_cells: Sequence[str | None], lat_cells: Sequence[str | None]
    ) -> tuple[np.ndarray, ...]:
        lon, lat = _numbers(lon_cells), _numbers(lat_cells)
        if lon is not None and lat is not None:
            half = np.isnan(lon) != np.isnan(lat)
            lon[half], lat[half] = np.nan, np.nan
            return lon, lat, half, np.zeros(len(half), dtype=bool)
        lons, lats = ([_angle(cell) for cell in cells] for cells in (lon_cells, lat_cells))
        both = list(zip(lons, lats, strict=True))
        broken = [BROKEN in pair or (pair[0] is None) != (pair[1] is None) for pair in both]
        sound = [(None, None) if bad else pair for bad, pair in zip(broken, both, strict=True)]
        lon, lat = (_degrees([pair[side] for pair in sound]) for side in (0, 1))
        axes = [(x.axis, y.axis) if x and y else ("", "") for x, y in sound]
        crossed = [pair == ("lat", "lon") for pair in axes]
        wrong = [(x == "lat") != (y == "lon") for x, y in axes]
        is_broken = np.array(broken, dtype=bool) | np.array(wrong, dtype=bool)
        return lon, lat, is_broken, np.array(crossed, dtype=bool)

    def _paired(self, cells: Sequence[str | None]) -> tuple[np.ndarray, ...]:
        pairs = [None if c is None or is_shape(c) else pair_in(c) for c in cells]
        broken = [
            pair is None and cell is not None and not is_shape(cell) and not says_nothing(cell)
            for pair, cell in zip(pairs, cells, strict=True)
        ]
        ordered = [pair and self._in_order(pair) for pair in pairs]
        lon, lat = (_degrees([pair[side] if pair else None for pair in ordered]) for side in (0, 1))
        return lon, lat, np.array(broken, dtype=bool), np.zeros(len(cells), dtype=bool)

    def _in_order(self, pair: Pair) -> tuple[Angle, Angle]:
        first = self.is_lon_first if pair.is_lon_first is None else pair.is_lon_first
        return (pair.first, pair.second) if first else (pair.second, pair.first)

    def _measured(self, chunk: Chunk) -> np.ndarray:
        sources = chunk.cells.get("location_source")
        if sources is None:
            return np.ones(len(chunk), dtype=bool)
        there = {cell for cell in sources if cell}
        codes = {cell: self.words.meant("location_source", cell).code for cell in there}
        return np.array([codes.get(cell or "") in (None, "gps") for cell in sources], dtype=bool)

    def _areas(self, chunk: Chunk) -> np.ndarray:
        stated = chunk.cells.get("area_pcode")
        if stated is None:
            return np.full(len(chunk), -1, dtype=np.int32)
        known = self.pcodes
        codes = [
            -1 if cell is None else known.setdefault(cell.strip().upper(), len(known))
            for cell in stated
        ]
        return np.array(codes, dtype=np.int32)


BROKEN = Angle(nan, "broken")


def chunks(table: Table, mapped: Mapped) -> Iterator[Chunk]:
    """The rows of a table, the cells of its mapped columns by field; none where it has no rows."""
    places = [(name, table.columns.index(column)) for name, column in mapped.fields.items()]
    apart = [table.columns.index(column) for column in mapped.beside]
    first, rows = 0, iter(table.rows)
    while some := _taken(rows):
        numbers, cells, over = zip(*some, strict=True)
        columns = list(zip(*cells, strict=True))
        said: dict[str, Sequence[str | None]] = {name: columns[at] for name, at in places}
        by_field = _meant(said, mapped.constants, len(some))
        beside = tuple(columns[at] for at in apart)
        yield Chunk(first, list(numbers), list(over), by_field, beside)
        first += len(some)


def _meant(
    said: dict[str, Sequence[str | None]], constants: Mapping[str, str], rows: int
) -> dict[str, Sequence[str | None]]:
    """Cells by field, constants where nothing is said."""
    meant = {name: (constant,) * rows for name, constant in constants.items() if name not in said}
    for name in said.keys() & constants.keys():
        said[name] = [cell or constants[name] for cell in said[name]]
    return {**said, **meant}


def _taken(rows: Iterator[Row]) -> list[Row]:
    try:
        return list(islice(rows, CHUNK))
    except TableEmpty:
        return []


def surveyed(
    table: Table, mapped: Mapped, words: Words, sample: Iterable[str], crs: CRS = WGS84
) -> Survey:
    """Go through a whole table once; `sample` are cells of a column that holds both coordinates,
    `crs` the system that coordinates are in."""
    survey = Survey(mapped, words, crs=crs)
    if mapped.is_paired:
        survey.is_lon_first = _is_lon_first(mapped.fields["longitude"], sample)
    for chunk in chunks(table, mapped):
        survey.look(chunk)
    for repeats in survey.repeats.values():
        repeats.close()
    return survey


def keyed(chunk: Chunk, mapped: Mapped, words: Words) -> dict[str, list[Hashable]]:
    """By finding, what rows must not have in common."""
    fields, found = mapped.fields, dict[str, list[Hashable]]()
    if "code" in fields:
        found["repeated_code"] = chunk.keys("code")
    elif fields.keys() & {"name", "given_name", "family_name", "id_number"}:
        rows = zip(*chunk.cells.values(), strict=True)
        found["repeated_row"] = [row if any(row) else None for row in rows]
    if "id_number" in fields:
        kinds = ("id_type", "id_number") if "id_type" in fields else ("id_number",)
        found["repeated_id"] = chunk.keys(*kinds)
    if mapped.kind in (Kind.PEOPLE, Kind.ROSTER) and fields.keys() & {"relation", "is_head"}:
        found["second_head"] = _heads(chunk, mapped, words)
    return found


def _heads(chunk: Chunk, mapped: Mapped, words: Words) -> list[Hashable]:
    """The household of rows that are its head's."""
    name, list_name, head = ("relation", "relation", "head")
    if "relation" not in mapped.fields:
        name, list_name, head = ("is_head", "yes_no", "yes")
    own = mapped.words.get(name, {})
    there = {cell for cell in chunk.cells[name] if cell}
    heads = {c for c in there if (own.get(plain(c)) or words.meant(list_name, c).code) == head}
    pairs = zip(chunk.cells["household_code"], chunk.cells[name], strict=True)
    return [household if cell in heads else None for household, cell in pairs]


def _is_lon_first(heading: str, sample: Iterable[str]) -> bool:
    """Whether pairs have longitude first: the heading says so, or latitudes would be too large."""
    pairs = [pair for cell in sample if (pair := pair_in(cell))]
    first = sum(abs(pair.first.degrees) > 90 for pair in pairs)
    second = sum(abs(pair.second.degrees) > 90 for pair in pairs)
    return first > second if first != second else bool(LON_FIRST.match(plain(heading)))


def is_shape(cell: str) -> bool:
    """Whether a cell names a shape that is no point, or a point in an unknown system."""
    return cell in KINDS.values() or cell.startswith(NO_CRS)


def _angle(cell: str | None) -> Angle | None:
    if cell is None:
        return None
    found = angle_in(cell)
    return found if found or says_nothing(cell) else BROKEN


def _numbers(cells: Sequence[str | None]) -> np.ndarray | None:
    """Cells that are all plain numbers or empty (NaN); None where one is anything else."""
    try:
        found = [nan if cell is None else float(cell.replace(",", ".", 1)) for cell in cells]
    except ValueError:
        return None
    numbers = np.array(found, dtype=np.float64)
    is_plain = np.isfinite(numbers).sum() + cells.count(None) == len(cells)
    return numbers if is_plain and not any("_" in cell for cell in cells if cell) else None


def _degrees(angles: Sequence[Angle | None]) -> np.ndarray:
    return np.array([nan if a is None else a.degrees for a in angles], dtype=np.float64)
