"""How large a Kesara is made: the same country, drawn from 48 to 600 km wide."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """One preset: households, extent and how finely each part is drawn."""

    name: str
    households: int
    side_m: int  # the square that holds the country
    cell_m: int  # depth rasters
    plan_cells: int  # land, roads, borders and the valley shapes, a side
    drain_cells: int  # where water is routed, a side
    stream_share: float  # a river begins where this share of the square drains
    districts: tuple[str, ...]  # codes of the named districts taken; all when empty
    invented_districts: int
    communes: int
    settlements: int
    scenes: int  # flood polygons are grouped by a grid of so many scenes a side; 0 keeps each apart
    parquet: bool

    @property
    def raster_cells(self) -> int:
        """Cells of a depth raster, a side."""
        return self.side_m // self.cell_m


TINY_DISTRICTS = (
    *("KS0101", "KS0102", "KS0105"),
    *("KS0301", "KS0302", "KS0304"),
    *("KS0601", "KS0602", "KS0604"),
)

SIZES = {
    size.name: size
    for size in (
        Size("tiny", 800, 48_000, 60, 360, 160, 4e-3, TINY_DISTRICTS, 0, 40, 75, 3, False),
        Size("small", 20_000, 180_000, 60, 720, 360, 1.5e-3, (), 0, 420, 800, 6, False),
        Size("large", 1_000_000, 600_000, 30, 2000, 800, 4e-4, (), 84, 5_000, 9_000, 0, True),
        Size("huge", 10_000_000, 600_000, 30, 2000, 800, 4e-4, (), 84, 5_000, 9_000, 0, True),
    )
}
