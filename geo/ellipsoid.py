"""True areas on the WGS 84 ellipsoid, whatever the map projection, in square kilometres.

Longitude and latitude are carried to the cylindrical equal-area plane of the ellipsoid, where a
plain area is the area on the ground (Snyder 1987, Map Projections, p. 81, eqs. 3-12 and 10-15).
"""

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

SEMI_MAJOR = 6_378.137  # km
FLATTENING = 1 / 298.257223563
ECCENTRICITY = float(np.sqrt(FLATTENING * (2 - FLATTENING)))
LONGEST_EDGE = 0.05  # degrees; a longer edge is no straight line in the equal-area plane


def northing(latitude: Floats) -> Floats:
    """Height of a parallel in the equal-area plane, in km; latitude in degrees."""
    sine = np.sin(np.radians(np.clip(latitude, -90, 90)))
    e = ECCENTRICITY
    curve = sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e
    return np.asarray(SEMI_MAJOR * (1 - e**2) * curve / 2)


def easting(longitude: Floats) -> Floats:
    """Distance of a meridian from Greenwich in that plane, in km; longitude in degrees."""
    return np.asarray(SEMI_MAJOR * np.radians(longitude))


def bands_km2(latitudes: Floats, width: float) -> Floats:
    """Areas of the N cells between N + 1 parallels, `width` degrees of longitude wide."""
    return np.asarray(np.abs(np.diff(northing(latitudes))) * SEMI_MAJOR * np.radians(width))


def quadrangles_km2(lon: Floats, lat: Floats) -> Floats:
    """Areas of N quadrangles given by their corners in order, two (N, 4) arrays of degrees.

    A quadrangle may cross the antimeridian; it may not hold a pole.
    """
    x = easting((lon - lon[:, :1] + 180) % 360 - 180)
    y = northing(lat) - northing(lat[:, :1])  # near zero, where small areas keep their digits
    cross = x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y
    return np.asarray(np.abs(cross.sum(axis=1)) / 2)


def polygons_km2(geometries: Shapes) -> Floats:
    """Areas of polygons in longitude and latitude; 0 for what is missing, empty or no polygon."""
    dense = shapely.segmentize(geometries, LONGEST_EDGE)
    plane = shapely.transform(
        dense, lambda at: np.column_stack([easting(at[:, 0]), northing(at[:, 1])])
    )
    return np.nan_to_num(shapely.area(plane))
