"""Extents on their way to a release: made valid, cut into parts, and what the image could see."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.bulk import copy_into
from core.errors import Invalid
from core.storage import keep_file, named_copy, path_of
from core.words import kept
from geo.clauses import Clause
from geo.crs import Floats, label
from geo.ellipsoid import Shapes, polygons_km2
from geo.hazards import ExtentHazard, extent_hazard
from geo.lookups import extent as laid_out
from geo.lookups import write_extent
from geo.models.areas import AreaPart
from geo.models.events import LayerKind
from geo.models.readings import ReleaseRepair
from geo.models.releases import (
    Direction,
    ObservedRule,
    Operation,
    Release,
    ReleaseObserved,
    ReleasePart,
    ReleaseWater,
)
from geo.products.normal import Normal, Reading, Repair, shapes_of
from geo.queries.readings import classes_read, reading_of
from geo.raster.bands import Choice
from geo.raster.histogram import round_edges
from geo.reports import Report, unheard
from geo.services.exposure import clause_of
from geo.vector.bands import ends_of_bands
from geo.vector.copied import copied
from geo.vector.extent import out_of_water, seen_of
from geo.vector.open import Features, opened
from geo.vector.open import read as features_of
from geo.vector.shares import overlap
from geo.vector.subdivide import subdivided

NONE: Shapes = np.empty(0, dtype=object)


class NoArea(Invalid):
    """{name} holds no polygon with an area; ask for the extent as polygons."""


class NothingSeen(Invalid):
    """No polygon of {name} lies in the observed extent; choose the one that belongs to it."""


class AllWater(Invalid):
    """All of {name} lies in permanent water; change the meaning so that floods over it count."""


class NoCountry(Invalid):
    """No areas are loaded yet, so the whole country is not known; import its boundaries first."""


def read(session: Session, release: Release, path: Path, report: Report) -> None:
    """Note what an extent holds and what had to be mended, and keep its normal form for the
    preview.

    Raises:
        NoArea, and what `geo.products.normal` refuses.
    """
    reading = reading_of(session, release)
    choice = reading.choice
    with opened(path, crs=choice.crs, layer=choice.layer, file=choice.file) as layer:
        features = features_of(layer, layer.columns)
    extent = _normal(release, path, reading, report)
    release.kind = LayerKind.EXTENT
    release.found = {
        "crs": label(layer.crs),
        "layer": layer.name,
        "features": len(features.shapes),
        "parts": len(extent.parts),
        "vertices": int(shapely.get_num_coordinates(features.shapes).sum()),
        "mended": len(extent.repairs),
        "km2": extent.km2,
        "km2_before": extent.km2_before,
        "km2_after": extent.km2_after,
        "lost_share": _lost(extent),
        "columns": list(layer.columns),
        "numeric": [
            name for name, column in features.columns.items() if column.values.dtype.kind in "iuf"
        ],
    }
    _count_classes(session, release, features)
    _write_repairs(session, release, extent.repairs)
    write_parts(session, release, extent.parts, extent.values)
    write_water(session, release, extent.water)
    note_values(release, extent.parts, extent.values)
    release.bounds = from_shape(shapely.box(*shapely.total_bounds(extent.parts)), 4326)


def prepare(session: Session, release: Release, path: Path, report: Report) -> None:
    """Make the normal form as confirmed, with the parts the image could see.

    Raises:
        NoCountry, NoArea, NothingSeen, AllWater, and what `geo.products.normal` refuses.
    """
    extent = _normal(release, path, reading_of(session, release), report)
    observed = _observed(session, release, extent)
    parts, values = extent.parts, extent.values
    if release.observed_rule is ObservedRule.LAYER:
        parts, values = _seen(release, parts, values, observed)
    water = None if extent.water is None else overlap(extent.water, observed)
    if water is not None and not release.water_floods:
        parts, values = _out_of_water(release, parts, values, water)
    _write_repairs(session, release, extent.repairs)
    lay_out(session, release, parts, values, observed, water)


def lay_out(
    session: Session,
    release: Release,
    parts: Shapes,
    values: Floats,
    observed: Shapes,
    water: Shapes | None = None,
) -> None:
    """Write an extent, what could be seen, where water always is in it, and what places are looked
    up in."""
    write_parts(session, release, parts, values)
    write_observed(session, release, observed)
    write_water(session, release, water)
    note_values(release, parts, values)
    west, south, east, north = shapely.total_bounds(np.concatenate([parts, observed])).tolist()
    release.bounds = from_shape(shapely.box(west, south, east, north), 4326)
    box = west, south, east, north
    _lay_out(release, extent_hazard(parts, values, observed, box, clause_of(release), water))


def note_values(release: Release, parts: Shapes, values: Floats) -> None:
    """Note how much ground has which value, in square kilometres; nothing of plain shapes."""
    release.histogram_edges = release.histogram = None
    if release.value_field is None:
        return
    every = np.append(values, _most_of(release))
    edges = edges_of(release, *kept_range(release, float(every.min()), float(every.max())))
    counts, _edges = np.histogram(values, edges, weights=polygons_km2(parts))
    release.histogram_edges, release.histogram = edges.tolist(), counts.tolist()


def _most_of(release: Release) -> Floats:
    """The most that values known within bounds may be; nothing of all others."""
    if release.most_sha256 is None:
        return np.empty(0)
    return laid_out(path_of(release.most_sha256), Clause()).values


def edges_of(release: Release, least: float, most: float) -> Floats:
    """The edges of the bins values are counted in: days one by one, distances band by band."""
    if release.operation is Operation.DAYS:
        return np.arange(least, most + 2)
    if release.operation is Operation.DISTANCE and release.operand is not None:
        return ends_of_bands(release.operand)
    return round_edges(least, most)


def kept_range(release: Release, least: float, most: float) -> tuple[float, float]:
    """From where to where the values go that are kept of places."""
    if release.direction is Direction.AT_MOST:
        return least, most if release.floor is None else release.floor
    floor = release.floor or 0.0
    return floor, max(most, floor)


def _lay_out(release: Release, hazard: ExtentHazard) -> None:
    """Write what places are looked up in."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "lookup"
        write_extent(target, hazard)
        release.lookup_sha256 = keep_file(target).sha256


