"""Blocks: records alike in something, which alone are compared; nobody compares all with all."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.country import country
from registry.matching.records import APART

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

LARGEST = 300
"""Records of one block that are compared with one another; a larger one is divided by area."""


class Block(StrEnum):
    """What the records of one block have in common."""

    IDENTIFIER = "identifier"  # a number somebody else gave them
    CONTACT = "contact"  # a telephone number or an address
    ACCOUNT = "account"  # where money reaches them
    BORN = "born"  # the bones of one word of the name, and the day of birth
    NAMED = "named"  # the bones of the whole name, and the year of birth
    LIVING = "living"  # the bones of the whole name, and the area
    ROOF = "roof"  # households within a few steps of one another


@dataclass(frozen=True)
class BlockFigures:
    """What one rule set side by side: blocks of two records or more, their records and pairs.

    `dropped` counts the records of blocks that were too large even after they were divided.
    """

    rule: str
    groups: int
    records: int
    pairs: int
    largest: int
    dropped: int


# A point lies in one cell of each of four grids, twice as wide as the roof and moved by half of it:
# two points that near share one of them.
KEYED = """
create temporary table keyed as
select * from (
    select place, area, 'identifier' as rule, hash(1, kind, unnest(identifiers)) as key
    from (select place, area, kind, string_split(identifiers, $apart) as identifiers from record
          where identifiers is not null)
    union all
    select place, area, 'contact', hash(2, kind, unnest(contacts))
    from (select place, area, kind, string_split(contacts, $apart) as contacts from record
          where contacts is not null)
    union all
    select place, area, 'account', hash(3, kind, unnest(accounts))
    from (select place, area, kind, string_split(accounts, $apart) as accounts from record
          where accounts is not null)
    union all
    select place, area, 'born', hash(4, kind, bone, born)
    from (select place, area, kind, born, unnest(string_split(bones, ' ')) as bone from record
          where born is not null and bones <> '')
    union all
    select place, area, 'named', hash(5, kind, bones, year(born)) from record
    where born is not null and bones <> ''
    union all
    select place, area, 'living', hash(6, kind, bones, area) from record
    where area is not null and bones <> ''
    union all
    select place, area, 'roof', hash(7, kind, unnest([
        [0, floor(x / 2), floor(y / 2)], [1, floor((x + 1) / 2), floor(y / 2)],
        [2, floor(x / 2), floor((y + 1) / 2)], [3, floor((x + 1) / 2), floor((y + 1) / 2)]]))
    from (select place, area, kind, lat * 110574 / $roof as y,
                 lon * 111320 * cos(radians(round(lat, 1))) / $roof as x
          from record where kind = 'group' and lon is not null)
) where rule in (select unnest($rules))
"""
KEYS = "select key from keyed"
SIZED = """
create temporary table sized as
select place, rule, key, area, records from keyed join shared using (key)
"""
DIVIDED = """
create temporary table divided as
select place, rule, hash(key, area) as key from sized where records > $largest and area is not null
"""
KEPT = """
create temporary table kept as
select place, rule, key, records from sized where records <= $largest
union all
select place, d.rule, key, records from divided d
join (select key, count(*) as records from divided group by key) using (key)
where records between 2 and $largest
"""
SIDE_BY_SIDE = """
create temporary table pair as
select distinct l.place as one, r.place as other
from kept l join kept r on l.key = r.key and l.place < r.place
"""
FIGURES = """
with blocks as (select rule, key, any_value(records) as records from kept group by rule, key),
told as (select rule, count(*) as groups, sum(records) as records,
                sum(records * (records - 1) // 2) as pairs, max(records) as largest
         from blocks group by rule),
large as (select rule, count(*) as records from sized where records > $largest group by rule),
saved as (select k.rule, count(*) as records from kept k join divided d using (place, key)
          group by k.rule)
select rule, coalesce(told.groups, 0), coalesce(told.records, 0), coalesce(told.pairs, 0),
       coalesce(told.largest, 0), coalesce(large.records, 0) - coalesce(saved.records, 0)
from told full join large using (rule) left join saved using (rule) order by rule
"""


def set_side_by_side(
    base: "DuckDBPyConnection", rules: Sequence[Block], largest: int = LARGEST
) -> list[BlockFigures]:
    """Fill the table `pair` with the places in `record` of all that share a block."""
    limit = {"largest": largest}
    asked = {"rules": [rule.value for rule in rules], "roof": country().roof_m, "apart": APART}
    base.execute(KEYED, asked)
    keys = np.asarray(base.execute(KEYS).fetchnumpy()["key"])
    base.register("shared", _shared(keys))
    base.execute(SIZED)
    base.execute(DIVIDED, limit)
    base.execute(KEPT, limit)
    base.execute(SIDE_BY_SIDE)
    told = base.execute(FIGURES, limit).fetchall()
    return [BlockFigures(rule, *map(int, figures)) for rule, *figures in told]


def _shared(keys: NDArray[np.uint64]) -> "pa.Table":
    """The keys that two records or more have, and how many; sorting is quicker than grouping."""
    import pyarrow as pa

    ordered = np.sort(keys)
    starts = np.flatnonzero(np.diff(ordered, prepend=~ordered[:1]))
    records = np.diff(starts, append=len(ordered))
    several = records > 1
    return pa.table({"key": ordered[starts[several]], "records": records[several]})
