"""The beds of the rivers as polygons: nobody stands in them, and floods run deeper there."""

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine
from shapely import STRtree

from .frame import Floats, Frame
from .relief import Mask
from .rivers import Reach, width

PIECE = 40  # vertices


class Channels:
    """River beds cut into pieces, in UTM metres."""

    def __init__(self, reaches: list[Reach], frame: Frame) -> None:
        """Buffer each reach by half its width."""
        self.frame = frame
        self.beds: NDArray[np.object_] = np.array(
            [bed for reach in reaches for bed in _beds(reach, frame)]
        )
        self._tree = STRtree(self.beds)

    def within(self, us: Floats, vs: Floats) -> Mask:
        """Which cells of a block (unit columns and rows) lie in a bed; (h, w)."""
        cell = (us[1] - us[0]) * self.frame.side_m
        (west, north) = self.frame.utm(np.array([[us[0], vs[0]]]))[0] + (-cell / 2, cell / 2)
        box = shapely.box(west, north - cell * len(vs), west + cell * len(us), north)
        near = np.sort(self._tree.query(box))
        shape = (len(vs), len(us))
        if not len(near):
            return np.zeros(shape, dtype=bool)
        transform = Affine(cell, 0, west, 0, -cell, north)
        bed: Mask = rasterize(self.beds[near], shape, transform=transform).astype(bool)
        return bed


def _beds(reach: Reach, frame: Frame) -> list[shapely.Geometry]:
    line, half = frame.utm(reach.line), width(reach.flow, frame.side_m) / 2
    starts = range(0, len(line) - 1, PIECE)
    pieces = [line[start : start + PIECE + 1] for start in starts]
    halves = [float(half[start : start + PIECE + 1].mean()) for start in starts]
    return [
        shapely.LineString(piece).buffer(wide, quad_segs=4)
        for piece, wide in zip(pieces, halves, strict=True)
    ]
