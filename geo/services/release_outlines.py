"""Outlines of releases: the classes of a raster are drawn round, and kept as polygons.

Parts of the outlining job, so they take no actor.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

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
from geo.raster.windows import Window, pieces, values
from geo.reports import Report, unheard
from geo.services.exposure import clause_of
from geo.vector.copied import copied

COLUMNS = ["release_id", "status", "low", "high", "part"]
BASE = 16  # a class is the number of its least level times this and that of its most
UNSEEN = BASE * BASE - 1

End = float | None
Meant = tuple[OutlineStatus, End, End]


@dataclass
class Drawn:
    """What was drawn round: parts, cells and square kilometres, these two by status."""

    parts: int = 0
    cells: Counter[OutlineStatus] = field(default_factory=Counter)
    km2: Counter[OutlineStatus] = field(default_factory=Counter)


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
        """What a class of `_codes` stands for."""
        if code == UNSEEN:
            return OutlineStatus.NOT_OBSERVED, None, None
        one, other = sorted(divmod(code, BASE))
        status = OutlineStatus.IN if one == other else OutlineStatus.PROBABLE
        if one > 0:
            return status, self.ends[one - 1][0], self.ends[other - 1][1]
        low, high = self.ends[other - 1]
        upward = self.direction is Direction.AT_LEAST
        return (status, None, high) if upward else (status, low, None)

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
        least = files.enter_context(opened(path_of(str(release.grid_sha256))))
        most = release.most_sha256 and files.enter_context(opened(path_of(release.most_sha256)))
        found = _outlined(least, most or None, levels, report)
        rows = _rows(release.id, found, levels, drawn)
        drawn.parts = copy_into(session, ReleaseOutline.__tablename__, COLUMNS, rows)
    return drawn


def _outlined(least: Grid, most: Grid | None, levels: Levels, report: Report) -> Iterator[Outlined]:
    """The outlines of a grid, piece by piece; `most` is that of the most its values may be."""
    with ExitStack() as files:
        grids = [(each, files.enter_context(dataset(each.name))) for each in (least, most) if each]
        for window in pieces(least):
            report(window.top, least.height)
            yield outlined(least, window, _codes(grids, window, levels))
    report(least.height, least.height)


def _codes(grids: Sequence[tuple[Grid, object]], window: Window, levels: Levels) -> Classed:
    """The class of each cell of a piece, from the level of its least and of its most value."""
    read = [values(source, grid, window) for grid, source in grids]
    one, other = (levels.numbers(*each) for each in (read[0], read[-1]))
    codes = np.where(one <= other, one * BASE + other, other * BASE + one).astype(np.uint8)
    seen = np.logical_or.reduce([seen for _values, seen in read])
    return np.where(seen, codes, UNSEEN).astype(np.uint8)


def _rows(
    release_id: int, found: Iterator[Outlined], levels: Levels, drawn: Drawn
) -> Iterator[tuple[object, ...]]:
    """The rows of outlines; `drawn` adds them up as they pass."""
    for piece in found:
        sizes = polygons_km2(piece.parts)
        for code in np.flatnonzero(piece.cells).tolist():
            status, low, high = levels.meant(code)
            mine = piece.classes == code
            drawn.cells[status] += int(piece.cells[code])
            drawn.km2[status] += float(sizes[mine].sum())  # type: ignore[assignment]
            for shape in copied(piece.parts[mine]).tolist():
                yield release_id, status.value, low, high, shape
