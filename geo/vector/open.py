"""Opening vector files: any layer of shapes pyogrio reads, or a refusal in one sentence.

Nothing is guessed: several layers, or a coordinate system the file does not tell, are asked for.
"""

import glob
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
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from core.errors import Invalid
from geo.archives import contents, narrowed, refuse_recipe, told_apart, unpacked
from geo.crs import in_degrees, settled
from geo.ellipsoid import Shapes
from geo.vector.columns import Column, column_of
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
HEAD = 1 << 16  # bytes at either end of a GeoJSON in which it would name its system
WESTERN = "cp1252"  # European, for text that does not say its encoding and is no UTF-8
FARTHEST = 360.0  # degrees; grids and shapes of the Pacific count to here


class Unreadable(Invalid):
    """{name} cannot be read as a layer of shapes; ask for it as GeoPackage or GeoJSON."""


class NoShapes(Invalid):
    """{name} holds no shapes; ask for the file with the geometry."""


class SeveralLayers(Invalid):
    """{name} holds several layers ({layers}); choose one as its layer."""


class NoSuchLayer(Invalid):
    """{name} has no layer {layer}; it has {layers}."""


class Damaged(Invalid):
    """{name} opens but cannot be read ({reason}); fetch or export it again."""


class NotPolygons(Invalid):
    """{name} holds {kinds} where polygons are needed; choose another layer or file."""


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


@dataclass(frozen=True)
class Features:
    """The N features of a layer in their order: flat shapes (None where missing) and columns."""

    shapes: Shapes
    columns: dict[str, Column]


@contextmanager
def opened(
    path: Path, *, crs: str | None = None, layer: str | None = None, file: str | None = None
) -> Iterator[Layer]:
    """The wanted layer of a vector file, readable as long as the block lasts.

    `path` may be zipped or gzipped, `file` is a path inside it; a shapefile comes with its
    companions. Raises a Refusal that says what was found and what to do.
    """
    with unpacked(path) as place:
        yield layer_at(path.name, narrowed(path.name, place, file), crs=crs, layer=layer)


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
    found, read = [], 0
    for file in files:
        refuse_recipe(name, file)
        try:
            found += [(file, layer) for layer, kind in listed_layers(file) if kind is not None]
            read += 1
        except broken():
            continue  # a .json of settings among shapefiles
    if not read:
        raise Unreadable(name=name)
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
    return Features(_shapes(layer, shapes), asked)


def polygons(layer: Layer, shapes: Shapes) -> Shapes:
    """The polygons of a layer; None where a feature has none. Raises NotPolygons, NotDegrees."""
    kinds = shapely.get_type_id(shapes)
    shapes = shapes.copy()
    for at in np.flatnonzero(np.isin(kinds, COLLECTIONS)).tolist():
        shapes[at] = areal(shapes[at])
    others = sorted({NAMES[kind] for kind in set(kinds.tolist()) & set(NAMES)})
    if others:
        raise NotPolygons(name=layer.file, kinds=" and ".join(others))
    shapes[shapely.is_empty(shapes)] = None
    bounds = bounds_of(shapes)
    if in_degrees(layer.crs) and not _are_degrees(bounds):
        low, high = min(bounds), max(bounds)
        raise NotDegrees(name=layer.file, low=f"{low:.9g}", high=f"{high:.9g}")
    return shapes


def bounds_of(shapes: Shapes) -> tuple[float, float, float, float]:
    """West, south, east, north of all shapes; NaN where there is none."""
    if not len(shapes):
        return (math.nan,) * 4
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return west, south, east, north


def listed_layers(file: Path) -> list[tuple[str, str | None]]:
    """The layers of a file and their kinds of shape. A KML's empty folders and links are none."""
    import pyogrio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: list[tuple[str, str | None]] = pyogrio.list_layers(file).tolist()
        if file.suffix.lower() == ".kml":
            found = [
                (layer, kind)
                for layer, kind in found
                if pyogrio.read_info(file, layer=layer)["features"]
            ]
    return found


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


def holds_layers(file: Path) -> bool:
    """Whether a file opens as layers of shapes or tables at all; what they hold is not judged."""
    try:
        return bool(listed_layers(file))
    except broken():
        return False


