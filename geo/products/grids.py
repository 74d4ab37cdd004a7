"""The grids of a file: every variable, time and band that can be chosen, with its facts."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import Refusal
from core.words import _
from geo.crs import CrsMissing, label
from geo.products.parts import ANYWHERE, Part, PartKind
from geo.raster.bands import Band, Choice, Picture, bands_of, refuse_picture
from geo.raster.open import dataset, grid_at, readable
from geo.raster.variables import offered


def grids_of(name: str, file: Path, inside: str | None) -> list[Part]:
    """The grids in one file of an archive, or in the file itself (`inside` is None).

    Raises what GDAL raises where the file is no raster.
    """
    with readable(file) as found, dataset(found) as source:
        variables = offered(source, dataset)
        if not variables:
            return _bands(name, file, Part(0, PartKind.GRID, file.stem, file=inside), source)
        parts = []
        for variable, gdal_name in variables.items():
            with dataset(gdal_name) as one:
                part = Part(0, PartKind.GRID, variable, file=inside, variable=variable)
                parts += _bands(name, file, part, one)
    return parts


def _bands(name: str, file: Path, part: Part, source: Any) -> list[Part]:
    """One part a band of an open data set; a picture is one part however many bands it has."""
    bands = bands_of(source)
    if not bands:
        return []
    part = _looked_at(name, file, replace(part, band=bands[0].number), source)
    if part.kind is PartKind.PICTURE:
        return [part]
    if len(bands) == 1:
        return [replace(part, band=None, time=bands[0].time or None)]
    return [_of_band(part, band, source) for band in bands]


def _of_band(part: Part, band: Band, source: Any) -> Part:
    title = " ".join(dict.fromkeys(filter(None, [part.title, band.name, band.time])))
    if not band.name and not band.time:
        title = _("{title}, band {band}", title=part.title, band=band.number)
    unit = source.units[band.number - 1] or None
    return replace(part, title=title, band=band.number, time=band.time or None, unit=unit)


def _looked_at(name: str, file: Path, part: Part, source: Any) -> Part:
    """A part with what its grid says of itself, or with why it cannot be read."""
    size = _("{width} x {height} cells", width=source.width, height=source.height)
    part = replace(part, size=size, unit=source.units[0] or None)
    choice = Choice(variable=part.variable, band=part.band)
    try:
        with grid_at(name, file, choice) as grid:
            part = replace(part, crs=label(grid.crs), bounds=grid.bounds)
    except CrsMissing as missing:
        with grid_at(name, file, replace(choice, crs=ANYWHERE)) as grid:
            part = replace(part, bounds=grid.bounds, says=missing.message)
    except Refusal as refusal:
        return replace(part, kind=PartKind.UNREADABLE, says=refusal.message)
    return _unless_picture(name, file, part, source)


def _unless_picture(name: str, file: Path, part: Part, source: Any) -> Part:
    """The part, or that it is a picture; of one whose cells cannot be seen, that is said first."""
    try:
        refuse_picture(name, source)
    except Picture:
        return replace(part, kind=PartKind.PICTURE, says=_seen(name, file, part))
    return part


def _seen(name: str, file: Path, part: Part) -> str:
    """Why a picture is refused."""
    try:
        with grid_at(name, file, Choice(variable=part.variable)):
            return ""
    except Refusal as refusal:
        return refusal.message
