"""What a release says of places, written as the sampling job would leave it."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.models.areas import Area
from geo.models.exposure import AreaExposure, Exposure, ExposureDue, ExposureStatus
from geo.models.locations import Location
from geo.models.releases import Release
from geo.raster.reasons import Reason


def make_exposure(session: Session, release: Release, values: dict[Location, float | None]) -> None:
    """Say the release's value of each place; None says that it was not observed there."""
    name = f"exposure_{release.id}"
    session.execute(
        text(
            f"create table if not exists {name} partition of exposure for values in ({release.id})"
        )
    )
    for location, value in values.items():
        status = ExposureStatus.NOT_OBSERVED if value is None else ExposureStatus.IN
        row = {"release_id": release.id, "location_id": location.id, "status": status}
        session.add(Exposure(**row, value=value))
    session.flush()


def make_water(session: Session, release: Release, *locations: Location) -> None:
    """Say that places are out, but in permanent water; `make_exposure` was called before."""
    out = {"release_id": release.id, "status": ExposureStatus.OUT}
    session.add_all(
        Exposure(**out, location_id=each.id, why=Reason.PERMANENT_WATER) for each in locations
    )
    session.flush()


def make_due(session: Session, release: Release, location: Location) -> None:
    """Note that the release was not yet asked about a place."""
    session.add(ExposureDue(release_id=release.id, location_id=location.id))
    session.flush()


def make_graded(
    session: Session,
    release: Release,
    location: Location,
    curve: Sequence[float],
    seen: float = 1.0,
    value: float | None = None,
) -> None:
    """Say the sixteen values of the circle a place is known within, and how much of it was seen;
    `make_exposure` has made the release's partition before."""
    span = {"low": min(curve), "high": max(curve), "seen": seen, "curve": sorted(curve)}
    row = {"release_id": release.id, "location_id": location.id, "status": ExposureStatus.IN}
    session.add(Exposure(**row, **span, value=value))
    session.flush()


def make_area_graded(
    session: Session, release: Release, area: Area, curve: Sequence[float], seen: float = 1.0
) -> None:
    """Say the sixteen values of an area, and how much of it was seen."""
    hit = sum(value > 0 for value in curve) / len(curve) * seen
    span = {"low": min(curve), "high": max(curve), "seen": seen, "curve": sorted(curve)}
    row = {"release_id": release.id, "area_id": area.id, "observed_km2": seen, "hit_km2": hit}
    session.add(AreaExposure(**row, **span))
    session.flush()
