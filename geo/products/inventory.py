"""What a file holds, part by part, so that a person can pick and nothing is guessed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.errors import Invalid, Refusal
from core.words import _
from geo.archives import contents, listed, narrowed, path_inside, refuse_recipe, unpacked
from geo.formats import TABLES, format_of, named, with_article
from geo.products.grids import grids_of
from geo.products.layers import layers_of
from geo.products.parts import Box, Inventory, Part, PartKind
from geo.products.tables import tables_of
from geo.products.tracks import tracks_of
from geo.raster.bands import Choice
from geo.raster.open import UNSAID, is_raster, looks_like_raster
from geo.raster.windows import gdal_errors
from geo.vector.facts import broken, holds_layers
from geo.vector.open import SHAPES

__all__ = ["Box", "Inventory", "NothingToRead", "Part", "PartKind", "inventory"]

DOCUMENTS = ("PDF", "Word document", "PowerPoint presentation", "web page")
SHEETS = {".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"}


class PartBroken(Invalid):
    """{name} is {format} whose header cannot be read; fetch or export it again."""


Reader = Callable[[str, Path, str | None], list[Part]]


class NothingToRead(Invalid):
    """{name} is {format}, in whose first bytes we find neither a grid of values nor shapes nor a
    table; ask whoever made it for the GeoTIFF or the GeoPackage behind it."""


def inventory(path: Path, choice: Choice = UNSAID) -> Inventory:
    """All parts of a file that can be read by themselves, in the order of its files and layers.

    `choice.file` narrows an archive to one of its files. Raises a Refusal where nothing in it can
    be read at all, or it cannot be unpacked.
    """
    name = named(path)
    with unpacked(path) as whole:
        place = narrowed(name, whole, choice.file)
        files = contents(place)
        found = [(file, _parts(name, file, path_inside(whole, file))) for file in files]
    parts = [part for _file, parts in found for part in parts]
    left = [file.name for file, parts in found if not parts and not _accompanies(file, files)]
    if not parts:
        raise NothingToRead(name=path.name, format=with_article(format_of(path)))
    notes = (_("Left unread: {files}.", files=listed(left)),) if left else ()
    numbered = [replace(part, number=number) for number, part in enumerate(parts, start=1)]
    return Inventory(path.name, format_of(path), tuple(numbered), notes)


def _parts(name: str, file: Path, inside: str | None) -> list[Part]:
    """The parts of one file; none where it is not data, or only belongs to another."""
    refuse_recipe(name, file)
    if format_of(file) in DOCUMENTS:
        return [_document(file, inside)]
    readers = _readers(file, alone=inside is None)
    return [part for reader in readers for part in _read(reader, name, file, inside)]


def _readers(file: Path, *, alone: bool) -> list[Reader]:
    ending = file.suffix.lower()
    if looks_like_raster(file):
        return [grids_of]
    if ending in SHAPES:
        return [layers_of]
    if format_of(file) in TABLES and (alone or ending in SHEETS):
        return [tables_of]
    if alone and is_raster(file):
        return [grids_of]
    return [layers_of] if alone and holds_layers(file) else []


def _read(reader: Reader, name: str, file: Path, inside: str | None) -> list[Part]:
    try:
        return reader(name, file, inside)
    except Refusal as refusal:
        says = refusal.message
    except (*gdal_errors(), *broken()):
        if tracks := _tracks(file, inside):
            return tracks
        says = PartBroken(name=file.name, format=with_article(format_of(file))).message
    return [Part(0, PartKind.UNREADABLE, file.name, inside, says=says)]


def _tracks(file: Path, inside: str | None) -> list[Part]:
    try:
        return tracks_of(file, inside)
    except OSError:  # no netCDF
        return []


def _document(file: Path, inside: str | None) -> Part:
    said = _(
        "{name} is {format}, made to be looked at; ask for the GeoTIFF or the vector package "
        "behind it.",
        name=file.name,
        format=with_article(format_of(file)),
    )
    return Part(0, PartKind.DOCUMENT, file.name, inside, says=said)


def _accompanies(file: Path, files: list[Path]) -> bool:
    """Whether a file only belongs to another of the same name: a .dbf, a .prj, an .aux.xml."""
    stem = file.name.split(".")[0]
    return any(other != file and other.name.split(".")[0] == stem for other in files)
