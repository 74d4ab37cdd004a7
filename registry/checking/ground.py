"""The areas a file is held against: which of them a point lies in, and what they are called.

They are read from a file of boundaries with P-codes, or from any polygons that have a column of
codes; of several levels the lowest holds, with the areas above it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo.crs import WGS84, carried, same
from geo.ellipsoid import Shapes
from geo.vector.boundaries import (
    AncestorUnnamed,
    LevelTwice,
    NoBoundaries,
    read_boundaries,
)
from geo.vector.locate import Locator, indexed
from geo.vector.open import opened, polygons, read
from geo.vector.repair import repaired
from registry.checking.fields import fields_of
from registry.checking.mapping import level_of
from registry.checking.points import Points

MANY = 1 << 20  # points that may be looked up where nobody says how many


@dataclass(frozen=True)
class Ground:
    """Areas: those a point is looked up in, and of every P-code the area and those above it.

    `codes` are the P-codes of the located areas in their order, `parents` the P-code above each.
    """

    locator: Locator
    codes: tuple[str, ...]
    parents: Mapping[str, str | None]
    shapes: Mapping[str, Any]

    def covering(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """The number of the area each point lies in, or -1."""
        return self.locator.covering(lon, lat)

    def knows(self, pcode: str) -> bool:
        """Whether a P-code is one of an area."""
        return pcode.strip().upper() in self.parents

    def agrees(self, found: NDArray[np.int64], points: Points) -> NDArray[np.bool_]:
        """Whether each point lies in the area its row states, or in one below; else true."""
        stated = points.area
        asked = np.flatnonzero((stated >= 0) & (found >= 0))
        pairs, place = np.unique(
            np.stack([stated[asked], found[asked]]), axis=1, return_inverse=True
        )
        is_above = np.array(
            [self._is_above(points.pcodes[of], self.codes[at]) for of, at in pairs.T.tolist()],
            dtype=bool,
        )
        agreed = np.ones(len(found), dtype=bool)
        agreed[asked] = is_above[place.ravel()]
        for at in np.flatnonzero(~agreed).tolist():  # where areas overlap, the stated one holds
            shape = self.shapes.get(points.pcodes[stated[at]])
            agreed[at] = shape is not None and bool(
                shapely.intersects_xy(shape, points.lon[at], points.lat[at])
            )
        return agreed

    def _is_above(self, stated: str, pcode: str) -> bool:
        return stated not in self.parents or stated in self._line(pcode)

    def _line(self, pcode: str) -> Iterator[str]:
        above: str | None = pcode
        while above:
            yield above
            above = self.parents.get(above)


class Named(Protocol):
    """An area: its P-code and that of the area it lies in, its level, its polygon in degrees."""

    @property
    def pcode(self) -> str: ...

    @property
    def parent(self) -> str | None: ...

    @property
    def level(self) -> int: ...

    @property
    def shape(self) -> Any: ...


def ground_of(path: Path) -> Ground:
    """The areas of a file. Raises the refusals of `geo.vector.boundaries` and `geo.vector.open`."""
    try:
        return of_areas(read_boundaries(path, version="-").areas)
    except (NoBoundaries, AncestorUnnamed, LevelTwice):  # no tree of areas, but areas
        return _of_polygons(path)


def of_areas(areas: Iterable[Named], points: int = MANY) -> Ground:
    """Areas of one country, of all its levels; about so many points will be looked up in them."""
    lowest_first = sorted(areas, key=lambda area: -area.level)
    parents = {area.pcode.upper(): area.parent and area.parent.upper() for area in lowest_first}
    shaped = {a.pcode.upper(): a.shape for a in lowest_first if a.shape is not None}
    shapes = np.array([*shaped.values(), None], dtype=object)[:-1]
    return Ground(indexed(shapes, points, degrees=True), tuple(shaped), parents, shaped)


def _of_polygons(path: Path) -> Ground:
    """Polygons that are no whole tree: their columns headed as P-codes name them, the deepest level
    the areas themselves and the others those above."""
    with opened(path) as layer:
        named = [column for column in layer.columns if fields_of(column)[:1] == ("area_pcode",)]
        columns = sorted(named, key=level_of, reverse=True)
        features = read(layer, columns)
        areas = repaired(polygons(layer, features.shapes)).shapes
    shapes = _in_degrees(np.array(areas, dtype=object), layer.crs)
    lines = [tuple(map(_code, features.columns[column].texts())) for column in columns]
    there = np.flatnonzero([shape is not None for shape in areas])
    known = [tuple(line[at] for line in lines if line[at]) for at in there.tolist()]
    codes = tuple(line[0] if line else "" for line in known)
    parents: dict[str, str | None] = {}
    for line in known:
        parents |= dict(zip(line, (*line, None)[1:], strict=True))
    shaped = dict(zip(codes, shapes[there], strict=True))
    return Ground(indexed(shapes[there], degrees=True), codes, parents, shaped)


def _code(said: str) -> str:
    return said.strip().upper()


def _in_degrees(shapes: Shapes, crs: CRS) -> Shapes:
    if same(crs, WGS84):
        return shapes
    return shapely.transform(
        shapes, lambda xy: np.stack(carried(xy[:, 0], xy[:, 1], crs, WGS84), axis=1)
    )
