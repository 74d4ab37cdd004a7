"""An index of shapes as named arrays, to be kept in a file and mapped again."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.ellipsoid import Shapes
from geo.mapped import Arrays, Chunks
from geo.vector.borders import Borders
from geo.vector.lattice import Indices, Lattice
from geo.vector.locate import Locator

BORDERS = [field.name for field in fields(Borders) if field.name != "side"]


@dataclass(frozen=True)
class Packed:
    """N shapes as well-known binary, end to end; those asked for are unpacked."""

    body: NDArray[np.uint8]
    ends: Indices

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, positions: Indices) -> Shapes:
        wanted, again = np.unique(positions, return_inverse=True)
        starts = np.where(wanted > 0, self.ends[wanted - 1], 0)
        binary = [
            self.body[start:end].tobytes()
            for start, end in zip(starts.tolist(), self.ends[wanted].tolist(), strict=True)
        ]
        shapes: Shapes = np.array(shapely.from_wkb(binary), dtype=object)[again]
        return shapes


def packed(locator: Locator, name: str) -> Iterator[tuple[str, Chunks]]:
    """The arrays of an index, their names beginning with `name`."""
    lattice = locator.lattice
    binary = shapely.to_wkb(locator.every_shape)
    yield f"{name} wkb", [np.frombuffer(b"".join(binary), dtype=np.uint8)]
    yield f"{name} ends", [np.cumsum([len(shape) for shape in binary], dtype=np.int64)]
    frame = [lattice.west, lattice.south, lattice.width, lattice.height]
    yield f"{name} lattice", [np.array(frame)]
    yield f"{name} side", [np.array([lattice.side])]
    yield f"{name} first", [locator.first]
    for field in BORDERS:
        yield f"{name} {field}", [getattr(locator.borders, field)]


def unpacked(arrays: Arrays, name: str) -> Locator:
    """The index whose arrays begin with `name`; its shapes are not turned about the globe."""
    shapes = Packed(arrays[f"{name} wkb"], arrays[f"{name} ends"])
    side = int(arrays[f"{name} side"][0])
    borders = Borders(side, **{field: arrays[f"{name} {field}"] for field in BORDERS})
    west, south, width, height = arrays[f"{name} lattice"].tolist()
    lattice = Lattice(west, south, width, height, side)
    return Locator(shapes, (), lattice, arrays[f"{name} first"], borders)
