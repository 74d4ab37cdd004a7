"""GeoJSON whose rings are nested one level too deep or too shallow: polygons told as multipolygons,
and the other way round. GDAL leaves such rings out without a word; here they are found again.

Rings that stand side by side are one polygon, shell and holes; what they make up is left to the
repair. Source: RFC 7946, section 3.1.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from core.errors import Invalid
from geo.ellipsoid import Shapes
from geo.unreadable import TextBroken

POSITION = re.compile(rb"\[\s*-?\d")  # the start of a pair of numbers
CHUNK = 1 << 24
LARGEST = 200 << 20  # bytes of a file that is read whole
DEPTH = {"Polygon": 3, "MultiPolygon": 4}
RING = 2


class Misnested(Invalid):
    """{name} has {count} pairs of coordinates nested as those of no polygon, first in feature
    {feature}; export it again."""


class MisnestedLarge(Invalid):
    """{name} has {count} pairs of coordinates, among its {size} MB, that belong to no feature that
    can be read; export it as GeoPackage."""


def renested(name: str, path: Path, shapes: Shapes) -> tuple[Shapes, tuple[int, ...]]:
    """N shapes as GDAL read them, with those made again whose rings it lost; and which those are.

    Raises Misnested, MisnestedLarge, TextBroken.
    """
    missing = _positions(path) - int(shapely.get_num_coordinates(shapes).sum())
    if missing <= 0:
        return shapes, ()
    if path.stat().st_size > LARGEST:
        raise MisnestedLarge(name=name, size=path.stat().st_size >> 20, count=missing)
    geometries = list(_geometries(_document(name, path)))
    if len(geometries) != len(shapes):
        return shapes, ()  # not the features one by one, so the numbers counted are no coordinates
    made, changed = shapes.copy(), []
    for at, geometry in enumerate(geometries):
        if _is_misnested(geometry):
            made[at] = _made(name, at, geometry)
            changed.append(at)
    return made, tuple(changed)


def _document(name: str, path: Path) -> Any:
    """A file as JSON, as leniently as GDAL reads it. Raises TextBroken."""
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig", "replace"), strict=False)
    except json.JSONDecodeError as error:
        raise TextBroken(name=name, line=error.lineno, reason=error.msg) from error


def _positions(path: Path) -> int:
    """How many lists in a file begin with a number: its pairs of coordinates, and a few more."""
    count, rest = 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            cut = chunk.rfind(b"[")
            whole = rest + chunk[:cut] if cut >= 0 else rest + chunk
            rest = chunk[cut:] if cut >= 0 else b""
            count += len(POSITION.findall(whole))
    return count + len(POSITION.findall(rest))


def _geometries(document: Any) -> Iterator[Any]:
    """The geometry of every feature of a document, in its order."""
    features = document.get("features") if isinstance(document, dict) else None
    if features is None:
        yield document.get("geometry", document) if isinstance(document, dict) else None
        return
    for feature in features:
        yield feature.get("geometry") if isinstance(feature, dict) else None


def _is_misnested(geometry: Any) -> bool:
    if not isinstance(geometry, dict):
        return False
    if isinstance(geometry.get("geometries"), list):
        return any(_is_misnested(member) for member in geometry["geometries"])
    wanted = DEPTH.get(geometry.get("type", ""))
    coordinates = geometry.get("coordinates")
    return wanted is not None and bool(coordinates) and _depths(coordinates) != {wanted}


def _depths(coordinates: Any) -> set[int]:
    """How many lists stand around the numbers, over all numbers."""
    if not isinstance(coordinates, list):
        return {0}
    return {1 + depth for member in coordinates for depth in _depths(member)}


def _made(name: str, at: int, geometry: dict[str, Any]) -> MultiPolygon:
    try:
        return MultiPolygon([Polygon(rings[0], rings[1:]) for rings in _polygons(geometry)])
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as error:
        count = len(POSITION.findall(json.dumps(geometry).encode()))
        raise Misnested(name=name, count=count, feature=at + 1) from error


def _polygons(geometry: dict[str, Any]) -> Iterator[list[Any]]:
    """The polygons of a geometry, each as its rings, however deep they are nested."""
    for member in geometry.get("geometries", []):
        yield from _polygons(member)
    if geometry.get("type") in DEPTH:
        yield from _ring_lists(geometry["coordinates"])


def _ring_lists(coordinates: list[Any]) -> Iterator[list[Any]]:
    depths = [max(_depths(member)) + 1 for member in coordinates]
    if depths and max(depths) == RING:
        yield [_flat(coordinates)]
        return
    rings = [_flat(member) for member, deep in zip(coordinates, depths, strict=True) if deep == 3]
    if rings:
        yield rings
    for member, deep in zip(coordinates, depths, strict=True):
        if deep > RING + 1:
            yield from _ring_lists(member)


def _flat(ring: list[Any]) -> list[tuple[float, float]]:
    """A ring without heights. Raises ValueError, TypeError where it is none."""
    return [(float(position[0]), float(position[1])) for position in ring]
