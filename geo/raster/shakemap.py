"""USGS ShakeMap `grid.xml`, and those of other agencies with namespaces of their own.

The file lists nodes row by row, longitude, latitude and measures (MMI, PGA, ...) in the order its
`grid_field` elements give. It becomes a GeoTIFF of one band a measure, whose cells lie around the
nodes, so that the cell of a point is its nearest node.
Format: ShakeMap Manual, section "Grid of ground motions" (usgs.github.io/shakemap).
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from affine import Affine
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import parse
from numpy.typing import NDArray

from core.errors import Invalid

MARK = re.compile(rb"<(\w+:)?shakemap_grid\b")  # with a namespace of its own or without
PLACES = ("LON", "LAT")


class ShakeMapBroken(Invalid):
    """{name} is a ShakeMap grid we cannot read ({reason}); download it again."""


def is_shakemap(path: Path) -> bool:
    """Whether a file is a ShakeMap grid, by its first lines."""
    with path.open("rb") as stream:
        return MARK.search(stream.read(4096)) is not None


@contextmanager
def as_geotiff(path: Path) -> Iterator[Path]:
    """The measures of a ShakeMap grid as a GeoTIFF in longitude and latitude, for a while.

    Raises ShakeMapBroken.
    """
    import rasterio

    nodes = _nodes(path)
    measures = [name for name in nodes.names if name not in PLACES]
    rows, columns, _ = nodes.cube.shape
    with tempfile.TemporaryDirectory(prefix="highground-") as folder:
        target = Path(folder) / f"{path.stem}.tif"
        with rasterio.open(
            target,
            "w",
            driver="GTiff",
            width=columns,
            height=rows,
            count=len(measures),
            dtype="float64",
            crs="EPSG:4326",
            transform=nodes.transform,
            photometric="minisblack",
        ) as out:
            out.update_tags(AREA_OR_POINT="Point")
            for number, measure in enumerate(measures, start=1):
                out.write(nodes.cube[:, :, nodes.names.index(measure)], number)
                out.set_band_description(number, measure)
        yield target


@dataclass(frozen=True)
class Nodes:
    """The nodes of a grid as a (rows, columns, names) cube, and the place of the cells around."""

    names: list[str]
    cube: NDArray[np.float64]
    transform: Affine


def _nodes(path: Path) -> Nodes:
    try:
        root = parse(path).getroot()
        grid = _one(root, "grid_specification").attrib
        rows, columns = int(grid["nlat"]), int(grid["nlon"])
        fields = [element.attrib for element in root.iter() if _tag(element) == "grid_field"]
        names = [field["name"].upper() for field in sorted(fields, key=lambda f: int(f["index"]))]
        numbers = np.array((_one(root, "grid_data").text or "").split(), dtype=np.float64)
        cube = _cube(numbers, rows, columns, len(names))
        return Nodes(names, cube, _transform(grid, cube[:, :, names.index("LAT")]))
    except (ParseError, DefusedXmlException, KeyError, ValueError, ZeroDivisionError) as error:
        raise ShakeMapBroken(name=path.name, reason=f"{error}") from error


def _cube(numbers: NDArray[np.float64], rows: int, columns: int, names: int) -> NDArray[np.float64]:
    if numbers.size != rows * columns * names:
        raise ValueError(
            f"{numbers.size:,} numbers where {rows} rows of {columns} nodes hold {names} each"
        )
    return numbers.reshape(rows, columns, names)


def _transform(grid: dict[str, str], latitudes: NDArray[np.float64]) -> Affine:
    """Cells around the nodes, from the header's bounds: the nodes are rounded to fewer digits."""
    west, east, south, north = (
        float(grid[key]) for key in ("lon_min", "lon_max", "lat_min", "lat_max")
    )
    right = (east - west) % 360 / (int(grid["nlon"]) - 1)
    up = (north - south) / (int(grid["nlat"]) - 1)
    if latitudes[0, 0] > latitudes[-1, 0]:
        return Affine(right, 0, west - right / 2, 0, -up, north + up / 2)
    return Affine(right, 0, west - right / 2, 0, up, south - up / 2)


def _one(root: Element, tag: str) -> Element:
    for element in root.iter():
        if _tag(element) == tag:
            return element
    raise KeyError(tag)


def _tag(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]
