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
EXACT = 1e-4  # pixels


class Tiler:
    """A COG and the colours of its classes; the data set is kept open from tile to tile.

    GDAL may place a pixel an eighth of its size beside where it belongs, which is quicker; `exact`
    does not let it, and is what pictures are compared with.
    """

    def __init__(self, file: Path, classes: Sequence[tuple[float, Colour]]) -> None:
        self.file = file
        least = [value for value, _colour in classes]
        tops = [*least[1:], FAR]
        self.colours: Any = [
            ((low, high), colour) for (low, colour), high in zip(classes, tops, strict=True)
        ]
        self.kept = ExitStack()
        self.reader = self.kept.enter_context(Reader(str(file)))
        careful: Any = {"vrt_options": {"tolerance": EXACT}}
        self.careful = self.kept.enter_context(Reader(str(file), options=careful))

    def drawn(self, tile: tuple[int, int, int]) -> bytes:
        """The PNG of a tile (z, x, y)."""
        return self._drawn(self.reader, *tile)

    def exact(self, tile: tuple[int, int, int]) -> bytes:
        """The PNG of a tile (z, x, y), every pixel where it belongs."""
        return self._drawn(self.careful, *tile)

    def _drawn(self, reader: Any, z: int, x: int, y: int) -> bytes:
        image = reader.tile(x, y, z, tilesize=SIDE, resampling_method="nearest")
        picture: bytes = image.render(img_format="PNG", colormap=self.colours, add_mask=True)
        return picture


def pixels(picture: bytes | None) -> Any:
    """Red, green, blue and opacity of a PNG; a clear pixel has no colour, no picture is clear."""
    if picture is None:
        return np.zeros((SIDE, SIDE, 4), dtype=np.uint8)
    shown = np.array(Image.open(BytesIO(picture)).convert("RGBA"))
    shown[shown[..., 3] == 0] = 0
    return shown
