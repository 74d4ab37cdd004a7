"""Extents put together: their borders divide the ground into pieces, on each of which every one of
them says one thing.

All shapes are valid polygons in longitude and latitude (EPSG:4326). Borders are drawn on a lattice
of a tenth of a millimetre, so that lines which two files mean to be one fall together, and the
pieces meet without gaps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.clauses import Clause
from geo.crs import Floats
from geo.ellipsoid import Shapes
from geo.reports import Report, unheard
from geo.together import Operation, Put, Stack

ROOM = 20_000  # vertices of borders that are drawn at a time
LATTICE = 1e-9  # degrees
EXTENT, OBSERVED, VALUE = "extent", "observed", "value"  # how layers and their column are called

Box = tuple[float, float, float, float]  # west, south, east, north
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Told:
    """What one release says: parts with their values, and parts of what it could see.

    What a part tells of was seen. Where parts overlap the value holds that is furthest on the side
    that is kept.
    """

    parts: Shapes
    values: Floats
    seen: Shapes


@dataclass(frozen=True)
class Pieces:
    """N pieces of ground that do not overlap, the values on them, and the most those may be."""

    shapes: Shapes
    values: Floats
    most: Floats

    @property
    def bounded(self) -> bool:
        """Whether values are known within bounds only."""
        return bool((self.values != self.most).any())

    def least_of(self, kept: Clause) -> Told:
        """What they say at the least, from what is kept on."""
        hit = kept.met(self.values)
        return Told(self.shapes[hit], self.values[hit], self.shapes)

    def most_of(self, kept: Clause) -> Told:
        """What they may say at the most."""
        hit = kept.met(self.most)
        return Told(self.shapes[hit], self.most[hit], self.shapes)


def put_together(
    operation: Operation, told: Sequence[Told], clause: Clause, report: Report = unheard
) -> Pieces:
    """The pieces of ground that are known of, with what releases say of them together.

    `report` hears the rooms done, of how many, and may raise to end it.
    """
    rooms = stacked(told, clause, report)
    found = [_merged(pieces, operation(stack, clause)) for pieces, stack in rooms]
    return Pieces(
        np.concatenate([each.shapes for each in found]),
        np.concatenate([each.values for each in found]),
        np.concatenate([each.most for each in found]),
    )


def stacked(
    told: Sequence[Told], clause: Clause, report: Report = unheard
) -> Iterator[tuple[Shapes, Stack]]:
    """The ground room by room, in pieces, with what each release says of every one."""
    every = _all_of(told, clause)
    borders, rooms = shapely.boundary(every.shapes), list(_rooms(every.shapes))
    for number, (box, met) in enumerate(rooms):
        report(number, len(rooms))
        pieces = _divided(box, borders[met])
        yield pieces, _said(every, met, shapely.point_on_surface(pieces), len(told), clause)
    report(len(rooms), len(rooms))


@dataclass(frozen=True)
class _Every:
    """All parts of all releases: of which release each is, and its value; what was seen only has
    the value of dry ground."""

    shapes: Shapes
    release: Indices
    values: Floats


def _all_of(told: Sequence[Told], clause: Clause) -> _Every:
    shapes = [part for each in told for part in (each.parts, each.seen)]
    dry = [np.full(len(each.seen), clause.furthest) for each in told]
    values = [part for each, bare in zip(told, dry, strict=True) for part in (each.values, bare)]
    owners = np.repeat(np.arange(len(told)), 2)
    return _Every(
        np.concatenate(shapes),
        np.repeat(owners, [len(part) for part in shapes]),
        np.concatenate(values).astype(np.float64),
    )


def _rooms(shapes: Shapes) -> Iterator[tuple[Box, Indices]]:
    """Boxes that the ground is cut into so that few vertices meet each, and the shapes that do."""
    sizes, bounds = shapely.get_num_coordinates(shapes), shapely.bounds(shapes)
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    waiting = [((west, south, east, north), np.arange(len(shapes)))]
    while waiting:
        box, met = waiting.pop()
        halves = [(half, met[_meet(bounds[met], half)]) for half in _halves(box)]
        divides = sum(len(of) for _half, of in halves) < 2 * len(met)
        if sizes[met].sum() > ROOM and divides:
            waiting += halves
        elif len(met):
            yield box, met


def _halves(box: Box) -> tuple[Box, Box]:
    """Two halves of a box, cut across its longer side."""
    west, south, east, north = box
    if east - west > north - south:
        middle = (west + east) / 2
        return (west, south, middle, north), (middle, south, east, north)
    middle = (south + north) / 2
    return (west, south, east, middle), (west, middle, east, north)


def _meet(bounds: Floats, box: Box) -> NDArray[np.bool_]:
    west, south, east, north = box
    wide = (bounds[:, 0] < east) & (bounds[:, 2] > west)
    tall = (bounds[:, 1] < north) & (bounds[:, 3] > south)
    return np.asarray(wide & tall)


def _divided(box: Box, borders: Shapes) -> Shapes:
    """The pieces a room is divided into by the borders that run through it."""
    frame = np.array([shapely.box(*box).boundary], dtype=object)
    drawn = np.concatenate([shapely.clip_by_rect(borders, *box), frame])
    noded = shapely.get_parts(shapely.union_all(drawn, grid_size=LATTICE))
    pieces: Shapes = shapely.get_parts(shapely.polygonize(noded))
    return pieces


def _said(every: _Every, met: Indices, inside: Shapes, releases: int, clause: Clause) -> Stack:
    """What each release says at a point of each of N pieces, by the parts a room meets."""
    fold = np.maximum if clause.at_most is None else np.minimum
    part, at = shapely.STRtree(inside).query(every.shapes[met], predicate="intersects")
    where = every.release[met][part], at
    values = np.full((releases, len(inside)), clause.furthest)
    seen = np.zeros(values.shape, dtype=bool)
    fold.at(values, where, every.values[met][part])
    seen[where] = True
    return Stack(values, seen)


def _merged(pieces: Shapes, put: Put) -> Pieces:
    """The pieces of a room that are known of, those that say the same together."""
    known = np.column_stack([put.values, put.most])[put.seen].astype(np.float64)
    each, of = np.unique(known, axis=0, return_inverse=True)
    kept, of = pieces[put.seen], of.ravel()
    shapes = [shapely.coverage_union_all(kept[of == number]) for number in range(len(each))]
    return Pieces(np.array(shapes, dtype=object), each[:, 0], each[:, 1])


def write(told: Told, target: Path, said: Mapping[str, str]) -> None:
    """Write an extent as a GeoPackage: a layer of its parts with their values, and one of what was
    observed; and what it was made of."""
    write_layer(target, EXTENT, told.parts, {VALUE: told.values}, said)
    write_layer(target, OBSERVED, told.seen, {}, {})


def write_layer(
    target: Path, layer: str, shapes: Shapes, columns: Mapping[str, Floats], said: Mapping[str, str]
) -> None:
    """Add a layer of shapes in EPSG:4326 to a GeoPackage, with columns and what is said of it."""
    import pyogrio

    parts, of = shapely.get_parts(shapes, return_index=True)
    pyogrio.raw.write(
        target,
        shapely.to_wkb(parts),
        [values[of] for values in columns.values()],
        list(columns),
        layer=layer,
        driver="GPKG",
        geometry_type="Polygon",
        crs="EPSG:4326",
        dataset_metadata=dict(said) or None,
        append=target.exists(),
    )
