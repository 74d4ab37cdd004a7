"""What a file of shapes says of itself before it is read: its layers, their kinds and systems.

Nothing is guessed but the encoding of a shapefile that names none.
"""

import glob
import warnings
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from geo.unreadable import unreadable

HEAD = 1 << 16  # bytes at either end of a GeoJSON in which it would name its system
WESTERN = "cp1252"  # European, for text that does not say its encoding and is no UTF-8
FARTHEST = 360.0  # degrees; grids and shapes of the Pacific count to here


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
        raise unreadable(name, path, error) from error


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


def declared_crs(info: dict[str, Any]) -> CRS | None:
    """The system a layer declares; None where it declares none that lies on the earth."""
    try:
        crs = CRS.from_user_input(info["crs"]) if info["crs"] else None
    except CRSError:
        return None
    return None if crs is None or crs.is_engineering else crs


def speaks_by_default(path: Path, info: dict[str, Any]) -> bool:
    """Whether a GeoJSON names no system, so that WGS 84 is only what the standard assumes."""
    if not info["driver"].startswith("GeoJSON"):
        return False
    with path.open("rb") as stream:
        start = stream.read(HEAD)
        stream.seek(max(0, path.stat().st_size - HEAD))
        return b'"crs"' not in start + stream.read()


def beyond_degrees(info: dict[str, Any]) -> bool:
    """Whether the coordinates of a layer, their bounds asked for, can be no degrees."""
    bounds = info["total_bounds"]
    return bounds is not None and not are_degrees(bounds)


def are_degrees(bounds: tuple[float, ...]) -> bool:
    """Whether bounds can be longitudes and latitudes, in the first or the second count."""
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
