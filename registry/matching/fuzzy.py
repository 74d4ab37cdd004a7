"""Pairs of records, weighed: how likely both are of one and the same household or person.

Each comparison adds its weight, the binary logarithm of how much likelier it comes out so between
two records of one than of two (Fellegi and Sunter, A Theory for Record Linkage, 1969); the sum over
what is likely beforehand is the score, between 0 and 1.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.country import country
from registry.matching.blocks import Block, BlockFigures, set_side_by_side
from registry.matching.records import APART

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

EVERY_RULE = tuple(Block)

# Who does not know the day is written down as born on the first of January: it tells of the year.
RECORD = """
create temporary table record as
select row_number() over () as place, * replace (
    coalesce(bones, '') as bones, coalesce(said, '') as said,
    exact and not (month(born) = 1 and day(born) = 1) as exact)
from given
"""
# What the two of a pair are to one another, the dear comparison of names left for later.
COMPARED = """
create temporary table compared as
select l.place as one, r.place as other,
       case when l.born is null or r.born is null then null
            when l.born = r.born and l.exact and r.exact then 'same'
            when l.exact and r.exact and year(l.born) = year(r.born)
                 and day(l.born) = month(r.born) and month(l.born) = day(r.born) then 'turned'
            when year(l.born) = year(r.born) and not (l.exact and r.exact) then 'year'
            when (year(l.born) = year(r.born))::int + (month(l.born) = month(r.born))::int
                 + (day(l.born) = day(r.born))::int = 2 and l.exact and r.exact then 'near'
            when abs(year(l.born) - year(r.born)) = 1 and not (l.exact and r.exact) then 'about'
            else 'other' end as born,
       l.sex = r.sex as sex,
       l.area = r.area as area,
       sqrt(pow((l.lat - r.lat) * 110574, 2)
            + pow((l.lon - r.lon) * 111320 * cos(radians((l.lat + r.lat) / 2)), 2)) as metres,
       case when l.identifiers is null or r.identifiers is null then null
            when list_has_any(string_split(l.identifiers, $apart),
                              string_split(r.identifiers, $apart)) then true
            when list_has_any(types_of(l.identifiers, $apart), types_of(r.identifiers, $apart))
            then false end as identifier,
       coalesce(list_has_any(string_split(l.contacts, $apart),
                             string_split(r.contacts, $apart)), false) as contact,
       coalesce(list_has_any(string_split(l.accounts, $apart),
                             string_split(r.accounts, $apart)), false) as account
from pair p join record l on l.place = p.one join record r on r.place = p.other
where not (l.from_file is false and r.from_file is false)
  and (l.household is null or r.household is null or l.household <> r.household
       or coalesce(identifier, false))
"""
WEIGHED = """
create temporary table weighed as
select *,
       case born when 'same' then 8 when 'turned' then 6 when 'near' then 4 when 'year' then 3
                 when 'about' then 1 when 'other' then -7 else 0 end
       + case sex when true then 1 when false then -4 else 0 end
       + case when metres <= $roof then 6 when metres <= 300 then 3
              when area then 2 when not area then -1 else 0 end
       + case identifier when true then 14 when false then -5 else 0 end
       + case when contact then 5 else 0 end + case when account then 5 else 0 end
       - 11 as weight
from compared
"""
# Names are alike word by word, in any order, by the least alike of the shorter name's words: twins
# share the family name and the first letters. Of names in two scripts the bones tell. A single
# letter may stand for a name that begins with it; who has no name at all is like nobody.
NAMED = """
create temporary table named as
select one, other, greatest(
           word_by_word(string_split(l.said, ' '), string_split(r.said, ' ')),
           coalesce(word_by_word(string_split(l.local, ' '), string_split(r.local, ' ')), 0),
           case when l.said <> '' and jaro_winkler_similarity(
                     run_together(l.said), run_together(r.said)) >= 0.97
                then 0.93 else 0 end,
           case when l.latin <> r.latin and l.bones = r.bones and l.bones <> ''
                then 0.93 else 0 end
       ) as likeness
