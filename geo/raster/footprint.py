"""Where a grid lies on the globe: its outline in degrees, longitudes counted from -180 to 180."""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.crs import CIRCLE, WGS84, Floats, carried
from geo.raster.grid import Grid
from geo.vector.reproject import on_the_globe

ALONG = 32  # points along each edge; a straight edge of a projection is a curve in degrees


def footprint(grid: Grid) -> Polygon | MultiPolygon:
    """The outline of all cells of a grid, observed or not (EPSG:4326, longitude first).

    A grid in degrees that crosses the antimeridian is outlined on either side of it. Another one
    that does, or one that holds a pole, is given the whole band of its latitudes.
    """
    corners = [(0, 0), (grid.width, 0), (grid.width, grid.height), (0, grid.height)]
    edges = zip(corners, [*corners[1:], corners[0]], strict=True)
    places = np.concatenate([np.linspace(a, b, ALONG, endpoint=False) for a, b in edges])
    lon, lat = carried(*_positions(grid, places), grid.crs, WGS84)
    lat = lat.clip(-90, 90)
    if lon.min() >= CIRCLE / 2:
        lon = lon - CIRCLE
    outline = Polygon(np.column_stack([lon, lat]))
    if np.isfinite(outline.bounds).all() and outline.is_valid:
        if abs(lon).max() <= CIRCLE / 2:
            return outline
        if np.ptp(lon) < CIRCLE:
            return _on_both_sides(outline)
    finite = lat[np.isfinite(lat)]
    return shapely.box(-CIRCLE / 2, finite.min(), CIRCLE / 2, finite.max())


def _on_both_sides(outline: Polygon) -> Polygon | MultiPolygon:
    """An outline that runs past the antimeridian, cut there."""
    (cut,) = on_the_globe(np.array([outline], dtype=object))
    return cut  # type: ignore[no-any-return]


def _positions(grid: Grid, places: Floats) -> tuple[Floats, Floats]:
    """The x and y of N places given as (column, row)."""
    t, column, row = grid.transform, places[:, 0], places[:, 1]
    return t.a * column + t.b * row + t.c, t.d * column + t.e * row + t.f
