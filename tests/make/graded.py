"""Grids of a few cells of 0.01 degrees that meet at 0.01 east on the equator, and their answers."""

from io import BytesIO
from typing import Any

import numpy as np
from rasterio.io import MemoryFile
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.storage import keep
from geo.models.areas import Area
from geo.models.exposure import AreaExposure
from geo.models.locations import Location
from geo.models.releases import Release
from geo.queries.exposure import area_share_at, area_status_at
from geo.queries.selections import Question, answered
from geo.services.exposure import expose_places
from tests.make.registry import make_location

NODATA = -9999.0
CIRCLE = 500.0  # metres; a cell is 1,113 by 1,106
MIDDLE = (0.01, 0.0)


def silent(_done: int, _total: int) -> None:
    """Nobody follows."""


def grid_of(cells: list[list[float]], transform: Any, crs: str = "EPSG:4326") -> str:
    """A grid, put into storage; answers its SHA-256."""
    numbers = np.array(cells, dtype=np.float32)
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": crs, "nodata": NODATA}
    size = {"height": numbers.shape[0], "width": numbers.shape[1]}
    with MemoryFile() as memory:
        with memory.open(**profile, **size, transform=transform) as file:
            file.write(numbers, 1)
        return keep(BytesIO(memory.read())).sha256


def answers_at(
    session: Session, release: Release, place: Location, *thresholds: float | None
) -> list[tuple[str, float | None]]:
    """What is said of a place at some thresholds, and how much of it is in."""
    found = []
    for threshold in thresholds:
        asked = answered(Question(release_id=release.id, threshold=threshold)).subquery()
        said = select(asked.c.status, asked.c.share).where(asked.c.location_id == place.id)
        found.append(session.execute(said).one())
    return [(row.status, row.share) for row in found]


def answers_of_areas(
    session: Session, release: Release, threshold: float | None
) -> dict[str, tuple[str, float | None]]:
    """What is said of areas, by their P-codes."""
    said = (
        select(Area.pcode, area_status_at(threshold), area_share_at(threshold))
        .join(AreaExposure, AreaExposure.area_id == Area.id)
        .join(Release, Release.id == AreaExposure.release_id)
        .where(Release.id == release.id)
    )
    return {pcode: (answer, part) for pcode, answer, part in session.execute(said)}


def asked_at(session: Session, release: Release, lon: float, lat: float, **said: Any) -> Location:
    """A place in a circle, of which the release was asked."""
    place = make_location(session, lon, lat, **{"accuracy_m": CIRCLE, **said})
    expose_places(session, release, silent)
    return place
