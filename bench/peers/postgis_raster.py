"""PostGIS at its best on points and a raster: tiles of 32 pixels, and the tiles ask for the points.

The tiles and the points (carried into the raster's system, sorted along a Hilbert curve, indexed)
are made before the clock starts; tiles without a value are left out.
"""

from binascii import hexlify
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import numpy as np
import rasterio
from numpy.typing import NDArray
from psycopg import Connection
from sqlalchemy.orm import Session

from bench.peers.tables import run
from core.db import transaction

SIDE = 32  # pixels of a tile; larger ones are unpacked whole for every point
STRIP = 512  # rows read at a time
FLOAT, HAS_NODATA = 10, 0x40  # of a band, in PostGIS' raster format
TILE = np.dtype(
    [
        ("order", "u1"),
        ("version", "<u2"),
        ("bands", "<u2"),
        ("scale", "<f8", 2),
        ("corner", "<f8", 2),
        ("skew", "<f8", 2),
        ("srid", "<i4"),
        ("size", "<u2", 2),
        ("kind", "u1"),
        ("nodata", "<f4"),
        ("cells", "<f4", (SIDE, SIDE)),
    ]
)

MAKE: LiteralString = """
    create extension if not exists postgis_raster;
    create schema if not exists peers;
    drop table if exists peers.tiles;
    create table peers.tiles (rast raster);
    alter table peers.tiles alter rast set storage external
"""
INDEX: LiteralString = """
    create index on peers.tiles using gist (st_envelope(rast));
    drop table if exists peers.carried;
    create table peers.carried as
    select id, st_transform(point, {srid}) as point from locations
    where point is not null order by point;
    create index on peers.carried using gist (point);
    analyze peers.tiles, peers.carried
"""
EXPOSE: LiteralString = """
    drop table if exists peers.exposure;
    create table peers.exposure as
    select found.id as location_id, found.value
    from peers.tiles,
         lateral (
             select id, st_value(rast, 1, point)::real as value
             from peers.carried where point && st_envelope(rast) offset 0
         ) found
    where found.value >= {floor}::real;
    alter table peers.exposure add primary key (location_id);
    analyze peers.exposure
"""


@dataclass(frozen=True)
class TiledRaster:
    """A raster of one float band as tiles in the database."""

    file: Path
    srid: int

    def prepare(self) -> None:
        """Write tiles and points, and index them."""
        with transaction() as session:
            run(session, MAKE)
            self._copy(session)
            run(session, INDEX, srid=self.srid)

    def expose(self, floor: float) -> None:
        """Write every point whose cell has at least the floor, with its value, and a key."""
        with transaction() as session:
            run(session, EXPOSE, floor=floor)

    def _copy(self, session: Session) -> None:
        driver: Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
        with driver.cursor().copy("copy peers.tiles from stdin") as copy:
            for tiles in self._tiles():
                copy.write(_as_lines(tiles))

    def _tiles(self) -> Iterator[NDArray[np.void]]:
        with rasterio.open(self.file) as source:
            for top in range(0, source.height, STRIP):
                height = min(STRIP, source.height - top)
                rows = source.read(1, window=((top, top + height), (0, source.width)))
                yield _cut(source, rows, top, self.srid)


def _as_lines(tiles: NDArray[np.void]) -> bytes:
    """Tiles as COPY reads them: one a line, in hexadecimal."""
    lines = np.empty((len(tiles), 2 * TILE.itemsize + 1), dtype=np.uint8)
    digits = np.frombuffer(hexlify(tiles.tobytes()), dtype=np.uint8)
    lines[:, :-1], lines[:, -1] = digits.reshape(len(tiles), 2 * TILE.itemsize), ord("\n")
    return lines.tobytes()


def _cut(source: Any, rows: Any, top: int, srid: int) -> NDArray[np.void]:
    """The tiles of some rows that hold a value, filled up with nodata at the edges."""
    nodata, (height, width) = source.nodata, rows.shape
    missing = [(0, -side % SIDE) for side in (height, width)]
    filled = np.pad(rows, missing, constant_values=nodata)
    down, across = filled.shape[0] // SIDE, filled.shape[1] // SIDE
    cells = filled.reshape(down, SIDE, across, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    row, column = np.divmod(np.arange(down * across), across)
    tiles = np.zeros(down * across, dtype=TILE)
    tiles["order"], tiles["bands"], tiles["srid"], tiles["size"] = 1, 1, srid, SIDE
    at, step = source.transform, SIDE
    tiles["scale"] = at.a, at.e
    tiles["corner"][:, 0] = at.c + column * step * at.a
    tiles["corner"][:, 1] = at.f + (top + row * step) * at.e
    tiles["kind"], tiles["nodata"], tiles["cells"] = FLOAT | HAS_NODATA, nodata, cells
    held: NDArray[np.void] = tiles[(cells != nodata).any(axis=(1, 2))]
    return held
