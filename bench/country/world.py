"""The country itself: rivers, valleys, settlements and areas of one size, from one seed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from . import areas, borders, drainage, hierarchy, relief, rivers, roads, settlements
from .channels import Channels
from .flood import Flood
from .frame import Floats, Frame
from .plan import District, taken
from .relief import Mask
from .sizes import Size
from .standing import Standing, Stands
from .valley import valley

LEAST_SCRAP = 12  # cells of the border grid
DRAWN = (  # around the bend of the Oru at Suma, in unit coordinates
    *((0.386, 0.262), (0.427, 0.290), (0.472, 0.284), (0.507, 0.248)),
    *((0.498, 0.206), (0.458, 0.176), (0.404, 0.168), (0.374, 0.197)),
)
DRAWN_DIGITS = 5


@dataclass(frozen=True)
class World:
    """A country of one size and seed; its parts are made when first asked for."""

    size: Size
    seed: int

    @property
    def frame(self) -> Frame:
        """The square it lies in."""
        return Frame(self.size.side_m, self.size.cell_m)

    @cached_property
    def districts(self) -> list[District]:
        """The named districts."""
        return taken(self.size.districts)

    @cached_property
    def land(self) -> Mask:
        """Cells of the country, at the grain of borders."""
        return relief.country(self.size.plan_cells, self.seed)

    @cached_property
    def reaches(self) -> list[rivers.Reach]:
        """All rivers, the great one first."""
        cells = self.size.drain_cells
        heights = relief.heights(cells, self.seed)
        routed = drainage.route(heights, _inflows(cells, self.seed))
        return rivers.reaches(routed, self.size.stream_share, self.size.side_m, self.seed)

    @cached_property
    def channels(self) -> Channels:
        """The beds of the rivers."""
        return Channels(self.reaches, self.frame)

    @cached_property
    def roads(self) -> list[Floats]:
        """Roads between towns, in unit coordinates."""
        return roads.roads(np.array([(town.u, town.v) for town in self.districts]), self.seed)

    @cached_property
    def settlements(self) -> settlements.Settlements:
        """Towns and villages."""
        ground = settlements.Ground(self.land, self.reaches, self.roads, self.seed)
        rng = np.random.default_rng([self.seed, 11])
        return settlements.settle(ground, self.districts, self.size.settlements, rng)

    @cached_property
    def areas(self) -> areas.Areas:
        """The administrative areas."""
        communes = self.size.communes
        cost = borders.cost_of_way(self.land, self.reaches, self.seed)
        label = borders.grown(cost, self.settlements.at[:communes])
        label = borders.tidied(label, self.land, LEAST_SCRAP)
        ranks = hierarchy.hierarchy(
            label, self.settlements, communes, self.districts, self.size.invented_districts
        )
        return areas.Areas(areas.drawn(label, self.frame, self.seed), ranks)

    @cached_property
    def flood(self) -> Flood:
        """The flood of all three days."""
        cells = self.size.plan_cells
        plains = valley(self.reaches, cells, self.seed)
        return Flood(self.frame, plains, relief.shore(cells, self.seed), self.seed)

    @cached_property
    def drawn(self) -> shapely.Polygon:
        """A polygon an analyst might draw, in degrees."""
        corners = np.round(self.frame.degrees(np.array(DRAWN)), DRAWN_DIGITS)
        return shapely.Polygon(corners)

    @cached_property
    def drawn_over(self) -> tuple[Mask, Mask]:
        """Which communes the drawn polygon covers wholly, and which in part."""
        wholly = shapely.covers(self.drawn, self.areas.shapes)
        met = shapely.intersects(self.drawn, self.areas.shapes)
        return wholly, met & ~wholly & ~shapely.touches(self.drawn, self.areas.shapes)

    @cached_property
    def standing(self) -> Standing:
        """Where people may stand."""
        return Standing(self.frame, self.areas.shapes, self.channels.beds, self.drawn)

    @cached_property
    def centres(self) -> Stands:
        """The middle of each settlement, moved to dry ground where needed."""
        rng = np.random.default_rng([self.seed, 12])
        at = self.settlements.at
        return self.standing.near(at, np.full(len(at), 40.0), rng)

    @cached_property
    def middles(self) -> Floats:
        """The same in unit coordinates; (n, 2)."""
        return self.frame.unit(self.centres.utm)


def _inflows(cells: int, seed: int) -> dict[tuple[int, int], float]:
    """Where rivers enter the square, as (row, column), and how much they bring."""
    inflows: dict[tuple[int, int], float] = {}
    for course in relief.courses(seed):
        u, v = np.clip(course.points[0], 0, 1 - 1e-9)
        inflows[int((1 - 1e-9 - v) * cells), int(u * cells)] = course.inflow
    return inflows
