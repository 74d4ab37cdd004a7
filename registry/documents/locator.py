"""The small map that says where the large one lies in the country, as SVG."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from core.words import _
from geo.vector.mercator import Box, east_share, south_share
from registry.documents.sheet import Shape

SIDE = 100  # units of the longer side
MOST = 0.6  # of the country: of more than that the large map speaks for itself

SVG = Markup(
    '<svg class="locator" viewBox="{x} {y} {wide} {high}" role="img" aria-label="{said}">'
    '<path d="{land}"/><rect x="{left}" y="{top}" width="{across}" height="{down}"/></svg>'
)

Corner = tuple[float, float]  # shares of the world, east and south


def locator(country: Sequence[Shape], box: Box) -> Markup:
    """The country and the box of the map in it; nothing where the map holds most of the country."""
    rings = [[_corner(*at[:2]) for at in ring] for ring in _rings(country)]
    if not rings:
        return Markup()
    corners = [corner for ring in rings for corner in ring]
    left, right = min(x for x, _y in corners), max(x for x, _y in corners)
    top, bottom = min(y for _x, y in corners), max(y for _x, y in corners)
    scale = SIDE / max(right - left, bottom - top)
    west, south = _corner(box[0], box[1])
    east, north = _corner(box[2], box[3])
    if max((east - west) / (right - left), (south - north) / (bottom - top)) > MOST:
        return Markup()
    return SVG.format(
        said=_("Where the map lies in the country"),
        x=-4,
        y=-4,
        wide=round((right - left) * scale) + 8,
        high=round((bottom - top) * scale) + 8,
        land=" ".join(_path(ring, left, top, scale) for ring in rings),
        left=round((west - left) * scale, 1),
        top=round((north - top) * scale, 1),
        across=round(max((east - west) * scale, 3), 1),
        down=round(max((south - north) * scale, 3), 1),
    )


def _rings(shapes: Sequence[Shape]) -> Iterator[Sequence[Sequence[float]]]:
    for shape in shapes:
        polygons = shape["coordinates"]
        yield from (
            ring
            for polygon in (polygons if shape["type"] == "MultiPolygon" else [polygons])
            for ring in polygon
        )


def _corner(lon: float, lat: float) -> Corner:
    return east_share(lon), south_share(lat)


def _path(ring: Sequence[Corner], left: float, top: float, scale: float) -> str:
    """A ring as a path, to the half of a unit; corners that fall together are drawn once."""
    points = [
        (round((x - left) * scale * 2) / 2, round((y - top) * scale * 2) / 2) for x, y in ring
    ]
    distinct = [at for at, before in zip(points, [None, *points], strict=False) if at != before]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in distinct) + "Z"
