"""Reading what was counted by cell: all that a question takes in, by one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.bulk import array_written
from geo.area_tree import AREA, AreaTree
from geo.crs import Flags
from geo.vector.cover import GRAINS, Cover, cell_in_tile
from registry.counting.packed import COUNT, GRADED, HOUSEHOLD, SHARE, Records, Whole
from registry.models.household_cells import SHARES, Grain

READ = text("""
    select part, grain, string_agg(int8send(cell), '') as cells,
           string_agg(int4send(octet_length(packed)), '') as sizes,
           string_agg(packed, '') as packed
    from (
        select part, counted.grain, counted.cell, packed
        from unnest(
            cast(:parts as bigint[]), cast(:grains as bigint[]), cast(:cells as bigint[])
        ) as wanted (part, grain, cell)
        join household_cells as counted
          on release_id = :release and counted.grain = wanted.grain and counted.cell = wanted.cell
        union all
        select cast(:rest as bigint), grain, cell, packed
        from household_cells
        where :rest >= 0 and release_id = :release and grain in (:largest, :largest + 1)
          and cell <> all (cast(:opened as bigint[]))
    ) as held
    group by part, grain
""")
STANDS = text("select current_user = 'highground_local' as locally, reached_areas() as areas")
ONCE = (Grain.TREE, Grain.POINTLESS, Grain.POINTLESS_SHARES)
ONE_BY_ONE = (Grain.HOUSEHOLDS, Grain.GRADED)
ASIDE = -1  # no part: what is read with every question
FIRST = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Part:
    """Cells that a question takes in: those of a cover, and with `all_but` every other block."""

    covered: Cover
    all_but: Whole | None = None  # blocks, by their numbers; of all parts one may have it


@dataclass(frozen=True)
class Singles:
    """Households one by one, each with its grid cell and how that lies in a cover."""

    records: Records
    cell: Whole
    lies: NDArray[np.uint8]

    def within(self, seen: Flags) -> Self:
        """Those of them that lie in the areas that are seen."""
        kept = seen[self.records["area"]]
        return type(self)(self.records[kept], self.cell[kept], self.lies[kept])


@dataclass(frozen=True)
class Held:
    """What the cells of a part hold: counts and sixteenths in whole cells, and households one by
    one, of which some are graded."""

    counts: Records
    shares: Records
    households: Singles
    graded: Singles

    def within(self, seen: Flags) -> Self:
        """What of it lies in the areas that are seen."""
        counts, shares = (some[seen[some["area"]]] for some in (self.counts, self.shares))
        return type(self)(counts, shares, self.households.within(seen), self.graded.within(seen))


@dataclass(frozen=True)
class Packed:
    """What was read: the tree of areas that records point into, counts and sixteenths of those
    without a point, the cells of each part."""

    tree: AreaTree
    pointless: Records
    pointless_shares: Records
    parts: Sequence[Held]

    def within(self, area_ids: Sequence[int]) -> Self:
        """What of it lies in some areas, without what has no area."""
        seen = np.isin(self.tree.ids, np.array(area_ids, dtype=np.int64))
        counts, shares = (
            some[seen[some["area"]]] for some in (self.pointless, self.pointless_shares)
        )
        return type(self)(self.tree, counts, shares, [part.within(seen) for part in self.parts])


def read_cells(session: Session, release_id: int, parts: Sequence[Part]) -> Packed:
    """What was counted for a release in the cells of some parts.

    One statement, so that all of it was counted at one moment. A value holds many areas, which no
    policy can part: what the transaction may not see is left out here, before anybody adds it up.
    """
    asked = _asked(parts) | {"release": release_id, "largest": GRAINS[0]}
    found = session.execute(READ, asked, execution_options={"binary_results": True})
    rows = {(row.part, row.grain): row for row in found}
    packed = Packed(
        tree=AreaTree(_records(rows.get((ASIDE, Grain.TREE)), AREA)),
        pointless=_records(rows.get((ASIDE, Grain.POINTLESS)), COUNT),
        pointless_shares=_records(rows.get((ASIDE, Grain.POINTLESS_SHARES)), SHARE),
        parts=[_held(rows, number, part.covered) for number, part in enumerate(parts)],
    )
    stands = session.execute(STANDS).one()
    return packed.within(stands.areas or ()) if stands.locally else packed


def _asked(parts: Sequence[Part]) -> dict[str, Any]:
    """The cells of all parts as arrays of part, grain and cell; and the part that has the rest."""
    wanted = [(ASIDE, grain.value, FIRST) for grain in ONCE]
    rest, opened = ASIDE, FIRST
    for number, part in enumerate(parts):
        for grain in GRAINS:
            wanted += [(number, grain + more, part.covered.whole[grain]) for more in (0, SHARES)]
        wanted += [(number, grain.value, part.covered.tiles) for grain in ONE_BY_ONE]
        if part.all_but is not None:
            rest, opened = number, part.all_but
    numbers, grains, cells = zip(*wanted, strict=True)
    lengths = [len(some) for some in cells]
    return {
        "parts": array_written(np.repeat(numbers, lengths)),
        "grains": array_written(np.repeat(grains, lengths)),
        "cells": array_written(np.concatenate(cells)),
        "rest": rest,
        "opened": array_written(opened),
    }


def _held(rows: Mapping[tuple[int, int], Any], number: int, covered: Cover) -> Held:
    counts = [_records(rows.get((number, grain)), COUNT) for grain in GRAINS]
    shares = [_records(rows.get((number, grain + SHARES)), SHARE) for grain in GRAINS]
    households = _singles(rows.get((number, Grain.HOUSEHOLDS.value)), HOUSEHOLD, covered)
    graded = _singles(rows.get((number, Grain.GRADED.value)), GRADED, covered)
    return Held(np.concatenate(counts), np.concatenate(shares), households, graded)


def _singles(row: Any, dtype: np.dtype[np.void], covered: Cover) -> Singles:
    records = _records(row, dtype)
    tiles = _whole(row.cells, ">i8") if row else FIRST[:0]
    sizes = _whole(row.sizes, ">i4") // dtype.itemsize if row else FIRST[:0]
    nth = np.repeat(np.arange(len(tiles)), sizes)
    cell = cell_in_tile(tiles[nth], records["place"])
    return Singles(records, cell, covered.lying(tiles)[nth, records["place"]])


def _records(row: Any, dtype: np.dtype[np.void]) -> Records:
    return np.frombuffer(row.packed if row else b"", dtype=dtype)


def _whole(packed: bytes, dtype: str) -> Whole:
    return np.frombuffer(packed, dtype=dtype).astype(np.int64)
