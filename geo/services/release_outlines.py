"""Outlines of releases: the classes of a raster are drawn round, and kept as polygons.

Parts of the outlining job, so they take no actor.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.bulk import copy_into
from core.storage import path_of
from geo.classes import levels_of
from geo.clauses import Clause
from geo.crs import Flags
from geo.ellipsoid import polygons_km2
from geo.models.release_outlines import OutlineStatus, ReleaseOutline
from geo.models.releases import Direction, Release
from geo.raster.grid import Cells, Grid
from geo.raster.open import dataset, opened
from geo.raster.outline import Classed, Outlined, outlined
from geo.raster.reasons import Reason
from geo.raster.windows import Window, pieces, values
from geo.reports import Report, unheard
from geo.services.exposure import clause_of, reasons_of
from geo.vector.copied import copied

COLUMNS = ["release_id", "status", "low", "high", "why", "part"]
BASE = 16  # a class is the number of its least level times this and that of its most
UNSEEN = BASE * (BASE - 1)  # and from here on why nothing was observed

HIDDEN = (Reason.NODATA, Reason.CLOUD, Reason.EXCLUDED)

End = float | None
Meant = tuple[OutlineStatus, End, End, int | None]


@dataclass
class Drawn:
    """What was drawn round: parts, cells and square kilometres, these two by status."""

    parts: int = 0
    cells: Counter[OutlineStatus] = field(default_factory=Counter)
    km2: Counter[OutlineStatus] = field(default_factory=Counter)


@dataclass(frozen=True)
class Grids:
    """The grid of a release's values (at least), that of the most they may be, and that of reasons
    why cells have none; all of the same cells."""

    least: Grid
    most: Grid | None = None
    reasons: Grid | None = None


@dataclass(frozen=True)
class Levels:
    """The levels of a release, of which the first has the number 1: 0 is what is out."""

    ends: Sequence[tuple[End, End]]
    kept: Clause
    direction: Direction

    def numbers(self, cells: Cells, seen: Flags) -> Classed:
        """The level of each value; 0 of what is out or was not seen."""
        numbers = np.ones(cells.shape, dtype=np.uint8)
        for bound in self._bounds():
            numbers += self._beyond(bound, cells)
        return np.where(seen & self.kept.met(cells), numbers, 0).astype(np.uint8)

    def meant(self, code: int) -> Meant:
        """What a class of `_codes` stands for: status, low, high, and why nobody knows."""
        if code >= UNSEEN:
            return OutlineStatus.NOT_OBSERVED, None, None, code - UNSEEN
        one, other = sorted(divmod(code, BASE))
        status = OutlineStatus.IN if one == other else OutlineStatus.PROBABLE
        if one > 0:
            return status, self.ends[one - 1][0], self.ends[other - 1][1], None
        low, high = self.ends[other - 1]
        upward = self.direction is Direction.AT_LEAST
        return (status, None, high, None) if upward else (status, low, None, None)

    def _bounds(self) -> list[float]:
        """Where one level ends and the next begins."""
        return [high for _low, high in self.ends[:-1] if high is not None]

    def _beyond(self, bound: float, cells: Cells) -> Flags:
        if self.direction is Direction.AT_LEAST:
            return Clause(at_least=bound).met(cells)
        return ~Clause(at_most=bound).met(cells)


def outline(session: Session, release: Release, report: Report = unheard) -> Drawn:
    """Draw round the classes of a raster release, in place of what was drawn before.

    Only a piece of the grid is ever held. `report` hears the rows done, of how many, and may raise
    to end it.
    """
    mine = ReleaseOutline.release_id == release.id
    session.execute(delete(ReleaseOutline).where(mine))
    levels = Levels(levels_of(release), clause_of(release), release.direction)
    drawn = Drawn()
    with ExitStack() as files:
        most = release.most_sha256
        grids = Grids(
            files.enter_context(opened(path_of(str(release.grid_sha256)))),
            files.enter_context(opened(path_of(most))) if most else None,
            files.enter_context(reasons_of(release)),
        )
        found = _outlined(grids, levels, report)
        rows = _rows(release.id, found, levels, drawn)
        drawn.parts = copy_into(session, ReleaseOutline.__tablename__, COLUMNS, rows)
    return drawn


def _outlined(grids: Grids, levels: Levels, report: Report) -> Iterator[Outlined]:
    """The outlines of a grid, piece by piece."""
    least = grids.least
    with ExitStack() as files:
        sources = {
            each.name: files.enter_context(dataset(each.name))
            for each in (least, grids.most, grids.reasons)
            if each
        }
        for window in pieces(least):
            report(window.top, least.height)
            yield outlined(least, window, _codes(grids, sources, window, levels))
    report(least.height, least.height)


def _codes(grids: Grids, sources: Mapping[str, Any], window: Window, levels: Levels) -> Classed:
    """The class of each cell of a piece: from the level of its least and of its most value, or why
    it has none."""

    def read(grid: Grid) -> tuple[Cells, Flags]:
        return values(sources[grid.name], grid, window)

    least = read(grids.least)
    most = read(grids.most) if grids.most else least
    one, other = (levels.numbers(*each) for each in (least, most))
    codes = np.where(one <= other, one * BASE + other, other * BASE + one)
    why = np.full(codes.shape, Reason.NODATA.value)
    if grids.reasons:
        said, there = read(grids.reasons)
        why = np.where(there & np.isin(said, HIDDEN), said, why)
    return np.where(least[1] | most[1], codes, UNSEEN + why).astype(np.uint8)


def _rows(
    release_id: int, found: Iterator[Outlined], levels: Levels, drawn: Drawn
) -> Iterator[tuple[object, ...]]:
    """The rows of outlines; `drawn` adds them up as they pass."""
    for piece in found:
        sizes = polygons_km2(piece.parts)
        for code in np.flatnonzero(piece.cells).tolist():
            status, low, high, why = levels.meant(code)
            mine = piece.classes == code
            drawn.cells[status] += int(piece.cells[code])
            drawn.km2[status] += float(sizes[mine].sum())  # type: ignore[assignment]
            for shape in copied(piece.parts[mine]).tolist():
                yield release_id, status.value, low, high, why, shape
