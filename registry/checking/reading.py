"""What the cells of a file say, each written one way for whoever takes the file in.

Days with their year first, angles in degrees, words by the codes of their lists, counts in plain
digits; what other columns tell is drawn from them: a size from men and women, a birth date from an
age, a name from its parts. A cell that says nothing, or nothing that can be read, is None.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import isnan

import numpy as np

from registry.checking.fields import PARTS, Shape
from registry.checking.judging import Judge
from registry.checking.own import OPENED
from registry.checking.survey import Chunk
from registry.parsing.dates import Reader
from registry.parsing.figures import number_in
from registry.parsing.plain import says_nothing

Cells = Sequence[str | None]
OTHER = "other_id"  # of kinds of identifiers, what nobody said more of
NAME_PARTS = ("given_name", "other_names", "family_name")


class Reading:
    """Reads the cells of one file, once it was surveyed and can be judged."""

    def __init__(self, judge: Judge) -> None:
        self.judge, self.constants = judge, judge.mapped.constants
        points = judge.survey.points if judge.survey.has_places else None
        self.angles = {"longitude": points.lon, "latitude": points.lat} if points else {}

    def read(self, chunk: Chunk) -> dict[str, Cells]:
        """What some rows say, by field; fields without a column are among them if told of."""
        cells = {name: self._column(name, chunk, column) for name, column in chunk.cells.items()}
        for name, code in self.constants.items():
            cells.setdefault(name, [code] * len(chunk))
        self._ages(chunk, cells)
        self._exactly(chunk, cells)
        if "size" not in cells and any(part in cells for part in PARTS):
            cells["size"] = self._sums(cells)
        if "relation" not in cells and "is_head" in cells:
            cells["relation"] = ["head" if said == "yes" else None for said in cells["is_head"]]
        if "id_number" in cells and "id_type" not in cells:
            cells["id_type"] = [number and OTHER for number in cells["id_number"]]
        _whole_names(cells)
        return cells

    def _column(self, name: str, chunk: Chunk, column: Cells) -> Cells:
        if name in self.angles:
            return _degrees(self.angles[name][chunk.first : chunk.first + len(chunk)])
        read = self._reader_of(name)
        known = {cell: read(cell) for cell in set(column) if cell is not None}
        return [None if cell is None else known[cell] for cell in column]

    def _reader_of(self, name: str) -> Callable[[str], str | None]:
        shape = self.judge.mapped.shape_of(name)
        if shape is Shape.OWN:
            own = self.judge.own_reader(name)
            return lambda cell: own.read(cell).said
        if shape is Shape.WORD:
            return lambda cell: self.judge.meant(name, cell).code
        if shape is Shape.DAY:
            reader = self._days(name)
            return lambda cell: _iso(reader.read(cell).day)
        if shape in (Shape.COUNT, Shape.NUMBER, Shape.ANGLE):
            return self._number
        if name == "area_pcode":
            return lambda cell: None if says_nothing(cell) else cell.strip().upper()
        return lambda cell: (cell[1:] if OPENED.match(cell) else cell).strip() or None

    def _days(self, name: str) -> Reader:
        serials = self.judge.survey.days[name].are_serials
        order, latest = self.judge.orders[name], self.judge.on_day
        return Reader(order, latest, is_birth=name == "birth_date", serials=serials)

    def _number(self, cell: str) -> str | None:
        number = None if says_nothing(cell) else number_in(cell, self.judge.decimal)
        return None if number is None else f"{number:.10g}"

    def _ages(self, chunk: Chunk, cells: dict[str, Cells]) -> None:
        """Birth dates of those who told their age alone: the middle of the year."""
        if "age" not in cells:
            return
        born = cells.get("birth_date", [None] * len(chunk))
        cells["birth_date"] = [
            day or (age and f"{self.judge.on_day.year - int(float(age)):04}-07-01")
            for day, age in zip(born, cells["age"], strict=True)
        ]

    def _exactly(self, chunk: Chunk, cells: dict[str, Cells]) -> None:
        """Whether birth dates are exact: a day is said, and nobody says otherwise; or 1 July."""
        if "birth_date" not in cells:
            return
        column = chunk.cells.get("birth_date", [None] * len(chunk))
        exact = self._exact_cells(column)
        said = cells.get("birth_date_exact", [None] * len(chunk))
        told = [
            (day, bool(day) and cell in exact and word != "no")
            for day, cell, word in zip(cells["birth_date"], column, said, strict=True)
        ]
        cells["birth_date"] = [
            day if day is None or is_exact else f"{day[:4]}-07-01" for day, is_exact in told
        ]
        cells["birth_date_exact"] = [
            None if day is None else "yes" if is_exact else "no" for day, is_exact in told
        ]

    def _exact_cells(self, column: Cells) -> set[str | None]:
        there = {cell for cell in column if cell is not None}
        reader = self._days("birth_date") if there else None
        return {cell for cell in there if reader and reader.read(cell).is_exact}

    def _sums(self, cells: Mapping[str, Cells]) -> Cells:
        parts = [cells[name] for name in PARTS if name in cells]
        return [
            None if not any(row) else f"{sum(max(float(part or 0), 0) for part in row):g}"
            for row in zip(*parts, strict=True)
        ]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _degrees(angles: np.ndarray) -> Cells:
    return [None if isnan(angle) else repr(angle) for angle in angles.tolist()]


def _whole_names(cells: dict[str, Cells]) -> None:
    """Names of those whose parts alone are told."""
    parts = [cells[name] for name in NAME_PARTS if name in cells]
    if not parts:
        return
    told = [" ".join(filter(None, row)) or None for row in zip(*parts, strict=True)]
    names = cells.get("name", told)
    cells["name"] = [name or whole for name, whole in zip(names, told, strict=True)]
