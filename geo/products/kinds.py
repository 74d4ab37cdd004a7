"""What kind of hazard a file holds: a grid of values, or polygons."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.errors import Invalid
from geo.archives import contents, listed, narrowed, told_apart, unpacked
from geo.formats import named
from geo.raster.bands import Choice
from geo.raster.grid import Grid
from geo.raster.open import GRIDS, grid_at, is_raster, rasters_among
from geo.vector.open import SHAPES, Layer, layer_at

PDF = b"%PDF"


class Printed(Invalid):
    """{name} is by its first bytes a map to look at; ask for the GeoTIFF or the vector package
    behind it."""


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
            with grid_at(name, place, choice) as grid:
                yield grid
            return
        for what in ("band", "variable", "time", "nodata"):
            if getattr(choice, what) not in (None, ()):
                raise NotForPolygons(name=name, what=what)
        yield layer_at(name, place, crs=choice.crs, layer=choice.layer)


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
