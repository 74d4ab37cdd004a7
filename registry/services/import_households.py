"""Households of a file, weighed against the registry and merged into it, each by set.

Longitude and latitude are degrees (EPSG:4326). Both acts begin by `weigh`, so that a merge goes by
the registry as it is then and not as it was when the file was checked. A row that names only an
area never takes away a point in that area.
"""

from sqlalchemy import ColumnClause, Select, column, select, table, text
from sqlalchemy.orm import Session

from core.clock import today
from core.settings import settings
from geo.services import locations
from registry.models.imports import Import

CROWD = 30  # measured points at exactly one spot before somebody should look
LARGEST = 30  # people in a household before somebody should look

# What the cells say as values: null where they say nothing, or nonsense.
SAID = text("""
    create temporary table said on commit drop as
    select staged.row_number, area.id as area_id, area.path as area_path,
           number_in(staged.longitude) as lon, number_in(staged.latitude) as lat,
           number_in(staged.accuracy_m) as accuracy, source.code as source,
           day_in(staged.located_on) as located,
           number_in(staged.size) as people, roster.code = 'partial' as is_partial
    from staged
    left join areas as area
           on area.pcode = upper(staged.area_pcode) and area.valid_to is null
    left join words as source
           on source.list = 'location_source' and source.word = lower(staged.location_source)
    left join words as roster on roster.list = 'roster' and roster.word = lower(staged.roster)
""")
POINTS = text("""
    create temporary table points on commit drop as
    select row_number, ST_Point(lon, lat, 4326) as point
    from said
    where lon between -180 and 180 and lat between -90 and 90 and (lon, lat) <> (0, 0)
""")
POINTS_INDEX = text("create index on points using gist (point)")
# The leaf area of each point; where areas overlap, as real maps do, the one its row states. Parts
# are few and points many, so the parts go round the points.
PLACED = text("""
    create temporary table placed on commit drop as
    select distinct on (found.row_number) found.row_number, area.path, area.id as area_id
    from areas as area
    join area_parts as part on part.area_id = area.id
    cross join lateral (
        select points.row_number from points
        where ST_Intersects(part.part, points.point) offset 0
    ) as found
    join said on said.row_number = found.row_number
    where area.is_leaf and area.valid_to is null
    order by found.row_number, coalesce(said.area_id = any (area.path), false) desc, area.pcode
""")
# Maps of two levels seldom fit to the metre: where no leaf covers a point, the lowest area does.
IN_GAPS = text("""
    insert into placed (row_number, path, area_id)
    select distinct on (points.row_number) points.row_number, area.path, area.id
    from points
    left join placed using (row_number)
    join area_parts as part on ST_Intersects(part.part, points.point)
    join areas as area on area.id = part.area_id and area.valid_to is null
    where placed.row_number is null
    order by points.row_number, area.level desc, area.pcode
""")
# Points that lie in no area, but would if longitude and latitude changed places.
TURNED = text("""
    create temporary table turned on commit drop as
    select said.row_number
    from said
    left join placed using (row_number)
    where placed.row_number is null and (said.lon, said.lat) <> (0, 0)
      and said.lat between -180 and 180 and said.lon between -90 and 90
      and exists (
          select from area_parts as part
          join areas as area on area.id = part.area_id
          where area.valid_to is null
            and ST_Intersects(part.part, ST_Point(said.lat, said.lon, 4326)))
""")
# Which row of its code a row is, and how many were measured at its spot; sorted while it is narrow.
TURNS = text("""
    create temporary table turns on commit drop as
    select row_number, row_number() over (partition by code order by row_number) as nth,
           count(*) filter (where coalesce(source, 'gps') = 'gps')
               over (partition by lon, lat) as at_spot
    from (select row_number, code, source, lon, lat
          from staged join said using (row_number)) as narrow
""")
# Each row beside the household it speaks of, if there is one already.
KNOWN = text("""
    create temporary table known on commit drop as
    select staged.*, said.area_id, said.lon, said.lat, said.accuracy, said.source, said.located,
           said.people, said.is_partial, placed.area_id as found_area_id,
           coalesce(said.area_id, placed.area_id) as meant_area_id,
           said.area_id = any (placed.path) or placed.area_id = any (said.area_path) as is_inside,
           turned.row_number is not null as is_turned,
           household.id as registrant_id, household.state, household.location_id as place_now,
           household.area_id as area_now, household.settlement as settlement_now,
           household.address as address_now, household.phone as phone_now,
           detail.stated_size as size_now, detail.is_partial as partial_now,
           turns.nth, turns.at_spot,
           coalesce(
               ((place.lon, place.lat) = (said.lon, said.lat)
                or turned.row_number is not null and (place.lon, place.lat) = (said.lat, said.lon))
               and place.accuracy_m is not distinct from coalesce(said.accuracy, place.accuracy_m)
               and place.source = coalesce(said.source, place.source)
               and place.taken_at is not distinct from
                   coalesce(said.located::timestamp at time zone :zone, place.taken_at),
               false) as stands_at_point,
           said.area_id is null or coalesce(said.area_id = any (stands.path), false)
               as stands_in_area
    from staged
    join said using (row_number)
    left join placed using (row_number)
    join turns using (row_number)
    left join turned using (row_number)
    left join registrants as household
           on household.kind = 'group' and household.code = staged.code
    left join groups as detail on detail.registrant_id = household.id
    left join locations as place on place.id = household.location_id
    left join areas as stands on stands.id = household.area_id
""")
WEIGHED = text("""
    create temporary table weighed on commit drop as
    with country as (
        select exists (select from areas where is_leaf and valid_to is null) as is_known
    ), judged as (
        select known.*, array_remove(array[
            case when overlong then 'too_many_cells' end,
            case when code is null then 'missing_code' end,
            case when code is not null and nth > 1 then 'repeated_code' end,
            case when state <> 'active' then 'not_active' end,
            case when area_pcode is not null and area_id is null then 'unknown_area' end,
            case when not :national
                  and (not exists (select from reach where reach.area_id = meant_area_id)
                       or registrant_id is not null
                       and not exists (select from reach where reach.area_id = area_now))
                 then 'out_of_reach' end,
            case when coalesce(longitude, latitude) is not null and not is_turned
                  and not coalesce(lon between -180 and 180 and lat between -90 and 90, false)
                 then 'coordinates' end,
            case when accuracy_m is not null and not coalesce(accuracy >= 0, false)
                 then 'accuracy' end,
            case when size is null and :sized then 'missing_size' end,
            case when size is not null and coalesce(people <> floor(people), true)
                 then 'size_not_a_number' end,
            case when people < 0 then 'size_out_of_range' end,
            case when located_on is not null and located is null then 'bad_date:located_on' end,
            case when located > :today then 'date_in_future:located_on' end,
            case when location_source is not null and source is null
                 then 'unknown_word:location_source' end,
            case when roster is not null and is_partial is null then 'unknown_word:roster' end
        ], null) as errors, array_remove(array[
            case when (lon, lat) = (0, 0) then 'zero' end,
            case when is_turned then 'swapped' end,
            case when country.is_known and found_area_id is null and not is_turned
                  and lon between -180 and 180 and lat between -90 and 90 and (lon, lat) <> (0, 0)
                 then 'foreign' end,
            case when not is_inside then 'outside_area' end,
            case when at_spot > :crowd and coalesce(source, 'gps') = 'gps' and (lon, lat) <> (0, 0)
                 then 'crowded' end,
            case when people > :largest then 'size_implausible' end
        ], null) as warnings
        from known
        cross join country
    )
    select judged.*,
           warnings && '{zero,swapped,foreign,outside_area,crowded}'::text[] as place_doubted,
           coalesce(settlement is distinct from settlement_now and settlement is not null
                    or address is distinct from address_now and address is not null
                    or phone is distinct from phone_now and phone is not null
                    or is_partial <> partial_now, false) as says_new
    from judged
""")
# The planner knows nothing of a table that was just made, and guesses badly.
LOOK_AT_POINTS = text("analyze points")
LOOK_AT_SAID = text("analyze said (row_number), placed (row_number), turned, turns (row_number)")
LOOK_AT_WEIGHED = text("analyze weighed (row_number, errors)")
LOOK_AT_MERGING = text("analyze merging (row_number, id, location_id)")
LOOK_AT_ROWS = text("select look_at('import_households')")
STEPS = (
    *(SAID, POINTS, POINTS_INDEX, LOOK_AT_POINTS, PLACED, IN_GAPS, TURNED, TURNS, LOOK_AT_SAID),
    *(KNOWN, WEIGHED, LOOK_AT_WEIGHED),
)
FRESH = text("drop table if exists said, points, placed, turned, turns, known, weighed, merging")

