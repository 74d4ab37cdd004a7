"""rapidfuzz: pairs of one birth date and sex, their names compared all at once in C++.

Blocks are sorted and cut into pairs by NumPy, and Jaro-Winkler of the whole names is computed on
all cores: the quickest way there is to use it.
"""

from importlib.metadata import version

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

ALIKE = 0.88
VERSION = f"rapidfuzz {version('rapidfuzz')}"


def alike(records: pa.Table) -> set[tuple[int, int]]:
    """The pairs of ids whose birth date, sex and name say they are of one person."""
    known = records.filter(pc.is_valid(records["born"]))
    days = known["born"].cast(pa.int32()).to_numpy()
    key = days.astype(np.int64) * 2 + (known["sex"].to_numpy(zero_copy_only=False) == "male")
    order = np.argsort(key, kind="stable")
    left, right = _pairs(key[order])
    one, other = order[left], order[right]
    names = known["said"].to_numpy(zero_copy_only=False)
    score = process.cpdist(
        names[one], names[other], scorer=JaroWinkler.similarity, score_cutoff=ALIKE, workers=-1
    )
    ids, found = known["id"].to_numpy(), score >= ALIKE
    a, b = ids[one[found]], ids[other[found]]
    return {*zip(np.minimum(a, b).tolist(), np.maximum(a, b).tolist(), strict=True)}


def _pairs(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of every two that have one key, of keys in order: neighbours, then the next."""
    lefts, rights, step = [], [], 1
    while (same := np.flatnonzero(key[:-step] == key[step:])).size:
        lefts.append(same)
        rights.append(same + step)
        step += 1
    return np.concatenate([np.empty(0, int), *lefts]), np.concatenate([np.empty(0, int), *rights])
