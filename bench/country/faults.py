"""Rows that real lists contain, each with the verdict a careful import gives it.

`expected` is `create`, `flagged:<why>` (taken in with a warning) or `error:<why>` (left out). All
codes are the files' own, so that they can be loaded after the country itself.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import households, people
from .households import Households
from .world import World

Row = dict[str, Any]
Fault = tuple[str, Callable[[Row, Row], Row]]

EACH = 5  # rows of every fault
ROWS = 200
COLUMNS_OF_PLACE = ("longitude", "latitude")


def _set(**values: Any) -> Callable[[Row, Row], Row]:
    return lambda row, _: row | values


def _of_other(*columns: str) -> Callable[[Row, Row], Row]:
    """The row with these columns taken from another row."""
    return lambda row, other: row | {column: other[column] for column in columns}


def _swapped(row: Row, _: Row) -> Row:
    return row | {"longitude": row["latitude"], "latitude": row["longitude"]}


HOUSEHOLD_FAULTS: tuple[Fault, ...] = (
    ("flagged:swapped", _swapped),
    ("flagged:zero", _set(longitude=0, latitude=0)),
    ("flagged:foreign", _set(longitude=12.4964, latitude=41.9028)),
    ("flagged:outside_area", _of_other(*COLUMNS_OF_PLACE)),
    ("flagged:size_implausible", _set(size=240)),
    ("error:coordinates", _set(latitude=-129.5)),
    ("error:coordinates", _set(longitude="81 deg 30 E")),
    ("error:coordinates", _set(latitude="")),
    ("error:unknown_area", _set(area_pcode="KS9999")),
    ("error:missing_code", _set(code="")),
    ("error:repeated_code", _of_other("code")),
    ("error:missing_size", _set(size="")),
    ("error:size_not_a_number", _set(size="six")),
    ("error:size_out_of_range", _set(size=-3)),
    ("error:bad_date", _set(located_on="31/02/2025")),
    ("error:date_in_future", _set(located_on="2046-01-07")),
    ("error:accuracy", _set(accuracy_m=-8)),
    ("error:unknown_word", _set(location_source="satnav")),
    ("error:unknown_word", _set(roster="maybe")),
)
PEOPLE_FAULTS: tuple[Fault, ...] = (
    ("error:unknown_word", _set(sex="x")),
    ("error:unknown_word", _set(relation="boss")),
    ("error:missing_name", _set(name="", name_local="")),
    ("error:unknown_household", _set(household_code="H99999999")),
    ("error:repeated_code", _of_other("code")),
    ("error:bad_date", _set(birth_date="1994-13-40")),
    ("error:date_in_future", _set(birth_date="2046-05-02")),
    ("flagged:age_implausible", _set(birth_date="1881-05-02")),
    ("flagged:repeated_id", _of_other("id_type", "id_number")),
    ("flagged:second_head", _set(relation="head")),
)


def household_faults(world: World, run: Households) -> list[Row]:
    """Rows of households_with_faults.csv: good ones first, then each fault some times."""
    table = households.table(run, world)
    located = np.flatnonzero(run.located & (run.listed == run.size))[:ROWS]
    rows = [_own(row, number) for number, row in enumerate(table.take(located).to_pylist())]
    good = rows[: ROWS - EACH * len(HOUSEHOLD_FAULTS)]
    return _with_faults(rows, good, HOUSEHOLD_FAULTS, "area_pcode")


def people_faults(world: World, run: Households) -> list[Row]:
    """Rows of people_with_faults.csv, of the good households of the other file."""
    good = {row["code"] for row in household_faults(world, run) if row["expected"] == "create"}
    located = np.flatnonzero(run.located & (run.listed == run.size))[:ROWS]
    listed = people.members(run, world.seed)
    table = people.table(run, listed, world.seed)
    number = {int(household): place for place, household in enumerate(located)}
    kept = [row for row, household in enumerate(listed.household) if int(household) in number]
    rows = [
        _own_member(row, number[int(listed.household[place])])
        for place, row in zip(kept, table.take(kept).to_pylist(), strict=True)
    ]
    rows = [row for row in rows if row["household_code"] in good]
    faulty = EACH * len(PEOPLE_FAULTS)
    members = [row for row in rows if row["relation"] != "head" and row["id_number"]]
    last = [row["code"] for row in members[-faulty:]]
    sound = [row for row in rows if row["code"] not in last]
    return _with_faults(sound + members[-faulty:], sound, PEOPLE_FAULTS, "id_number")


def _with_faults(
    rows: list[Row], good: list[Row], faults: tuple[Fault, ...], differs: str
) -> list[Row]:
    """The good rows, and the rest each given its fault with the help of a good one."""
    made = [row | {"expected": "create"} for row in good]
    for number, row in enumerate(rows[len(good) : len(good) + EACH * len(faults)]):
        expected, spoil = faults[number // EACH]
        other = next(
            one for one in good[number:] + good if one[differs] not in ("", None, row[differs])
        )
        made.append(spoil(row, other) | {"expected": expected})
    return made


def _own(row: Row, number: int) -> Row:
    return row | {"code": f"X{number + 1:08d}"}


def _own_member(row: Row, household: int) -> Row:
    code = f"{household + 1:08d}"
    own_id = f"X{row['id_number'][1:]}" if row["id_number"] else None
    return row | {
        "code": f"Y{code}-{row['code'][-2:]}",
        "household_code": f"X{code}",
        "id_number": own_id,
    }
