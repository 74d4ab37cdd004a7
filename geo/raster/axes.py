"""Where a netCDF file itself says that the cells of a variable lie: GDAL looks at the first two and
the last of its coordinates, and takes the rest for granted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from affine import Affine
from pyproj import CRS

from core.errors import Invalid
from geo.crs import CIRCLE, Floats
from geo.raster.bands import DEGREES

ASTRAY = 0.25  # of a step; what 32 bits make of fine degrees is less
KILOMETRES = {"km", "kilometer", "kilometers", "kilometre", "kilometres"}
NEAR = 1e-6  # relative: two steps that are the same


class Turned(Invalid):
    """{name} holds {variable} with latitude along its rows; write it again in the order latitude,
    longitude."""


class Uneven(Invalid):
    """{name} has {axis} at uneven distances ({before} is followed by {after}, where a step is
    {step}), so that its cells do not lie on a grid; put the missing rows and columns in, or write
    it again on an even grid."""


@dataclass(frozen=True)
class Axis:
    """The middles of the cells along one dimension, in the unit the file gives (lower case)."""

    name: str
    middles: Floats
    unit: str

    @property
    def step(self) -> float:
        """The distance of two cells, as the first and the last tell."""
        return float((self.middles[-1] - self.middles[0]) / max(len(self.middles) - 1, 1))


def axes_of(file: str, variable: str) -> list[Axis]:
    """The axes of a variable that have coordinates of one dimension; of groups, `variable` may be a
    path. The last one runs along its rows. Raises OSError where the file is broken."""
    from netCDF4 import Dataset

    try:
        with Dataset(file) as source:
            source.set_auto_maskandscale(False)
            found = _variable(source, variable)
            dimensions = found.get_dims() if found is not None else ()
            return [axis for axis in map(_axis, dimensions) if axis is not None]
    except RuntimeError as error:  # of coordinates that cannot be read
        raise OSError(str(error)) from error


def refuse_scattered(name: str, variable: str, axes: list[Axis]) -> None:
    """Raise Turned, Uneven where the cells do not lie as GDAL takes them to lie."""
    if axes and axes[-1].unit in DEGREES["north"]:
        raise Turned(name=name, variable=variable)
    for axis in axes[-2:]:
        after = _first_astray(axis)
        if after is not None:
            before, reached = axis.middles[after - 1], axis.middles[after]
            usual = np.median(np.abs(np.diff(axis.middles)))
            steps = {"before": before, "after": reached, "step": usual}
            said = {key: f"{value:.6g}" for key, value in steps.items()}
            raise Uneven(name=name, axis=axis.name, **said)


def laid_in(crs: CRS, transform: Affine, axes: list[Axis]) -> Affine:
    """The transform in the unit of its coordinate system where the file counts in kilometres."""
    in_kilometres = [axis for axis in axes[-2:] if axis.unit in KILOMETRES]
    if not crs.is_projected or len(in_kilometres) < len(axes[-2:]) or not in_kilometres:
        return transform
    across = abs(in_kilometres[-1].step)
    if abs(abs(transform.a) - across) > NEAR * across:
        return transform  # carried into metres already
    return Affine.scale(1000 / crs.axis_info[0].unit_conversion_factor) @ transform


def _variable(source: Any, path: str) -> Any:
    *groups, name = path.strip("/").split("/")
    for group in groups:
        source = source.groups.get(group, source)
    return _within(source, name)


def _within(group: Any, name: str) -> Any:
    if name in group.variables:
        return group.variables[name]
    inner = (_within(each, name) for each in group.groups.values())
    return next((found for found in inner if found is not None), None)


def _axis(dimension: Any) -> Axis | None:
    held = dimension.group().variables.get(dimension.name)
    if held is None or held.ndim != 1 or held.dtype.kind not in "iuf" or not held.size:
        return None
    unit = str(getattr(held, "units", "")).strip().lower()
    return Axis(dimension.name, np.asarray(held[:], dtype=np.float64), unit)


def _first_astray(axis: Axis) -> int | None:
    """The first cell of an axis that lies where no even step leads; full circles do not count."""
    middles = axis.middles
    if axis.unit in DEGREES["east"]:
        middles = np.unwrap(middles, period=CIRCLE)
    steps = np.diff(middles)
    if len(steps) < 2:
        return None
    even = np.linspace(middles[0], middles[-1], len(middles))
    if (np.abs(middles - even) <= ASTRAY * abs(even[1] - even[0])).all():
        return None
    return int(np.argmax(np.abs(steps - np.median(steps)))) + 1
