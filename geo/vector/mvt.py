"""Vector tiles of points, written without a detour: Mapbox Vector Tile 2.1, one layer a tile.

Apart from a few texts a tile is a stream of varints, so that all features are written at once.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

EXTENT = 4096  # units along a side of a tile
LAYER, NAME, FEATURES, KEYS, VALUES, EXTENTS, VERSION = 3, 1, 2, 3, 4, 5, 15  # fields
TAGS, KIND, GEOMETRY, UINT = 2, 3, 4, 5
VARINT, BYTES = 0, 2  # wire types
POINT, MOVE_TO_ONE = 1, 9
LONGEST = 10  # bytes of a varint


def points(name: str, x: Whole, y: Whole, figures: Mapping[str, Whole]) -> bytes:
    """A tile with one layer of N points, in units from its north-west corner, and their figures.

    Figures are whole numbers of at least 0; a point that has one below 0 is given its first one
    alone. No points, no bytes.
    """
    if not len(x):
        return b""
    every = np.stack([*figures.values()])
    first_alone = (every < 0).any(axis=0)
    values, at = np.unique(np.maximum(every, 0), return_inverse=True)
    tags = np.empty((len(x), 2 * len(figures)), dtype=np.int64)
    tags[:, 0::2], tags[:, 1::2] = np.arange(len(figures)), at.reshape(len(figures), -1).T
    geometry = np.column_stack([np.full(len(x), MOVE_TO_ONE), x << 1, y << 1])
    layer = [
        _text(NAME, name),
        _features(tags[~first_alone], geometry[~first_alone]),
        _features(tags[first_alone, :2], geometry[first_alone]),
        *(_text(KEYS, key) for key in figures),
        _values(values),
        _varints(np.array([_key(EXTENTS, VARINT), EXTENT, _key(VERSION, VARINT), 2])),
    ]
    return _counted(LAYER, b"".join(layer))


def _features(tags: Whole, geometry: Whole) -> bytes:
    """Features from the numbers of their tags and of their geometry, a row each."""
    if not len(tags):
        return b""
    of_tags, of_geometry = _lengths(tags).sum(axis=1), _lengths(geometry).sum(axis=1)
    kind = [_key(KIND, VARINT), POINT]
    body = [
        _repeated([_key(TAGS, BYTES)], len(tags)),
        of_tags[:, None],
        tags,
        _repeated([*kind, _key(GEOMETRY, BYTES)], len(tags)),
        of_geometry[:, None],
        geometry,
    ]
    inner = np.column_stack(body)
    head = _repeated([_key(FEATURES, BYTES)], len(tags))
    return _varints(np.column_stack([head, _lengths(inner).sum(axis=1), inner]))


def _values(values: Whole) -> bytes:
    inner = np.column_stack([_repeated([_key(UINT, VARINT)], len(values)), values])
    head = _repeated([_key(VALUES, BYTES)], len(values))
    return _varints(np.column_stack([head, _lengths(inner).sum(axis=1), inner]))


def _text(field: int, text: str) -> bytes:
    return _counted(field, text.encode())


def _counted(field: int, body: bytes) -> bytes:
    return _varints(np.array([_key(field, BYTES), len(body)])) + body


def _key(field: int, wire: int) -> int:
    return field << 3 | wire


def _repeated(numbers: list[int], times: int) -> Whole:
    return np.tile(np.array(numbers, dtype=np.int64), (times, 1))


def _lengths(numbers: Whole) -> Whole:
    """How many bytes each number takes."""
    length = np.ones(numbers.shape, dtype=np.int64)
    for place in range(1, LONGEST):
        more = numbers >> 7 * place > 0
        if not more.any():
            break
        length += more
    return length


def _varints(numbers: Whole) -> bytes:
    """Numbers in sevens of bits, the lowest first, each byte but the last marked."""
    flat = numbers.ravel()
    length = _lengths(flat)
    start = np.cumsum(length) - length
    written = np.empty(int(length.sum()), dtype=np.uint8)
    for place in range(int(length.max())):
        there = length > place
        marked = (length[there] > place + 1) << 7
        written[start[there] + place] = (flat[there] >> 7 * place & 127) | marked
    return written.tobytes()
