"""Shapes on their way into the database by COPY."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


def copied(shapes: NDArray[np.object_], srid: int = 4326) -> Any:
    """N shapes as PostGIS reads them in a COPY; None stays None."""
    return shapely.to_wkb(shapely.set_srid(shapes, srid), hex=True, include_srid=True)
