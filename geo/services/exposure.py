"""Exposure: a release is asked about every place and every area, and what it says is written down.

Parts of publishing a release and of the sampling job, so they take no actor and leave no entry.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Select, delete, func, select, true
from sqlalchemy.orm import Session

from core.bulk import array_of, copy_array, copy_into, fetch_columns
from core.storage import path_of
from geo.clauses import Clause
from geo.hazards import (
    AtPlaces,
    ExtentHazard,
    Hazard,
    OverAreas,
    RasterHazard,
    extent_hazard,
)
from geo.lookups import extent, raster
from geo.models.areas import Area
from geo.models.events import LayerKind
from geo.models.exposure import AreaExposure, Exposure, ExposureDue, ExposureStatus
from geo.models.locations import Location
from geo.models.releases import Direction, Release, ReleaseObserved, ReleasePart
from geo.queries.areas import in_force
from geo.raster.open import opened
from geo.services.locations import PUBLISHING
from geo.vector.screen import Box, Ranges

BATCH = 500_000  # keys of places read, asked and written at a time
PLACE = {"id": "i8", "lon": "f8", "lat": "f8"}
ASKED = [("release_id", "i8"), ("location_id", "i8")]
MEASURED = [("value", "f4"), ("low", "f4"), ("high", "f4")]

Places = Select[*tuple[Any, ...]]
Keys = NDArray[np.int64]
Answers = tuple[Keys, AtPlaces]  # of places, and what is said of them
Report = Callable[[int, int], None]


def expose_places(session: Session, release: Release, report: Report) -> int:
    """Ask a release about every located place in its box, into a partition of its own.

    The partition is filled before it is attached, so whoever asks meanwhile waits for a moment
    only. Places that others are still writing owe their answer once this is published. Answers how
    many places had to be asked; `report(done, total)` after each batch, in batches.
    """
    session.execute(select(func.pg_advisory_xact_lock(PUBLISHING)))
    asked = 0
    with _partition(session, release) as table, hazard_of(session, release) as hazard:
        box = box_of(session, release)
        batches = _batches(session, box, hazard.asked)
        answers = _answers(session, box, batches, hazard)
        for number, (ids, said) in enumerate(answers, 1):
            _write(session, table, release.id, ids, said)
            asked += len(ids)
            report(number, len(batches))
    return asked


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
        located = _located(box_of(session, release))
        places = fetch_columns(session, located.where(owed), PLACE)
        said = hazard.at_places(places["lon"], places["lat"])
        _write(session, Exposure.__tablename__, release.id, places["id"], said)
    paid = ExposureDue.location_id.in_(ids), ExposureDue.release_id == release.id
    session.execute(delete(ExposureDue).where(*paid))
    return len(ids)


@contextmanager
def hazard_of(session: Session, release: Release) -> Iterator[Hazard]:
    """The hazard of a confirmed release, ready to be asked as long as the block lasts.

    From what was laid out for it, if that was done already; else from its normal form.
    """
    laid_out = path_of(release.lookup_sha256) if release.lookup_sha256 else None
    if release.kind is LayerKind.RASTER:
        with opened(path_of(str(release.grid_sha256))) as grid:
            clause = clause_of(release)
            yield raster(laid_out, grid, clause) if laid_out else RasterHazard(grid, clause)
    else:
        yield extent(laid_out) if laid_out else _extent(session, release)


def clause_of(release: Release) -> Clause:
    """Which of a raster's values are kept."""
    if release.direction is Direction.AT_MOST:
        return Clause(at_most=release.floor)
    return Clause(at_least=release.floor)


def _extent(session: Session, release: Release) -> ExtentHazard:
    """An extent from its parts in the database."""
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
    return extent_hazard(
        _shapes([row[0] for row in parts]),
        np.array([row.value for row in parts], dtype=float),
        _shapes(list(seen)),
        box_of(session, release),
        lowest_first=release.direction is Direction.AT_MOST,
    )


def _shapes(wkb: list[bytes]) -> NDArray[np.object_]:
    return np.array(shapely.from_wkb([bytes(each) for each in wkb]), dtype=object)


def _box(release: Release) -> Any:
    return select(Release.bounds).where(Release.id == release.id).scalar_subquery()


