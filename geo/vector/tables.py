"""Tables without shapes that stand among layers."""

from pathlib import Path

import numpy as np

from geo.vector.columns import Column
from geo.vector.facts import broken


def texts_of(file: Path) -> dict[str, list[str]]:
    """The columns of a table as text, empty where a cell is; none where it cannot be read."""
    import pyogrio

    try:
        meta, _fids, _shapes, values = pyogrio.raw.read(file, read_geometry=False)
    except broken():
        return {}
    return {
        name: Column(name, kind, np.asarray(column)).texts()
        for name, kind, column in zip(meta["fields"], meta["ogr_types"], values, strict=True)
    }
