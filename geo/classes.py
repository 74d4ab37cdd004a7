"""The classes a release is drawn in, on pages, tiles and situation maps alike."""

from geo.models.events import LayerKind
from geo.models.releases import Release

METRES_OF_WATER = (0.1, 0.5, 1.0, 2.0)  # m: ankle, knee, waist, over the head of most
TOKENS = ("--h1", "--h2", "--h3", "--h4")  # of static/css/tokens.css, little to much


def classes_of(release: Release) -> list[tuple[float, str]]:
    """The least value of each class a release is drawn in, and its colour token; little to much."""
    floor = release.floor or 0.0
    if release.kind is LayerKind.EXTENT:
        return [(floor, TOKENS[2])]
    if release.unit == "m":
        bounds = [bound for bound in METRES_OF_WATER if bound > floor]
    else:
        top = (release.histogram_edges or [floor, floor + 1])[-1]
        bounds = [floor + (top - floor) * share for share in (0.25, 0.5, 0.75)]
    return list(zip([floor, *bounds], TOKENS, strict=False))