CHECKED = text("""
    insert into import_households
        (import_id, row_number, code, area_pcode, settlement, longitude, latitude, accuracy_m,
         location_source, located_on, size, roster, address, phone,
         verdict, warnings, errors, registrant_id, area_id, made_by)
    select :import_id, row_number, code, area_pcode, settlement, longitude, latitude, accuracy_m,
           location_source, located_on, size, roster, address, phone,
           case when errors <> '{}' then 'error'
                when registrant_id is null then 'create'
                when says_new
                  or people <> coalesce(size_now, -1) and people <= :largest
                  or not (stands_at_point or (lon is null or place_doubted) and stands_in_area)
                then 'update' else 'ignore' end,
           warnings, errors, registrant_id, area_id, :made_by
    from weighed
""")

# What is to be done, with the keys that new rows will have; neighbours get neighbouring keys.
MERGING = text("""
    create temporary table merging on commit drop as
    with decided as (
        select weighed.*, lon is not null and (accepted or not place_doubted) as at_point,
               case when accepted or people <= :largest then people::int end as size_said
        from weighed where errors = '{}'
    ), placed as (
        select decided.*, registrant_id is null as is_new,
               case when at_point then case when is_turned then lat else lon end end as place_lon,
               case when at_point then case when is_turned then lon else lat end end as place_lat,
               not stands_at_point and (at_point or not stands_in_area) as moves
        from decided
    ), changed as (
        select * from placed
        where is_new or says_new or moves or size_said <> coalesce(size_now, -1)
        order by grid_cell(place_lon, place_lat), row_number
    )
    select changed.*, coalesce(registrant_id, nextval('registrants_id_seq')) as id,
           case when moves then nextval('locations_id_seq') end as location_id
    from changed
""")
NEW_LOCATIONS = text("""
    insert into locations (id, lon, lat, accuracy_m, source, taken_at, area_id)
    select location_id, place_lon, place_lat, case when at_point then accuracy end,
           case when at_point then coalesce(source, 'gps') else 'area' end,
           located::timestamp at time zone :zone, area_id
    from merging where location_id is not null
""")
NEW_HOUSEHOLDS = text("""
    insert into registrants
        (id, kind, code, name, settlement, address, phone, location_id, area_id, import_id,
         made_by)
    select merging.id, 'group', code, code, settlement, address, phone, location_id,
           coalesce(place.area_id, merging.area_id), :import_id, :made_by
    from merging
    left join locations as place on place.id = merging.location_id
    where is_new order by merging.id
""")
NEW_GROUPS = text("""
    insert into groups (registrant_id, stated_size, is_partial, area_id, made_by)
    select merging.id, size_said, coalesce(is_partial, true),
           coalesce(place.area_id, merging.area_id), :made_by
    from merging
    left join locations as place on place.id = merging.location_id
    where is_new order by merging.id
""")
LEFT_PLACES = text("""
    insert into former_places (registrant_id, location_id)
    select id, place_now from merging
    where moves and not is_new and place_now is not null
""")
MOVED_MEMBERS = text("""
    update registrants as member
    set location_id = merging.location_id, area_id = coalesce(place.area_id, merging.area_id)
    from merging
    join locations as place on place.id = merging.location_id
    join memberships as belongs on belongs.group_id = merging.id and belongs.ended_on is null
    where member.id = belongs.member_id and not is_new
      and member.location_id is not distinct from merging.place_now
""")
CHANGED_HOUSEHOLDS = text("""
    update registrants as household
    set settlement = coalesce(merging.settlement, household.settlement),
        address = coalesce(merging.address, household.address),
        phone = coalesce(merging.phone, household.phone),
        location_id = coalesce(merging.location_id, household.location_id),
        area_id = case when moves then coalesce(place.area_id, merging.area_id)
                       else household.area_id end
    from merging
    left join locations as place on place.id = merging.location_id
    where household.id = merging.id and not is_new
""")
CHANGED_GROUPS = text("""
    update groups as detail
    set stated_size = coalesce(size_said, stated_size),
        is_partial = coalesce(merging.is_partial, detail.is_partial)
    from merging
    where detail.registrant_id = merging.id and not is_new
      and (size_said is distinct from stated_size or merging.is_partial <> detail.is_partial)
""")
# Rows that came to more, or to less, than they were said to.
MERGED_ROWS = text("""
    update import_households as row
    set verdict = 'update'
    from merging
    where row.import_id = :import_id and row.row_number = merging.row_number
      and row.verdict = 'ignore'
""")
FAILED_ROWS = text("""
    update import_households as row
    set errors = weighed.errors, verdict = 'error'
    from weighed
    where row.import_id = :import_id and row.row_number = weighed.row_number
      and weighed.errors <> '{}'
""")


