"""Records to be compared, without a registry."""

import io
from itertools import count
from typing import Any

import pyarrow as pa

from registry.matching.records import APART, read_records
from registry.parsing.names import searchable

COLUMNS = (
    *("id", "kind", "household", "said", "local", "latin", "bones", "sex", "born", "exact"),
    *("area", "lon", "lat", "identifiers", "contacts", "accounts"),
)
_ids = count(1)


def record(name: str, born: str = "", sex: str = "", **said: Any) -> dict[str, Any]:
    """A person of a name, somewhere in area 11, who lives with nobody that is known."""
    found = searchable(name, None)
    many = {each: APART.join(said.pop(each, ())) for each in ("identifiers", "contacts")}
    return {
        "id": next(_ids),
        "kind": "individual",
        "said": found.names,
        "latin": "t" if ord(max(name)) < 0x250 else "f",
        "bones": " ".join(found.bones),
        "born": born,
        "sex": sex,
        "exact": "t" if born else "",
        "area": 11,
        **many,
        **said,
    }


def table(*records: dict[str, Any]) -> pa.Table:
    """Records as the registry hands them to the comparison."""
    lines = [",".join(COLUMNS)]
    lines += [",".join(str(each.get(name, "")) for name in COLUMNS) for each in records]
    return read_records(io.BytesIO("\n".join([*lines, ""]).encode()))
