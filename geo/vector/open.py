"""Opening vector files: any layer of shapes pyogrio reads, or a refusal in one sentence.

Nothing is guessed: several layers, or a coordinate system the file does not tell, are asked for.
"""

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS
from shapely.errors import ShapelyError

from core.errors import Invalid
from geo.archives import contents, narrowed, refuse_recipe, told_apart, unpacked
from geo.crs import in_degrees, settled
from geo.ellipsoid import Shapes
from geo.formats import TABLES, format_of, named
from geo.unreadable import Unreadable, unreadable
from geo.vector import nesting
from geo.vector.antimeridian import the_short_way
from geo.vector.columns import Column, column_of
from geo.vector.facts import (
    WESTERN,
    are_degrees,
    beyond_degrees,
    broken,
    declared_crs,
    facts,
    listed_layers,
    speaks_by_default,
)
from geo.vector.repair import areal

# Drivers that read shapes from the file they are given: none that fetches, or points elsewhere.
# fmt: off
DRIVERS = {
    "GeoJSON", "GeoJSONSeq", "TopoJSON", "ESRIJSON", "JSONFG", "GPKG", "SQLite", "ESRI Shapefile",
    "FlatGeobuf", "KML", "LIBKML", "OpenFileGDB", "GML", "MapInfo File", "GPX", "CSV",
}
SHAPES = {
    ".shp", ".geojson", ".json", ".geojsonl", ".topojson", ".gpkg", ".sqlite", ".fgb", ".kml",
    ".gdb", ".gml", ".tab", ".mif", ".gpx",
}
# fmt: on
POLYGONS, COLLECTIONS = (3, 6), (7,)
NAMES = {0: "points", 1: "lines", 2: "lines", 4: "points", 5: "lines"}


class NoLayer(Unreadable):
    """{name} cannot be read: none of its entries is a layer of shapes; ask for one as GeoPackage or
    GeoJSON."""


class NoShapes(Invalid):
    """{name} holds no shapes in any layer; ask for the file with the geometry."""


class TableOnly(NoShapes):
    """{name} is a table and holds no shapes in its columns; say which areas its codes stand for, or
    ask for the file with the geometry."""


class DriverUnused(Unreadable):
    """{name} cannot be read: by its header it is a file of the kind {driver}; ask for it as
    GeoPackage or GeoJSON."""


class SeveralLayers(Invalid):
    """{name} holds several layers ({layers}); choose one as its layer."""


class NoSuchLayer(Invalid):
    """{name} has no layer {layer}; it has {layers}."""


class Damaged(Invalid):
    """{name} opens, but the features of its layer {layer} cannot be read ({reason}); fetch or
    export it again."""


class NotPolygons(Invalid):
    """{name} holds {kinds} where polygons are needed; choose another layer or file."""


class NoNumbers(Invalid):
    """{name} has coordinates that are no numbers in its feature {feature}; draw that one again, or
    take it out."""


class Exchanged(Invalid):
    """{name} has latitude where longitude belongs (its coordinates run to {high} the one way and to
    {low} the other); write it again with longitude first."""


class NotDegrees(Invalid):
    """{name} has coordinates from {low} to {high}, which are no degrees; find out its coordinate
    system (CRS) and name it, like EPSG:32651."""


@dataclass(frozen=True)
class Layer:
    """One layer of shapes in an open file: where it stands, its system and its columns."""

    file: str  # as the person knows it
    path: Path
    name: str
    crs: CRS
    columns: tuple[str, ...]
    fid: str
    encoding: str | None
    driver: str = ""


@dataclass(frozen=True)
class Features:
    """The N features of a layer in their order: flat shapes (None where missing) and columns.

    `renested` are the positions of those whose rings had to be put in order first.
    """

    shapes: Shapes
    columns: dict[str, Column]
    renested: tuple[int, ...] = ()


