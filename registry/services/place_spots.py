"""Where places go that are corrected together, each to a spot of its own: to points somebody set,
or to the settlement that is written of those who stand there. Parts of the act."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnClause, Select, TableClause, column, insert, select, table, text
from sqlalchemy.orm import Session

from core.bulk import copy_into
from geo.models.locations import Location
from registry.models.registrants import Registrant

ENOUGH = 3  # neighbours whose places tell where a settlement lies
VAGUE = 500.0  # metres round a point that stands for a settlement of unknown size
LEAST = 50.0  # metres: no settlement is smaller

Points = Mapping[str, tuple[float, float]]  # by number: longitude, latitude


def spots() -> TableClause:
    """By registrant and place (NULL: they stand nowhere), the longitude, latitude and accuracy of
    the spot it is moved to; there once `set_spots` or `find_settlements` has run."""
    bigint: Any = Location.id.type
    keys: list[ColumnClause[Any]] = [column(name, bigint) for name in ("registrant_id", "place_id")]
    return table("spots", *keys, *(column(name) for name in ("lon", "lat", "accuracy_m")))


def set_spots(session: Session, asked: Select[int], points: Points) -> None:
    """Let each of those asked about go to the point that is set for their number."""
    _fresh(session)
    session.execute(text("drop table if exists points_set"))
    session.execute(
        text("create temp table points_set (number text, lon float8, lat float8) on commit drop")
    )
    rows = ((number, lon, lat) for number, (lon, lat) in points.items())
    copy_into(session, "points_set", ["number", "lon", "lat"], list(rows))
    given = table("points_set", column("number"), column("lon"), column("lat"))
    going = (
        select(Registrant.id, Registrant.location_id, given.c.lon, given.c.lat)
        .join(given, given.c.number == Registrant.number)
        .where(Registrant.id.in_(asked))
    )
    columns = ["registrant_id", "place_id", "lon", "lat"]
    session.execute(insert(spots()).from_select(columns, going))
    session.execute(text("drop table points_set"))


def find_settlements(session: Session, asked: Select[int]) -> None:
    """Let each of those asked about go to the settlement that is written of them: where a layer of
    settlements has one of its name in their area, else amid the neighbours of that name whose
    places nobody doubts. Of whom neither is known, nobody goes."""
    _fresh(session)
    session.execute(text("drop table if exists asked_spots"))
    session.execute(text("create temp table asked_spots (id bigint) on commit drop"))
    into = table("asked_spots", column("id"))
    session.execute(insert(into).from_select(["id"], asked))
    session.execute(text("analyze asked_spots"))
    session.execute(SETTLEMENTS, {"enough": ENOUGH, "vague": VAGUE, "least": LEAST})
    session.execute(text("drop table asked_spots"))


def _fresh(session: Session) -> None:
    session.execute(text("drop table if exists spots"))
    session.execute(SPOTS)


SPOTS = text("""
    create temp table spots (
        registrant_id bigint, place_id bigint, lon float8, lat float8, accuracy_m float8
    ) on commit drop
""")

# A layer tells of the lowest area that holds both; of several points of one name, none is believed.
SETTLEMENTS = text("""
    with meant as materialized (
        select r.id, r.location_id, r.area_id, a.path, lower(btrim(r.settlement)) as name
        from asked_spots k
        join registrants r on r.id = k.id
        join areas a on a.id = r.area_id
        where btrim(coalesce(r.settlement, '')) <> ''
    ), wanted as materialized (
        select distinct area_id, path, name from meant
    ), mapped as (
        select w.area_id, w.name, min(ST_X(f.shape)) as lon, min(ST_Y(f.shape)) as lat,
               cast(:vague as float8) as accuracy_m
        from wanted w
        join context_features f on lower(btrim(f.name)) = w.name
        join context_layers l on l.id = f.layer_id and l.state = 'loaded' and l.kind = 'points'
        join area_parts part on part.area_id = w.area_id and ST_Intersects(part.part, f.shape)
        where GeometryType(f.shape) = 'POINT'
        group by w.area_id, w.name having count(distinct f.shape) = 1
    ), beside as materialized (
        select w.area_id, w.name, l.lon, l.lat
        from wanted w
        join registrants r on r.area_id = w.area_id and lower(btrim(r.settlement)) = w.name
        join locations l on l.id = r.location_id
        left join place_checks c on c.location_id = l.id
        where r.kind = 'group' and r.state = 'active' and l.lon is not null
          and l.source in ('gps', 'building', 'address') and coalesce(c.codes, '{}') = '{}'
          and not exists (select from asked_spots k where k.id = r.id)
    ), middles as (
        select area_id, name, percentile_cont(0.5) within group (order by lon) as lon,
               percentile_cont(0.5) within group (order by lat) as lat
        from beside group by area_id, name having count(*) >= :enough
    ), amid as (
        select m.area_id, m.name, m.lon, m.lat,
               greatest(:least, max(ST_DistanceSphere(
                   ST_MakePoint(b.lon, b.lat), ST_MakePoint(m.lon, m.lat)))) as accuracy_m
        from middles m join beside b using (area_id, name)
        group by m.area_id, m.name, m.lon, m.lat
    ), known as (
        select * from mapped
        union all
        select * from amid a where not exists (
            select from mapped m where m.area_id = a.area_id and m.name = a.name)
    )
    insert into spots (registrant_id, place_id, lon, lat, accuracy_m)
    select meant.id, meant.location_id, known.lon, known.lat, known.accuracy_m
    from meant join known using (area_id, name)
""")