def kinds_in(file: Path, layer: str, most: int) -> set[int]:
    """The kinds of the first features of a layer, as Shapely numbers them; -1 where one has no
    shape. Nothing where they cannot be read."""
    import pyogrio

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _meta, _fids, shapes, _fields = pyogrio.raw.read(
                file, layer=layer, columns=[], max_features=most, force_2d=True
            )
        return set(shapely.get_type_id(shapely.from_wkb(shapes, on_invalid="fix")).tolist())
    except broken():
        return set()


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
        raise Unreadable(name=name)
    declared = _declared(info)
    if given is not None and _speaks_by_default(path, info) and _beyond_degrees(info):
        declared = None
    return Layer(
        file=name,
        path=path,
        name=layer,
        crs=settled(name, declared, given),
        columns=tuple(str(field) for field in info["fields"]),
        fid=info["fid_column"] or "fid",
        encoding=info["read_as"],
    )


def facts(name: str, path: Path, layer: str, *, bounds: bool = False) -> dict[str, Any]:
    """What pyogrio says of a layer; `read_as` is its encoding, where it does not tell that itself.

    Raises Unreadable.
    """
    encoding = _encoding(path)
    try:
        try:
            return _info(path, layer, encoding, bounds=bounds)
        except UnicodeDecodeError:
            return _info(path, layer, WESTERN, bounds=bounds)
    except broken() as error:
        raise Unreadable(name=name) from error


def _info(path: Path, layer: str, encoding: str | None, *, bounds: bool) -> dict[str, Any]:
    import pyogrio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: dict[str, Any] = pyogrio.read_info(
            path, layer=layer, encoding=encoding, force_total_bounds=bounds
        )
    return found | {"read_as": encoding}


def broken() -> tuple[type[Exception], ...]:
    """What pyogrio raises where a file is broken, or its text is in no encoding we can tell."""
    from pyogrio._err import CPLE_BaseError
    from pyogrio.errors import DataLayerError, DataSourceError

    return DataSourceError, DataLayerError, CPLE_BaseError, UnicodeDecodeError, ShapelyError


def _declared(info: dict[str, Any]) -> CRS | None:
    try:
        crs = CRS.from_user_input(info["crs"]) if info["crs"] else None
    except CRSError:
        return None
    return None if crs is None or crs.is_engineering else crs


def _speaks_by_default(path: Path, info: dict[str, Any]) -> bool:
    """Whether a GeoJSON names no system, so that WGS 84 is only what the standard assumes."""
    if not info["driver"].startswith("GeoJSON"):
        return False
    with path.open("rb") as stream:
        start = stream.read(HEAD)
        stream.seek(max(0, path.stat().st_size - HEAD))
        return b'"crs"' not in start + stream.read()


def _beyond_degrees(info: dict[str, Any]) -> bool:
    bounds = info["total_bounds"]
    return bounds is not None and not _are_degrees(bounds)


def _are_degrees(bounds: tuple[float, ...]) -> bool:
    west, south, east, north = bounds
    return not max(abs(west), abs(east)) > FARTHEST and not max(abs(south), abs(north)) > 90


def _encoding(path: Path) -> str | None:
    """How to read a shapefile that does not name its encoding: UTF-8 if it can be, else cp1252."""
    if path.suffix.lower() != ".shp":
        return None
    companions = {p.suffix.lower(): p for p in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    if ".cpg" in companions:  # GDAL does not know it as "ANSI 1252"
        return WESTERN if b"1252" in companions[".cpg"].read_bytes() else None
    if ".dbf" not in companions:
        return None
    table = companions[".dbf"].read_bytes()
    records = table[int.from_bytes(table[8:10], "little") :]
    try:
        records.decode("utf-8")
    except UnicodeDecodeError:
        return WESTERN
    return "UTF-8"


def _shapes(layer: Layer, written: Any) -> Shapes:
    try:
        return np.asarray(shapely.from_wkb(written, on_invalid="fix"), dtype=object)
    except ShapelyError as error:
        raise Damaged(name=layer.file, reason=str(error)[:120]) from error


def _raw(layer: Layer, fields: list[str]) -> tuple[dict[str, Any], Any, Any, Any]:
    """What pyogrio reads of a layer; text that is not what it claims to be, as Western European."""
    try:
        try:
            return _read_by_pyogrio(layer, fields, layer.encoding)
        except UnicodeDecodeError:
            return _read_by_pyogrio(layer, fields, WESTERN)
    except broken() as error:
        raise Damaged(name=layer.file, reason=str(error)[:120]) from error


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
