"""What a file consists of: the parts that can be read by themselves, each with its facts."""

from dataclasses import dataclass
from enum import StrEnum

from geo.raster.bands import Choice

Box = tuple[float, float, float, float]
ANYWHERE = "EPSG:3857"  # taken only to look at a grid that does not say its system


class PartKind(StrEnum):
    """What a part is, and with that whether it can be a hazard at all."""

    GRID = "grid"
    POLYGONS = "polygons"
    LINES = "lines"
    POINTS = "points"
    TABLE = "table"
    PICTURE = "picture"
    DOCUMENT = "document"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Part:
    """One thing of a file that can be read by itself, chosen by `choice`.

    `file` is its path inside an archive, `bounds` are west, south, east, north in its own system,
    `size` is in words. `says` is why it cannot be used, where it cannot.
    """

    number: int
    kind: PartKind
    title: str
    file: str | None = None
    layer: str | None = None
    variable: str | None = None
    time: str | None = None
    band: int | None = None
    crs: str | None = None
    size: str = ""
    unit: str | None = None
    columns: tuple[str, ...] = ()
    bounds: Box | None = None
    says: str = ""

    def choice(self, crs: str | None = None, nodata: tuple[float, ...] = ()) -> Choice:
        """What leaves this part alone of its file, with what a person says of it."""
        return Choice(
            crs=crs,
            layer=self.layer,
            variable=self.variable,
            time=self.time if self.band is None else None,
            band=self.band,
            nodata=nodata,
            file=self.file,
        )


@dataclass(frozen=True)
class Inventory:
    """All parts of a file, its format in words, and what there is to say about it."""

    name: str
    format: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    @property
    def hazards(self) -> tuple[Part, ...]:
        """The parts that can be a hazard: grids of values, polygons, tables by area."""
        kinds = (PartKind.GRID, PartKind.POLYGONS, PartKind.TABLE)
        return tuple(part for part in self.parts if part.kind in kinds)