from weighed w join record l on l.place = w.one join record r on r.place = w.other
where weight + 9 >= $least or identifier
"""
MACROS = (
    """
    create temporary macro types_of(identifiers, apart) as
        list_transform(string_split(identifiers, apart), lambda i: split_part(i, ' ', 1))
    """,
    """
    create temporary macro run_together(name) as
        array_to_string(list_sort(string_split(name, ' ')), '')
    """,
    """
    create temporary macro best_of(word, words) as
        list_max(list_transform(words, lambda v: greatest(
            jaro_winkler_similarity(word, v),
            case when least(length(word), length(v)) = 1 and left(word, 1) = left(v, 1)
                 then 0.86 else 0 end)))
    """,
    """
    create temporary macro word_by_word(a, b) as
        case when a = [''] or b = [''] then 0.0
             when len(a) <= len(b) then list_min(list_transform(a, lambda w: best_of(w, b)))
             else list_min(list_transform(b, lambda w: best_of(w, a))) end
    """,
)
SCORED = """
create temporary table scored as
with summed as (
    select one, other, likeness, born, sex, area, metres, identifier, contact, account,
           weight + case when likeness >= 0.97 then 9 when likeness >= 0.9 then 7
                         when likeness >= 0.84 then 3 else -7 end as weight
    from weighed join named using (one, other)
)
select *, greatest(1 / (1 + pow(2, -weight)), case when identifier then 0.9 else 0 end) as score
from summed
"""
TOLD = """
select least(l.id, r.id) as "left", greatest(l.id, r.id) as "right",
       score::float as score, metres::float as metres,
       coalesce(metres <= $roof, false) as same_roof,
       list_filter([
           case when identifier then 'same_identifier' end,
           case when contact then 'same_contact' end,
           case when account then 'same_account' end,
           case when likeness >= 0.97 then 'same_name' when likeness >= 0.84 then 'alike_name'
                else 'other_name' end,
           case s.born when 'same' then 'same_birth' when 'turned' then 'turned_birth'
                     when 'near' then 'near_birth' when 'year' then 'same_year'
                     when 'about' then 'near_year' when 'other' then 'other_birth' end,
           case when not s.sex then 'other_sex' end,
           case when metres <= $roof then 'same_roof' when metres <= 300 then 'near_by'
                when s.area then 'same_area' when not s.area then 'other_area' end,
           case when not identifier then 'other_identifier' end
       ], lambda reason: reason is not null) as reasons
from scored s join record l on l.place = s.one join record r on r.place = s.other
where score >= $probability order by score desc, "left", "right"
"""


def alike(
    people: "pa.Table",
    against: "pa.Table | None",
    rules: Sequence[Block] = EVERY_RULE,
    least: float = 0.7,
    room: Path | None = None,
) -> "tuple[pa.Table, Sequence[BlockFigures]]":
    """The pairs of `people`, and of them with `against`, whose score is at least `least`.

    Both are as `registry.matching.records.read_records` answers them. Two records of one household
    are never proposed, unless they bear one identifier. `room` is a folder for what does not fit
    into memory.

    Answers `left, right, score, metres, same_roof, reasons`, the likeliest first, and what each
    rule compared.
    """
    with opened(room) as base:
        prepare(base, given_of(people, against))
        figures = set_side_by_side(base, rules)
        weigh(base)
        return told(base, least), figures


def prepare(base: "DuckDBPyConnection", given: "pa.Table") -> None:
    """Fill the table `record`."""
    base.register("given", given)
    for macro in MACROS:
        base.execute(macro)
    base.execute(RECORD)


def weigh(base: "DuckDBPyConnection", least: float = 0.0) -> None:
    """Fill the table `scored` with the pairs of the table `pair` that can weigh `least`."""
    base.execute(COMPARED, {"apart": APART})
    base.execute(WEIGHED, {"roof": country().roof_m})
    base.execute(NAMED, {"least": least})
    base.execute(SCORED)


def told(base: "DuckDBPyConnection", least: float) -> "pa.Table":
    """The pairs of the table `scored` whose score is at least `least`, with their reasons."""
    asked = {"roof": country().roof_m, "probability": least}
    return base.sql(TOLD, params=asked).to_arrow_table()


def opened(room: Path | None) -> "DuckDBPyConnection":
    """A database in memory; what does not fit goes into `room`."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": os.cpu_count() or 1,
        "preserve_insertion_order": False,
        "temp_directory": str(room or ""),
    }
    return duckdb.connect(config=settings)


def given_of(people: "pa.Table", against: "pa.Table | None") -> "pa.Table":
    """All records as one table; `from_file` is false of those that are not compared together."""
    import pyarrow as pa

    if against is None:
        return people.append_column("from_file", pa.nulls(len(people), pa.bool_()))
    new = people.append_column("from_file", pa.array([True] * len(people), pa.bool_()))
    known = against.append_column("from_file", pa.array([False] * len(against), pa.bool_()))
    return pa.concat_tables([new, known.cast(new.schema)])
