"""Households added up in cells that tell of nobody alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

FEWEST = 5  # households a cell tells of
JOINED = 4  # cells each way that are put together where each has too few


@dataclass(frozen=True)
class Cell:
    """Households added up: where they stand on average in degrees, and their answers.

    `n` is all of them; those who are neither in nor unseen are out, or could be in.
    """

    lon: float
    lat: float
    n: int
    inside: int
    unseen: int


@dataclass(frozen=True)
class Counted:
    """The households of one cell of a lattice, by its column and row."""

    column: int
    row: int
    cell: Cell


def told(counted: Iterable[Counted]) -> tuple[list[Cell], int]:
    """The cells that may be shown, the largest first, and the households that are in none.

    A cell of too few is joined with its neighbours, and left out if they are still too few.
    """
    shown: list[Cell] = []
    few: dict[tuple[int, int], list[Cell]] = defaultdict(list)
    for each in counted:
        if each.cell.n >= FEWEST:
            shown.append(each.cell)
        else:
            few[each.column // JOINED, each.row // JOINED].append(each.cell)
    joined = [_together(cells) for cells in few.values()]
    shown += [cell for cell in joined if cell.n >= FEWEST]
    left = sum(cell.n for cell in joined if cell.n < FEWEST)
    return sorted(shown, key=lambda cell: (-cell.n, cell.lon, cell.lat)), left


def _together(cells: list[Cell]) -> Cell:
    n = sum(cell.n for cell in cells)
    return Cell(
        lon=sum(cell.lon * cell.n for cell in cells) / n,
        lat=sum(cell.lat * cell.n for cell in cells) / n,
        n=n,
        inside=sum(cell.inside for cell in cells),
        unseen=sum(cell.unseen for cell in cells),
    )
