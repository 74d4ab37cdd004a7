"""PostgreSQL's best statement for a live count: one narrow table, sorted and indexed for it.

Households with their point and what the release says of it stand in one table along a Hilbert curve
(so PostGIS orders points) with a GiST index; nothing is joined when it is asked.
"""

from typing import LiteralString

from sqlalchemy import text

from bench.peers.tables import run
from core.db import transaction

MAKE: LiteralString = """
    create schema if not exists peers;
    drop table if exists peers.households;
    create table peers.households as
    select registrants.id, point, value
    from registrants
    join locations on locations.id = location_id
    left join exposure on exposure.location_id = locations.id and release_id = {release}
    where point is not null and registrants.kind = 'group'
    order by point;
    create index on peers.households using gist (point);
    analyze peers.households
"""
COUNT = text("""
    select count(*) from peers.households
    where st_intersects(st_geomfromwkb(:shape, 4326), point) and value >= cast(:least as real)
""")


def prepare(release_id: int) -> None:
    """Lay the table down for a release."""
    with transaction() as session:
        run(session, MAKE, release=release_id)


def count(shape: bytes, least: float) -> int:
    """The households in a drawn shape (WKB, EPSG:4326) with at least so much."""
    with transaction() as session:
        return session.scalar(COUNT, {"shape": shape, "least": least}) or 0
