"""The square the country is drawn in, and the ways between its three coordinate systems.

Unit coordinates (u to the east, v to the north, 0 to 1) draw the country; UTM zone 44 south carries
the rasters; WGS 84 carries everything else. The square lies in the open Indian Ocean.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]

EPSG = 32744
CENTRE = (500_000, 6_792_000)  # 81 E, 29 S: three thousand kilometres from any such river
DEGREE_DIGITS = 7  # a centimetre


@dataclass(frozen=True)
class Frame:
    """A square of `side_m` metres around `CENTRE`, rasterised in cells of `cell_m`."""

    side_m: int
    cell_m: int

    @property
    def west(self) -> int:
        """Easting of the left edge, metres."""
        return CENTRE[0] - self.side_m // 2

    @property
    def north(self) -> int:
        """Northing of the upper edge, metres."""
        return CENTRE[1] + self.side_m // 2

    @property
    def cells(self) -> int:
        """Cells a side."""
        return self.side_m // self.cell_m

    @property
    def transform(self) -> Affine:
        """From (column, row) of the depth raster to UTM metres."""
        return Affine(self.cell_m, 0, self.west, 0, -self.cell_m, self.north)

    def utm(self, unit: Floats) -> Floats:
        """Unit coordinates (n, 2) in UTM metres (n, 2)."""
        corner = np.array([self.west, self.north - self.side_m], dtype=float)
        utm: Floats = unit * self.side_m + corner
        return utm

    def unit(self, utm: Floats) -> Floats:
        """UTM metres (n, 2) in unit coordinates (n, 2)."""
        corner = np.array([self.west, self.north - self.side_m], dtype=float)
        unit: Floats = (utm - corner) / self.side_m
        return unit

    def lonlat(self, utm: Floats) -> Floats:
        """UTM metres (n, 2) in longitude and latitude (n, 2), rounded as the files hold them."""
        lon, lat = self._to_degrees.transform(utm[:, 0], utm[:, 1])
        return np.round(np.column_stack([lon, lat]), DEGREE_DIGITS)

    def degrees(self, unit: Floats) -> Floats:
        """Unit coordinates (n, 2) in longitude and latitude (n, 2)."""
        return self.lonlat(self.utm(unit))

    @cached_property
    def _to_degrees(self) -> Transformer:
        return Transformer.from_crs(EPSG, 4326, always_xy=True)


def centres(cells: int) -> Floats:
    """Unit coordinates of the centres of a row of cells."""
    return (np.arange(cells) + 0.5) / cells
