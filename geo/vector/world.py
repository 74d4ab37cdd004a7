"""The countries of the world: the ground of a map where our own areas end."""

from pathlib import Path
from typing import Any

import shapely

from geo.vector.mercator import Box

COUNTRIES = Path(__file__).parents[2] / "static/vendor/world-atlas/countries-50m.json"


def countries_in(box: Box) -> list[dict[str, Any]]:
    """The parts of countries that lie in a box, as GeoJSON geometries in degrees."""
    import pyogrio

    _meta, _rows, shapes, _fields = pyogrio.raw.read(COUNTRIES, layer="countries", columns=[])
    frame = shapely.box(*box)
    countries = shapely.make_valid(shapely.from_wkb(shapes))
    parts = shapely.intersection(countries[shapely.intersects(countries, frame)], frame)
    return [shapely.geometry.mapping(part) for part in parts if part.area > 0]
