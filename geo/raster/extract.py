"""Shapely polygons as exactextract wants them: one by one in well-known binary, without detours."""

from collections.abc import Iterator
from typing import Any

import shapely
from exactextract.feature import Feature, FeatureSource

from geo.ellipsoid import Shapes


class Polygons(FeatureSource):  # type: ignore[misc]
    """A source of N polygons, in their order."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self.shapes = shapely.to_wkb(shapes)

    def count(self) -> int:
        return len(self.shapes)

    def __iter__(self) -> Iterator["Polygon"]:
        return (Polygon(shape) for shape in self.shapes)

    def srs_wkt(self) -> None:
        """None: polygons and grid stand in the same plain columns and rows."""


class Polygon(Feature):  # type: ignore[misc]
    """One polygon; exactextract keeps its own results beside it."""

    def __init__(self, shape: bytes) -> None:
        super().__init__()
        self.shape = shape

    def geometry(self) -> bytes:
        return self.shape

    def fields(self) -> list[str]:
        return []

    def get(self, name: str) -> Any:
        raise KeyError(name)
