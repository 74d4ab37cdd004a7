"""Exposure: a release is asked about every place and every area, and what it says is written down.

Parts of publishing a release and of the sampling job, so they take no actor and leave no entry.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import numpy as np
import shapely
from numpy.lib import recfunctions
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from core.bulk import copy_array, copy_into, fetch_columns
from core.storage import path_of
from geo.clauses import Clause
from geo.hazards import AtPlaces, ExtentHazard, Hazard, OverAreas, RasterHazard
from geo.models.areas import Area
from geo.models.events import LayerKind
from geo.models.exposure import AreaExposure, Exposure, ExposureDue, ExposureStatus
from geo.models.locations import Location
from geo.models.releases import Direction, Release, ReleaseObserved, ReleasePart
from geo.queries.areas import in_force
from geo.raster.open import opened
from geo.services.locations import PUBLISHING

BATCH = 2_000_000  # places read, asked and written at a time
PLACE = {"id": "i8", "lon": "f8", "lat": "f8"}
HIT = [("release_id", "i8"), ("location_id", "i8"), ("status", "S2"), ("value", "f4")]
UNSEEN = [("release_id", "i8"), ("location_id", "i8"), ("status", "S12")]

Report = Callable[[int, int], None]


def expose_places(session: Session, release: Release, report: Report) -> int:
    """Ask a release about every located place in its box, into a partition of its own.

    The partition is filled before it is attached, so whoever asks meanwhile waits for a moment
    only. Places that others are still writing owe their answer once this is published. Answers how
    many places were asked; `report(done, total)` after each batch.
    """
    session.execute(select(func.pg_advisory_xact_lock(PUBLISHING)))
    inside = _located(release)
    total = session.scalar(select(func.count()).select_from(inside.subquery())) or 0
    done = 0
    with _partition(session, release) as table, hazard_of(session, release) as hazard:
        for places in _batches(session, inside):
            said = hazard.at_places(places["lon"], places["lat"])
            _write(session, table, release.id, places["id"], said)
            done += len(places["id"])
            report(done, total)
    return done


def expose_areas(session: Session, release: Release) -> int:
    """Ask a release about every area its box meets; answers how many those are."""
    met = select(Area.id, func.ST_AsBinary(Area.shape).label("shape")).where(
        in_force(), Area.shape.op("&&")(_box(release))
    )
    session.execute(delete(AreaExposure).where(AreaExposure.release_id == release.id))
    rows = session.execute(met.order_by(Area.id)).all()
    if not rows:
        return 0
    with hazard_of(session, release) as hazard:
        said = hazard.over_areas(shapely.from_wkb([bytes(row.shape) for row in rows]))
    _write_areas(session, release.id, [row.id for row in rows], said)
    return len(rows)


def work_off(session: Session, release: Release) -> int:
    """Ask a release about the places that were written since it was published.

    Their due rows go with the answers. Answers how many places were asked.
    """
    due = select(ExposureDue.location_id).where(ExposureDue.release_id == release.id)
    ids = session.scalars(due.with_for_update(skip_locked=True)).all()
    if not ids:
        return 0
    owed = Location.id.in_(ids)
    with hazard_of(session, release) as hazard:
        session.execute(
            delete(Exposure).where(Exposure.release_id == release.id, Exposure.location_id.in_(ids))
        )
        for places in _batches(session, _located(release).where(owed)):
            said = hazard.at_places(places["lon"], places["lat"])
            _write(session, Exposure.__tablename__, release.id, places["id"], said)
    paid = ExposureDue.location_id.in_(ids), ExposureDue.release_id == release.id
    session.execute(delete(ExposureDue).where(*paid))
    return len(ids)


@contextmanager
def hazard_of(session: Session, release: Release) -> Iterator[Hazard]:
    """The hazard of a confirmed release, ready to be asked as long as the block lasts."""
    if release.kind is LayerKind.RASTER:
        with opened(path_of(str(release.grid_sha256))) as grid:
            yield RasterHazard(grid, _floor(release))
    else:
        parts = session.execute(
            select(func.ST_AsBinary(ReleasePart.part), ReleasePart.value)
            .where(ReleasePart.release_id == release.id)
            .order_by(ReleasePart.id)
        ).all()
        seen = session.scalars(
            select(func.ST_AsBinary(ReleaseObserved.part)).where(
                ReleaseObserved.release_id == release.id
            )
        )
        yield ExtentHazard(
            _shapes([row[0] for row in parts]),
            np.array([row.value for row in parts], dtype=float),
            _shapes(list(seen)),
            lowest_first=release.direction is Direction.AT_MOST,
        )


def _floor(release: Release) -> Clause:
    if release.direction is Direction.AT_MOST:
        return Clause(at_most=release.floor)
    return Clause(at_least=release.floor)


def _shapes(wkb: list[bytes]) -> NDArray[np.object_]:
    return np.array(shapely.from_wkb([bytes(each) for each in wkb]), dtype=object)


def _box(release: Release) -> object:
    return select(Release.bounds).where(Release.id == release.id).scalar_subquery()


def _located(release: Release) -> Select[*tuple[Any, ...]]:
    """Places with a point in the release's box, its border included."""
    return select(Location.id, Location.lon, Location.lat).where(
        Location.lon.is_not(None), func.ST_Intersects(_box(release), Location.point)
    )


