"""Near misses: the condition a rule would be if each figure it asks were a little easier to meet.

A count of up to twenty is eased by one, but what is asked at least is never eased to nothing; any
larger figure, or one with decimals, by a twentieth of it. What is negated stays as it is.
"""

import json
from decimal import Decimal
from typing import Any

from core import cql

WHOLE_UP_TO = 20
PART = Decimal("0.05")


def eased(written: str) -> str:
    """A condition whose figures are a little easier to meet; empty where nothing can be eased."""
    if not written.strip():
        return ""
    before = cql.tree(written)
    after = _eased(before)
    return "" if after == before else json.dumps(after)


def _eased(node: Any) -> Any:
    match node:
        case {"op": "and" | "or" as word, "args": list(parts)}:
            return {"op": word, "args": [_eased(part) for part in parts]}
        case {"op": ">=" | ">" as word, "args": [dict() as left, int() | float() as least]}:
            return {"op": word, "args": [left, _less(least)]}
        case {"op": "<=" | "<" as word, "args": [dict() as left, int() | float() as most]}:
            return {"op": word, "args": [left, _more(most)]}
        case _:
            return node


def _less(least: float) -> float:
    if isinstance(least, bool) or 0 <= least <= 1:
        return least
    return _told(Decimal(str(least)) - _step(least))


def _more(most: float) -> float:
    return most if isinstance(most, bool) else _told(Decimal(str(most)) + _step(most))


def _step(figure: float) -> Decimal:
    exact = Decimal(str(figure))
    if exact == exact.to_integral_value() and abs(exact) <= WHOLE_UP_TO:
        return Decimal(1)
    return abs(exact) * PART


def _told(figure: Decimal) -> float:
    return float(figure)
