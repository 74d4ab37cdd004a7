"""Vector tiles as PostGIS makes them: `ST_AsMVT` of every household in the tile.

Points are kept in web mercator along a Hilbert curve with a GiST index, so nothing is carried over
while a tile is made.
"""

from typing import LiteralString

from sqlalchemy import text

from bench.peers.tables import run
from core.db import transaction

MAKE: LiteralString = """
    create schema if not exists peers;
    drop table if exists peers.mercator;
    create table peers.mercator as
    select st_transform(point, 3857) as point, value, status
    from registrants
    join locations on locations.id = location_id
    left join exposure on exposure.location_id = locations.id and release_id = {release}
    where point is not null and registrants.kind = 'group'
    order by 1;
    create index on peers.mercator using gist (point);
    analyze peers.mercator
"""
TILE = text("""
    select st_asmvt(layer, 'households', 4096, 'geom')
    from (
        select st_asmvtgeom(point, st_tileenvelope(:z, :x, :y), 4096, 0, true) as geom,
               value, status
        from peers.mercator where point && st_tileenvelope(:z, :x, :y)
    ) layer
""")
HELD = text("""
    select count(*) from peers.mercator, st_tileenvelope(:z, :x, :y) as tile
    where point && tile
      and st_x(point) >= st_xmin(tile) and st_x(point) < st_xmax(tile)
      and st_y(point) > st_ymin(tile) and st_y(point) <= st_ymax(tile)
""")


def prepare(release_id: int) -> None:
    """Lay the points down with what a release says of them."""
    with transaction() as session:
        run(session, MAKE, release=release_id)


def tile(z: int, x: int, y: int) -> bytes:
    """One tile, a feature for each household."""
    with transaction() as session:
        return bytes(session.scalar(TILE, {"z": z, "x": x, "y": y}) or b"")


def held(z: int, x: int, y: int) -> int:
    """How many households stand in a tile.

    They are not counted in the tile itself: it also has some from just outside, as the index keeps
    32 bits of a place; and GDAL opens no tile of more than ten megabytes.
    """
    with transaction() as session:
        return session.scalar(HELD, {"z": z, "x": x, "y": y}) or 0
