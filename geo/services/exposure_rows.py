"""Exposure as it is written down: rows of places and of areas, from what a hazard says of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    column,
    func,
    insert,
    literal,
    select,
    true,
)
from sqlalchemy import table as sql_table
from sqlalchemy.orm import Session

from core.bulk import array_of, copy_array, copy_into
from geo.crs import Flags
from geo.grades import NAMES as GRADES
from geo.grades import STEPS, Graded
from geo.hazards import AtPlaces, OverAreas
from geo.models.exposure import AreaExposure, ExposureStatus
from geo.models.locations import Location
from geo.raster.reasons import Reason
from geo.vector.screen import Ranges

Keys = NDArray[np.int64]
Fields = list[tuple[str, str] | tuple[str, str, int]]

KEYS = [("release_id", "i8"), ("location_id", "i8")]
VALUE: Fields = [("value", "f4")]
SPAN: Fields = [("low", "f4"), ("high", "f4")]
WHY: Fields = [("why", "i2")]
CURVE: Fields = [*SPAN, ("seen", "f4"), ("curve", "f4", STEPS), *WHY]
APART = {
    "water_km2": Reason.PERMANENT_WATER,
    "outside_km2": Reason.OUTSIDE,
    "nodata_km2": Reason.NODATA,
    "cloud_km2": Reason.CLOUD,
    "excluded_km2": Reason.EXCLUDED,
}


def write_places(session: Session, table: str, release_id: int, ids: Keys, said: AtPlaces) -> None:
    """Rows for what is kept, for what was not observed, and for what is out in permanent water;
    what else is out has none."""
    plain = said.kept.copy()
    plain[said.circles] = False
    hit = _rows(release_id, ids[plain], ExposureStatus.IN, [*VALUE, *SPAN])
    for figure in ("value", "low", "high"):
        hit[figure] = said.values[plain]
    copy_array(session, table, hit)
    valued = np.isfinite(said.values[said.circles])
    _write_circles(session, table, release_id, ids, said, valued)
    _write_circles(session, table, release_id, ids, said, ~valued)
    always = said.observed & ~said.kept & (said.why == Reason.PERMANENT_WATER)
    told = (ExposureStatus.NOT_OBSERVED, ~said.observed), (ExposureStatus.OUT, always)
    for status, which in told:
        rows = _rows(release_id, ids[which], status, WHY)
        rows["why"] = said.why[which]
        copy_array(session, table, rows)


def _write_circles(
    session: Session, table: str, release_id: int, ids: Keys, said: AtPlaces, which: Flags
) -> None:
    """Rows of circles that hold several values; all of them have a value at their point, or none
    has."""
    circles = said.circles[which]
    valued = np.isfinite(said.values[circles]).all()
    rows = _rows(release_id, ids[circles], ExposureStatus.IN, [*(VALUE if valued else ()), *CURVE])
    if valued:
        rows["value"] = said.values[circles]
    for figure in GRADES:
        rows[figure] = getattr(said.grades, figure)[which]
    rows["why"] = said.why[circles]
    copy_array(session, table, rows)


@dataclass(frozen=True)
class Alike:
    """Ranges of grid cells, first and last number of each, and what is said of all places in it."""

    cells: Ranges
    said: AtPlaces


def write_cells(
    session: Session, table: str, release_id: int, alike: Alike, those: ColumnElement[bool]
) -> None:
    """Rows for those of the places in cells of one answer, where it is kept or not observed.

    The places stay where they are: the server writes their rows from its own index.
    """
    said = alike.said
    told = (
        (ExposureStatus.IN, said.kept, said.values, ("value", "low", "high")),
        (ExposureStatus.NOT_OBSERVED, ~said.observed, said.why, ("why",)),
    )
    for status, which, figures, names in told:
        columns = *alike.cells[which].T, figures[which]
        ranges = func.unnest(*map(array_of, columns)).table_valued("first", "last", "figure")
        cells = ranges.render_derived("alike")
        found = each_range_asks(select(Location.id).where(those), cells)
        of_each = literal(release_id), found.c.id, literal(status), *[cells.c.figure for _ in names]
        rows = sql_table(table, *map(column, ("release_id", "location_id", "status", *names)))
        asked = select(*of_each).select_from(cells.join(found, true()))
        session.execute(insert(rows).from_select(rows.c.keys(), asked))


def each_range_asks(places: Select[Any], cells: FromClause) -> FromClause:
    """Places in ranges of grid cells, for a join on nothing: each range asks the index."""
    there = places.where(Location.cell.between(cells.c.first, cells.c.last))
    return there.offset(0).lateral("found")


def _rows(
    release_id: int,
    ids: NDArray[Any],
    status: ExposureStatus,
    figures: Sequence[tuple[str, str] | tuple[str, str, int]] = (),
) -> NDArray[np.void]:
    """Rows of one status; their figures are still to be filled in."""
    said = status.encode()
    rows = np.empty(len(ids), dtype=[*KEYS, ("status", f"S{len(said)}"), *figures])
    rows["release_id"], rows["location_id"], rows["status"] = release_id, ids, said
    return rows


def write_areas(session: Session, release_id: int, ids: Sequence[int], said: OverAreas) -> None:
    grades = said.grades
    figures: dict[str, NDArray[Any]] = {
        "observed_km2": said.observed_km2,
        "hit_km2": said.hit_km2,
        **{name: said.apart_km2[:, reason] for name, reason in APART.items()},
        "cells": said.cells,
        "least": said.least,
        "mean": said.mean,
        "most": said.most,
        "low": grades.low,
        "high": grades.high,
        "seen": grades.seen,
    }
    columns = (column.tolist() for column in figures.values())
    rows = (
        (release_id, area_id, *(None if math.isnan(each) else each for each in row), curve)
        for area_id, curve, *row in zip(ids, _curves(grades), *columns, strict=True)
    )
    names = ["release_id", "area_id", *figures, "curve"]
    copy_into(session, AreaExposure.__tablename__, names, rows)


def _curves(grades: Graded) -> list[list[float] | None]:
    """The curves of areas, none where nothing was observed."""
    return [
        curve if seen > 0 else None
        for curve, seen in zip(grades.curve.tolist(), grades.seen.tolist(), strict=True)
    ]
