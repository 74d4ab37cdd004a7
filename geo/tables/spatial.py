"""Layers of shapes as tables: their columns, and one more that says where each row stands.

A point is written `POINT(lon lat)` in degrees (EPSG:4326), an area by a point within it. A shape
that is neither is named by its kind; where the file does not say in which system its points are and
they are no degrees, they stand behind NO_CRS.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from geo.archives import contents
from geo.crs import WGS84, carried, label, parsed
from geo.formats import format_of
from geo.tables.refusals import NotATable, SheetUnknown
from geo.vector.columns import Column
from geo.vector.facts import are_degrees, broken, declared_crs, facts, listed_layers
from geo.vector.open import DRIVERS

SHAPES = "geometry"
NO_CRS = "in an unknown system:"
FORMATS = (
    *("GeoPackage", "GeoJSON", "KML", "KMZ", "FlatGeobuf", "shapefile", "zipped shapefile"),
    *("zipped File Geodatabase", "GML", "TopoJSON", "GPX"),
)
AT_ONCE = 20_000  # features
POINT, POLYGON, POINTS, POLYGONS = 0, 3, 4, 6
KINDS = {1: "LINESTRING", 2: "LINEARRING", 4: "MULTIPOINT", 5: "MULTILINESTRING", 7: "COLLECTION"}


@dataclass(frozen=True)
class Layer:
    """One layer as a table; `crs` is None where it has no shapes, or nothing tells their system."""

    path: Path
    name: str
    columns: list[str]
    encoding: str | None
    has_shapes: bool
    is_of_points: bool
    crs: CRS | None

    @property
    def system(self) -> str | None:
        """What its coordinate system is called."""
        return label(self.crs) if self.crs else None

    def records(self) -> Iterator[list[str]]:
        """Its features in their order, first of all the names of its columns."""
        yield [*self.columns, *([SHAPES] if self.has_shapes else [])]
        first = 0
        while rows := self._read(first):
            yield from map(list, rows)
            first += len(rows)

    def _read(self, first: int) -> list[tuple[str, ...]]:
        """So many rows from one on. Raises NotATable where they are broken in the file."""
        try:
            meta, _fids, shapes, values = self._features(first)
        except broken():
            raise NotATable(name=self.path.name) from None
        kinds = zip(meta["fields"], meta["ogr_types"], values, strict=True)
        columns = [_texts(Column(str(name), kind, value)) for name, kind, value in kinds]
        known = shapely.from_wkb(shapes, on_invalid="fix") if self.has_shapes else None
        places = [_places(known, self.crs)] if self.has_shapes else []
        return list(zip(*columns, *places, strict=True))

    def _features(self, first: int) -> Any:
        import pyogrio

        return pyogrio.raw.read(
            self.path,
            layer=self.name,
            encoding=self.encoding,
            skip_features=first,
            max_features=AT_ONCE,
            read_geometry=self.has_shapes,
            force_2d=True,
        )


def is_spatial(path: Path) -> bool:
    """Whether a file holds layers of shapes."""
    return format_of(path) in FORMATS


def chosen(
    name: str, place: Path, layer: str, crs: str, known: Callable[[str], bool]
) -> tuple[Layer, list[str]]:
    """The wanted layer of an unpacked file, or the one with the most known columns, then of points.

    Also answers the names of all layers. Raises NotATable, SheetUnknown, and what `geo.crs` raises
    of a system nobody knows.
    """
    found = [_described(name, path, title, crs) for path, title in _layers(name, place)]
    names = [each.name for each in found]
    if layer and layer not in names:
        raise SheetUnknown(name=name, sheet=layer, sheets=", ".join(names))
    wanted = [each for each in found if layer in ("", each.name)]
    if not wanted:
        raise NotATable(name=name)
    best = max(wanted, key=lambda each: (sum(map(known, each.columns)), each.is_of_points))
    return best, names


def _layers(name: str, place: Path) -> Iterator[tuple[Path, str]]:
    for file in contents(place):
        try:
            yield from ((file, layer) for layer, _kind in listed_layers(file))
        except broken():
            continue


def _described(name: str, path: Path, layer: str, crs: str) -> Layer:
    info = facts(name, path, layer, bounds=True)
    if info["driver"] not in DRIVERS:
        raise NotATable(name=name)
    kind, bounds = info["geometry_type"], info["total_bounds"]
    declared = parsed(crs) if crs else declared_crs(info)
    if declared is None and bounds is not None and are_degrees(bounds):
        declared = WGS84
    return Layer(
        path=path,
        name=layer,
        columns=[str(field) for field in info["fields"]],
        encoding=info["read_as"],
        has_shapes=kind is not None,
        is_of_points=bool(kind) and "Point" in kind,
        crs=declared if kind is not None else None,
    )


def _texts(column: Column) -> list[str]:
    """The values of a column; whole numbers without a point behind them, truths in words."""
    if column.values.dtype.kind == "b":
        return ["yes" if value else "no" for value in column.values.tolist()]
    return [text.removesuffix(".0") for text in column.texts()]


def _places(shapes: Any, crs: CRS | None) -> list[str]:
    kinds = shapely.get_type_id(shapes)
    kinds[shapely.is_empty(shapes)] = -1
    lone = (kinds == POINTS) & (shapely.get_num_geometries(shapes) == 1)
    areas = np.isin(kinds, (POLYGON, POLYGONS))
    points = np.where(lone, shapely.get_geometry(shapes, 0), shapes)
    points[areas] = shapely.point_on_surface(shapes[areas])
    stands = (kinds == POINT) | lone | areas
    x, y = shapely.get_x(points), shapely.get_y(points)
    if crs is not None:
        x[stands], y[stands] = carried(x[stands], y[stands], crs, WGS84)
    mark = "POINT" if crs is not None else NO_CRS
    return [
        f"{mark}({lon!r} {lat!r})" if there else KINDS.get(kind, "")
        for there, kind, lon, lat in zip(
            stands.tolist(), kinds.tolist(), x.tolist(), y.tolist(), strict=True
        )
    ]
