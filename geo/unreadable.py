"""Files that cannot be read: what they were meant to be, where they break, and what to do next."""

import json
import re
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from core.errors import Invalid
from geo.formats import UNKNOWN, format_of, with_article

TEXTS = ("GeoJSON", "TopoJSON", "JSON")
MARKUPS = ("KML", "GML", "GPX", "XML", "ShakeMap grid", "web page")
OTHERS = {
    "HDF4": "the same product as GeoTIFF or HDF5",
    "7-Zip archive": "the same files as a zip",
    "RAR archive": "the same files as a zip",
    "tar archive": "the same files as a zip",
    "PDF": "the GeoTIFF or the vector package behind it",
    "web page": "the file itself; what was fetched is the page about it",
    "plain text": "the GeoTIFF or the GeoPackage behind it",
    "Word document": "the GeoTIFF or the GeoPackage behind it",
    "PowerPoint presentation": "the GeoTIFF or the GeoPackage behind it",
}
SHORT = r"(?i)truncated|too short|unexpected end|eof|end of file"
LARGEST = 64 << 20  # bytes of a text that is searched for the place where it breaks
SHOWN = 8  # bytes of an unknown beginning


class Unreadable(Invalid):
    """{name} cannot be read: GDAL stops at its header ({reason}); fetch or export it again."""


class BeginningUnknown(Unreadable):
    """{name} cannot be read: its first bytes are {start}, with which no format we know begins; ask
    for it as GeoTIFF, GeoPackage or GeoJSON."""


class TextBroken(Unreadable):
    """{name} cannot be read: its text breaks off or is misspelt at line {line} ({reason}); fetch or
    export it again."""


class NothingMapped(Unreadable):
    """{name} cannot be read: from its first line to its last it holds no feature with a place; ask
    for the file with the geometry."""


class OtherFormat(Unreadable):
    """{name} cannot be read as a map, by its first bytes it is {format}; ask for {instead}."""


class CompanionMissing(Unreadable):
    """{name} cannot be read: beside its header there is no {missing}; send all files of the
    shapefile in one zip."""


class EndsEarly(Unreadable):
    """{name} cannot be read: it ends after byte {size}, before what its header announces
    ({reason}); fetch it again."""


def unreadable(name: str, path: Path, error: Exception) -> Unreadable:
    """Why a file that GDAL refused cannot be read; `name` is what people call it."""
    kind = format_of(path)
    if kind == UNKNOWN:
        return BeginningUnknown(name=name, start=_start(path))
    if kind in OTHERS:
        return OtherFormat(name=name, format=with_article(kind), instead=OTHERS[kind])
    if kind in TEXTS or kind in MARKUPS:
        return _text_unreadable(name, path, kind, _said(error, path))
    return _data_unreadable(name, path, kind, _said(error, path))


def _text_unreadable(name: str, path: Path, kind: str, reason: str) -> Unreadable:
    broken = _line(path, kind)
    if broken is not None:
        return TextBroken(name=name, line=broken[0], reason=broken[1])
    return NothingMapped(name=name) if kind in TEXTS else Unreadable(name=name, reason=reason)


def _data_unreadable(name: str, path: Path, kind: str, reason: str) -> Unreadable:
    missing = _missing(path) if kind == "shapefile" else ""
    if missing:
        return CompanionMissing(name=name, missing=missing)
    if re.search(SHORT, reason):
        return EndsEarly(name=name, size=path.stat().st_size, reason=reason)
    return Unreadable(name=name, reason=reason)


def _said(error: Exception, path: Path) -> str:
    """The first reason GDAL gave, without paths of this machine and the Python around it."""
    cause = error.__cause__ or error.__context__ or error
    line = (str(cause).strip().splitlines() or ["no reason given"])[0].rstrip(".")
    return line.replace(str(path), path.name).replace(str(path.parent), "")[:120]


def _start(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(SHOWN).hex(" ")


def _line(path: Path, kind: str) -> tuple[int, str] | None:
    """The line at which a text is no JSON or XML any more, and why; None where it is one."""
    if path.stat().st_size > LARGEST:
        return None
    try:
        if kind in TEXTS:
            json.loads(path.read_bytes())
        else:
            for _event, element in iterparse(path):
                element.clear()
    except json.JSONDecodeError as error:
        return error.lineno, error.msg
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        return before.count(b"\n") + 1, f"byte {error.start} is no text"
    except ParseError as error:
        return error.position[0], str(error).partition(":")[0]
    except (DefusedXmlException, RecursionError):
        return 1, "it refers to other files or repeats itself"
    return None


def _missing(path: Path) -> str:
    """The companions a shapefile cannot do without, as far as they are not there."""
    there = {file.suffix.lower() for file in path.parent.glob(f"{path.stem}.*")}
    return ", ".join(ending for ending in (".shx", ".dbf") if ending not in there)
