"""PostGIS at its best on many polygons and many points: the polygons ask for the points.

`LATERAL ... OFFSET 0` keeps the polygons outside; they are cut into parts of few vertices. Points
stand in one narrow table along a Hilbert curve with a GiST index.
"""

from typing import LiteralString

from sqlalchemy import text

from bench.peers.tables import run
from core.db import transaction

MAKE: LiteralString = """
    create schema if not exists peers;
    drop table if exists peers.points;
    create table peers.points as
    select id, point from locations where point is not null order by point;
    create index on peers.points using gist (point);
    alter table peers.points add primary key (id);
    analyze peers.points
"""
FLOOD: LiteralString = """
    drop table if exists peers.flooded;
    create table peers.flooded as
    with hit as materialized (
        select distinct found.id
        from release_parts,
             lateral (
                 select id from peers.points
                 where point && part and st_intersects(part, point) offset 0
             ) found
        where release_id = {release}
    ), seen as materialized (
        select distinct found.id
        from release_observed,
             lateral (
                 select id from peers.points
                 where point && part and st_intersects(part, point) offset 0
             ) found
        where release_id = {release}
    )
    select id, 'in' as status from hit
    union all
    select id, 'not_observed' from peers.points
    where st_intersects(point, (select bounds from releases where id = {release}))
      and id not in (select id from seen) and id not in (select id from hit);
    alter table peers.flooded add primary key (id);
    analyze peers.flooded
"""
SETTLE = text("""
    select count(*) as found, sum(found.id % 1000003 * area_id) as digest
    from area_parts
    join areas on areas.id = area_id and is_leaf and valid_to is null,
         lateral (
             select id from peers.points
             where point && part and st_intersects(part, point) offset 0
         ) found
""")


def prepare() -> None:
    """Lay the points down."""
    with transaction() as session:
        run(session, MAKE)


def flood(release_id: int) -> None:
    """Write which points an extent hit and which it could not see, with a key."""
    with transaction() as session:
        session.execute(text("set local work_mem = '256MB'"))
        run(session, FLOOD, release=release_id)


def settle() -> tuple[int, int]:
    """Find the leaf area of every point; how many have one, and a digest of which."""
    with transaction() as session:
        found = session.execute(SETTLE).one()
    return int(found.found), int(found.digest)