@contextmanager
def opened(
    path: Path, *, crs: str | None = None, layer: str | None = None, file: str | None = None
) -> Iterator[Layer]:
    """The wanted layer of a vector file, readable as long as the block lasts.

    `path` may be zipped or gzipped, `file` is a path inside it; a shapefile comes with its
    companions. Raises a Refusal that says what was found and what to do.
    """
    with unpacked(path) as place:
        name = named(path)
        yield layer_at(name, narrowed(name, place, file), crs=crs, layer=layer)


def layer_at(name: str, place: Path, *, crs: str | None = None, layer: str | None = None) -> Layer:
    """The wanted layer at a place that is unpacked already; `name` is what people call the file."""
    path, chosen = _chosen(name, layers(name, place), layer)
    return described(name, path, chosen, crs)


def layers(name: str, place: Path) -> list[tuple[Path, str]]:
    """Every layer with shapes at a place, as the data set it stands in and its own name.

    Raises Unreadable if nothing there is a vector file, NoShapes if none has shapes.
    """
    files = contents(place)
    if len(files) != 1:
        files = [file for file in files if file.suffix.lower() in SHAPES]
    if not files:
        raise NoLayer(name=name)
    found, refusals = [], []
    for file in files:
        refuse_recipe(name, file)
        try:
            found += [(file, layer) for layer, kind in listed_layers(file) if kind is not None]
        except broken() as error:  # perhaps a .json of settings among shapefiles
            refusals.append(unreadable(name, file, error))
    if len(refusals) == len(files):
        raise refusals[0]
    if not found and len(files) == 1 and format_of(files[0]) in TABLES:
        raise TableOnly(name=name)
    if not found:
        raise NoShapes(name=name)
    return found


def read(layer: Layer, columns: Sequence[str] = ()) -> Features:
    """All features of a layer with the named columns; heights dropped, curves made of lines."""
    names = [column_of(column, layer.columns, layer.file, layer.fid) for column in columns]
    fields = [name for name in names if name in layer.columns]
    meta, fids, shapes, values = _raw(layer, fields)
    found = {
        name: _exact(layer, Column(name, kind, value))
        for name, kind, value in zip(meta["fields"], meta["ogr_types"], values, strict=True)
    }
    found.setdefault(layer.fid, Column(layer.fid, "OFTInteger64", np.asarray(fids)))
    asked = {column: found[name] for column, name in zip(columns, names, strict=True)}
    flat, renested = _shapes(layer, shapes)
    return Features(flat, asked, renested)


def polygons(layer: Layer, shapes: Shapes) -> Shapes:
    """The polygons of a layer; None where a feature has none, or is a line or a point.

    Edges that would run around the earth are turned the short way. Raises NotPolygons, NoNumbers,
    Exchanged, NotDegrees.
    """
    shapes = _areal(layer, shapes)
    _refuse_numberless(layer, shapes)
    if not in_degrees(layer.crs):
        return shapes
    _refuse_no_degrees(layer, bounds_of(shapes))
    return the_short_way(shapes)[0]


def _refuse_numberless(layer: Layer, shapes: Shapes) -> None:
    places, feature = shapely.get_coordinates(shapes, return_index=True)
    lost = ~np.isfinite(places).all(axis=1)
    if lost.any():
        raise NoNumbers(name=layer.file, feature=int(feature[np.argmax(lost)]) + 1)


def _refuse_no_degrees(layer: Layer, bounds: tuple[float, float, float, float]) -> None:
    if are_degrees(bounds):
        return
    west, south, east, north = bounds
    across, up = max(abs(west), abs(east)), max(abs(south), abs(north))
    if are_degrees((south, west, north, east)):
        raise Exchanged(name=layer.file, low=f"{across:.9g}", high=f"{up:.9g}")
    low, high = min(bounds), max(bounds)
    raise NotDegrees(name=layer.file, low=f"{low:.9g}", high=f"{high:.9g}")


def _areal(layer: Layer, shapes: Shapes) -> Shapes:
    """Polygons and the polygons in collections. Raises NotPolygons where others are more."""
    kinds = shapely.get_type_id(shapes)
    others = np.isin(kinds, list(NAMES))
    if 2 * others.sum() > len(shapes):
        named = sorted({NAMES[kind] for kind in kinds[others].tolist()})
        raise NotPolygons(name=layer.file, kinds=" and ".join(named))
    found = shapes.copy()
    for at in np.flatnonzero(np.isin(kinds, COLLECTIONS)).tolist():
        found[at] = areal(shapes[at])
    found[others | shapely.is_empty(shapes)] = None
    return found


