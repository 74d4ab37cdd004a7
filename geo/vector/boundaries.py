"""Administrative boundaries as countries publish them (COD-AB): which area lies where, below which.

Both schemas are read: `ADM1_EN` / `ADM1_PCODE`, and `adm1_name` / `adm1_pcode` of 2026. A layer's
level is the deepest P-code column it carries; the columns of the levels above name the areas it
lies in, so a file of one level still yields the tree, its upper areas without a shape.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from core.errors import Invalid
from core.words import _
from geo.archives import unpacked
from geo.crs import WGS84, carried, same
from geo.vector.facts import facts
from geo.vector.open import described, read
from geo.vector.open import layers as layers_at
from geo.vector.repair import areal
from geo.vector.reproject import on_the_globe

CODE = re.compile(r"adm(\d)_?pcode")
KINDS = re.compile("Polygon|Surface|Unknown|GeometryCollection")  # what may hold areas
DATED = re.compile(r"(?<!\d)((?:19|20)\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")
VERSION_FIELDS = ("version", "cod_version")
DATE_FIELDS = ("validon", "valid_on", "date")


class NoBoundaries(Invalid):
    """{name} holds no areas with a column such as ADM2_PCODE; add the P-codes and send it again."""


class LevelTwice(Invalid):
    """{name} holds two layers of level {level} ({layers}); say which of them to import."""


class LayerUnknown(Invalid):
    """{name} has no layer of areas called {layer}; it has {layers}."""


class AncestorUnnamed(Invalid):
    """The layer {layer} does not say which areas of level {level} its areas lie in; add the column
    ADM{level}_PCODE."""


class VersionUnknown(Invalid):
    """{name} does not say which version of the boundaries it holds; name it, such as 2023-11-06."""


@dataclass(frozen=True)
class Boundary:
    """One area of the file. Without a shape it is known only as what others lie in."""

    level: int
    pcode: str
    name: str
    name_local: str | None
    parent: str | None
    shape: MultiPolygon | None


@dataclass(frozen=True)
class RowError:
    """Why one feature was not taken: its layer, its number from 1, its P-code if it has one."""

    layer: str
    row: int
    pcode: str
    says: str


@dataclass
class Boundaries:
    """What was read, from the country down, each area after the one it lies in."""

    version: str
    valid_from: date | None
    areas: list[Boundary] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    repaired: int = 0


@dataclass(frozen=True)
class _Level:
    """Where a layer keeps one level: the columns of code, name and local name."""

    code: str
    name: str | None
    local: str | None


@dataclass(frozen=True)
class _Layer:
    """One layer of areas, not yet read."""

    path: Path
    name: str
    fields: tuple[str, ...]
    levels: dict[int, _Level]

    @property
    def level(self) -> int:
        return max(self.levels)


def read_boundaries(
    path: Path, *, version: str = "", layers: Sequence[str] = (), crs: str | None = None
) -> Boundaries:
    """Read a GeoPackage, a GeoJSON or a zipped shapefile of boundaries; shapes come in EPSG:4326.

    Rows that cannot be used are told in `errors`; the others are read all the same.

    Raises:
        NoBoundaries, LevelTwice, LayerUnknown, AncestorUnnamed, VersionUnknown, and what
        `geo.archives` and `geo.vector.open` raise of files that cannot be read.
    """
    with unpacked(path) as place:
        chosen = _chosen(path.name, _layers(path.name, place), layers)
        rows = {layer.level: _Rows(path.name, layer, crs) for layer in chosen}
    deepest = rows[max(rows)]
    stated, dated = deepest.first(VERSION_FIELDS), _dated(deepest.first(DATE_FIELDS))
    known = version or stated or dated or _dated(path.name)
    if not known:
        raise VersionUnknown(name=path.name)
    read = Boundaries(str(known), dated, repaired=sum(each.repaired for each in rows.values()))
    for level in range(max(rows) + 1):
        if level in rows:
            _own(read, rows[level], _named(rows, level))
        else:
            _derived(read, level, rows[min(deeper for deeper in rows if deeper > level)])
    return read


def _layers(name: str, place: Path) -> Iterator[_Layer]:
    """The layers of areas that carry P-codes; others (capitals, lines, notes) are passed over."""
    for path, layer in layers_at(name, place):
        about = facts(name, path, layer)
        fields = tuple(str(field) for field in about["fields"])
        levels = _levels(fields)
        if levels and KINDS.search(about["geometry_type"] or ""):
            yield _Layer(path, layer, fields, levels)


def _levels(fields: Sequence[str]) -> dict[int, _Level]:
    lower = {f.casefold(): f for f in fields}
    levels = {}
    for spelled, code in lower.items():
        if match := CODE.fullmatch(spelled):
            n = match[1]
            names = [lower[f] for f in (f"adm{n}_en", f"adm{n}_name") if f in lower]
            others = [f for s, f in lower.items() if re.fullmatch(rf"adm{n}_([a-z]{{2}}|name1)", s)]
            names += [f for f in others if f not in names]
            name, local, *_rest = [*names, None, None]
            levels[int(n)] = _Level(code, name, local)
    return levels


def _chosen(name: str, layers: Iterable[_Layer], wanted: Sequence[str]) -> list[_Layer]:
    there = {layer.name: layer for layer in layers}
    if not there:
        raise NoBoundaries(name=name)
    for layer in wanted:
        if layer not in there:
            raise LayerUnknown(name=name, layer=layer, layers=", ".join(there))
    chosen = [there[layer] for layer in wanted] or list(there.values())
    level, times = Counter(layer.level for layer in chosen).most_common(1)[0]
    if times > 1:
        both = ", ".join(layer.name for layer in chosen if layer.level == level)
        raise LevelTwice(name=name, level=level, layers=both)
    return chosen


def _derived(read: Boundaries, level: int, rows: "_Rows") -> None:
    """Add the areas of a level that has no layer, as the rows of a deeper one name them."""
    codes, names, locals_ = rows.column(level)
    above = rows.column(level - 1)[0] if level else [""] * len(codes)
    seen = {"", *(area.pcode for area in read.areas)}
    for code, name, local, parent in zip(codes, names, locals_, above, strict=True):
        if code not in seen:
            seen.add(code)
            read.areas.append(
                Boundary(level, code, name or code, local or None, parent or None, None)
            )


def _named(rows: dict[int, "_Rows"], level: int) -> set[str]:
    """The areas of a level that the rows of the next deeper layer say they lie in."""
    deeper = [layer for layer in rows if layer > level]
    return set(rows[min(deeper)].column(level)[0]) if deeper else set()


def _own(read: Boundaries, rows: "_Rows", named: set[str]) -> None:
    """Add the areas of a layer's own level, and tell of each row with a fault.

    Only a row without a shape can be used all the same: if areas are `named` that lie in it.
    """
    level = rows.layer.level
    codes, names, locals_ = rows.column(level)
    above = rows.column(level - 1)[0] if level else [""] * len(codes)
    known = {area.pcode for area in read.areas if area.level == level - 1} if level else {""}
    seen = {area.pcode for area in read.areas}
    columns = zip(codes, names, locals_, above, rows.shapes, strict=True)
    for row, (code, name, local, parent, shape) in enumerate(columns, 1):
        fault = _nameless(code, name) or _misplaced(code, seen, parent, known)
        says = fault or _shapeless(shape, made=code in named)
        if says:
            read.errors.append(RowError(rows.layer.name, row, code, says))
        if fault or (shape is None and code not in named):
            continue
        seen.add(code)
        read.areas.append(Boundary(level, code, name, local or None, parent or None, shape))


def _nameless(code: str, name: str) -> str:
    """What a row lacks to be called by, as a sentence; empty where it lacks nothing."""
    if not code:
        return _("There is no P-code.")
    return "" if name else _("There is no name.")


def _shapeless(shape: MultiPolygon | None, *, made: bool) -> str:
    """What is told of a row without a shape, as a sentence; empty where there is one."""
    if shape is not None:
        return ""
    if made:
        return _("There is no shape; it was put together from the areas that lie in it.")
    return _("There is no shape: the geometry is missing, empty, no area, or off the globe.")


def _misplaced(code: str, seen: set[str], parent: str, known: set[str]) -> str:
    """What is wrong with a row among the others, as a sentence; empty where nothing is."""
    if code in seen:
        return _("The P-code {code} was there before; the first was kept.", code=code)
    if parent not in known:
        return _("The area {parent} it should lie in was not found.", parent=parent or "?")
    return ""


class _Rows:
    """A layer's rows in memory: its columns by lower-case name, and its shapes in EPSG:4326.

    A shape is a valid MultiPolygon, or None where a row has no area; `repaired` counts the shapes
    that were made valid.
    """

    def __init__(self, name: str, layer: _Layer, crs: str | None) -> None:
        source = described(name, layer.path, layer.name, crs)
        found = read(source, layer.fields)
        self.layer = layer
        self.columns = {field.casefold(): each for field, each in found.columns.items()}
        there = found.shapes[~shapely.is_missing(found.shapes)]
        self.repaired = int((~shapely.is_valid(there)).sum())
        self.shapes = [_area(shape) for shape in _in_degrees(found.shapes, source.crs)]

    def column(self, level: int) -> tuple[list[str], list[str], list[str]]:
        """Code, name and local name of a level, row by row; empty text where there is none."""
        if level not in self.layer.levels:
            raise AncestorUnnamed(layer=self.layer.name, level=level)
        where = self.layer.levels[level]
        return self._texts(where.code), self._texts(where.name), self._texts(where.local)

    def first(self, names: Sequence[str]) -> str:
        """The first value of the first of these columns that is there, empty if none is."""
        columns = [self._texts(name) for name in names if name in self.columns]
        return next(iter(columns[0]), "") if columns else ""

    def _texts(self, column: str | None) -> list[str]:
        if column is None:
            return [""] * len(self.shapes)
        return [text.strip() for text in self.columns[column.casefold()].texts()]


def _in_degrees(shapes: NDArray[np.object_], crs: CRS) -> NDArray[np.object_]:
    """Shapes of any system as valid shapes of EPSG:4326, between 180 west and 180 east."""
    if not same(crs, WGS84):
        shapes = shapely.transform(
            shapes, lambda at: np.column_stack(carried(at[:, 0], at[:, 1], crs, WGS84))
        )
    return on_the_globe(shapely.make_valid(shapes, method="structure", keep_collapsed=False))


def _area(shape: BaseGeometry | None) -> MultiPolygon | None:
    """The shape as a MultiPolygon, if it is an area and lies on the globe."""
    shape = shape and areal(shape)
    if isinstance(shape, Polygon):
        shape = MultiPolygon([shape])
    if not isinstance(shape, MultiPolygon):
        return None
    west, south, east, north = shape.bounds
    return shape if west >= -180 and south >= -90 and east <= 180 and north <= 90 else None


def _dated(text: str) -> date | None:
    """The date a text holds, in ISO order with or without hyphens; none where it holds none."""
    found = DATED.search(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
