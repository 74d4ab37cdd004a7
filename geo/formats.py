"""The format of a file by what stands in it, never by its name, in the words people use for it."""

import re
import zipfile
from pathlib import Path

HEAD = 1 << 16  # bytes
NETCDF_4 = (b"_NCProperties", b"_Netcdf4", b"DIMENSION_LIST")  # within HDF5
TAR_AT = 257  # bytes before a tar says what it is
GLANCE = 256  # bytes by which text is told from other data
UNKNOWN = "unknown format"
# fmt: off
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"II*\0", "GeoTIFF"), (b"MM\0*", "GeoTIFF"), (b"II+\0", "GeoTIFF"), (b"MM\0+", "GeoTIFF"),
    (b"CDF\x01", "netCDF"), (b"CDF\x02", "netCDF"), (b"CDF\x05", "netCDF"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"), (b"\x0e\x03\x13\x01", "HDF4"), (b"GRIB", "GRIB"),
    (b"DSBB", "Surfer grid"), (b"DSRB", "Surfer grid"), (b"DSAA", "Surfer grid"),
    (b"SQLite format 3\0", "GeoPackage"), (b"\0\0\x27\x0a", "shapefile"),
    (b"fgb\x03fgb", "FlatGeobuf"), (b"%PDF", "PDF"), (b"\x89PNG", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"), (b"GIF8", "GIF picture"), (b"\x1f\x8b", "gzip archive"),
    (b"7z\xbc\xaf", "7-Zip archive"), (b"Rar!", "RAR archive"),
    (b"\xd0\xcf\x11\xe0", "Office file of before 2007"),
)
MARKUP: tuple[tuple[str, str], ...] = (
    (r"<(\w+:)?shakemap_grid\b", "ShakeMap grid"), (r"<(\w+:)?kml\b", "KML"),
    (r"<gpx\b", "GPX"), (r"<!doctype html|<html\b", "web page"),
    (r"opengis\.net/gml", "GML"), (r"<", "XML"),
)
INSIDE: tuple[tuple[str, str], ...] = (
    ("xl/workbook.", "Excel workbook"), ("word/document.", "Word document"),
    ("ppt/presentation.", "PowerPoint presentation"),
)
ENDINGS: tuple[tuple[str, str], ...] = (
    (".gdbtable", "zipped File Geodatabase"), (".shp", "zipped shapefile"), (".kml", "KMZ"),
)
# fmt: on
TABLES = ("table of text", "Excel workbook", "Office file of before 2007")


def format_of(path: Path) -> str:
    """The format of a file in words: `GeoTIFF`, `zipped shapefile`, `PDF`; `unknown format` if
    nothing in it tells."""
    if path.is_dir():
        return "File Geodatabase" if path.suffix.lower() == ".gdb" else "folder"
    start = _start(path)
    if start.startswith(b"PK\x03\x04"):
        return _of_zip(path)
    found = next((name for mark, name in SIGNATURES if start.startswith(mark)), None)
    if found == "HDF5" and any(mark in start for mark in NETCDF_4):
        return "netCDF"
    return found or _of_rest(start)


def named(path: Path) -> str:
    """A file as a sentence names it: its name and its format."""
    return f"{path.name} ({format_of(path)})"


def with_article(format_name: str) -> str:
    """A format as it stands in a sentence: `a GeoTIFF`, `an HDF5`."""
    vowel = format_name[:1].lower() in "aeiou" or format_name.startswith(("HDF", "XML"))
    return f"{'an' if vowel else 'a'} {format_name}"


def _start(path: Path) -> bytes:
    """The first bytes of a file; none of what is no file, for a pipe may never give any."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except OSError:
        return b""


def _of_rest(start: bytes) -> str:
    if start[TAR_AT:].startswith(b"ustar"):
        return "tar archive"
    return _of_text(start.decode("utf-8", "replace")) if start and _is_text(start) else UNKNOWN


def _of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.lower() for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip archive"
    for mark, name in INSIDE:
        if any(entry.startswith(mark) for entry in names):
            return name
    for ending, name in ENDINGS:
        if any(entry.endswith(ending) for entry in names):
            return name
    return "zip archive"


def _is_text(start: bytes) -> bool:
    """Whether bytes are hardly anything but letters and signs, in whatever encoding."""
    start = start[:GLANCE]
    strange = sum(byte < 9 or 13 < byte < 32 for byte in start)
    return strange * 20 < len(start)


def _of_text(text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        lower = start.lower()
        return next(name for mark, name in MARKUP if re.search(mark, lower))
    if start.startswith(("{", "[")):
        return _of_json(start)
    if re.match(r"(?i)ncols\b|north:", start):
        return "ASCII grid"
    first = start.splitlines()[0] if start.strip() else ""
    return "table of text" if max(map(first.count, ",;\t|")) else "plain text"


def _of_json(start: str) -> str:
    if re.search(r'"type"\s*:\s*"Topology"', start):
        return "TopoJSON"
    kinds = r'"(FeatureCollection|features|Feature|geometry|coordinates|GeometryCollection)"'
    return "GeoJSON" if re.search(kinds, start) else "JSON"
