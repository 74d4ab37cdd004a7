"""Tables by area on their way to a release: their codes matched with our areas, which have the
shapes that the table lacks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.errors import Invalid
from geo.archives import listed
from geo.crs import Floats
from geo.ellipsoid import Shapes
from geo.jobs.release_extents import lay_out, note_values, write_parts
from geo.models.areas import Area, AreaPart
from geo.models.events import LayerKind
from geo.models.releases import Release
from geo.products.coded import CodeTwice
from geo.products.tables import Sheet, sheet_of
from geo.queries.readings import choice_made

SHOWN = 50  # codes that are told one by one
SOMETHING = 1.0  # the value of an area before a column is chosen


class NoAreaCodes(Invalid):
    """{name} has no column most of whose texts are codes of areas we know ({columns}); import the
    areas it speaks of, or ask for a table with their P-codes."""


class NoAreaValued(Invalid):
    """{name} has no number in the column {column} for any area we know; choose another column."""


@dataclass(frozen=True)
class Matched:
    """Which area each of N rows speaks of (-1: none we know), by the column `coded`; `old` are the
    rows matched only by a code of before."""

    coded: str
    areas: NDArray[np.int64]
    old: int


def read(session: Session, release: Release, path: Path) -> None:
    """Note what a table holds and which of its rows we know the area of, and show those areas.

    Raises:
        NoAreaCodes, CodeTwice, and what `geo.tables` refuses.
    """
    sheet = sheet_of(path, choice_made(release))
    matched = _matched(session, sheet)
    numeric = [name for name in sheet.measured if name != matched.coded]
    release.kind, release.code_field = LayerKind.EXTENT, matched.coded
    if release.value_field not in numeric:
        release.value_field = numeric[0] if len(numeric) == 1 else None
    parts, values = _parts(session, sheet, matched, release.value_field)
    strangers = _strangers(sheet, matched)
    release.found = {
        "table": sheet.name,
        "rows": len(matched.areas),
        "matched": int((matched.areas >= 0).sum()),
        "old": matched.old,
        "strangers": strangers[:SHOWN],
        "unmatched": len(strangers),
        "km2": _km2(session, matched),
        "columns": list(sheet.columns),
        "numeric": numeric,
        "spans": {name: _span(sheet, name) for name in numeric},
    }
    write_parts(session, release, parts, values)
    note_values(release, parts, values)
    release.bounds = from_shape(shapely.box(*shapely.total_bounds(parts)), 4326)


def prepare(session: Session, release: Release, path: Path) -> None:
    """Give each area the value of its row; what the table has a value for was observed.

    Raises:
        NoAreaCodes, CodeTwice, NoAreaValued
    """
    sheet = sheet_of(path, choice_made(release))
    matched = _matched(session, sheet)
    parts, values = _parts(session, sheet, matched, release.value_field)
    if not len(parts):
        raise NoAreaValued(name=release.original_name, column=release.value_field)
    lay_out(session, release, parts, values, parts)


def _matched(session: Session, sheet: Sheet) -> Matched:
    """The areas of the rows: by their code of today, else of before, else by another column.

    Raises NoAreaCodes, CodeTwice.
    """
    known = _known(session, [text for texts in sheet.columns.values() for text in texts])
    coded = sheet.coded_by(known)
    if coded is None:
        raise NoAreaCodes(name=sheet.name, columns=", ".join(sheet.columns))
    rows = np.full(len(sheet.columns[coded]), -1, dtype=np.int64)
    others = [name for name in sheet.columns if name not in {coded, *sheet.measured}]
    in_force = 0
    for name in (coded, *others):
        for row in np.flatnonzero(rows < 0).tolist():
            rows[row], current = known.get(sheet.columns[name][row], (-1, False))
            in_force += current and name == coded
    if twice := _twice(sheet.columns[coded], rows):
        raise CodeTwice(name=sheet.name, codes=listed(twice))
    return Matched(coded, rows, int((rows >= 0).sum()) - in_force)


def _twice(codes: Sequence[str], areas: NDArray[np.int64]) -> list[str]:
    """The codes of rows that speak of one area."""
    times = Counter(areas[areas >= 0].tolist())
    return [code for code, area in zip(codes, areas.tolist(), strict=True) if times[area] > 1]


def _known(session: Session, texts: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """The key of the newest area of each code, and whether it is in force."""
    codes = sorted(set(texts))
    areas = select(Area.pcode, Area.id, Area.valid_to.is_(None)).where(Area.pcode.in_(codes))
    oldest_first = areas.order_by(Area.valid_to.asc().nulls_last(), Area.id)
    return {code: (key, current) for code, key, current in session.execute(oldest_first)}


def _parts(
    session: Session, sheet: Sheet, matched: Matched, column: str | None
) -> tuple[Shapes, Floats]:
    """The pieces of the areas that have a value, each with it."""
    values = np.full(len(matched.areas), SOMETHING) if column is None else sheet.values(column)
    there = (matched.areas >= 0) & ~np.isnan(values)
    of_area = dict(zip(matched.areas[there].tolist(), values[there].tolist(), strict=True))
    pieces: Select[int, bytes] = select(AreaPart.area_id, func.ST_AsBinary(AreaPart.part))
    found = session.execute(pieces.where(AreaPart.area_id.in_(of_area)).order_by(AreaPart.id)).all()
    shapes = shapely.from_wkb([bytes(part) for _area, part in found])
    return np.array(shapes, dtype=object), np.array([of_area[area] for area, _part in found])


def _strangers(sheet: Sheet, matched: Matched) -> list[str]:
    """The codes of the rows whose area we do not know."""
    codes = sheet.columns[matched.coded]
    return [codes[row] for row in np.flatnonzero(matched.areas < 0).tolist()]


def _km2(session: Session, matched: Matched) -> float:
    ids = {area for area in matched.areas.tolist() if area >= 0}
    total = session.scalar(select(func.sum(Area.km2)).where(Area.id.in_(ids)))
    return float(total or 0)


def _span(sheet: Sheet, column: str) -> list[float]:
    values = sheet.values(column)
    return [float(np.nanmin(values)), float(np.nanmax(values))]
