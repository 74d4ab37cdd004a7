"""The Oru flood of November 2026, seen on three days: depth, and what could not be seen.

A wave travels down the country: the radar saw it high, the first depth release in the middle, the
second towards the delta, so that between releases some places enter the water and some leave it.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from .frame import Floats, Frame
from .noise import blend, exceeds, layered, noise
from .relief import Mask, axes
from .valley import RISE, Valley

CLOUD, MICRO, RAIN = 163, 179, 191  # offsets of the seed
NOT_OBSERVED = np.float32(-9999)
BANKS = 1.0  # metres a river rises before it leaves its bed
DEEPEST = 4.4
MICRO_M, SWELL_M = 2400, 0.45  # metres; swells of the ground on the plain, their length and height
IN_BED = 0.9  # metres deeper in the bed of a river
HIGH_AND_DRY = -4.2  # metres; ground that neither a bed nor a hollow puts under water
SHALLOWEST = 0.03  # metres; less is called dry


@dataclass(frozen=True)
class Pass:
    """One look at the flood: when, where the wave stood, what the sensor could not see."""

    name: str
    observed_on: date
    crest: float  # v of the crest of the wave
    swath: tuple[float, float]  # of u - 0.16 v: inside the image
    veil: tuple[
        float, float
    ]  # clouds or radar shadow: their extent, and noise above which they lie
    salt: int  # offset of the seed


RADAR = Pass("radar extent", date(2026, 11, 13), 0.66, (-0.10, 0.74), (0.06, 2.0), 3)
FIRST = Pass("release 1", date(2026, 11, 16), 0.50, (-0.30, 0.62), (0.19, 1.25), 1)
SECOND = Pass("release 2", date(2026, 11, 19), 0.34, (-0.12, 0.80), (0.19, 1.45), 2)


@dataclass(frozen=True)
class Block:
    """A rectangle of raster cells: unit coordinates of its columns and rows."""

    us: Floats
    vs: Floats


class Flood:
    """All that depth is computed from."""

    def __init__(self, frame: Frame, valley: Valley, shore: Floats, seed: int) -> None:
        """Valleys and shore (above 0 on land) are grids over the square."""
        self.frame = frame
        self.valley = valley
        self.shore = shore
        self.seed = seed
        self._planned: dict[str, Floats] = {}

    def level(self, look: Pass, block: Block, channel: Mask) -> Floats:
        """Water above (or, below 0, under) the ground in metres, before clouds; (h, w)."""
        if look.name not in self._planned:
            self._planned[look.name] = self._plan_level(look)
        level = blend(self._planned[look.name], block.us, block.vs)
        if level.max() < HIGH_AND_DRY:
            return level
        wave = MICRO_M / self.frame.side_m
        level += SWELL_M * layered(block.us, block.vs, wave, 5, self.seed + MICRO + 7)
        return level + np.where(channel, IN_BED, 0.0)

    def _plan_level(self, look: Pass) -> Floats:
        cells = self.valley.stage.shape[0]
        us, vs = axes(cells)
        crest = np.exp(-(((vs - look.crest) / 0.20) ** 2))[:, None]
        wave = 0.34 + 0.70 * crest + 0.07 * noise(us, vs, 0.25, self.seed + RAIN + look.salt)
        swell = 0.45 * layered(us, vs, 0.035, 4, self.seed + MICRO)
        return self.valley.stage * wave - BANKS - RISE * self.valley.side + swell

    def unseen(self, look: Pass, block: Block) -> Mask:
        """Where the sensor saw nothing: cloud, beyond the image, and the sea; (h, w)."""
        across = block.us[None, :] - 0.16 * block.vs[:, None]
        outside = (across < look.swath[0]) | (across > look.swath[1])
        extent, least = look.veil
        cloud = exceeds(block.us, block.vs, extent, 8, self.seed + CLOUD + look.salt, least)
        sea = blend(self.shore, block.us, block.vs) <= 0
        masked: Mask = outside | cloud | sea
        return masked

    def depth(self, look: Pass, block: Block, channel: Mask) -> NDArray[np.float32]:
        """Depth in metres as the release holds it: centimetres, 0 dry, NOT_OBSERVED unseen."""
        level = self.level(look, block, channel)
        wet = DEEPEST * np.tanh(np.maximum(level, 0) / DEEPEST * 1.05)
        depth = np.where(wet < SHALLOWEST, 0, np.round(wet, 2)).astype(np.float32)
        depth[self.unseen(look, block)] = NOT_OBSERVED
        return depth
