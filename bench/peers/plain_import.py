"""A file of households brought into the registry by statements written for it and nothing else.

COPY into an unlogged table, one statement that judges every row, and a few that merge, into the
same tables with their keys, indexes and triggers. It knows this file's columns and forms, keeps no
verdict, nothing to undo it by, and asks nobody.
"""

from pathlib import Path
from typing import IO, Any, LiteralString

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.peers.tables import run

COLUMNS = (
    *("code", "area_pcode", "settlement", "longitude", "latitude", "accuracy_m"),
    *("location_source", "located_on", "size", "roster", "address", "phone"),
)
STAGE: LiteralString = """
    create schema if not exists peers;
    drop table if exists peers.staged, peers.judged, peers.merging;
    create unlogged table peers.staged (
        row_number bigint generated always as identity,
        code text, area_pcode text, settlement text, longitude text, latitude text,
        accuracy_m text, location_source text, located_on text, size text, roster text,
        address text, phone text)
"""
FROM_FILE = sql.SQL("copy peers.staged ({}) from stdin (format csv, header)").format(
    sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
)
JUDGE: LiteralString = r"""
    analyze peers.staged;
    create unlogged table peers.judged as
    with read as (
        select s.row_number, s.code, s.settlement, s.address, s.phone, s.area_pcode,
               case when longitude ~ '^-?\d+(\.\d+)?$' then longitude::float8 end as lon,
               case when latitude ~ '^-?\d+(\.\d+)?$' then latitude::float8 end as lat,
               case when accuracy_m ~ '^\d+(\.\d+)?$' then accuracy_m::float8 end as accuracy,
               case when size ~ '^\d{{1,3}}$' then size::int end as people,
               case when located_on ~ '^\d{{4}}-\d\d-\d\d$' then located_on::date end as located,
               nullif(location_source, '') as source, roster, longitude, latitude, accuracy_m,
               size, located_on, count(*) over (partition by s.code) as told
        from peers.staged s
    )
    select read.*, area.id as area_id, household.id as registrant_id,
           household.location_id as place_now, array_remove(array[
               case when read.code is null then 'missing_code' end,
               case when told > 1 then 'told_twice' end,
               case when read.longitude is not null and read.lon is null
                      or read.latitude is not null and read.lat is null then 'not_a_number' end,
               case when abs(read.lon) > 180 or abs(read.lat) > 90 then 'off_the_globe' end,
               case when read.lon = 0 and read.lat = 0 then 'zero' end,
               case when read.accuracy_m is not null and read.accuracy is null
                    then 'bad_accuracy' end,
               case when read.people is null and read.size is not null or read.people < 1
                    then 'bad_size' end,
               case when read.located_on is not null and read.located is null then 'bad_date' end,
               case when read.source not in ('gps', 'building', 'address', 'settlement', 'area')
                    then 'bad_source' end,
               case when read.roster not in ('complete', 'partial') then 'bad_roster' end,
               case when read.area_pcode is not null and area.id is null then 'unknown_area' end,
               case when household.state <> 'active' then 'not_active' end
           ], null) as errors,
           row(read.lon, read.lat) is distinct from row(place.lon, place.lat) as stands_elsewhere
    from read
    left join areas area on area.pcode = read.area_pcode and area.valid_to is null
    left join registrants household on household.kind = 'group' and household.code = read.code
    left join locations place on place.id = household.location_id;
    analyze peers.judged
"""
KEY: LiteralString = """
    create unlogged table peers.merging as
    select sound.*, coalesce(registrant_id, nextval('registrants_id_seq')) as id,
           registrant_id is null as is_new, case when lon is not null or area_id is not null
           then case when registrant_id is null or stands_elsewhere and lon is not null
                     then nextval('locations_id_seq') end end as location_id
    from (select * from peers.judged where errors = '{{}}'
          order by grid_cell(lon, lat), row_number) as sound;
    analyze peers.merging
"""
MERGE: LiteralString = """
    insert into locations (id, lon, lat, accuracy_m, source, taken_at, area_id, stated_area_id)
    select location_id, lon, lat, accuracy, case when lon is null then 'area'
           else coalesce(source, 'gps') end, located, area_id, case when lon is not null
           then area_id end
    from peers.merging where location_id is not null;
    update locations place set area_id = lies.area_id
    from (
        select distinct on (found.location_id) found.location_id, areas.id as area_id
        from area_parts join areas on areas.id = area_parts.area_id and is_leaf
                                  and valid_to is null,
             lateral (
                 select m.location_id from peers.points m
                 where m.point && part and st_intersects(part, m.point) offset 0
             ) found
        order by found.location_id, areas.pcode
    ) as lies
    where place.id = lies.location_id and place.area_id is distinct from lies.area_id;
    insert into registrants (id, kind, code, name, settlement, address, phone, location_id,
                             area_id, made_by)
    select m.id, 'group', code, code, settlement, address, phone, location_id,
           coalesce(place.area_id, m.area_id), 0
    from peers.merging m left join locations place on place.id = m.location_id
    where is_new order by m.id;
    insert into groups (registrant_id, stated_size, is_partial, area_id, made_by)
    select m.id, people, roster is distinct from 'complete',
           coalesce(place.area_id, m.area_id), 0
    from peers.merging m left join locations place on place.id = m.location_id
    where is_new order by m.id;
    insert into former_places (registrant_id, location_id)
    select id, place_now from peers.merging
    where location_id is not null and not is_new and place_now is not null;
    update registrants household
    set settlement = coalesce(m.settlement, household.settlement),
        address = coalesce(m.address, household.address),
        phone = coalesce(m.phone, household.phone),
        location_id = coalesce(m.location_id, household.location_id),
        area_id = coalesce(place.area_id, household.area_id)
    from peers.merging m left join locations place on place.id = m.location_id
    where household.id = m.id and not is_new;
    update groups detail
    set stated_size = coalesce(people, stated_size),
        is_partial = coalesce(roster <> 'complete', detail.is_partial)
    from peers.merging m where detail.registrant_id = m.id and not is_new
"""
POINTS: LiteralString = """
    drop table if exists peers.points;
    create unlogged table peers.points as
    select location_id, st_point(lon, lat, 4326) as point from peers.merging
    where location_id is not null and lon is not null;
    create index on peers.points using gist (point);
    analyze peers.points
"""
OUT = sql.SQL("""
    copy (
        select coalesce(r.code, r.number) as code, a.pcode as area_pcode, r.settlement,
               l.lon as longitude, l.lat as latitude, l.accuracy_m,
               l.source as location_source, l.taken_at::date as located_on,
               g.stated_size as size, case when g.is_partial then 'partial' else 'complete' end
               as roster, r.address, r.phone
        from registrants r
        join groups g on g.registrant_id = r.id and g.kind = 'household'
        left join locations l on l.id = r.location_id
        left join areas a on a.id = r.area_id
        where r.state = 'active' order by r.id
    ) to stdout (format csv, header)
""")
SAYS = text("""
    select count(*), sum(stated_size), count(*) filter (where is_partial),
           sum(hashtext(coalesce(r.phone, '') || coalesce(r.address, ''))::bigint),
           count(r.location_id)
    from registrants r join groups g on g.registrant_id = r.id where r.kind = 'group'
""")


def bring_in(session: Session, file: Path) -> None:
    """Stage, judge and merge a file of households."""
    run(session, STAGE)
    driver: Any = session.connection().connection.driver_connection
    with file.open("rb") as stream, driver.cursor().copy(FROM_FILE) as copy:
        while block := stream.read(1 << 20):
            copy.write(block)
    for step in (JUDGE, KEY, POINTS, MERGE):
        run(session, step)


def copied_out(session: Session, stream: IO[bytes]) -> int:
    """Write all households as a file; answers how many there were."""
    driver: Any = session.connection().connection.driver_connection
    cursor = driver.cursor()
    with cursor.copy(OUT) as copy:
        for block in copy:
            stream.write(block)
    return int(cursor.rowcount)


def registry_says(session: Session) -> tuple[Any, ...]:
    """How many households there are, their people, and a digest of how they are reached."""
    return tuple(session.execute(SAYS).one())
