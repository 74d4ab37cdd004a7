"""The country in a database, to be measured on: loaded as quickly as can be, then left alone.

Areas and hazards come in through the acts of the product. Households do not go through the import,
which is measured by a goal of its own: a COPY of `households.csv` and three statements put each
where the file says, into the area the file names, with the size the file tells and no list of
members. They are laid down in the order of their grid cells, as the import does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyarrow import csv
from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.cli.demo import LEVELS, PASSWORD, TEAM, depth_of, radar_extent
from app.loading import Team, load_areas, load_release, make_team
from core.bulk import copy_into, fetch_columns
from core.db import new_session, transaction
from core.errors import Conflict
from geo.models.areas import Area
from geo.models.events import Event, EventKind, Severity
from geo.models.locations import Location
from geo.models.releases import Release
from geo.services.events import Shock, create_event
from geo.services.exposure import expose_places
from registry.services.household_cells import count_release, recount

FLOOD = Shock(
    "Flood of the bench", EventKind.FLOOD, datetime(2026, 11, 12, tzinfo=UTC), Severity.SEVERE
)
DEPTH, EXTENT = "flood_depth_r2.tif", "flood_extent.geojson"
COLUMNS = {
    "code": "string",
    "area_pcode": "string",
    "longitude": "float64",
    "latitude": "float64",
    "location_source": "string",
    "size": "int32",
}
STAGED = ("code", "pcode", "lon", "lat", "source", "size")

STAGE = text("""
    create temporary table staged (
        code text, pcode text, lon float8, lat float8, source text, size int
    ) on commit drop
""")
ORDER = text("""
    create temporary table laid on commit drop as
    select staged.*, areas.id as area_id,
           row_number() over (order by grid_cell(lon, lat), code) as id
    from staged left join areas on areas.pcode = staged.pcode and areas.valid_to is null
""")
# As points: what a circle holds no peer can say, so whoever is compared is asked the same.
PLACES = text("""
    insert into locations (id, lon, lat, source, area_id) overriding system value
    select id, lon, lat, source, area_id from laid
    where lon is not null or area_id is not null
    order by id
""")
REGISTRANTS = text("""
    insert into registrants (id, kind, code, name, location_id, area_id) overriding system value
    select id, 'group', code, 'Household',
           case when lon is not null or area_id is not null then id end, area_id
    from laid order by id
""")
GROUPS = text("""
    insert into groups (registrant_id, kind, stated_size, is_partial, area_id)
    select id, 'household', size, true, area_id from laid order by id
""")
# Nor can a peer say anything of who is known by an area alone.
BY_POINT = text("delete from area_exposure")
NEXT_KEYS = (
    text("select setval(pg_get_serial_sequence('locations', 'id'), max(id)) from locations"),
    text("select setval(pg_get_serial_sequence('registrants', 'id'), max(id)) from registrants"),
)
ANALYZE = text("analyze locations, registrants, groups, areas, area_parts, release_parts")


class NotOurs(Conflict):
    """This database holds something else already; the bench wants an empty one of its own."""


@dataclass(frozen=True)
class World:
    """The loaded country: its files, and the releases whose exposure stands."""

    folder: Path
    size: str
    depth_id: int
    extent_id: int


@dataclass(frozen=True)
class Places:
    """All places with a point; longitude and latitude in degrees."""

    ids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def stand(folder: Path, size: str, say: Callable[[str], None]) -> World:
    """The country of a folder, loaded unless it stands already.

    Raises:
        NotOurs
    """
    if _is_empty():
        _load(folder, say)
    with transaction() as session:
        event = session.scalar(select(Event).where(Event.name == FLOOD.name))
        if event is None:
            raise NotOurs
        releases = session.scalars(select(Release).where(Release.event_id == event.id))
        ids = {release.original_name: release.id for release in releases}
    return World(folder, size, ids[DEPTH], ids[EXTENT])


def places() -> Places:
    """All places with a point."""
    located: Select[*tuple[Any, ...]] = select(Location.id, Location.lon, Location.lat)
    with transaction() as session:
        found = fetch_columns(
            session,
            located.where(Location.lon.is_not(None)),
            {"id": "i8", "lon": "f8!", "lat": "f8!"},
        )
    return Places(found["id"], found["lon"], found["lat"])


@contextmanager
def undone() -> Iterator[Session]:
    """A transaction that is rolled back."""
    with new_session() as session:
        yield session
        session.rollback()


def _is_empty() -> bool:
    with transaction() as session:
        return not session.scalar(select(func.count()).select_from(Area))


def _load(folder: Path, say: Callable[[str], None]) -> None:
    team = make_team(TEAM, PASSWORD)
    say("Hazards ...")
    _publish(folder, team)
    say("Areas ...")
    analyst = team[Role.GIS_ANALYST]
    load_areas(folder / "areas.gpkg", actor=analyst, version="v1", level_names=LEVELS)
    say("Households ...")
    with transaction() as session:
        _settle_households(session, folder / "households.csv")
    with transaction() as session:
        session.execute(ANALYZE)
    say("Exposure and counts by cell ...")
    _count(say)


def _publish(folder: Path, team: Team) -> None:
    """Before there is anything to ask about, so that exposure is left to the goals."""
    analyst = team[Role.GIS_ANALYST]
    with transaction() as session:
        event_id = create_event(session, FLOOD, actor=analyst).id
    load_release(folder / DEPTH, event_id, depth_of(19), actor=analyst)
    load_release(folder / EXTENT, event_id, radar_extent(folder), actor=analyst)


def _settle_households(session: Session, file: Path) -> None:
    session.execute(STAGE)
    copy_into(session, "staged", STAGED, _rows(file))
    for statement in (ORDER, PLACES, REGISTRANTS, GROUPS, *NEXT_KEYS):
        session.execute(statement)


def _rows(file: Path) -> Iterator[tuple[Any, ...]]:
    options = csv.ConvertOptions(
        column_types=COLUMNS, include_columns=[*COLUMNS], strings_can_be_null=True
    )
    with csv.open_csv(file, convert_options=options) as batches:
        for batch in batches:
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _count(say: Callable[[str], None]) -> None:
    """Expose all places to both releases, and count households by cell for them."""
    with transaction() as session:
        session.execute(BY_POINT)
        recount(session, lambda _done, _total: None)
        for release in session.scalars(select(Release).order_by(Release.id)).all():
            expose_places(session, release, lambda _done, _total: None)
            count_release(session, release, lambda _done, _total: None)
            say(f"{release.original_name} is counted")


def postgis_version() -> str:
    """What the peers in the database are."""
    with transaction() as session:
        found = session.execute(
            text("select postgis_lib_version() as postgis, current_setting('server_version') as pg")
        ).one()
    return f"PostGIS {found.postgis}, PostgreSQL {found.pg.split()[0]}"
