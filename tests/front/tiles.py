"""Vector tiles written by hand, so that the map can be tried without a database.

Mapbox Vector Tile 2.1 (github.com/mapbox/vector-tile-spec): protocol buffers, extent 4096, y down.
"""

from collections.abc import Iterable, Iterator
from math import atan, degrees, pi, sinh
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

EXTENT = 4096
POLYGON = 3
Feature = tuple[BaseGeometry, dict[str, Any]]


def tile_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile in degrees."""
    n = 2**z

    def latitude(row: float) -> float:
        return degrees(atan(sinh(pi * (1 - 2 * row / n))))

    return (360 * x / n - 180, latitude(y + 1), 360 * (x + 1) / n - 180, latitude(y))


def layer(name: str, features: Iterable[Feature], z: int, x: int, y: int) -> bytes:
    """One layer of one tile; several layers of a tile are their bytes one after another."""
    keys: dict[str, int] = {}
    values: dict[bytes, int] = {}
    body = b"".join(
        _field(2, _feature(shape, about, keys, values))
        for shape, about in ((_placed(shape, z, x, y), about) for shape, about in features)
        if not shape.is_empty
    )
    head = _number(15, 2) + _field(1, name.encode())
    tail = b"".join(_field(3, key.encode()) for key in keys)
    tail += b"".join(_field(4, value) for value in values)
    return _field(3, head + body + tail + _number(5, EXTENT))


def _placed(shape: BaseGeometry, z: int, x: int, y: int) -> BaseGeometry:
    west, south, east, north = tile_bounds(z, x, y)
    rim = (east - west) / 32
    cut = shapely.clip_by_rect(shape, west - rim, south - rim, east + rim, north + rim)

    def to_tile(positions: np.ndarray) -> np.ndarray:
        lon, lat = positions.T
        row = (1 - np.arcsinh(np.tan(np.radians(lat))) / pi) / 2
        column = (lon + 180) / 360
        return np.column_stack([(column * 2**z - x) * EXTENT, (row * 2**z - y) * EXTENT])

    placed: BaseGeometry = shapely.set_precision(shapely.transform(cut, to_tile), 1)
    return placed


def _feature(
    shape: BaseGeometry, about: dict[str, Any], keys: dict[str, int], values: dict[bytes, int]
) -> bytes:
    tags: list[int] = []
    for key, value in about.items():
        written = _value(value)
        tags += [keys.setdefault(key, len(keys)), values.setdefault(written, len(values))]
    kind = int(shapely.get_dimensions(shape)) + 1  # 1 point, 2 line, 3 polygon
    drawing = b"".join(_varint(step) for step in _steps(shape, kind))
    return _field(2, b"".join(map(_varint, tags))) + _number(3, kind) + _field(4, drawing)


def _steps(shape: BaseGeometry, kind: int) -> Iterator[int]:
    """The commands of a geometry: move to, line to, close, with zigzag differences."""
    at = np.zeros(2, dtype=int)
    for part in _parts(shape, kind):
        ring = np.rint(part).astype(int)
        ring = ring[:-1] if kind == POLYGON else ring
        moves = np.diff(np.vstack([at, ring]), axis=0)
        at = ring[-1]
        yield from (1 | 1 << 3, *_zigzag(moves[0]))
        if len(moves) > 1:
            yield 2 | (len(moves) - 1) << 3
            for move in moves[1:]:
                yield from _zigzag(move)
        if kind == POLYGON:
            yield 7 | 1 << 3


def _parts(shape: BaseGeometry, kind: int) -> Iterator[np.ndarray]:
    for part in shapely.get_parts(shape):
        if shapely.get_dimensions(part) != kind - 1:
            continue
        if kind != POLYGON:
            yield shapely.get_coordinates(part)
            continue
        turned = shapely.geometry.polygon.orient(part, 1)  # y runs down: this is clockwise
        for ring in (turned.exterior, *turned.interiors):
            yield shapely.get_coordinates(ring)


def _zigzag(move: np.ndarray) -> tuple[int, int]:
    dx, dy = (int(step) for step in move)
    return (dx << 1) ^ (dx >> 63), (dy << 1) ^ (dy >> 63)


def _value(value: object) -> bytes:
    if isinstance(value, str):
        return _field(1, value.encode())
    if isinstance(value, float):
        return b"\x19" + np.float64(value).tobytes()
    return _number(4, int(value))  # type: ignore[call-overload]


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)
