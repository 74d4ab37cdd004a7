"""The normal form of what was chosen of a file: one grid with what its cells mean, or one extent.

Everything that is published is read here. What had to be changed on the way is listed, with the
ground before and after, so that nothing is lost unsaid.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from core.errors import Invalid
from core.words import _
from geo.archives import listed
from geo.crs import CIRCLE, WGS84, Floats
from geo.ellipsoid import Shapes, polygons_km2
from geo.products.classed import CodeUnknown, classed
from geo.products.meaning import ClassOf, Means, Recognition
from geo.products.parts import Part
from geo.raster.bands import Choice
from geo.raster.grid import Grid
from geo.raster.open import opened as opened_grid
from geo.reports import Report, unheard
from geo.vector.extent import normal
from geo.vector.open import Features, Layer, opened, polygons, read
from geo.vector.repair import as_drawn
from geo.vector.reproject import on_the_globe, reprojected
from geo.vector.shares import overlap

HALF = CIRCLE / 2
FLOODED = 1.0  # the value of a polygon that carries none


class ValueMissing(Invalid):
    """{count} polygons of {name} have no number in the column {column}; choose another column, or
    say what its words mean."""


@dataclass(frozen=True)
class Reading:
    """What an analyst confirmed of a file: the part that is meant, and what it and others mean.

    `observed`, `water` and `excluded` are other parts: where the product could see (within
    `bounded`, if that is given too), where water always is, where it cannot tell; `tiles` are
    laid beside the chosen part. A flood over permanent water is none, unless `water_floods`.
    """

    choice: Choice
    classes: tuple[ClassOf, ...] = ()
    observed: Choice | None = None
    bounded: Choice | None = None
    water: Choice | None = None
    excluded: Choice | None = None
    value_field: str | None = None
    tiles: tuple[Choice, ...] = ()
    water_floods: bool = False


def as_recognised(found: Recognition) -> Reading:
    """What an analyst confirms who agrees with everything a family of products says of a file."""
    return Reading(
        choice=_choice(found.part) or Choice(),
        classes=found.classes,
        observed=_choice(found.observed),
        bounded=_choice(found.bounded),
        water=_choice(found.water),
        excluded=_choice(found.excluded),
        value_field=found.value_field,
        tiles=tuple(part.choice() for part in found.tiles),
    )


def _choice(part: Part | None) -> Choice | None:
    return None if part is None else part.choice()


@dataclass(frozen=True)
class Repair:
    """One feature (from 1) that was changed, why, and its ground before and after in km2."""

    feature: int
    reason: str
    before_km2: float
    after_km2: float


@dataclass(frozen=True)
class Normal:
    """An extent as it is published: parts of EPSG:4326 with their values.

    `observed` and `water` are parts too, None where the file does not say. `km2` is the ground they
    cover, `km2_before` and `km2_after` that of all features, overlaps counted as often as they are
    drawn.
    """

    parts: Shapes
    values: Floats
    observed: Shapes | None
    water: Shapes | None
    repairs: tuple[Repair, ...]
    km2: float
    km2_before: float
    km2_after: float


@contextmanager
def grid_of(path: Path, reading: Reading) -> Iterator[tuple[Grid, Grid | None]]:
    """The grid of values that was chosen and, where it has any, the grid of reasons beside it.

    Where classes are given, the values are what they stand for. Reasons are whole numbers, as
    `geo.raster.reasons` names them. Raises a Refusal that says what was found and what to do.
    """
    masks = reading.water, reading.excluded
    if not (reading.classes or reading.tiles or any(masks)):
        with opened_grid(path, reading.choice) as grid:
            yield grid, None
        return
    tiles = (reading.choice, *reading.tiles)
    with classed(path, tiles, reading.classes, *masks, water_floods=reading.water_floods) as both:
        yield both


def shapes_of(path: Path, reading: Reading, report: Report = unheard) -> Normal:
    """The extent that was chosen, in its normal form, and what was changed to reach it.

    Overlaps are counted as often as they are drawn. Raises a Refusal that says what was found and
    what to do.
    """
    with _opened(path, reading.choice) as layer:
        features = read(layer, [reading.value_field] if reading.value_field else [])
        shapes = polygons(layer, features.shapes)
    values = _values(path.name, features, shapes, reading)
    raw = np.where(np.isnan(values), np.array(None), features.shapes)
    shapes = np.where(np.isnan(values), np.array(None), shapes)
    extent = normal(shapes, values, layer.crs, report)
    before, after = _ground_before(raw, layer.crs), polygons_km2(extent.shapes)
    reasons = _reasons(raw, shapes, features.renested, extent.shapes)
    return Normal(
        parts=extent.parts,
        values=extent.values,
        observed=_observed(path, reading),
        water=_parts(path, reading.water),
        repairs=tuple(
            Repair(at + 1, reasons[at], float(before[at]), float(after[at]))
            for at in sorted(reasons)
        ),
        km2=extent.km2,
        km2_before=float(before.sum()),
        km2_after=float(after.sum()),
    )


def _values(name: str, features: Features, shapes: Shapes, reading: Reading) -> Floats:
    """The value of each polygon: its number, or what its class stands for; NaN where that is not
    hit. Raises ValueMissing, CodeUnknown."""
    if not reading.value_field:
        return np.full(len(shapes), FLOODED)
    column = features.columns[reading.value_field]
    if not reading.classes:
        numbers = column.numbers(name).astype(np.float64)
        missing = int((np.isnan(numbers) & ~shapely.is_missing(shapes)).sum())
        if missing:
            raise ValueMissing(count=missing, name=name, column=column.name)
        return numbers
    stands_for = {one.code: _value(one) for one in reading.classes}
    texts = column.texts()
    unknown = sorted({text for text in texts if text not in stands_for})
    if unknown:
        raise CodeUnknown(name=name, codes=listed(unknown))
    return np.array([stands_for[text] for text in texts], dtype=np.float64)


def _value(one: ClassOf) -> float:
    if one.means is not Means.IN:
        return np.nan
    return FLOODED if one.value is None else one.value


def _observed(path: Path, reading: Reading) -> Shapes | None:
    """What the product could see: one layer, or what two of them have in common."""
    seen, frame = _parts(path, reading.observed), _parts(path, reading.bounded)
    if seen is None or frame is None:
        return seen
    return overlap(seen, frame)


def _parts(path: Path, choice: Choice | None) -> Shapes | None:
    """Another layer of the file, in parts."""
    if choice is None:
        return None
    with _opened(path, choice) as layer:
        shapes = polygons(layer, read(layer).shapes)
    return normal(shapes, np.full(len(shapes), FLOODED), layer.crs).parts


def _opened(path: Path, choice: Choice) -> AbstractContextManager[Layer]:
    return opened(path, crs=choice.crs, layer=choice.layer, file=choice.file)


def _ground_before(shapes: Shapes, crs: CRS) -> Floats:
    """The ground of N polygons as they are drawn, in km2; as plain units where no place on the
    globe answers to them."""
    drawn = shapes.copy()
    broken = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    drawn[broken] = as_drawn(shapes[broken])
    globe = on_the_globe(reprojected(drawn, crs, WGS84))
    lost = shapely.is_missing(globe) & ~shapely.is_missing(drawn)
    ground = polygons_km2(globe)
    unit = float(crs.axis_info[0].unit_conversion_factor or 1)
    ground[lost] = np.nan_to_num(shapely.area(drawn[lost])) * unit**2 / 1e6
    return ground


def _reasons(
    raw: Shapes, shapes: Shapes, renested: tuple[int, ...], normal_form: Shapes
) -> dict[int, str]:
    """What was changed of which feature, by its position; the first reason of several."""
    there, kept = ~shapely.is_missing(raw) & ~shapely.is_empty(raw), ~shapely.is_missing(shapes)
    invalid = np.flatnonzero(kept & ~shapely.is_valid(shapes))
    reasons = [str(reason).partition("[")[0] for reason in shapely.is_valid_reason(shapes[invalid])]
    found = dict.fromkeys(np.flatnonzero(there & ~kept).tolist(), _("A line or a point left out"))
    found |= dict.fromkeys(renested, _("Its rings were nested as no polygon's are"))
    found |= dict.fromkeys(_turned(raw, shapes), _("An edge ran around the earth the long way"))
    lost = np.flatnonzero(kept & shapely.is_missing(normal_form)).tolist()
    found |= dict.fromkeys(lost, _("No place on the globe answers to its coordinates"))
    return dict(zip(invalid.tolist(), reasons, strict=True)) | found


def _turned(raw: Shapes, shapes: Shapes) -> list[int]:
    """The positions of shapes that were counted on past the antimeridian."""
    before, after = shapely.bounds(raw)[:, 2], shapely.bounds(shapes)[:, 2]
    with np.errstate(invalid="ignore"):
        return [int(at) for at in np.flatnonzero((after > HALF) & (before <= HALF))]
