"""Service points in a file: CSV with a header, or GeoJSON points with properties."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import Invalid
from core.words import _

NEEDED = ("code", "name", "kind", "longitude", "latitude")
CAPACITY = "capacity"


class PointFileUnreadable(Invalid):
    """The file holds no service points: it is neither CSV with the columns {columns} nor GeoJSON
    points with such properties."""


@dataclass(frozen=True)
class Point:
    """One service point; longitude and latitude are degrees (EPSG:4326)."""

    code: str
    name: str
    kind: str
    longitude: float
    latitude: float
    capacity: int | None


@dataclass(frozen=True)
class Fault:
    """A row that cannot be used: its number in the file, from one, and why."""

    row: int
    why: str


def read_points(path: Path) -> tuple[list[Point], list[Fault]]:
    """The service points of a file, and the rows that are none.

    Raises:
        PointFileUnreadable: it is neither of the two kinds.
    """
    points: dict[str, Point] = {}
    faults: list[Fault] = []
    for number, row in enumerate(_rows(path), 1):
        point = _point(row)
        if isinstance(point, str):
            faults.append(Fault(number, point))
        elif point.code in points:
            faults.append(Fault(number, _("the code {code} is there twice", code=point.code)))
        else:
            points[point.code] = point
    return list(points.values()), faults


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise PointFileUnreadable(columns=", ".join(NEEDED)) from None
    rows = _features(text) if text.lstrip().startswith("{") else _lines(text)
    listed = list(rows)
    if not listed or not set(NEEDED) <= listed[0].keys():
        raise PointFileUnreadable(columns=", ".join(NEEDED))
    return listed


def _lines(text: str) -> Iterator[dict[str, Any]]:
    header = text.splitlines()[0] if text else ""
    delimiter = ";" if header.count(";") > header.count(",") else ","
    for row in csv.DictReader(text.splitlines(), delimiter=delimiter):
        yield {(name or "").strip().lower(): value for name, value in row.items()}


def _features(text: str) -> Iterator[dict[str, Any]]:
    try:
        features = json.loads(text)["features"]
    except (ValueError, KeyError, TypeError):
        return
    for feature in features:
        properties = {str(k).lower(): v for k, v in (feature.get("properties") or {}).items()}
        coordinates = (feature.get("geometry") or {}).get("coordinates") or [None, None]
        yield {**properties, "longitude": coordinates[0], "latitude": coordinates[1]}


def _point(row: Mapping[str, Any]) -> Point | str:
    """The point of a row, or why it is none."""
    code, name, kind = (str(row[column] or "").strip() for column in NEEDED[:3])
    if not (code and name and kind):
        return _("the code, the name or the kind is missing")
    try:
        longitude, latitude = float(row["longitude"]), float(row["latitude"])
        written = str(row.get(CAPACITY) or "").strip()
        capacity = int(float(written)) if written else None
    except (TypeError, ValueError):
        return _("the longitude, the latitude or the capacity is no number")
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90) or (longitude, latitude) == (0, 0):
        return _("the place {lon}, {lat} is nowhere on the map", lon=longitude, lat=latitude)
    return Point(code, name, kind, longitude, latitude, capacity)
