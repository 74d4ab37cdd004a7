"""What a release says of one place, before it is published too: its value, or why it has none."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.storage import path_of
from core.words import _
from geo.crs import WGS84, carried
from geo.measures import FLOODED
from geo.models.events import LayerKind
from geo.models.releases import Release, ReleaseObserved, ReleasePart, ReleaseWater
from geo.raster.open import opened
from geo.raster.reasons import Reason
from geo.raster.sample import sample
from geo.reason_words import said_of


@dataclass(frozen=True)
class ValueAt:
    """The value at a place, None where there is none; `says` is what else is known, in words."""

    value: float | None
    says: str = ""


def value_at(session: Session, release: Release, lon: float, lat: float) -> ValueAt:
    """What the normal form of a release says of a place (EPSG:4326)."""
    if release.kind is LayerKind.RASTER:
        return _of_cell(release, lon, lat)
    return _of_shapes(session, release, lon, lat)


def _of_cell(release: Release, lon: float, lat: float) -> ValueAt:
    value, inside = _sampled(str(release.grid_sha256), lon, lat)
    reason = Reason.VALUE
    if release.reasons_sha256:
        told, _there = _sampled(release.reasons_sha256, lon, lat)
        reason = Reason(int(told)) if told is not None else reason
    says = said_of(reason)
    if value is not None and release.measure == FLOODED and not says:
        says = _("flooded") if value > 0 else _("dry")
    if value is None and not says:
        says = _("no data") if inside else _("outside the grid")
    return ValueAt(value, says)


def _sampled(sha256: str, lon: float, lat: float) -> tuple[float | None, bool]:
    """The value of the cell a place lies in, and whether it lies in the grid at all."""
    with opened(path_of(sha256)) as grid:
        x, y = carried(np.array([lon]), np.array([lat]), WGS84, grid.crs)
        read = sample(grid, x, y)
        _rows, _columns, inside = grid.positions(x, y)
    value = float(f"{float(read.values[0]):.7g}") if read.observed[0] else None
    return value, bool(inside[0])


def _of_shapes(session: Session, release: Release, lon: float, lat: float) -> ValueAt:
    place = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    held = select(func.max(ReleasePart.value)).where(ReleasePart.release_id == release.id)
    value = session.scalar(held.where(func.ST_Covers(ReleasePart.part, place)))
    if value is not None:
        return ValueAt(value, _("flooded") if not release.value_field else "")
    seen = select(ReleaseObserved.id).where(ReleaseObserved.release_id == release.id)
    water = select(ReleaseWater.id).where(ReleaseWater.release_id == release.id)
    if session.scalar(water.where(func.ST_Covers(ReleaseWater.part, place)).limit(1)):
        return ValueAt(None, said_of(Reason.PERMANENT_WATER))
    if session.scalar(seen.limit(1)) is None:
        return ValueAt(None, _("outside the shapes"))
    there = seen.where(func.ST_Covers(ReleaseObserved.part, place)).limit(1)
    observed = session.scalar(there) is not None
    return ValueAt(None, _("observed, outside the shapes") if observed else _("not observed"))
