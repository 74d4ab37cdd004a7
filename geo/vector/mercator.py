"""Tiles of web mercator: the column and row of a place, and where a tile begins, in degrees."""

import math

HIGHEST = 85.0511  # degrees north and south at which the map of tiles ends


def column_of(lon: float, zoom: int) -> int:
    """The column of tiles a longitude lies in, from 180 degrees west."""
    return min(int((lon + 180) / 360 * (1 << zoom)), (1 << zoom) - 1)


def row_of(lat: float, zoom: int) -> int:
    """The row of tiles a latitude lies in, from the north."""
    kept = math.radians(min(max(lat, -HIGHEST), HIGHEST))
    north = math.asinh(math.tan(kept)) / (2 * math.pi)
    return min(int((0.5 - north) * (1 << zoom)), (1 << zoom) - 1)


def west_of(column: float, zoom: int) -> float:
    """The longitude at which a column of tiles begins."""
    return column / (1 << zoom) * 360 - 180


def north_of(row: float, zoom: int) -> float:
    """The latitude at which a row of tiles begins, in the north."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / (1 << zoom)))))
