"""Goal 8, the search: among a million people by each thing somebody may know of one of them."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth.roles import GIVES
from bench.country.script import in_kesari
from bench.doubles import MISTAKES
from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.peers import trigrams
from bench.world import postgis_version
from core.actor import Actor
from core.bulk import copy_into
from core.db import new_session, stand
from registry.parsing.names import bones, romanised
from registry.queries.registrants import registrants_page

RUNS = 3
SOMEBODY = 12  # people who are looked for
LIMIT = 0.3  # seconds
SEED = 7
EVERYTHING = frozenset().union(*GIVES.values())
COLUMNS = ("id", "said", "bones", "sex", "born", "exact", "area")
SPELT = ("أمينة", "نعيمة كيفالي", "Нурлан", "Yosuf Marr", "khadijah sen", "amina", "ka")

TAKEN_IN = text("""
    create temporary table written (
        id bigint, name text, bones text[], sex text, born date, exact boolean, area int
    ) on commit drop
""")
# Their keys begin after those that are there; they live in the leaf areas, one after the other.
NUMBERED = text("""
    create temporary table people on commit drop as
    with leaf as (select id, row_number() over (order by id) - 1 as place
                  from areas where is_leaf and valid_to is null)
    select w.*, w.id + 1 + (select coalesce(max(id), 0) from registrants) as key,
           leaf.id as area_id
    from written w
    left join leaf on leaf.place = w.area % (select nullif(count(*), 0) from leaf)
    order by w.id
""")
INTO = (
    text("""
        insert into registrants (id, kind, name, names, bones, area_id) overriding system value
        select key, 'individual', initcap(name), name, bones, area_id from people order by key
    """),
    text("""
        insert into individuals (registrant_id, sex, birth_date, birth_date_exact, area_id)
        select key, sex, born, coalesce(exact, false), area_id from people
    """),
    text("""
        insert into contacts (registrant_id, kind, value, key, area_id, is_main)
        select key, 'phone', '+2547' || lpad(id::text, 8, '0'),
               '+2547' || lpad(id::text, 8, '0'), area_id, true
        from people
    """),
    text("""
        insert into identifiers (registrant_id, type, value, key, area_id)
        select key, 'national_id', 'BN-' || id, 'BN-' || id, area_id from people
    """),
    text("""
        select gin_clean_pending_list('ix_registrants_names'),
               gin_clean_pending_list('ix_registrants_bones')
    """),
    text("analyze registrants, individuals, contacts, identifiers, areas"),
)
LOOKED_FOR = text("""
    select people.id, registrants.id as key, number, people.name, extract(year from born)::int
           as year, areas.name as area, areas.path[2] as province
    from people join registrants on registrants.id = people.key
    left join areas on areas.id = people.area_id
    where people.id = any (:ids) order by people.id
""")


@dataclass(frozen=True)
class Somebody:
    """One who is looked for; all that is known of them."""

    id: int
    key: int
    number: str
    name: str
    year: int | None
    area: str | None
    province: int | None


Knows = Callable[[Somebody], str]
KNOWN: dict[str, Knows] = {
    "number": lambda who: who.number.lower().replace("-", " "),
    "code that was scanned": lambda who: f"https://relief.example.org/registry/{who.number}",
    "telephone": lambda who: f"+2547{who.id:08d}",
    "identifier": lambda who: f"bn-{who.id}",
    "name": lambda who: who.name,
    "name misspelt": lambda who: MISTAKES[who.id % 4](who.name, random.Random(who.id)),  # noqa: S311
    "name turned about": lambda who: " ".join(reversed(who.name.split())),
    "name in another script": lambda who: in_kesari(who.name),
    "name, year and place": lambda who: f"{who.name} {who.year or ''} {who.area or ''}",
    "first letters": lambda who: who.name[:3],
}
FOUND_BY = ("number", "code that was scanned", "telephone", "identifier", "name, year and place")
"""What tells one of a million so well that they have to stand on the first page."""


def finding(judge: Judge, records: pa.Table) -> list[Line]:
    """A line for each thing one may know, one behind the wall, and one beside plain pg_trgm."""
    country = Actor(1, "Country", EVERYTHING, national=True)
    with new_session() as session:  # never committed: the country stays as it was
        people = _settled(session, records)
        lines = [_asked(judge, session, country, knows, people) for knows in KNOWN]
        lines += [_spelt(judge, session, country), _beside(judge, session, country, people)]
        if people[0].province:
            province = Actor(2, "Province", EVERYTHING, frozenset({people[0].province}))
            stand(session, province)
            lines.append(_asked(judge, session, province, "name", people, " in a province"))
        session.rollback()
    return lines


def _settled(session: Session, records: pa.Table) -> list[Somebody]:
    """Write everybody down, and choose who is looked for."""
    session.execute(TAKEN_IN)
    columns = [records[name].to_pylist() for name in COLUMNS]
    rows = ((key, said, own.split(), *more) for key, said, own, *more in zip(*columns, strict=True))
    names = ("id", "name", "bones", "sex", "born", "exact", "area")
    copy_into(session, "written", names, rows)
    for statement in (NUMBERED, *INTO):
        session.execute(statement)
    ids = random.Random(SEED).sample(range(len(records)), SOMEBODY)  # noqa: S311
    found = session.execute(LOOKED_FOR, {"ids": ids}).mappings()
    return [Somebody(**row) for row in found]


def _asked(
    judge: Judge,
    session: Session,
    actor: Actor,
    knows: str,
    people: Sequence[Somebody],
    where: str = "",
) -> Line:
    """By one thing that is known; the limit is one of a million people, and holds for fewer."""
    seconds, missed = [], 0
    for who in [*people] * RUNS:
        took, found = _timed(session, KNOWN[knows](who), actor)
        seconds.append(took)
        missed += knows in FOUND_BY and who.key not in found
    line = judge.limited(f"search by {knows}{where}, p95", seconds, LIMIT)
    return replace(line, holds=line.holds and not missed, answers_equal=not missed)


def _spelt(judge: Judge, session: Session, actor: Actor) -> Line:
    seconds = [_timed(session, name, actor)[0] for name in [*SPELT] * RUNS]
    return judge.limited("search by names as people type them, p95", seconds, LIMIT)


def _beside(judge: Judge, session: Session, actor: Actor, people: Sequence[Somebody]) -> Line:
    """Four ways to be alike and the keys that tell exactly, beside one way alone."""
    name = romanised(people[0].name)
    skeleton = {*bones(name)}

    def said(keys: Sequence[Any]) -> bool:
        alike = text("select bones @> cast(:b as text[]) from registrants where id = :id")
        return bool(keys) and bool(session.scalar(alike, {"b": [*skeleton], "id": keys[0]}))

    ours = Side(lambda: _timed(session, name, actor)[1], said)
    peer = Side(lambda: trigrams.alike(session, name), said)
    pair = side_by_side(ours, peer, RUNS)
    return judge.compared("search by name, beside one way", pair, Target(), postgis_version())


def _timed(session: Session, asked: str, actor: Actor) -> tuple[float, list[int]]:
    began = time.perf_counter()
    rows = registrants_page(session, asked, actor=actor).rows
    return time.perf_counter() - began, [row.id for row in rows]
