"""The areas people ask about: polygons of a layer in their order, each with an id."""

from dataclasses import dataclass
from pathlib import Path

from pyproj import CRS

from geo.ellipsoid import Shapes
from geo.vector.open import opened, polygons, read
from geo.vector.repair import repaired


@dataclass(frozen=True)
class Areas:
    """N valid areas in `crs` (None where a feature has no polygon), and how many were mended."""

    ids: list[str]
    shapes: Shapes
    crs: CRS
    repaired: int


def areas_of(
    path: Path, *, id_column: str | None = None, crs: str | None = None, layer: str | None = None
) -> Areas:
    """The areas of a file, named by a column or else by their numbers from 1.

    Raises a Refusal where the file holds no polygons or cannot be read.
    """
    with opened(path, crs=crs, layer=layer) as chosen:
        features = read(chosen, [id_column] if id_column else [])
        fixed = repaired(polygons(chosen, features.shapes))
    numbered = [str(number) for number in range(1, len(fixed.shapes) + 1)]
    ids = features.columns[id_column].texts() if id_column else numbered
    return Areas(ids, fixed.shapes, chosen.crs, len(fixed.changed))
