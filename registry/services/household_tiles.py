"""Household tiles made beforehand, for the zooms at which a tile holds many households.

Parts of the counting jobs, so they take no actor and leave no entry.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from core.bulk import copy_into
from geo.vector.block_tiles import ZOOM, blocks_under, tiles_over
from registry.counting.packed import HOUSEHOLD, Records, Whole, starts_of
from registry.counting.tiles import RECORD, InTiles, coarser, in_tiles, put_together
from registry.models.household_cells import Grain, HouseholdCell, HouseholdTile

COLUMNS = ["release_id", "zoom", "x", "y", "packed"]


def write_all(session: Session, release_id: int, parts: Iterable[InTiles]) -> None:
    """All tiles of a release, of its households in tiles of the finest zoom."""
    session.execute(delete(HouseholdTile).where(HouseholdTile.release_id == release_id))
    tiles = put_together(ZOOM, parts)
    while True:
        copy_into(session, HouseholdTile.__tablename__, COLUMNS, _rows(release_id, tiles))
        if tiles.zoom == 0:
            return
        tiles = coarser(tiles)


def write_again(session: Session, release_id: int, blocks: Whole) -> None:
    """The tiles over some blocks of the grid, from the households packed there."""
    column, row = tiles_over(blocks)
    households = _households(session, release_id, blocks_under(column, row))
    tiles = in_tiles(ZOOM, households)
    while True:
        tiles = _only(tiles, column, row)
        _replace(session, release_id, tiles, column, row)
        if tiles.zoom == 0:
            return
        zoom, (column, row) = tiles.zoom, _distinct(column >> 1, row >> 1)
        tiles = coarser(_children(session, release_id, zoom, column, row))


def _rows(release_id: int, tiles: InTiles) -> Iterator[tuple[object, ...]]:
    starts = starts_of(tiles.row, tiles.column)
    ends = np.append(starts, len(tiles.record))[1:]
    body, size = tiles.record.tobytes(), RECORD.itemsize
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        packed = body[start * size : end * size]
        yield release_id, tiles.zoom, int(tiles.column[start]), int(tiles.row[start]), packed


def _households(session: Session, release_id: int, blocks: Whole) -> Records:
    """The households of blocks of the grid."""
    spans = [HouseholdCell.cell.between(b << 12, (b + 1 << 12) - 1) for b in blocks.tolist()]
    packed = session.scalars(
        select(HouseholdCell.packed).where(
            HouseholdCell.release_id == release_id,
            HouseholdCell.grain == Grain.HOUSEHOLDS,
            or_(*spans),
        )
    )
    return np.frombuffer(b"".join(packed), dtype=HOUSEHOLD)


def _children(session: Session, release_id: int, zoom: int, column: Whole, row: Whole) -> InTiles:
    """The stored tiles of a zoom that lie in tiles of the zoom before."""
    within = [
        and_(HouseholdTile.x.in_((2 * x, 2 * x + 1)), HouseholdTile.y.in_((2 * y, 2 * y + 1)))
        for x, y in zip(column.tolist(), row.tolist(), strict=True)
    ]
    stored = session.execute(
        select(HouseholdTile.x, HouseholdTile.y, HouseholdTile.packed).where(
            HouseholdTile.release_id == release_id, HouseholdTile.zoom == zoom, or_(*within)
        )
    ).all()
    records = [np.frombuffer(tile.packed, dtype=RECORD) for tile in stored]
    lengths = [len(some) for some in records]
    columns, rows = ([int(getattr(tile, axis)) for tile in stored] for axis in ("x", "y"))
    return InTiles(
        zoom,
        np.repeat(np.array(columns, dtype=np.int64), lengths),
        np.repeat(np.array(rows, dtype=np.int64), lengths),
        np.concatenate([np.zeros(0, dtype=RECORD), *records]),
    )


def _replace(session: Session, release_id: int, tiles: InTiles, column: Whole, row: Whole) -> None:
    own = and_(HouseholdTile.release_id == release_id, HouseholdTile.zoom == tiles.zoom)
    these = [
        and_(HouseholdTile.x == x, HouseholdTile.y == y)
        for x, y in zip(column.tolist(), row.tolist(), strict=True)
    ]
    session.execute(delete(HouseholdTile).where(own, or_(*these)))
    copy_into(session, HouseholdTile.__tablename__, COLUMNS, _rows(release_id, tiles))


def _only(tiles: InTiles, column: Whole, row: Whole) -> InTiles:
    """The records of some tiles; households beyond them were read with their blocks."""
    wanted = np.isin(_number(tiles.column, tiles.row), _number(column, row))
    return InTiles(tiles.zoom, tiles.column[wanted], tiles.row[wanted], tiles.record[wanted])


def _distinct(column: Whole, row: Whole) -> tuple[Whole, Whole]:
    number = np.unique(_number(column, row))
    return number & (1 << 20) - 1, number >> 20


def _number(column: Whole, row: Whole) -> Whole:
    return (row << 20) | column
