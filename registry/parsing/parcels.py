"""A file of parcels: polygons with the number of who holds each, and how it is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon

from core.errors import Invalid
from geo.crs import WGS84, carried, same
from geo.ellipsoid import Shapes
from geo.vector.open import opened, polygons, read
from geo.vector.repair import repaired

HEADINGS = {
    "holder": ("holder", "holder_number", "number", "hg_number", "registrant", "household"),
    "tenure": ("tenure", "right", "held_as"),
    "use": ("use", "land_use", "landuse"),
    "crop": ("crop", "crops"),
    "from_day": ("from_day", "since", "held_since"),
}


class HolderMissing(Invalid):
    """The file does not say who holds each plot; add a column "holder" with their numbers
    (HG-...). It has {columns}."""


@dataclass(frozen=True)
class Parcel:
    """One feature: its number in the file from 1, who holds it, and its shape (None: it has none).

    Words are as they stand in the file; what it does not say is empty.
    """

    row: int
    holder: str
    shape: MultiPolygon | None
    tenure: str = ""
    use: str = ""
    crop: str = ""
    from_day: str = ""


def parcels_of(path: Path) -> Sequence[Parcel]:
    """The parcels of a GeoPackage, GeoJSON, KML or zipped shapefile; shapes come in EPSG:4326.

    Raises:
        HolderMissing; what geo.vector.open refuses.
    """
    with opened(path) as layer:
        columns = _columns(layer.columns)
        if "holder" not in columns:
            raise HolderMissing(columns=", ".join(layer.columns))
        features = read(layer, list(columns.values()))
        shapes = _in_degrees(repaired(polygons(layer, features.shapes)).shapes, layer.crs)
    said = {field: features.columns[column].texts() for field, column in columns.items()}
    return [
        Parcel(
            at + 1,
            shape=_whole(shape),
            **{field: (texts[at] or "").strip() for field, texts in said.items()},
        )
        for at, shape in enumerate(shapes)
    ]


def _columns(headings: Sequence[str]) -> dict[str, str]:
    """By field, the column that says it."""
    plain = {heading.strip().casefold().replace(" ", "_"): heading for heading in headings}
    found = {
        field: next((plain[name] for name in names if name in plain), None)
        for field, names in HEADINGS.items()
    }
    return {field: column for field, column in found.items() if column is not None}


def _in_degrees(shapes: Shapes, crs: Any) -> Shapes:
    if same(crs, WGS84):
        return shapes
    there = np.flatnonzero(~shapely.is_missing(shapes))
    moved = shapes.copy()
    moved[there] = shapely.transform(
        shapes[there], lambda xy: np.stack(carried(xy[:, 0], xy[:, 1], crs, WGS84), axis=1)
    )
    return moved


def _whole(shape: Any) -> MultiPolygon | None:
    if shape is None or shape.is_empty:
        return None
    return MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape
