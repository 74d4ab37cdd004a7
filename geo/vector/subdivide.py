"""Large polygons cut into parts of few vertices, which indexes and intersections handle fast."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.ellipsoid import Shapes

Positions = NDArray[np.intp]

MOST = 256  # vertices
FINEST = 40  # halvings, far below the last digit of a coordinate


def subdivided(shapes: Shapes, most: int = MOST) -> tuple[Shapes, Positions]:
    """Single valid polygons of at most `most` vertices that together cover N valid polygons.

    Returns the parts and, for each, the position of the shape it was cut from. Each round halves
    all that is too large across its longer side, all at once.
    """
    parts, owners = shapely.get_parts(shapes, return_index=True)
    done, done_owners = [parts[:0]], [owners[:0]]
    for _round in range(FINEST):
        large = shapely.get_num_coordinates(parts) > most
        done.append(parts[~large])
        done_owners.append(owners[~large])
        if not large.any():
            break
        parts, owners = _halved(parts[large], owners[large])
    return _clean(np.concatenate(done), np.concatenate(done_owners))


def _halved(parts: Shapes, owners: Positions) -> tuple[Shapes, Positions]:
    halves, of = [], []
    for part, owner in zip(parts, owners, strict=True):
        west, south, east, north = part.bounds
        if east - west > north - south:
            middle = (west + east) / 2
            boxes = (west, south, middle, north), (middle, south, east, north)
        else:
            middle = (south + north) / 2
            boxes = (west, south, east, middle), (west, middle, east, north)
        halves += [shapely.clip_by_rect(part, *box) for box in boxes]
        of += [owner, owner]
    return _polygons(np.array(halves, dtype=object), np.array(of))


def _clean(parts: Shapes, owners: Positions) -> tuple[Shapes, Positions]:
    """Mend the few parts whose rings touch themselves along a cut: the price of fast clipping."""
    touching = ~shapely.is_valid(parts)
    mended = parts.copy()
    mended[touching] = shapely.make_valid(parts[touching], method="structure", keep_collapsed=False)
    return _polygons(mended, owners)


def _polygons(shapes: Shapes, owners: Positions) -> tuple[Shapes, Positions]:
    pieces, at = shapely.get_parts(shapes, return_index=True)
    # a cut along an edge leaves lines too, and one beside it a polygon of nothing
    flat = (shapely.get_dimensions(pieces) == 2) & ~shapely.is_empty(pieces)
    return pieces[flat], owners[at[flat]]
