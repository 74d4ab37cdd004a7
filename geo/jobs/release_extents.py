"""Extents on their way to a release: made valid, cut into parts, and what the image could see."""

import tempfile
from pathlib import Path

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.bulk import copy_into
from core.errors import Invalid
from core.storage import keep_file, named_copy
from geo.archives import unpacked
from geo.crs import Floats, label
from geo.ellipsoid import Shapes
from geo.hazards import ExtentHazard, extent_hazard
from geo.lookups import write_extent
from geo.models.areas import AreaPart
from geo.models.events import LayerKind
from geo.models.releases import ObservedRule, Release, ReleaseObserved, ReleasePart
from geo.services.exposure import clause_of
from geo.vector import open as vectors
from geo.vector.extent import Extent, normal, seen_of
from geo.vector.subdivide import subdivided

FLOODED = 1.0  # the value of a polygon that carries none


class NoArea(Invalid):
    """{name} holds no polygon with an area; ask for the extent as polygons."""


class ValueMissing(Invalid):
    """{count} polygons of {name} have no number in the column {column}; choose another column."""


class NothingSeen(Invalid):
    """No polygon of {name} lies in the observed extent; choose the one that belongs to it."""


class NoCountry(Invalid):
    """No areas are loaded yet, so the whole country is not known; import its boundaries first."""


def read(session: Session, release: Release, path: Path) -> None:
    """Note what an extent holds, and keep its normal form for the preview.

    Raises:
        NoArea, and what `geo.vector.open` refuses.
    """
    with unpacked(path) as place:
        listed = [name for _file, name in vectors.layers(path.name, place)]
    with vectors.opened(path, crs=release.crs, layer=release.layer_in_file) as layer:
        features = vectors.read(layer, layer.columns)
        shapes = vectors.polygons(layer, features.shapes)
        numeric = [
            name for name, column in features.columns.items() if column.values.dtype.kind in "iuf"
        ]
        extent = _normal(release, layer, shapes, np.full(len(shapes), FLOODED))
    release.kind = LayerKind.EXTENT
    release.found = {
        "crs": label(layer.crs),
        "layer": layer.name,
        "layers": listed,
        "features": len(shapes),
        "parts": len(extent.parts),
        "vertices": int(shapely.get_num_coordinates(shapes).sum()),
        "mended": extent.mended,
        "km2": extent.km2,
        "columns": list(layer.columns),
        "numeric": numeric,
    }
    _write_parts(session, release, extent.parts, extent.values)
    release.bounds = from_shape(shapely.box(*shapely.total_bounds(extent.parts)), 4326)


def prepare(session: Session, release: Release, path: Path) -> None:
    """Make the normal form as confirmed, with the parts the image could see.

    Raises:
        ValueMissing, NoCountry, NoArea, NothingSeen
    """
    extent = _extent(release, path, release.layer_in_file, release.value_field, release.crs)
    observed = _observed(session, release, path, extent)
    parts, values = extent.parts, extent.values
    if release.observed_rule is ObservedRule.LAYER:
        parts, values = _seen(release, extent, observed)
    _write_parts(session, release, parts, values)
    write_observed(session, release, observed)
    west, south, east, north = shapely.total_bounds(np.concatenate([parts, observed])).tolist()
    release.bounds = from_shape(shapely.box(west, south, east, north), 4326)
    box = west, south, east, north
    _lay_out(release, extent_hazard(parts, values, observed, box, clause_of(release)))


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
    rows = ((release.id, shape) for shape in _written(parts))
    copy_into(session, ReleaseObserved.__tablename__, ["release_id", "part"], rows)


def _extent(
    release: Release,
    path: Path,
    name: str | None,
    column: str | None = None,
    crs: str | None = None,
) -> Extent:
    """A layer of a file in its normal form, the value of each polygon from a column if named."""
    with vectors.opened(path, crs=crs, layer=name) as layer:
        features = vectors.read(layer, [column] if column else [])
        shapes = vectors.polygons(layer, features.shapes)
        values = np.full(len(shapes), FLOODED)
        if column:
            values = features.columns[column].numbers(path.name)
            missing = int((np.isnan(values) & ~shapely.is_missing(shapes)).sum())
            if missing:
                raise ValueMissing(count=missing, name=path.name, column=column)
        return _normal(release, layer, shapes, values)


def _normal(release: Release, layer: vectors.Layer, shapes: Shapes, values: Floats) -> Extent:
    extent = normal(shapes, values, layer.crs)
    if not len(extent.parts):
        raise NoArea(name=release.original_name)
    return extent


def _seen(release: Release, extent: Extent, observed: Shapes) -> tuple[Shapes, Floats]:
    """The parts that lie in what was observed, with their values; what lies beyond is noted."""
    seen = seen_of(extent, observed)
    if not len(seen.parts):
        raise NothingSeen(name=release.original_name)
    release.found = release.found | {"beyond_km2": seen.beyond_km2}
    return seen.parts, seen.values


def _observed(session: Session, release: Release, path: Path, extent: Extent) -> Shapes:
    """The parts of what the image could see, by the rule the analyst gave."""
    if release.observed_rule is ObservedRule.COUNTRY:
        return _country(session)
    if release.observed_rule is ObservedRule.BOX:
        frame = shapely.box(*shapely.total_bounds(extent.parts))
        return subdivided(np.array([frame], dtype=object))[0]
    if release.observed_sha256 is None:
        return _extent(release, path, release.observed_layer, crs=release.crs).parts
    with tempfile.TemporaryDirectory() as folder:
        name = str(release.observed_name)
        second = named_copy(release.observed_sha256, name, Path(folder))
        return _extent(release, second, release.observed_layer).parts


def _country(session: Session) -> Shapes:
    whole = select(func.ST_AsBinary(AreaPart.part)).where(AreaPart.level == 0)
    parts = session.scalars(whole).all()
    if not parts:
        raise NoCountry
    return np.array(shapely.from_wkb([bytes(part) for part in parts]), dtype=object)


def _write_parts(session: Session, release: Release, parts: Shapes, values: Floats) -> None:
    session.execute(delete(ReleasePart).where(ReleasePart.release_id == release.id))
    pairs = zip(values.tolist(), _written(parts), strict=True)
    rows = ((release.id, value, shape) for value, shape in pairs)
    copy_into(session, ReleasePart.__tablename__, ["release_id", "value", "part"], rows)


def _written(shapes: Shapes) -> list[str]:
    """Shapes of EPSG:4326 as PostGIS reads them in a COPY."""
    written = shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)
    return [str(shape) for shape in written]
