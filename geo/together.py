"""What several hazards say of the same ground, and how that is put together: the worst of them,
whether ever, on how many of them.

Ground was ever in where one of them says so, and never where every one does. The worst value, and
on how many it was in, are known within bounds where some of them did not observe it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.clauses import Clause
from geo.crs import Flags

Values = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Stack:
    """What K hazards say of pieces of ground: (K, ...) values, and which of them observed it.

    Ground that was observed and has no value, as around an extent, has the infinity that is
    furthest from being in.
    """

    values: Values
    seen: Flags


@dataclass(frozen=True)
class Put:
    """What they say together, and the most it may be where that is not the same."""

    values: Values
    seen: Flags
    most: Values


Operation = Callable[[Stack, Clause], Put]


def worst(of_all: float) -> Operation:
    """The highest value, or the lowest where less is worse; `of_all` is that of all ground.

    Where some hazards did not observe ground and another meets the clause, it is at least as bad as
    that one says, and at most as bad as the worst of all; where none meets it nobody knows.
    """

    def put(stack: Stack, clause: Clause) -> Put:
        fold = np.maximum if clause.at_most is None else np.minimum
        nothing = stack.values.dtype.type(clause.furthest)
        found = fold.reduce(np.where(stack.seen, stack.values, nothing), axis=0)
        whole = _all(stack.seen)
        known = whole | (np.isfinite(found) & clause.met(found))
        return Put(found, known, np.where(whole, found, found.dtype.type(of_all)))

    return put


def ever(stack: Stack, clause: Clause) -> Put:
    """1 where any hazard meets the clause, else 0."""
    met = np.logical_or.reduce(clause.met(stack.values) & stack.seen, axis=0)
    found = met.astype(np.float32)
    return Put(found, met | _all(stack.seen), found)


def days(stack: Stack, clause: Clause) -> Put:
    """On how many hazards the clause is met; at most on those as well that did not observe it."""
    met = (clause.met(stack.values) & stack.seen).sum(axis=0).astype(np.float32)
    unseen = (~stack.seen).sum(axis=0).astype(np.float32)
    return Put(met, np.logical_or.reduce(stack.seen, axis=0), met + unseen)


def _all(seen: Flags) -> Flags:
    return np.asarray(np.logical_and.reduce(seen, axis=0))