def box_of(session: Session, release: Release) -> Box:
    """West, south, east and north of a release."""
    box = _box(release)
    sides = (func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    west, south, east, north = session.execute(select(*sides)).one()
    return west, south, east, north


def _located(box: Box) -> Places:
    """Places with a point in a box, its border included."""
    west, south, east, north = box
    return select(Location.id, Location.lon, Location.lat).where(
        Location.lon.between(west, east), Location.lat.between(south, north)
    )


def _within(box: Box, places: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Those of the places that lie in a box: the grid cells along its border reach beyond it."""
    west, south, east, north = box
    there = (places["lon"] >= west) & (places["lon"] <= east)
    there &= (places["lat"] >= south) & (places["lat"] <= north)
    return places if there.all() else {name: column[there] for name, column in places.items()}


def _batches(session: Session, box: Box, asked: Ranges | None) -> list[Places]:
    """Places cut into about as many at a time as fit into memory; only those in cells asked."""
    last = session.scalar(select(func.max(Location.id))) or 0
    if asked is None:
        places, starts = _located(box), range(0, last, BATCH)
        return [places.where(Location.id.between(at + 1, at + BATCH)) for at in starts]
    return [_in_cells(some) for some in np.array_split(asked, last // BATCH + 1)]


def _answers(
    session: Session, box: Box, batches: Sequence[Places], hazard: Hazard
) -> Iterator[Answers]:
    """What the hazard says of each batch of places.

    It is asked about a batch while the next is fetched and the one before is written.
    """
    asked: deque[tuple[Keys, Future[AtPlaces]]] = deque()
    with ThreadPoolExecutor(1) as beside:
        for batch in batches:
            places = _within(box, fetch_columns(session, batch, PLACE))
            said = beside.submit(hazard.at_places, places["lon"], places["lat"])
            asked.append((places["id"], said))
            if len(asked) > 1:
                yield _next(asked)
        while asked:
            yield _next(asked)


def _next(asked: deque[tuple[Keys, Future[AtPlaces]]]) -> Answers:
    ids, said = asked.popleft()
    return ids, said.result()


def _in_cells(asked: Ranges) -> Places:
    """Places in ranges of grid cells; each range asks the index."""
    ranges = func.unnest(*map(array_of, asked.T)).table_valued("first", "last")
    asked_for = ranges.render_derived("asked")
    places = select(Location.id, Location.lon, Location.lat)
    there = places.where(Location.cell.between(asked_for.c.first, asked_for.c.last))
    found = there.offset(0).lateral("found")
    return select(found.c.id, found.c.lon, found.c.lat).select_from(asked_for.join(found, true()))


@contextmanager
def _partition(session: Session, release: Release) -> Iterator[str]:
    """A table beside `exposure` to fill, indexed and attached when the block ends."""
    session.execute(select(func.begin_exposure(release.id)))
    yield f"exposure_r{release.id}"
    session.execute(select(func.end_exposure(release.id)))


def _write(
    session: Session, table: str, release_id: int, ids: NDArray[Any], said: AtPlaces
) -> None:
    """Rows for what is kept and for what was not observed; what is out has none."""
    hit = _rows(release_id, ids[said.kept], ExposureStatus.IN, MEASURED)
    for figure, _type in MEASURED:
        hit[figure] = said.values[said.kept]
    copy_array(session, table, hit)
    copy_array(session, table, _rows(release_id, ids[~said.observed], ExposureStatus.NOT_OBSERVED))


def _rows(
    release_id: int,
    ids: NDArray[Any],
    status: ExposureStatus,
    figures: Sequence[tuple[str, str]] = (),
) -> NDArray[np.void]:
    """Rows of one status; their figures are still to be filled in."""
    said = status.encode()
    rows = np.empty(len(ids), dtype=[*ASKED, ("status", f"S{len(said)}"), *figures])
    rows["release_id"], rows["location_id"], rows["status"] = release_id, ids, said
    return rows


def _write_areas(session: Session, release_id: int, ids: list[int], said: OverAreas) -> None:
    columns = (said.observed_km2, said.hit_km2, said.cells, said.least, said.mean, said.most)
    figures = zip(*(column.tolist() for column in columns), strict=True)
    names = ["release_id", "area_id", "observed_km2", "hit_km2", "cells", "least", "mean", "most"]
    rows = (
        (release_id, area_id, *(None if np.isnan(figure) else figure for figure in row))
        for area_id, row in zip(ids, figures, strict=True)
    )
    copy_into(session, AreaExposure.__tablename__, names, rows)
