"""Goal 6: how many households a filter means that counts members and asks an area and a hazard."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from sqlalchemy import Select, TextClause, func, select, text
from sqlalchemy.orm import Session, aliased

from app.auth.roles import GIVES
from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.peers import plain_filter
from bench.peers.plain_filter import Asked
from bench.world import World, postgis_version
from core.actor import Actor
from core.db import transaction
from geo.models.areas import Area
from geo.models.exposure import Exposure, ExposureStatus
from geo.models.locations import Location
from programs.queries.queryables import widest_terms
from registry.models.registrants import Individual
from registry.queries.filters import count_matching

RUNS = 5
DEEP = 0.5  # metres
DAY = date(2026, 11, 12)
EVERYBODY = Actor(id=0, name="", permissions=frozenset().union(*GIVES.values()), national=True)
LONGEST = {"large": 2.0, "huge": 5.0}  # seconds to a preview
WATCHED = ("registrants", "individuals", "memberships")
Say = Callable[[str], None]

# The members that households of the country state: a head of 20 to 79 and others of 0 to 59 years,
# told by a hash of the key, so that every run has the same.
PEOPLE = text("""
    insert into registrants (kind, code, name, location_id, area_id)
    select 'individual', 'member-' || r.id || '-' || n, 'Member', r.location_id, r.area_id
    from groups g
    join registrants r on r.id = g.registrant_id
    cross join lateral generate_series(1, g.stated_size) as n
    order by r.id, n
""")
INDIVIDUALS = text("""
    insert into individuals (registrant_id, sex, birth_date, counted_in, area_id)
    select id, case when h % 2 = 0 then 'female' else 'male' end,
           date '2026-11-12' - (case when place = 1 then 7305 else 0 end + h % 21900)::int,
           household, area_id
    from (
        select id, area_id, split_part(code, '-', 2)::bigint as household,
               split_part(code, '-', 3)::int as place, abs(hashint8extended(id, 6) % 1000003) as h
        from registrants where kind = 'individual' and code like 'member-%'
    ) as member
    order by id
""")
MEMBERSHIPS = text("""
    insert into memberships (group_id, member_id, kind, area_id)
    select i.counted_in, r.id, case when r.code like '%-1' then 'head' else 'child' end, r.area_id
    from registrants r join individuals i on i.registrant_id = r.id
    where r.code like 'member-%'
    order by r.id
""")
ANALYZE = text("analyze registrants, groups, individuals, memberships")
QUIET = "alter table {} {} trigger user"


def measure(world: World, say: Say) -> list[Line]:
    """A filter over one province and over the whole country, beside SQL written for each by hand;
    ours counts besides how many households there are, as a page does."""
    judge = Judge(6, world.size)
    _people_the_country(say)
    say("Goal 6 ...")
    asked = [(name, Asked(pcode, world.depth_id, DEEP, DAY)) for name, pcode in _areas(world)]
    return [line for name, each in asked for line in _lines(judge, f"filter, {name}", each)]


def _lines(judge: Judge, name: str, asked: Asked) -> Iterator[Line]:
    pair = side_by_side(Side(lambda: _ours(asked)), Side(lambda: _peer(asked)), RUNS)
    yield judge.compared(name, pair, Target(), postgis_version())
    yield judge.limited(f"{name}, at most", pair.ours, LONGEST.get(judge.size))


def written(asked: Asked) -> str:
    """Two or more children below five, in an area, in the water, and no man at the head."""
    return (
        f"count_of(age < 5) >= 2 AND area_in('{asked.pcode}')"
        f" AND hazard_status({asked.release_id}, {asked.at_least}) = 'in'"
        " AND NOT sex_of_head = 'male'"
    )


def _ours(asked: Asked) -> int:
    with transaction(EVERYBODY) as session:
        terms = widest_terms(session, asked.on, actor=EVERYBODY)
        found = count_matching(session, written(asked), asked.on, actor=EVERYBODY, terms=terms)
        return found.meant


def _peer(asked: Asked) -> int:
    with transaction() as session:
        return plain_filter.count(session, asked)


def _areas(world: World) -> list[tuple[str, str]]:
    """The province with the most places that stand in the water, and the country."""
    with transaction() as session:
        return [
            (name, session.scalars(_wettest(world.depth_id, level)).one())
            for name, level in (("a province", 1), ("the country", 0))
        ]


def _wettest(release_id: int, level: int) -> Select[str]:
    """The P-code of the area of a level where the most places stand in the water."""
    leaf, above = aliased(Area), aliased(Area)
    wet = Exposure.status == ExposureStatus.IN
    return (
        select(above.pcode)
        .select_from(Exposure)
        .join(Location, Location.id == Exposure.location_id)
        .join(leaf, leaf.id == Location.area_id)
        .join(above, above.id == leaf.path[level + 1])
        .where(Exposure.release_id == release_id, wet, Exposure.value >= DEEP)
        .group_by(above.pcode)
        .order_by(func.count().desc(), above.pcode)
        .limit(1)
    )


def _people_the_country(say: Say) -> None:
    """List the members that households state, once; no trigger notes any of it."""
    with transaction() as session:
        counted = select(func.count()).where(Individual.counted_in.is_not(None))
        if session.scalar(counted):
            return
        say("Members ...")
        _unwatched(session, (PEOPLE, INDIVIDUALS, MEMBERSHIPS))
    with transaction() as session:
        session.execute(ANALYZE)


def _unwatched(session: Session, statements: Sequence[TextClause]) -> None:
    for table in WATCHED:
        session.execute(text(QUIET.format(table, "disable")))
    for statement in statements:
        session.execute(statement)
    for table in WATCHED:
        session.execute(text(QUIET.format(table, "enable")))
