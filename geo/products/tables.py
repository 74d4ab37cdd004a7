"""Tables by area: a column of area codes (P-codes) and columns of values, as CSV or a workbook.

They have no shapes; the areas of their codes have. Which column holds the codes is told by how many
of its texts are codes of areas, of today or of an older version.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.words import _, counted
from geo import tables
from geo.archives import narrowed, unpacked
from geo.crs import Floats
from geo.formats import TABLES, format_of
from geo.measures import DROUGHT, MEASURES, RAIN, WATER_DEPTH, WIND
from geo.products.meaning import Recognition
from geo.products.parts import Part, PartKind
from geo.products.specimen import Specimen
from geo.raster.bands import Choice
from geo.vector.columns import numbers

ENOUGH = 0.8  # of the texts of a column have to be codes
CODE = re.compile(r"[A-Z]{2,3}[0-9]{2,}")
STORM = 17.2  # m/s from which a cyclone is a tropical storm
WORDS: tuple[tuple[str, str, str | None], ...] = (  # the unit that goes without saying, if any
    (r"depth|hauteur|profond|profund|tirante|kedalaman", WATER_DEPTH, None),
    (r"wind|gust|vmax|vent\b|viento|angin", WIND, None),
    (r"rain|precip|pluie|lluvia|hujan|_mm\b", RAIN, "mm"),
    (r"spi\d|spei|drought", DROUGHT, "index"),
)
UNITS: tuple[tuple[str, str], ...] = (  # at the end of a heading: wind_kmh, Depth (cm)
    (r"km/?h|kph|km_h", "km/h"), (r"kts?|knots?|kn", "kt"), (r"m/s|m_s|ms|mps", "m/s"),
    (r"mm", "mm"), (r"dm", "dm"), (r"cm", "cm"), (r"ft|feet", "ft"), (r"m|met(re|er)s?", "m"),
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """The columns of a table as text, every one with N cells; empty where a cell is."""

    name: str
    columns: dict[str, list[str]]

    def coded_by(self, known: Collection[str]) -> str | None:
        """The column most of whose texts are known area codes; None if none has enough."""
        shares = {column: _share(texts, known) for column, texts in self.columns.items()}
        best = max(shares, key=lambda column: shares[column], default=None)
        return best if best is not None and shares[best] >= ENOUGH else None

    def values(self, column: str) -> Floats:
        """A column as numbers, NaN where a cell holds none."""
        return _numbers(self.columns[column])

    @property
    def measured(self) -> list[str]:
        """The columns that hold numbers and nothing else."""
        return [column for column, texts in self.columns.items() if self._is_measured(texts)]

    def _is_measured(self, texts: list[str]) -> bool:
        there = [text for text in texts if text]
        return bool(there) and not np.isnan(_numbers(there)).any()


def sheet_of(path: Path, choice: Choice) -> Sheet:
    """The chosen table of a file; its layer is a sheet. Raises what `geo.tables` refuses."""
    with unpacked(path) as place:
        return _read(path.name, narrowed(path.name, place, choice.file), choice.layer)


def tables_of(name: str, file: Path, inside: str | None) -> list[Part]:
    """The tables in one file: itself, or the sheets of a workbook."""
    if format_of(file) == "table of text":
        return [_part(name, file, inside, None)]
    return [_part(name, file, inside, sheet) for sheet in tables.sheets(file, name)]


def recognise(specimen: Specimen) -> Recognition | None:
    """Know a table by area by a column of codes beside columns of numbers."""
    for part in specimen.of.parts:
        if part.kind is not PartKind.TABLE or format_of(specimen.path(part)) not in TABLES:
            continue  # a layer without shapes belongs to the layers beside it
        sheet = _read(specimen.of.name, specimen.path(part), part.layer)
        codes = [column for column, texts in sheet.columns.items() if _look_like_codes(texts)]
        measured = [column for column in sheet.measured if column not in codes]
        if codes and measured:
            return _recognition(specimen.of.name, part, sheet, codes, measured)
    return None


def _recognition(
    name: str, part: Part, sheet: Sheet, codes: list[str], measured: list[str]
) -> Recognition:
    only = measured[0] if len(measured) == 1 else None
    measure, unit = _measure(only or "")
    says = [
        _(
            "A table by area: its codes stand in {codes}; its values in {values}.",
            codes=", ".join(codes),
            values=", ".join(measured),
        )
    ]
    says += [_doubt(column, sheet) for column in measured if _is_slow_wind(column, sheet)]
    return Recognition(
        product="table-by-area",
        title=_("{name}, by area", name=name),
        part=part,
        measure=measure,
        unit=unit,
        value_field=only,
        observed_rule="country" if measure is None else None,
        says=tuple(says),
    )


def _doubt(column: str, sheet: Sheet) -> str:
    return _(
        "The largest wind in {column} is {value}, below a tropical storm of {storm} m/s: ask "
        "whether it is in m/s, or was converted twice.",
        column=column,
        value=f"{np.nanmax(sheet.values(column)):g}",
        storm=STORM,
    )


def _is_slow_wind(column: str, sheet: Sheet) -> bool:
    measure, unit = _measure(column)
    if measure != WIND or unit not in (None, "m/s"):
        return False
    return bool(np.nanmax(sheet.values(column)) < STORM)


def _measure(column: str) -> tuple[str | None, str | None]:
    for words, measure, unit in WORDS:
        if re.search(words, column.lower()):
            said = _unit(column)
            return measure, said if said in MEASURES[measure] else unit
    return None, None


def _unit(column: str) -> str | None:
    """The unit that ends a heading, in brackets or without."""
    for words, unit in UNITS:
        if re.search(rf"[\s_.(\[]({words})[)\]]?$", column.lower()):
            return unit
    return None


def _numbers(texts: list[str]) -> Floats:
    return numbers([text.replace(",", ".") for text in texts])


def _look_like_codes(texts: list[str]) -> bool:
    there = [text for text in texts if text]
    return bool(there) and sum(map(bool, map(CODE.fullmatch, there))) >= ENOUGH * len(there)


def _share(texts: list[str], known: Collection[str]) -> float:
    there = [text for text in texts if text]
    return sum(text in known for text in there) / len(there) if there else 0.0


def _part(name: str, file: Path, inside: str | None, sheet: str | None) -> Part:
    found = _read(name, file, sheet)
    rows = len(next(iter(found.columns.values()), []))
    return Part(
        number=0,
        kind=PartKind.TABLE,
        title=sheet or file.stem,
        file=inside,
        layer=sheet,
        size=counted("{count} row", "{count} rows", rows),
        columns=tuple(found.columns),
    )


def _read(name: str, file: Path, sheet: str | None) -> Sheet:
    with tables.opened(file, name, tables.Choice(sheet=sheet or "")) as table:
        rows = [[cell or "" for cell in cells] for _number, cells, _over in table.rows]
        by_column = zip(*rows, strict=True)
        return Sheet(name, dict(zip(table.columns, map(list, by_column), strict=True)))
