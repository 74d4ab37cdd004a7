"""A file of households brought into the registry by statements written for it and nothing else.

COPY into an unlogged table, one statement that asks where each point lies, one that judges every
row by the rules an import of households has, and a few that merge, into the same tables with their
keys, indexes and triggers. It knows this file's columns and forms, keeps no verdict, nothing to
undo it by, and asks nobody.
"""

from pathlib import Path
from typing import IO, Any, LiteralString

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.peers.tables import run
from core.country import country

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
# Where each point lies, asked once: of the leaves, then where maps of two levels do not fit of
# whatever covers it. The parts go round the points, which are many.
LIES: LiteralString = r"""
    analyze peers.staged;
    drop table if exists peers.points, peers.lies;
    create unlogged table peers.points as
    select row_number, st_point(longitude::float8, latitude::float8, 4326) as point
    from peers.staged
    where longitude ~ '^-?\d+(\.\d+)?$' and latitude ~ '^-?\d+(\.\d+)?$'
      and longitude::float8 between -180 and 180 and latitude::float8 between -90 and 90;
    create index on peers.points using gist (point);
    analyze peers.points;
    create unlogged table peers.lies as
    select distinct on (found.row_number) found.row_number, areas.id as area_id, areas.path
    from area_parts join areas on areas.id = area_parts.area_id and is_leaf and valid_to is null,
         lateral (
             select p.row_number from peers.points p
             where p.point && part and st_intersects(part, p.point) offset 0
         ) found
    order by found.row_number, areas.pcode;
    insert into peers.lies
    select distinct on (p.row_number) p.row_number, areas.id, areas.path
    from peers.points p
    join area_parts on st_intersects(part, p.point)
    join areas on areas.id = area_parts.area_id and valid_to is null
    where not exists (select from peers.lies where lies.row_number = p.row_number)
    order by p.row_number, areas.level desc, areas.pcode;
    analyze peers.lies
"""
JUDGE: LiteralString = r"""
    create unlogged table peers.judged as
    with read as (
        select s.*,
               case when longitude ~ '^-?\d+(\.\d+)?$' then longitude::float8 end as lon,
               case when latitude ~ '^-?\d+(\.\d+)?$' then latitude::float8 end as lat,
               case when accuracy_m ~ '^\d+(\.\d+)?$' then accuracy_m::float8 end as accuracy,
               case when size ~ '^\d{{1,9}}$' then size::int end as people,
               case when located_on ~ '^\d{{4}}-\d\d-\d\d$' then located_on::date end as located,
               nullif(location_source, '') as source
        from peers.staged s
    ), twice as (
        select code from peers.staged group by code having count(*) > 1
    ), crowds as (
        select longitude, latitude from peers.staged
        where longitude is not null and coalesce(location_source, 'gps') = 'gps'
        group by longitude, latitude having count(*) > {crowd}
    ), met as (
        select read.*, area.id as area_id, household.id as registrant_id,
               household.location_id as place_now, household.state, lies.area_id as lies_in,
               row(read.lon, read.lat) is distinct from row(place.lon, place.lat)
                   as stands_elsewhere,
               twice.code is not null as told_twice,
               array_remove(array[
                   case when read.lon = 0 and read.lat = 0 then 'zero' end,
                   case when read.lon is not null and lies.area_id is null
                        then case when exists (
                            select from area_parts
                            where abs(read.lat) <= 180 and abs(read.lon) <= 90
                              and st_intersects(part, st_point(read.lat, read.lon, 4326)))
                        then 'swapped' else 'foreign' end end,
                   case when lies.area_id is not null and area.id is not null
                         and not area.id = any (lies.path)
                         and not exists (
                            select from area_parts where area_parts.area_id = area.id
                              and st_intersects(part, st_point(read.lon, read.lat, 4326)))
                        then 'outside_area' end,
                   case when crowds.longitude is not null
                         and coalesce(read.source, 'gps') = 'gps' then 'crowded' end
               ], null) as doubts
        from read
        left join areas area on area.pcode = read.area_pcode and area.valid_to is null
        left join registrants household on household.kind = 'group' and household.code = read.code
        left join locations place on place.id = household.location_id
        left join peers.lies on lies.row_number = read.row_number
        left join twice on twice.code = read.code
        left join crowds on crowds.longitude = read.longitude and crowds.latitude = read.latitude
    )
    select row_number, code, settlement, address, phone, area_id, registrant_id, place_now,
           lies_in, source, roster, accuracy, located, stands_elsewhere,
           case when doubts = '{{}}' then lon end as lon,
           case when doubts = '{{}}' then lat end as lat,
           case when people <= {largest} then people end as people,
           array_remove(array[
               case when code is null then 'missing_code' end,
               case when told_twice then 'repeated_code' end,
               case when longitude is not null and lon is null
                      or latitude is not null and lat is null
                      or (lon is null) <> (lat is null)
                      or (abs(lon) > 180 or abs(lat) > 90) and not 'swapped' = any (doubts)
                    then 'coordinates' end,
               case when accuracy_m is not null and accuracy is null then 'accuracy' end,
               case when size is not null and people is null then 'size_not_a_number' end,
               case when size is null and registrant_id is null then 'missing_size' end,
               case when located_on is not null and located is null then 'bad_date' end,
               case when located > current_date then 'date_in_future' end,
               case when source not in ('gps', 'building', 'address', 'settlement', 'area')
                    then 'unknown_source' end,
               case when roster not in ('complete', 'partial') then 'unknown_roster' end,
               case when area_pcode is not null and area_id is null then 'unknown_area' end,
               case when length(code) > 200 or length(area_pcode) > 200
                      or greatest(length(settlement), length(address), length(phone)) > 2000
                    then 'too_long' end,
               case when state <> 'active' then 'not_active' end
           ], null) as errors,
           doubts || array_remove(array[
               case when people > {largest} then 'size_implausible' end,
               case when phone !~ '^\+?([ ().-]*[0-9]){{5,15}}$' then 'phone_impossible' end,
               case when code ~ '^(\d{{13,}}000|\d([.,]\d+)?[eE]\+?\d+)$'
                      or area_pcode ~ '^(\d{{13,}}000|\d([.,]\d+)?[eE]\+?\d+)$'
                      or phone ~ '^(\d{{13,}}000|\d([.,]\d+)?[eE]\+?\d+)$'
                    then 'number_rounded' end,
               case when '#' in (left(code, 1), left(area_pcode, 1), left(settlement, 1),
                                 left(address, 1), left(phone, 1), left(size, 1))
                    then 'cell_error' end,
               case when strpos(concat(code, area_pcode, settlement, address, phone), '�') > 0
                    then 'unreadable_letters' end
           ], null) as warnings
    from met;
    analyze peers.judged
"""
KEY: LiteralString = """
    create unlogged table peers.merging as
    select sound.*, coalesce(registrant_id, nextval('registrants_id_seq')) as id,
           registrant_id is null as is_new, case when lon is not null or area_id is not null
           then case when registrant_id is null or stands_elsewhere and lon is not null
                     then nextval('locations_id_seq') end end as location_id,
           case when lon is null then area_id else lies_in end as new_area_id
    from (select * from peers.judged where errors = '{{}}'
          order by grid_cell(lon, lat), row_number) as sound;
    analyze peers.merging
"""
MERGE: LiteralString = """
    insert into locations (id, lon, lat, accuracy_m, source, taken_at, area_id, stated_area_id)
    select location_id, lon, lat, accuracy, case when lon is null then 'area'
           else coalesce(source, 'gps') end, located, new_area_id, case when lon is not null
           then area_id end
    from peers.merging where location_id is not null;
    insert into registrants (id, kind, code, name, settlement, address, phone, location_id,
                             area_id, made_by)
    select id, 'group', code, code, settlement, address, phone, location_id,
           coalesce(new_area_id, area_id), 0
    from peers.merging where is_new order by id;
    insert into groups (registrant_id, stated_size, is_partial, area_id, made_by)
    select id, people, roster is distinct from 'complete', coalesce(new_area_id, area_id), 0
    from peers.merging where is_new order by id;
    insert into former_places (registrant_id, location_id)
    select id, place_now from peers.merging
    where location_id is not null and not is_new and place_now is not null;
    update registrants household
    set settlement = coalesce(m.settlement, household.settlement),
        address = coalesce(m.address, household.address),
        phone = coalesce(m.phone, household.phone),
        location_id = coalesce(m.location_id, household.location_id),
        area_id = case when m.location_id is null then household.area_id
                       else coalesce(new_area_id, m.area_id) end
    from peers.merging m where household.id = m.id and not is_new;
    update groups detail
    set stated_size = coalesce(people, stated_size),
        is_partial = coalesce(roster <> 'complete', detail.is_partial)
    from peers.merging m where detail.registrant_id = m.id and not is_new;
    insert into exposure_due (release_id, location_id)
    select releases.id, location_id
    from peers.merging, releases
    where location_id is not null and state in ('published', 'superseded')
      and (location_id > last_asked) is not true
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
           count(r.location_id), sum(r.area_id), count(distinct r.area_id),
           (select count(*) from exposure_due)
    from registrants r join groups g on g.registrant_id = r.id where r.kind = 'group'
""")


def bring_in(session: Session, file: Path) -> None:
    """Stage, judge and merge a file of households."""
    run(session, STAGE)
    driver: Any = session.connection().connection.driver_connection
    with file.open("rb") as stream, driver.cursor().copy(FROM_FILE) as copy:
        while block := stream.read(1 << 20):
            copy.write(block)
    bounds = {"crowd": country().crowd, "largest": country().largest_household}
    run(session, LIES)
    run(session, JUDGE, **bounds)
    run(session, KEY)
    run(session, MERGE)


def copied_out(session: Session, stream: IO[bytes]) -> int:
    """Write all households as a file; answers how many there were."""
    driver: Any = session.connection().connection.driver_connection
    cursor = driver.cursor()
    with cursor.copy(OUT) as copy:
        for block in copy:
            stream.write(block)
    return int(cursor.rowcount)


def registry_says(session: Session) -> tuple[Any, ...]:
    """How many households there are, their people, a digest of how they are reached and of where
    they stand, and how many questions are owed an answer."""
    return tuple(session.execute(SAYS).one())
