"""Smooth things reckoned exactly on a lattice of few places, and interpolated in between."""

import numpy as np

from geo.crs import Floats

NODES = 17  # along each side


def ends(low: float, high: float) -> Floats:
    """The places of the nodes along one side."""
    return np.linspace(low, high, NODES)


def between(nodes: Floats, rows: Floats, columns: Floats) -> Floats:
    """Values at every pair of row and column, from a (NODES, NODES) lattice.

    Rows and columns count nodes from 0 to NODES - 1, with fractions.
    """
    return _along(np.ascontiguousarray(_along(nodes.T, columns).T), rows)


def _along(nodes: Floats, at: Floats) -> Floats:
    before = np.minimum(at.astype(np.int64), NODES - 2)
    share = (at - before)[:, None]
    return np.asarray(nodes[before] * (1 - share) + nodes[before + 1] * share)
