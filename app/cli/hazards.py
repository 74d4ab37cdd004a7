"""What the commands from file to file share: how a hazard file is named, chosen, asked and told."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import shapely
from numpy.typing import NDArray

from app.cli.tables import tell
from core.errors import Invalid
from core.words import _, counted
from geo.archives import sha256
from geo.clauses import Clause
from geo.crs import label
from geo.ellipsoid import Shapes
from geo.products.coded import laid_on
from geo.products.kinds import recognised
from geo.products.read_as import as_product, codes_said
from geo.raster.bands import Choice
from geo.raster.codes import Suspicions
from geo.raster.grid import Grid
from geo.vector.columns import Column
from geo.vector.open import Layer, opened, polygons, read
from geo.vector.places import Places, Reason
from geo.vector.repair import repaired

Command = Callable[..., None]
FILE = click.Path(path_type=Path)
ALL = "all"


class FieldForRaster(Invalid):
    """{name} is a raster and has no fields; leave the field out, or choose a band or variable."""


class FieldNeeded(Invalid):
    """{name} holds polygons; name the field of theirs that the threshold speaks of."""


class ProductChosen(Invalid):
    """A product says itself what of it is meant; leave layer, band, variable, time, nodata, field
    and shapes out, or leave --as-product out."""


class RasterSeesAll(Invalid):
    """{name} is a raster and says itself what it observed; leave "all" out."""


@dataclass(frozen=True)
class Question:
    """What was asked of a hazard file: which part of it, what counts as hit, what was observed;
    of a table, which areas its codes stand for."""

    choice: Choice
    clause: Clause
    field: str | None
    observed: str | None
    shapes: Path | None = None
    shapes_layer: str | None = None
    as_product: bool = False

    @property
    def observed_file(self) -> Path | None:
        """The file of the observed extent, if one was given."""
        return extent_file(self.observed)


@dataclass(frozen=True)
class Polygons:
    """The valid polygons of a hazard layer with the value of each, if a field was named.

    `numbers` are the values a clause can judge, `texts` how they are written.
    """

    layer: Layer
    shapes: Shapes
    repaired: int
    numbers: NDArray[Any] | None
    texts: list[str]


HAZARD_OPTIONS = [
    click.option("--crs", help="The coordinate system of HAZARD, if it does not say."),
    click.option("--layer", help="The layer of HAZARD, or the file in its archive."),
    click.option("--variable", help="The variable of HAZARD, or the name of a band."),
    click.option("--time", help="The time of HAZARD, like 2020-11-13 or a part of it."),
    click.option("--band", type=click.IntRange(min=1), help="The band of HAZARD, from 1."),
    click.option("--nodata", type=float, multiple=True, help="A number that means no data, too."),
    click.option("--field", help="The column of HAZARD that holds the value of a polygon."),
    click.option("--at-least", type=float, help="Hit from this value on (default: above 0)."),
    click.option("--at-most", type=float, help="Hit up to this value."),
    click.option("--shapes", type=FILE, help="The areas whose codes HAZARD, a table, holds."),
    click.option("--shapes-layer", help="The layer of those areas."),
    click.option("--as-product", is_flag=True, help="Read HAZARD as the product it is known as."),
    click.option("--observed", metavar="all|FILE", help="Where HAZARD could see what it shows."),
]


def hazard_options(command: Command) -> Command:
    """Give a command the options that speak of its hazard file."""
    for option in reversed(HAZARD_OPTIONS):
        command = option(command)
    return command


def extent_file(observed: str | None) -> Path | None:
    """The file that `--observed` names, if it names one."""
    return None if observed in (None, ALL) else Path(str(observed))


def question(options: dict[str, Any]) -> Question:
    """The question the hazard options of a command ask."""
    chosen = {key: options[key] for key in ("crs", "layer", "variable", "time", "band")}
    return Question(
        choice=Choice(**chosen, nodata=tuple(options["nodata"])),
        clause=Clause(options["at_least"], options["at_most"]),
        field=options["field"],
        observed=options["observed"],
        shapes=options["shapes"],
        shapes_layer=options["shapes_layer"],
        as_product=options["as_product"],
    )


@contextmanager
def read_as_asked(path: Path, asked: Question) -> Iterator[tuple[Path, Question]]:
    """The file that answers and what is asked of it: as it is, or as the product it is recognised
    as. Raises ProductChosen, NoProduct."""
    if not asked.as_product:
        yield path, asked
        return
    if asked.shapes or asked.field or replace(asked.choice, crs=None, file=None) != Choice():
        raise ProductChosen
    with as_product(path, asked.choice) as read_as:
        tell(_("{name} is read as {title}.", name=path.name, title=read_as.title))
        observed = asked.observed or (str(read_as.observed) if read_as.observed else None)
        yield (
            read_as.file,
            replace(asked, choice=read_as.choice, field=read_as.field, observed=observed),
        )


@contextmanager
def hazard_source(path: Path, asked: Question) -> Iterator[Grid | Layer]:
    """The grid or the layer of polygons that is asked, readable as long as the block lasts; a table
    by area is laid on the shapes of its areas.

    Raises a Refusal that says what was found and what to do.
    """
    if asked.shapes is None:
        with recognised(path, asked.choice) as source:
            if isinstance(source, Grid):
                _tell_codes(path, source)
            yield source
        return
    with laid_on(path, asked.choice, asked.shapes, asked.shapes_layer) as laid:
        for note in laid.notes:
            tell(note)
        with recognised(laid.path, replace(asked.choice, layer=None)) as source:
            yield source


def _tell_codes(path: Path, grid: Grid) -> None:
    """Say of a grid of codes what they stand for: 30 of a flood map may be cloud."""
    if codes := codes_said(path, grid):
        said = _(
            "The numbers of {name} are codes ({codes}) and are compared as they stand; ask again "
            "with --as-product to have them read by what they mean.",
            name=grid.file,
            codes=codes,
        )
        tell(said)


def refuse_for_raster(grid: Grid, asked: Question) -> None:
    """Refuse what can only be asked of polygons."""
    if asked.field is not None:
        raise FieldForRaster(name=grid.file)
    if asked.observed == ALL:
        raise RasterSeesAll(name=grid.file)


def tell_suspects(grid: Grid, values: NDArray[Any]) -> None:
    """Say which values read from a grid look like "no data" that its file does not declare."""
    seen = Suspicions()
    seen.take(values)
    for each in seen.found:
        said = _(
            "{name} holds {number}, far from its other values; if that means no data, ask again "
            "with --nodata {number}.",
            name=grid.file,
            number=_plain(each.number),
        )
        tell(said)


def said_clause(asked: Question, about: dict[str, object]) -> str:
    """What counts as hit, in words a summary keeps."""
    if about["kind"] == "vector" and not asked.clause.bounded:
        return "inside or on the border"
    return str(asked.clause)


def unlocated_reasons(at: Places) -> dict[str, int]:
    """How many rows have no place, by reason."""
    counts = np.bincount(at.reasons, minlength=len(Reason)).tolist()
    return {reason.name.lower(): counts[reason] for reason in Reason if reason != Reason.LOCATED}


def hazard_polygons(layer: Layer, asked: Question) -> Polygons:
    """The polygons of a hazard layer with the values of the named field."""
    if asked.clause.bounded and asked.field is None:
        raise FieldNeeded(name=layer.file)
    features = read(layer, [asked.field] if asked.field else [])
    shapes = polygons(layer, features.shapes)
    _tell_left_out(layer, features.shapes, shapes)
    fixed = repaired(shapes)
    column = features.columns[asked.field] if asked.field else None
    return Polygons(
        layer=layer,
        shapes=fixed.shapes,
        repaired=len(fixed.changed),
        numbers=_numbers(column, layer.file, asked.clause),
        texts=column.texts() if column else [""] * len(fixed.shapes),
    )


def _tell_left_out(layer: Layer, drawn: Shapes, shapes: Shapes) -> None:
    """Say how many features are asked of nothing, because they are no polygons."""
    there = ~shapely.is_missing(drawn) & ~shapely.is_empty(drawn)
    left = int((there & shapely.is_missing(shapes)).sum())
    if left:
        said = counted("{count} line or point", "{count} lines or points", left)
        tell(_("{name} holds {others}, left out.", name=layer.file, others=said))
    if not (~shapely.is_missing(shapes)).any():
        tell(_("{name} holds no polygon, so that nothing is hit.", name=layer.file))


def observed_extent(path: Path) -> tuple[Layer, Shapes]:
    """The valid polygons of a file that says where a hazard was observed."""
    with opened(path) as layer:
        return layer, repaired(polygons(layer, read(layer).shapes)).shapes


def told(path: Path, hazard: Grid | Layer) -> dict[str, object]:
    """What a summary says of the hazard file."""
    about: dict[str, object] = {"sha256": sha256(path)}
    if isinstance(hazard, Grid):
        nodata = [str(code) if not math.isfinite(code) else _plain(code) for code in hazard.nodata]
        return about | {
            "kind": "raster",
            "crs": label(hazard.crs),
            "band": hazard.band,
            "nodata": nodata,
        }
    return about | {"kind": "vector", "crs": label(hazard.crs), "band": None, "nodata": []}


def _numbers(column: Column | None, file: str, clause: Clause) -> NDArray[Any] | None:
    """The values of a field as numbers; text is taken for numbers only where a clause asks."""
    if column is None or (column.values.dtype.kind not in "iuf" and not clause.bounded):
        return None
    return column.numbers(file)


def _plain(code: float) -> float | int:
    return int(code) if code.is_integer() and abs(code) < 1 << 53 else code