def _batches(
    session: Session, places: Select[*tuple[Any, ...]]
) -> Iterator[dict[str, NDArray[Any]]]:
    """Places in the order of their keys, `BATCH` at a time."""
    after = 0
    while True:
        batch = places.where(Location.id > after).order_by(Location.id).limit(BATCH)
        columns = fetch_columns(session, batch, PLACE)
        if len(columns["id"]):
            yield columns
        if len(columns["id"]) < BATCH:
            return
        after = int(columns["id"][-1])


@contextmanager
def _partition(session: Session, release: Release) -> Iterator[str]:
    """A table beside `exposure` to fill, indexed and attached when the block ends."""
    name = f"exposure_r{release.id}"
    _ddl(session, "drop table if exists {table}", name)
    _ddl(
        session,
        "create table {table} (like exposure including defaults including constraints)",
        name,
    )
    yield name
    _ddl(session, "alter table {table} add primary key (release_id, location_id)", name)
    _ddl(session, "analyze {table}", name)
    attach = "alter table exposure attach partition {table} for values in ({release})"
    _ddl(session, attach, name, release.id)


def _ddl(session: Session, statement: LiteralString, table: str, release_id: int = 0) -> None:
    """A statement about a partition: names cannot be bound, so the driver quotes them."""
    said = sql.SQL(statement).format(table=sql.Identifier(table), release=sql.Literal(release_id))
    session.connection().exec_driver_sql(said.as_string())


def _write(
    session: Session, table: str, release_id: int, ids: NDArray[Any], said: AtPlaces
) -> None:
    """Rows for what is kept and for what was not observed; what is out has none."""
    hit = np.zeros(int(said.kept.sum()), dtype=HIT)
    hit["location_id"], hit["value"] = ids[said.kept], said.values[said.kept]
    hit["status"] = ExposureStatus.IN.encode()
    hit["release_id"] = release_id
    bounded = recfunctions.append_fields(
        hit, ["low", "high"], [hit["value"], hit["value"]], usemask=False
    )
    copy_array(session, table, bounded)
    unseen = np.zeros(int((~said.observed).sum()), dtype=UNSEEN)
    unseen["location_id"], unseen["release_id"] = ids[~said.observed], release_id
    unseen["status"] = ExposureStatus.NOT_OBSERVED.encode()
    copy_array(session, table, unseen)


def _write_areas(session: Session, release_id: int, ids: list[int], said: OverAreas) -> None:
    columns = (said.observed_km2, said.hit_km2, said.cells, said.least, said.mean, said.most)
    figures = zip(*(column.tolist() for column in columns), strict=True)
    names = ["release_id", "area_id", "observed_km2", "hit_km2", "cells", "least", "mean", "most"]
    rows = (
        (release_id, area_id, *(None if np.isnan(figure) else figure for figure in row))
        for area_id, row in zip(ids, figures, strict=True)
    )
    copy_into(session, AreaExposure.__tablename__, names, rows)
