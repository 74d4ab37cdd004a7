"""Arrays laid end to end in one file: whoever needs a few numbers of many maps it into memory.

The directory, as JSON, stands at the end, so that arrays may be written while they are made.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

ALIGNED = 64  # bytes; where arrays begin
TAIL = np.dtype("<u8")  # the last bytes say where the directory begins

Arrays = dict[str, NDArray[Any]]
Chunks = Iterable[NDArray[Any]]


def write(path: Path, arrays: Iterable[tuple[str, Chunks]]) -> None:
    """Write named arrays, each in chunks that follow one another along the first axis."""
    directory = {}
    with path.open("wb") as out:
        for name, chunks in arrays:
            out.write(bytes(-out.tell() % ALIGNED))
            directory[name] = _written(out, chunks)
        start = out.tell()
        out.write(json.dumps(directory).encode())
        out.write(np.array(start, dtype=TAIL).tobytes())


def read(path: Path) -> Arrays:
    """The arrays of a file, mapped: what is not looked at is not read."""
    whole = np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)
    start = int(whole[-TAIL.itemsize :].view(TAIL)[0])
    directory = json.loads(whole[start : -TAIL.itemsize].tobytes())
    return {name: _array(whole, **entry) for name, entry in directory.items()}


def _written(out: IO[bytes], chunks: Chunks) -> dict[str, Any]:
    """Write an array, and say where it stands and what it is."""
    start, rows = out.tell(), 0
    for chunk in chunks:
        out.write(np.ascontiguousarray(chunk).data)
        rows += len(chunk)
    return {"start": start, "dtype": chunk.dtype.str, "shape": [rows, *chunk.shape[1:]]}


def _array(whole: NDArray[np.uint8], start: int, dtype: str, shape: list[int]) -> NDArray[Any]:
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    return whole[start : start + size].view(dtype).reshape(shape)
