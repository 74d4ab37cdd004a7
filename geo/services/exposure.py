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
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    any_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from core.bulk import array_of, fetch_columns
from core.errors import Invalid
from core.storage import path_of
from geo.between import BetweenHazard
from geo.clauses import Clause
from geo.crs import Floats
from geo.ellipsoid import Shapes
from geo.hazards import (
    AtPlaces,
    ExtentHazard,
    Hazard,
    RasterHazard,
    extent_hazard,
)
from geo.lookups import extent, raster
from geo.models.areas import Area
from geo.models.events import LayerKind
from geo.models.exposure import AreaExposure, Exposure, ExposureDue
from geo.models.locations import Location
from geo.models.releases import Direction, Release, ReleaseObserved, ReleasePart, ReleaseWater
from geo.queries.areas import in_force
from geo.raster.grid import Grid
from geo.raster.open import opened
from geo.services.exposure_rows import (
    Alike,
    Keys,
    each_range_asks,
    write_areas,
    write_cells,
    write_places,
)
from geo.services.locations import PUBLISHING
from geo.vector.circles import degrees_of
from geo.vector.cover import CELL
from geo.vector.screen import DEGREE, NOWHERE_ELSE, REACH, Box, Ranges, middles

BATCH = 500_000  # keys of places read, asked and written at a time
AREAS = 5_000  # areas measured and written at a time
PLACE = {"id": "i8", "lon": "f8!", "lat": "f8!", "accuracy": "f8!"}

Places = Select[*tuple[Any, ...]]
Answers = tuple[Keys, AtPlaces]  # of places, and what is said of them
Report = Callable[[int, int], None]


class FloorMissing(Invalid):
    """Where less is worse it has to be said up to which value places are kept; name the floor."""


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
        write_cells(session, table, release.id, _alike(hazard), _stays_in())
        batches = _batches(session, box, hazard)
        answers = _answers(session, box, batches, hazard)
        for number, (ids, said) in enumerate(answers, 1):
            write_places(session, table, release.id, ids, said)
            asked += len(ids)
            report(number, len(batches))
    return asked


def expose_areas(session: Session, release: Release) -> int:
    """Ask a release about every area its box meets; answers how many those are."""
    met = select(Area.id).where(in_force(), Area.shape.op("&&")(_box(release)))
    today = select(Area.id).where(in_force())  # what was said of areas that have ended stays said
    session.execute(
        delete(AreaExposure).where(
            AreaExposure.release_id == release.id, AreaExposure.area_id.in_(today)
        )
    )
    ids = session.scalars(met.order_by(Area.id)).all()
    if not ids:
        return 0
    with hazard_of(session, release) as hazard:
        for start in range(0, len(ids), AREAS):
            some = ids[start : start + AREAS]
            said = hazard.over_areas(_shapes_of(session, some))
            write_areas(session, release.id, some, said)
    return len(ids)


def work_off(session: Session, release: Release) -> int:
    """Ask a release about the places that were written since it was published.

    Their due rows go with the answers. Answers how many places were asked.
    """
    due = select(ExposureDue.location_id).where(ExposureDue.release_id == release.id)
    ids = session.scalars(due.with_for_update(skip_locked=True)).all()
    if not ids:
        return 0
    with hazard_of(session, release) as hazard:
        box = box_of(session, release)
        for start in range(0, len(ids), BATCH):
            _ask_again(session, release, hazard, box, np.array(ids[start : start + BATCH]))
    return len(ids)


def _ask_again(session: Session, release: Release, hazard: Hazard, box: Box, ids: Keys) -> None:
    """Put new answers in the place of those a release gave of some places, and of their debts."""
    these = any_(array_of(ids))
    for table in (Exposure, ExposureDue):
        session.execute(
            delete(table).where(table.release_id == release.id, table.location_id == these)
        )
    places = _within(box, fetch_columns(session, _places().where(Location.id == these), PLACE))
    said = hazard.at_places(places["lon"], places["lat"], places["accuracy"])
    write_places(session, Exposure.__tablename__, release.id, places["id"], said)


