"""The limit of sampling: the same cells read with rasterio and NumPy alone, and nothing else.

Places are given in the raster's own system; the file is tiled and every touched block is read once,
by as many threads as there are processors.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def values_at(file: Path, x: Floats, y: Floats) -> NDArray[Any]:
    """The stored number of the cell each place lies in; all places lie inside."""
    with rasterio.open(file) as source:
        inverse, (height, width) = ~source.transform, source.block_shapes[0]
        across = -(-source.width // width)
        numbers = np.empty(len(x), dtype=source.dtypes[0])
    columns = (x * inverse.a + inverse.c).astype(np.int32)
    rows = (y * inverse.e + inverse.f).astype(np.int32)
    block = rows // height * across + columns // width
    order = np.argsort(block.astype(np.uint16), kind="stable")
    cuts = np.flatnonzero(np.diff(block[order])) + 1
    runs = np.split(order, cuts)

    def read(some: list[NDArray[np.intp]]) -> None:
        with rasterio.open(file) as source:
            for run in some:
                top = int(rows[run[0]]) // height * height
                left = int(columns[run[0]]) // width * width
                window = (
                    (top, min(top + height, source.height)),
                    (left, min(left + width, source.width)),
                )
                cells = source.read(1, window=window)
                numbers[run] = cells[rows[run] - top, columns[run] - left]

    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        share = -(-len(runs) // threads)
        list(pool.map(read, (runs[i : i + share] for i in range(0, len(runs), share))))
    return numbers
