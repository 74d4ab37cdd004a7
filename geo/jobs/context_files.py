"""Context files on their way to a layer: features into the database, grids into their normal form.

What could not be used is said with its figures, in `found["notes"]`; nothing is left out unsaid.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from numpy.typing import NDArray
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.bulk import copy_into
from core.errors import Invalid
from core.storage import keep_file, path_of
from core.words import _, counted, joined, kept, told
from geo.crs import WGS84, Floats
from geo.ellipsoid import Shapes, polygons_km2
from geo.formats import TABLES, format_of
from geo.models.areas import Area, AreaLevel
from geo.models.context import ContextFeature, ContextKind, ContextLayer, Counted
from geo.products.inventory import Part, inventory
from geo.products.tables import sheet_of
from geo.products.tracks import track_of
from geo.queries.areas import in_force
from geo.raster.cog import write_cog
from geo.raster.footprint import footprint
from geo.raster.open import opened as opened_grid
from geo.raster.pieces import read
from geo.reports import Report
from geo.standing import held_in_all, lengths_km
from geo.vector import open as vectors
from geo.vector.copied import copied
from geo.vector.repair import repaired
from geo.vector.reproject import on_the_globe, reprojected

COLUMNS = ["layer_id", "area_id", "name", "value", "density", "shape"]
SHADES = (0.25, 0.5, 0.75)  # of what is coloured lies below the second, third and fourth class
TYPES = {ContextKind.POINTS: (0,), ContextKind.LINES: (1, 5)}  # by Shapely's numbers


class PartGone(Invalid):
    """{name} has no part {part} any more; choose again what of the file is meant."""


class NothingToCount(Invalid):
    """Nothing in {name} can be counted ({says}); choose another part or column of the file."""


class NoAreaKnown(Invalid):
    """No column of {name} holds P-codes of areas that are loaded; correct the codes, or load the
    boundaries they belong to."""


class TableAmongLayers(Invalid):
    """{name} keeps this table beside its layers; save the table as CSV or Excel and send that."""


@dataclass(frozen=True)
class Features:
    """N features in degrees (None: without a shape), what each is called, and its number."""

    shapes: Shapes
    names: list[str]
    numbers: Floats


def load(session: Session, layer: ContextLayer, path: Path, report: Report) -> None:
    """Read what was chosen of a file, and keep it as features or as a grid.

    Raises:
        PartGone, NothingToCount, NoAreaKnown, TableAmongLayers, and what reading refuses.
    """
    session.execute(delete(ContextFeature).where(ContextFeature.layer_id == layer.id))
    part = _part(layer, path)
    if layer.kind is ContextKind.GRID:
        _take_grid(layer, path, part, report)
    elif layer.kind is ContextKind.TABLE:
        _take_table(session, layer, path, part)
    else:
        _take_shapes(session, layer, path, part)
    if not layer.total:
        raise NothingToCount(name=path.name, says=joined(map(told, layer.found["notes"])))


def _part(layer: ContextLayer, path: Path) -> Part:
    for part in inventory(path).parts:
        if part.number == layer.part and part.kind.value == layer.kind:
            return part
    raise PartGone(name=path.name, part=layer.part)


def _take_grid(layer: ContextLayer, path: Path, part: Part, report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "normal.tif"
        with opened_grid(path, part.choice(layer.crs)) as grid:
            write_cog(grid, target, report)
        layer.grid_sha256 = keep_file(target).sha256
    with opened_grid(path_of(layer.grid_sha256)) as grid:
        layer.total = held_in_all(grid, density=layer.counted is Counted.DENSITY)
        layer.bounds = from_shape(shapely.box(*footprint(grid).bounds), 4326)
        layer.features = grid.width * grid.height
        pieces = [grid.measured(piece.cells[piece.seen]) for piece in read(grid)]
    layer.breaks = _breaks(np.concatenate(pieces).astype(np.float64))
    _note(layer, counted("{count} cell was read.", "{count} cells were read.", layer.features))


def _take_table(session: Session, layer: ContextLayer, path: Path, part: Part) -> None:
    """Rows whose code is that of an area; of several levels the lowest, which hold all others."""
    if format_of(path) not in TABLES:
        raise TableAmongLayers(name=path.name)
    sheet = sheet_of(path, part.choice())
    known = {area.pcode: area for area in session.execute(_areas())}
    column = sheet.coded_by(known)
    if column is None:
        raise NoAreaKnown(name=path.name)
    areas = [known.get(code) for code in sheet.columns[column]]
    lowest = max(area.level for area in areas if area)
    values = sheet.values(str(layer.value_field)).tolist()
    meant = [
        (area, value)
        for area, value in zip(areas, values, strict=True)
        if area and area.level == lowest and np.isfinite(value)
    ]
    rows = [_row_of_table(layer, area, value) for area, value in meant]
    _write(session, layer, rows)
    matched = sum(1 for area in areas if area)
    level = session.scalar(select(AreaLevel.name).where(AreaLevel.level == lowest))
    _note(
        layer,
        counted("{count} row was read.", "{count} rows were read.", len(areas)),
        _left(len(areas) - matched, _("have the code of no area that is loaded")),
        _left(
            matched - len(rows), _("are above the level {level}, or have no number", level=level)
        ),
    )
    layer.bounds = session.scalar(_box_of_areas([row[1] for row in rows]))


def _row_of_table(layer: ContextLayer, area: Any, value: float) -> tuple[Any, ...]:
    whole = value * area.km2 if layer.counted is Counted.DENSITY else value
    return layer.id, area.id, area.name, whole, whole / area.km2 if area.km2 else None, None


def _areas() -> Any:
    return select(Area.id, Area.pcode, Area.name, Area.level, Area.km2).where(in_force())


def _box_of_areas(area_ids: list[int]) -> Any:
    box = func.ST_Envelope(func.ST_SetSRID(func.ST_Extent(Area.shape), 4326))
    return select(box).where(Area.id.in_(area_ids))


def _take_shapes(session: Session, layer: ContextLayer, path: Path, part: Part) -> None:
    features = _features(layer, path, part)
    drawn = ~shapely.is_missing(features.shapes) & ~shapely.is_empty(features.shapes)
    there = drawn & np.isfinite(features.numbers)
    at = np.flatnonzero(there).tolist()
    shapes = features.shapes[at]
    worth, density = _worth(layer, shapes, features.numbers[at])
    names = [features.names[each] or None for each in at]
    columns = (names, worth.tolist(), density, copied(shapes))
    rows = [(layer.id, None, *row) for row in zip(*columns, strict=True)]
    _write(session, layer, rows)
    _note(
        layer,
        counted("{count} feature was read.", "{count} features were read.", len(drawn)),
        _left(int((~drawn).sum()), _("have no shape of this kind")),
        _left(int((drawn & ~there).sum()), _("have no number")),
    )
    if len(shapes):
        layer.bounds = from_shape(shapely.box(*shapely.total_bounds(shapes)), 4326)


def _features(layer: ContextLayer, path: Path, part: Part) -> Features:
    if format_of(path) == "netCDF":
        track = track_of(path)
        return Features(track, [path.stem] * len(track), np.ones(len(track)))
    choice = part.choice(layer.crs)
    fields = [name for name in (layer.name_field, layer.value_field) if name]
    with vectors.opened(path, crs=choice.crs, layer=choice.layer, file=choice.file) as opened:
        found = vectors.read(opened, fields)
        shapes, of = _of_kind(opened, layer, found.shapes)
    names = (
        found.columns[layer.name_field].texts() if layer.name_field else [""] * len(found.shapes)
    )
    numbers = np.ones(len(found.shapes))
    if layer.value_field:
        numbers = found.columns[layer.value_field].numbers(path.name).astype(np.float64)
    return Features(shapes, [names[at] for at in of.tolist()], numbers[of])


def _of_kind(
    opened: vectors.Layer, layer: ContextLayer, shapes: Shapes
) -> tuple[Shapes, NDArray[np.intp]]:
    """Shapes of the layer's kind in degrees, None where a feature has none; and whose they are.

    Several sites in one feature are several.
    """
    every = np.arange(len(shapes))
    if layer.kind is ContextKind.POLYGONS:
        fixed = repaired(vectors.polygons(opened, shapes)).shapes
        return on_the_globe(reprojected(fixed, opened.crs, WGS84)), every
    if layer.kind is ContextKind.POINTS:
        empty = every[shapely.is_missing(shapes) | shapely.is_empty(shapes)]
        parts, of = shapely.get_parts(shapes, return_index=True)
        nothing = np.full(len(empty), None, dtype=object)
        shapes, every = np.concatenate([parts, nothing]), np.concatenate([of, empty])
    wanted = TYPES[ContextKind(str(layer.kind))]
    alike = np.where(np.isin(shapely.get_type_id(shapes), wanted), shapes, np.array(None))
    return reprojected(alike, opened.crs, WGS84), every


def _worth(
    layer: ContextLayer, shapes: Shapes, numbers: Floats
) -> tuple[Floats, list[float | None]]:
    """What each feature counts for, and that to a square kilometre, where it is coloured by it."""
    plain: list[float | None] = [None] * len(shapes)
    if layer.counted is Counted.LENGTH:
        return lengths_km(shapes), plain
    if layer.kind is ContextKind.POINTS:
        return numbers, plain
    km2 = polygons_km2(shapes)
    if layer.counted is Counted.GROUND:
        return km2, plain
    if layer.counted is Counted.FEATURES:
        return np.ones(len(shapes)), plain
    worth = numbers * km2 if layer.counted is Counted.DENSITY else numbers
    density = np.divide(worth, km2, out=np.zeros_like(km2), where=km2 > 0)
    return worth, list(density.tolist())


def _write(session: Session, layer: ContextLayer, rows: list[tuple[Any, ...]]) -> None:
    """Keep features, and what they come to; colours go by how dense they are."""
    copy_into(session, ContextFeature.__tablename__, COLUMNS, rows)
    layer.features, layer.total = len(rows), float(sum(row[3] for row in rows))
    layer.breaks = _breaks(np.array([row[4] for row in rows if row[4] is not None]))


def _breaks(values: Floats) -> list[float] | None:
    """The least values of classes that hold about as many each, to two digits; None of nothing."""
    above = values[values > 0]
    if not len(above):
        return None
    edges = [float(above.min()), *np.quantile(above, SHADES).tolist()]
    return sorted({float(f"{edge:.2g}") for edge in edges})


def _note(layer: ContextLayer, *sentences: str) -> None:
    layer.found = {**layer.found, "notes": [kept(sentence) for sentence in sentences if sentence]}


def _left(count: int, why: str) -> str:
    if not count:
        return ""
    return counted("{count} was left out: {why}.", "{count} were left out: {why}.", count, why=why)