@contextmanager
def hazard_of(session: Session, release: Release) -> Iterator[Hazard]:
    """The hazard of a confirmed release, ready to be asked as long as the block lasts.

    From what was laid out for it, if that was done already; else from its normal form.
    """
    laid_out = path_of(release.lookup_sha256) if release.lookup_sha256 else None
    clause = clause_of(release)
    if release.kind is LayerKind.RASTER:
        with opened(path_of(str(release.grid_sha256))) as grid, reasons_of(release) as reasons:
            edges = tuple(release.histogram_edges or ())
            found = (
                raster(laid_out, grid, clause, edges, reasons)
                if laid_out
                else RasterHazard(grid, clause, edges=edges, reasons=reasons)
            )
            with _between(release, found) as hazard:
                yield hazard
    else:
        least = extent(laid_out, clause) if laid_out else _extent(session, release, clause)
        if release.most_sha256 is None:
            yield least
        else:
            yield BetweenHazard(least, extent(path_of(release.most_sha256), clause), clause)


@contextmanager
def reasons_of(release: Release) -> Iterator[Grid | None]:
    """The grid of why cells of a release have no value, where it has one."""
    if release.reasons_sha256 is None:
        yield None
        return
    with opened(path_of(release.reasons_sha256)) as grid:
        yield grid


@contextmanager
def _between(release: Release, least: RasterHazard) -> Iterator[Hazard]:
    """The hazard of a grid; with the grid of the most its values may be, where it has one."""
    if release.most_sha256 is None:
        yield least
        return
    with opened(path_of(release.most_sha256)) as grid:
        most = RasterHazard(grid, least.clause, edges=least.edges)
        yield BetweenHazard(least, most, least.clause)


def clause_of(release: Release) -> Clause:
    """Which values are kept: from the floor on, or up to it; without one those above zero.

    Raises:
        FloorMissing: less is worse, and it was not said from where on.
    """
    if release.direction is Direction.AT_LEAST:
        return Clause(at_least=release.floor)
    if release.floor is None:
        raise FloorMissing
    return Clause(at_most=release.floor)


def parts_said(session: Session, release: Release) -> tuple[Shapes, Floats, Shapes]:
    """The parts of an extent with their values, and the parts of what it could see."""
    parts = session.execute(
        select(func.ST_AsBinary(ReleasePart.part), ReleasePart.value)
        .where(ReleasePart.release_id == release.id)
        .order_by(ReleasePart.id)
    ).all()
    seen = _parts_of(session, release, ReleaseObserved)
    values = np.array([row.value for row in parts], dtype=float)
    return _shapes([row[0] for row in parts]), values, seen


def _parts_of(
    session: Session, release: Release, of: type[ReleaseObserved] | type[ReleaseWater]
) -> Shapes:
    part = func.ST_AsBinary(of.part)
    return _shapes(list(session.scalars(select(part).where(of.release_id == release.id))))


def _extent(session: Session, release: Release, clause: Clause) -> ExtentHazard:
    """An extent from its parts in the database."""
    shapes, values, seen = parts_said(session, release)
    water = _parts_of(session, release, ReleaseWater)
    return extent_hazard(shapes, values, seen, box_of(session, release), clause, water)


def _shapes_of(session: Session, area_ids: Sequence[int]) -> Shapes:
    """The shapes of areas, given in the order of their keys."""
    wkb = select(func.ST_AsBinary(Area.shape)).where(Area.id.in_(area_ids)).order_by(Area.id)
    return _shapes(list(session.scalars(wkb)))


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


def _places() -> Places:
    """Places with a point, and the radius of the circle they are known within."""
    radius = func.coalesce(Location.accuracy_m, 0).label("accuracy")
    columns = (Location.id, Location.lon, Location.lat, radius)
    return select(*columns).where(Location.lon.is_not(None))


def _located(box: Box) -> Places:
    """Places in a box, its border included, and those whose circle may reach it."""
    west, south, east, north = box
    wide, tall = degrees_of(np.array([REACH]), np.array([max(abs(south), abs(north))]))
    more = float(wide[0]), float(tall[0])
    there = and_(
        Location.lon.between(west - more[0], east + more[0]),
        Location.lat.between(south - more[1], north + more[1]),
    )
    return _places().where(or_(there, _wide()))