def write_observed(session: Session, release: Release, parts: Shapes) -> None:
    """Write what a release could see, in place of what was written before."""
    mine = ReleaseObserved.release_id == release.id
    session.execute(delete(ReleaseObserved).where(mine))
    rows = ((release.id, shape) for shape in copied(parts))
    copy_into(session, ReleaseObserved.__tablename__, ["release_id", "part"], rows)


def write_water(session: Session, release: Release, parts: Shapes | None) -> None:
    """Write where water always is, in place of what was written before."""
    release.found = release.found | {"water": parts is not None and len(parts) > 0}
    session.execute(delete(ReleaseWater).where(ReleaseWater.release_id == release.id))
    rows = ((release.id, shape) for shape in copied(parts if parts is not None else NONE))
    copy_into(session, ReleaseWater.__tablename__, ["release_id", "part"], rows)


def _normal(release: Release, path: Path, reading: Reading, report: Report = unheard) -> Normal:
    """The layer of a file that is meant, in its normal form. Raises NoArea."""
    extent = shapes_of(path, reading, report)
    if not len(extent.parts):
        raise NoArea(name=release.original_name)
    return extent


def _lost(extent: Normal) -> float:
    """The share of the ground that mending took away."""
    lost = extent.km2_before - extent.km2_after
    return max(lost / extent.km2_before, 0.0) if extent.km2_before else 0.0


def _count_classes(session: Session, release: Release, features: Features) -> None:
    """Note how many shapes are of each class."""
    classes = classes_read(session, release.id)
    if not classes or release.value_field not in features.columns:
        return
    texts = Counter(features.columns[release.value_field].texts())
    for each in classes:
        each.count = texts[each.code]


def _write_repairs(session: Session, release: Release, repairs: Sequence[Repair]) -> None:
    session.execute(delete(ReleaseRepair).where(ReleaseRepair.release_id == release.id))
    rows = (
        (release.id, each.feature, kept(each.reason), each.before_km2, each.after_km2)
        for each in repairs
    )
    names = ["release_id", "feature", "reason", "before_km2", "after_km2"]
    copy_into(session, ReleaseRepair.__tablename__, names, rows)


def _seen(
    release: Release, parts: Shapes, values: Floats, observed: Shapes
) -> tuple[Shapes, Floats]:
    """The parts that lie in what was observed, with their values; what lies beyond is noted."""
    seen = seen_of(parts, values, observed)
    if not len(seen.parts):
        raise NothingSeen(name=release.original_name)
    release.found = release.found | {"beyond_km2": seen.beyond_km2}
    return seen.parts, seen.values


def _out_of_water(
    release: Release, parts: Shapes, values: Floats, water: Shapes
) -> tuple[Shapes, Floats]:
    """The parts that lie in no permanent water, with their values; what lies in it is noted."""
    dry = out_of_water(parts, values, water)
    if not len(dry.parts):
        raise AllWater(name=release.original_name)
    release.found = release.found | {"in_water_km2": dry.beyond_km2}
    return dry.parts, dry.values


def _observed(session: Session, release: Release, extent: Normal) -> Shapes:
    """The parts of what the image could see, by the rule the analyst gave."""
    if release.observed_rule is ObservedRule.COUNTRY:
        return _country(session)
    if release.observed_rule is ObservedRule.BOX:
        frame = shapely.box(*shapely.total_bounds(extent.parts))
        return subdivided(np.array([frame], dtype=object))[0]
    if release.observed_sha256 is None:
        return _seen_in_file(release, extent)
    with tempfile.TemporaryDirectory() as folder:
        name = str(release.observed_name)
        second = named_copy(release.observed_sha256, name, Path(folder))
        return _normal(release, second, Reading(Choice(layer=release.observed_layer))).parts


def _seen_in_file(release: Release, extent: Normal) -> Shapes:
    """What another part of the file says was seen. Raises NoArea."""
    if extent.observed is None or not len(extent.observed):
        raise NoArea(name=release.original_name)
    return extent.observed


def _country(session: Session) -> Shapes:
    whole = select(func.ST_AsBinary(AreaPart.part)).where(AreaPart.level == 0)
    parts = session.scalars(whole).all()
    if not parts:
        raise NoCountry
    return np.array(shapely.from_wkb([bytes(part) for part in parts]), dtype=object)


def write_parts(session: Session, release: Release, parts: Shapes, values: Floats) -> None:
    session.execute(delete(ReleasePart).where(ReleasePart.release_id == release.id))
    pairs = zip(values.tolist(), copied(parts), strict=True)
    rows = ((release.id, value, shape) for value, shape in pairs)
    copy_into(session, ReleasePart.__tablename__, ["release_id", "value", "part"], rows)
