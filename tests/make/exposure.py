"""What a release says of places, written as the sampling job would leave it."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.models.exposure import Exposure, ExposureDue, ExposureStatus
from geo.models.locations import Location
from geo.models.releases import Release


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


def make_due(session: Session, release: Release, location: Location) -> None:
    """Note that the release was not yet asked about a place."""
    session.add(ExposureDue(release_id=release.id, location_id=location.id))
    session.flush()