def _within(box: Box, places: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Those of the places whose point or circle lies in a box or reaches it."""
    west, south, east, north = box
    wide, tall = degrees_of(places["accuracy"], places["lat"])
    there = (places["lon"] >= west - wide) & (places["lon"] <= east + wide)
    there &= (places["lat"] >= south - tall) & (places["lat"] <= north + tall)
    return places if there.all() else {name: column[there] for name, column in places.items()}


def _alike(hazard: Hazard) -> Alike:
    """Where the hazard says the same of all places that stay in their cells, and what."""
    cells = NOWHERE_ELSE if hazard.screen is None else hazard.screen.alike
    return Alike(cells, hazard.at_places(*middles(cells[:, 0])))


def _batches(session: Session, box: Box, hazard: Hazard) -> list[Places]:
    """Places cut into about as many at a time as fit into memory; only those that may be hit or
    unseen, by their cells and by how wide their circles are."""
    last = session.scalar(select(func.max(Location.id))) or 0
    screen = hazard.screen
    if screen is None:
        places, starts = _located(box), range(0, last, BATCH)
        return [places.where(Location.id.between(at + 1, at + BATCH)) for at in starts]
    asked = np.array_split(screen.asked, last // BATCH + 1)
    narrow = [_in_cells(some, _narrow()) for some in asked]
    if not session.scalar(select(exists().where(_round()))):
        return narrow
    return [*narrow, _in_cells(screen.reached, _reaches_out()), _places().where(_wide())]


def _narrow() -> ColumnElement[bool]:
    return func.coalesce(Location.accuracy_m, 0) <= REACH


def _round() -> ColumnElement[bool]:
    """Places that are circles, in the words of the index that knows them."""
    return Location.accuracy_m > literal(0, literal_execute=True)


def _wide() -> ColumnElement[bool]:
    """Those whose circle is not narrow, in the words of theirs."""
    return Location.accuracy_m > literal(REACH, literal_execute=True)


def _reaches_out() -> ColumnElement[bool]:
    """Whether the circle of a place, a narrow one, may reach beyond its grid cell."""
    return and_(_round(), Location.accuracy_m.between(_to_border(), REACH))


def _stays_in() -> ColumnElement[bool]:
    """Whether a place is a point, or its circle lies in its grid cell."""
    radius = func.coalesce(Location.accuracy_m, 0)
    return or_(radius == 0, and_(radius < _to_border(), _narrow()))


def _to_border() -> ColumnElement[float]:
    """Metres from a place to the border of its grid cell, or less."""
    tall, wide = CELL * DEGREE, CELL * DEGREE * func.cos(func.radians(Location.lat))
    column, row = (Location.lon + 180) / CELL, (Location.lat + 90) / CELL
    across, along = column - func.floor(column), row - func.floor(row)
    return func.least(func.least(across, 1 - across) * wide, func.least(along, 1 - along) * tall)


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
            where = places["lon"], places["lat"], places["accuracy"]
            said = beside.submit(hazard.at_places, *where)
            asked.append((places["id"], said))
            if len(asked) > 1:
                yield _next(asked)
        while asked:
            yield _next(asked)


def _next(asked: deque[tuple[Keys, Future[AtPlaces]]]) -> Answers:
    ids, said = asked.popleft()
    return ids, said.result()


def _in_cells(asked: Ranges, those: ColumnElement[bool]) -> Places:
    """Some of the places in ranges of grid cells; each range asks the index."""
    ranges = func.unnest(*map(array_of, asked.T)).table_valued("first", "last")
    cells = ranges.render_derived("asked")
    found = each_range_asks(_places().where(those), cells)
    return select(*found.c).select_from(cells.join(found, true()))


@contextmanager
def _partition(session: Session, release: Release) -> Iterator[str]:
    """A table beside `exposure` to fill, indexed and attached when the block ends."""
    session.execute(select(func.begin_exposure(release.id)))
    yield f"exposure_r{release.id}"
    session.execute(select(func.end_exposure(release.id)))
