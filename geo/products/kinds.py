"""What kind of hazard a file holds: a grid of values, or polygons."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.errors import Invalid
from geo.archives import contents, listed, narrowed, told_apart, unpacked
from geo.formats import format_of, named
from geo.products.tracks import is_track
from geo.raster.bands import Choice
from geo.raster.grid import Grid
from geo.raster.open import GRIDS, Deadly, grid_at, is_raster, rasters_among
from geo.unreadable import Unreadable
from geo.vector.open import SHAPES, Layer, layer_at

PDF = b"%PDF"


class Printed(Invalid):
    """{name} is by its first bytes a map to look at; ask for the GeoTIFF or the vector package
    behind it."""


class TrackOnly(Invalid):
    """{name} is the track of a cyclone (a place in its variables lon and lat for each time), not
    where the wind blew; ask for wind radii or a wind field."""


class SeveralKinds(Invalid):
    """{name} holds rasters and shapes ({files}); choose one as its layer."""


class NotForPolygons(Invalid):
    """{name} holds polygons, which have no {what}; leave it out."""


@contextmanager
def recognised(path: Path, choice: Choice) -> Iterator[Grid | Layer]:
    """The grid or the layer of polygons in a hazard file, readable as long as the block lasts.

    Raises a Refusal that says what was found and what to do.
    """
    name = named(path)
    with unpacked(path) as whole:
        place = narrowed(name, whole, choice.file)
        choice = replace(choice, file=None)
        if _holds_grid(name, contents(place), choice):
            with _unless_track(name, place), grid_at(name, place, choice) as grid:
                yield grid
            return
        for what in ("band", "variable", "time", "nodata"):
            if getattr(choice, what) not in (None, ()):
                raise NotForPolygons(name=name, what=what)
        yield layer_at(name, place, crs=choice.crs, layer=choice.layer)


@contextmanager
def _unless_track(name: str, place: Path) -> Iterator[None]:
    """Say of a netCDF that is no raster, but a track, what it is."""
    try:
        yield
    except Deadly:
        raise
    except Unreadable as error:
        if place.is_file() and format_of(place) == "netCDF" and is_track(place):
            raise TrackOnly(name=name) from error
        raise


def _holds_grid(name: str, files: list[Path], choice: Choice) -> bool:
    if len(files) == 1:
        _refuse_printed(name, files[0])
        return files[0].is_file() and (files[0].suffix.lower() in GRIDS or is_raster(files[0]))
    shapes = [file for file in files if file.suffix.lower() in SHAPES]
    grids = [file for file in files if file.suffix.lower() in GRIDS]
    if not grids or not shapes:
        return not shapes and bool(rasters_among(files))
    if choice.layer is None:
        raise SeveralKinds(name=name, files=listed(told_apart(grids + shapes)))
    return choice.layer.lower() in [called.lower() for called in told_apart(grids)]


def _refuse_printed(name: str, path: Path) -> None:
    if path.is_file():
        with path.open("rb") as stream:
            if stream.read(4) == PDF:
                raise Printed(name=name)
