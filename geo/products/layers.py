"""The layers of shapes in a file, each with its facts."""

from pathlib import Path

from core.errors import Refusal
from core.words import counted
from geo.crs import CrsMissing, label
from geo.products.parts import Part, PartKind
from geo.vector.facts import facts, kinds_in, listed_layers
from geo.vector.open import described

POLYGONAL = ("polygon", "surface")
LINEAR = ("line", "curve")
BY_ID = {  # by Shapely's numbers of kinds; polygons first, for they alone can be a hazard
    PartKind.POLYGONS: {3, 6, 7},
    PartKind.LINES: {1, 2, 5},
    PartKind.POINTS: {0, 4},
}
LOOKED_AT = 1000  # features, where a layer does not declare what it holds


def layers_of(name: str, file: Path, inside: str | None) -> list[Part]:
    """The layers in one data set of an archive, or in the file itself (`inside` is None).

    A table without shapes that stands among layers is one too. Raises what pyogrio raises where the
    file holds no layers.
    """
    found = listed_layers(file)
    return [_part(name, file, inside, layer, declared) for layer, declared in found]


def _part(name: str, file: Path, inside: str | None, layer: str, declared: str | None) -> Part:
    try:
        about = facts(name, file, layer, bounds=True)
    except Refusal as refusal:
        return Part(0, PartKind.UNREADABLE, layer, inside, layer, says=refusal.message)
    kind = PartKind.TABLE if declared is None else _kind(file, layer, declared)
    crs, says = (None, "") if kind is PartKind.TABLE else _crs(name, file, layer)
    return Part(
        number=0,
        kind=kind,
        title=layer,
        file=inside,
        layer=layer,
        crs=crs,
        size=counted("{count} feature", "{count} features", int(about["features"])),
        columns=tuple(str(field) for field in about["fields"]),
        bounds=None if kind is PartKind.TABLE else about["total_bounds"],
        says=says,
    )


def _crs(name: str, file: Path, layer: str) -> tuple[str | None, str]:
    try:
        return label(described(name, file, layer, None).crs), ""
    except CrsMissing as missing:
        return None, missing.message


def _kind(file: Path, layer: str, declared: str) -> PartKind:
    """What a layer holds: as it declares, or as its first features show."""
    said = declared.lower()
    if any(word in said for word in POLYGONAL):
        return PartKind.POLYGONS
    if any(word in said for word in LINEAR):
        return PartKind.LINES
    if "point" in said:
        return PartKind.POINTS
    kinds = kinds_in(file, layer, LOOKED_AT)
    if not kinds:  # what they are is said by whoever reads them all
        return PartKind.POLYGONS
    return next((kind for kind, ids in BY_ID.items() if kinds & ids), PartKind.TABLE)