def weigh(session: Session, an_import: Import, *, national: bool) -> None:
    """Make `weighed` of what is staged: what each row says, what is known, what was found."""
    figures = {"national": national, "sized": "size" in an_import.mapping, "today": today()}
    limits = {"crowd": CROWD, "largest": LARGEST, "zone": settings().timezone}
    session.execute(FRESH)
    for step in STEPS:
        session.execute(step, figures | limits)


def write_verdicts(session: Session, an_import: Import) -> None:
    """Keep the rows of an import as they were weighed."""
    figures = {"import_id": an_import.id, "made_by": an_import.uploaded_by, "largest": LARGEST}
    session.execute(CHECKED, figures)
    session.execute(LOOK_AT_ROWS)


def merge(session: Session, an_import: Import) -> None:
    """Carry out what was weighed: new households, places and cells, in a fixed few statements."""
    figures = {
        "import_id": an_import.id,
        "made_by": an_import.uploaded_by,
        "largest": LARGEST,
        "zone": settings().timezone,
    }
    for step in (MERGING, LOOK_AT_MERGING, NEW_LOCATIONS):
        session.execute(step, figures)
    locations.settle(session, _new_places())
    for step in (NEW_HOUSEHOLDS, NEW_GROUPS, LEFT_PLACES, MOVED_MEMBERS):
        session.execute(step, figures)
    for step in (CHANGED_HOUSEHOLDS, CHANGED_GROUPS, MERGED_ROWS, FAILED_ROWS):
        session.execute(step, figures)
    locations.owe(session, _new_places())


def _new_places() -> Select[int]:
    location_id: ColumnClause[int] = column("location_id")
    return select(location_id).select_from(table("merging")).where(location_id.is_not(None))
