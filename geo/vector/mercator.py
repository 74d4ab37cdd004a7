"""Web mercator: where a place lies on the square of the world, and in which of its tiles."""

import math

HIGHEST = 85.0511  # degrees north and south at which the map of tiles ends
ROOM = 1.08  # times: a map leaves a little room round what it shows

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


def east_share(lon: float) -> float:
    """How far east a longitude lies: 0 at 180 degrees west, 1 at 180 degrees east."""
    return (lon + 180) / 360


def south_share(lat: float) -> float:
    """How far south a latitude lies: 0 at the northern edge of the map, 1 at the southern one."""
    kept = math.radians(min(max(lat, -HIGHEST), HIGHEST))
    return 0.5 - math.asinh(math.tan(kept)) / (2 * math.pi)


def column_of(lon: float, zoom: int) -> int:
    """The column of tiles a longitude lies in, from 180 degrees west."""
    return min(int(east_share(lon) * (1 << zoom)), (1 << zoom) - 1)


def row_of(lat: float, zoom: int) -> int:
    """The row of tiles a latitude lies in, from the north."""
    return min(int(south_share(lat) * (1 << zoom)), (1 << zoom) - 1)


def west_of(column: float, zoom: int) -> float:
    """The longitude at which a column of tiles begins."""
    return column / (1 << zoom) * 360 - 180


def north_of(row: float, zoom: int) -> float:
    """The latitude at which a row of tiles begins, in the north."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / (1 << zoom)))))


def zoom_over(box: Box, pixels: int, tile: int) -> float:
    """The zoom at which the longer side of a box takes so many pixels, a tile having `tile`."""
    west, south, east, north = box
    share = max(east_share(east) - east_share(west), south_share(south) - south_share(north))
    return math.log2(pixels / tile / share)


def widened(box: Box, narrowest: float, widest: float) -> Box:
    """A box with so much around it that frames of many shapes, filled with it, show nothing beyond.

    The shapes are width by height on the map, from the narrowest to the widest.
    """
    west, east = east_share(box[0]), east_share(box[2])
    north, south = south_share(box[3]), south_share(box[1])
    wide, high = east - west, south - north
    aside = (max(wide, high * widest) * ROOM - wide) / 2
    above = (max(high, wide / narrowest) * ROOM - high) / 2
    return (
        west_of(max(0.0, west - aside), 0),
        north_of(min(1.0, south + above), 0),
        west_of(min(1.0, east + aside), 0),
        north_of(max(0.0, north - above), 0),
    )
