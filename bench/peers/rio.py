"""rio-tiler: a tile of a COG in classes of colours, as a picture."""

from collections.abc import Sequence
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rio_tiler.io import Reader

from geo.raster.picture import Colour

SIDE = 256
FAR = 1e9  # above every value


class Tiler:
    """A COG and the colours of its classes; `warm` keeps the data set open from tile to tile."""

    def __init__(self, file: Path, classes: Sequence[tuple[float, Colour]]) -> None:
        self.file = file
        least = [value for value, _colour in classes]
        tops = [*least[1:], FAR]
        self.colours: Any = [
            ((low, high), colour) for (low, colour), high in zip(classes, tops, strict=True)
        ]
        self.kept = ExitStack()
        self.reader = self.kept.enter_context(Reader(str(file)))

    def warm(self, z: int, x: int, y: int) -> bytes:
        """The PNG of a tile, from the data set kept open."""
        return self._drawn(self.reader, z, x, y)

    def cold(self, z: int, x: int, y: int) -> bytes:
        """The PNG of a tile, the data set opened for it."""
        with Reader(str(self.file)) as reader:
            return self._drawn(reader, z, x, y)

    def _drawn(self, reader: Any, z: int, x: int, y: int) -> bytes:
        image = reader.tile(x, y, z, tilesize=SIDE, resampling_method="nearest")
        picture: bytes = image.render(img_format="PNG", colormap=self.colours, add_mask=True)
        return picture


def pixels(picture: bytes) -> Any:
    """Red, green, blue and opacity of a PNG; a clear pixel has no colour."""
    shown = np.array(Image.open(BytesIO(picture)).convert("RGBA"))
    shown[shown[..., 3] == 0] = 0
    return shown