def bounds_of(shapes: Shapes) -> tuple[float, float, float, float]:
    """West, south, east, north of all shapes; NaN where there is none."""
    if not len(shapes):
        return (math.nan,) * 4
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return west, south, east, north


def _chosen(name: str, found: list[tuple[Path, str]], wanted: str | None) -> tuple[Path, str]:
    names = _names(found)
    if wanted is None:
        if len(found) > 1:
            raise SeveralLayers(name=name, layers=", ".join(names))
        return found[0]
    meant = [at for at, known in enumerate(names) if known.lower() == wanted.lower()]
    if not meant:
        raise NoSuchLayer(name=name, layer=wanted, layers=", ".join(names))
    return found[meant[0]]


def _names(found: list[tuple[Path, str]]) -> list[str]:
    """What tells layers apart: their own names, or else those of their files before them."""
    names = [layer for _, layer in found]
    if len({name.lower() for name in names}) == len(names):
        return names
    files = list(dict.fromkeys(path for path, _ in found))
    of_file = dict(zip(files, told_apart(files), strict=True))
    return [f"{of_file[path]}/{layer}" for path, layer in found]


def described(name: str, path: Path, layer: str, given: str | None) -> Layer:
    """A layer of a data set, its coordinate system settled. Raises a Refusal."""
    info = facts(name, path, layer, bounds=given is not None)
    if info["driver"] not in DRIVERS:
        raise DriverUnused(name=name, driver=info["driver"])
    declared = declared_crs(info)
    if given is not None and speaks_by_default(path, info) and beyond_degrees(info):
        declared = None
    return Layer(
        file=name,
        path=path,
        name=layer,
        crs=settled(name, declared, given),
        columns=tuple(str(field) for field in info["fields"]),
        fid=info["fid_column"] or "fid",
        encoding=info["read_as"],
        driver=info["driver"],
    )


def _shapes(layer: Layer, written: Any) -> tuple[Shapes, tuple[int, ...]]:
    """The shapes of a layer, and which of them GDAL had lost rings of."""
    try:
        with np.errstate(invalid="ignore"):  # of coordinates that are no numbers
            shapes = np.asarray(shapely.from_wkb(written, on_invalid="fix"), dtype=object)
    except ShapelyError as error:
        raise Damaged(name=layer.file, layer=layer.name, reason=str(error)[:120]) from error
    if layer.driver != "GeoJSON":
        return shapes, ()
    return nesting.renested(layer.file, layer.path, shapes)


def _raw(layer: Layer, fields: list[str]) -> tuple[dict[str, Any], Any, Any, Any]:
    """What pyogrio reads of a layer; text that is not what it claims to be, as Western European."""
    try:
        try:
            return _read_by_pyogrio(layer, fields, layer.encoding)
        except UnicodeDecodeError:
            return _read_by_pyogrio(layer, fields, WESTERN)
    except broken() as error:
        raise Damaged(name=layer.file, layer=layer.name, reason=str(error)[:120]) from error


def _exact(layer: Layer, column: Column) -> Column:
    """A column as it is; where gaps made floats of whole numbers too long for them, those again."""
    import pyogrio

    if not column.is_rounded:
        return column
    _meta, table = pyogrio.raw.read_arrow(
        layer.path, layer=layer.name, columns=[column.name], read_geometry=False
    )
    return replace(column, values=np.array(table[column.name].to_pylist(), dtype=object))


def _read_by_pyogrio(
    layer: Layer, fields: list[str], encoding: str | None
) -> tuple[dict[str, Any], Any, Any, Any]:
    import pyogrio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: tuple[dict[str, Any], Any, Any, Any] = pyogrio.raw.read(
            layer.path,
            layer=layer.name,
            columns=fields,
            encoding=encoding,
            force_2d=True,
            return_fids=True,
        )
    return found
