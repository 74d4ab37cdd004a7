"""Households of a file, weighed against the registry and merged into it, each by set.

Longitude and latitude are degrees (EPSG:4326). Both acts begin by `weigh`, so that a merge goes by
the registry as it is then and not as it was when the file was checked. A row that names only an
area never takes away a point in that area, nor one without a size the size that is known.
"""

from sqlalchemy import ColumnClause, Select, column, select, table, text
from sqlalchemy.orm import Session

from core.country import country
from geo.services import locations
from registry.models.imports import Import
from registry.services.import_undoing import remember_households
from registry.services.place_looks import look_at_new

# Whoever is bound to areas writes only there: a row that names none is placed by its point.
POINTS = text("""
    create temporary table points on commit drop as
    select row_number, area_pcode, ST_Point(longitude::float8, latitude::float8, 4326) as point
    from staged
    where not :national and longitude::float8 between -180 and 180
      and latitude::float8 between -90 and 90
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
        select points.row_number, points.area_pcode from points
        where ST_Intersects(part.part, points.point) offset 0
    ) as found
    left join areas as stated on stated.pcode = found.area_pcode and stated.valid_to is null
    where area.is_leaf and area.valid_to is null
    order by found.row_number, coalesce(stated.id = any (area.path), false) desc, area.pcode
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
# Rows that are not known by their code alone: somebody said whose they are, or it may be a number.
# They are few; apart from them all others are found by one plain join.
OTHERWISE = text("""
    create temporary table otherwise on commit drop as
    select staged.row_number, coalesce(staged.linked_id, coded.id, numbered.id) as registrant_id
    from staged
    left join registrants as coded on coded.kind = 'group' and coded.code = staged.code
    left join registrants as numbered on numbered.number = staged.code
    where staged.linked_id is not null or staged.code like 'HG-%'
""")
BY_CODE = """
    left join registrants as household on household.kind = 'group' and household.code = told.code
    where told.linked_id is null and (told.code like 'HG-%') is not true
"""
BY_KEY = """
    join otherwise using (row_number)
    left join registrants as household
           on household.kind = 'group' and household.id = otherwise.registrant_id
"""
# What the cells say as values, each row beside the household it speaks of if there is one already.
KNOWN = """
    select told.*, household.id as registrant_id, household.state,
           household.location_id as place_now, household.area_id as area_now,
           household.settlement as settlement_now, household.address as address_now,
           household.phone as phone_now
    from told {by}
"""
WEIGHING = """
    create temporary table weighed on commit drop as
    with told as not materialized (
        select staged.*, area.id as area_id, longitude::float8 as lon, latitude::float8 as lat,
               accuracy_m::float8 as accuracy, location_source as source,
               located_on::date as located, size::numeric as people,
               roster = 'partial' as is_partial, 'swapped' = any (found_warnings) as is_turned
        from staged
        left join areas as area on area.pcode = area_pcode and area.valid_to is null
    ), met as (
        {by_code} union all {by_key}
    ), known as (
        select met.*, coalesce(met.area_id, placed.area_id) as meant_area_id,
               detail.stated_size as size_now, detail.is_partial as partial_now,
               coalesce(
                   ((place.lon, place.lat) = (met.lon, met.lat)
                    or is_turned and (place.lon, place.lat) = (met.lat, met.lon))
                   and place.accuracy_m is not distinct from coalesce(accuracy, place.accuracy_m)
                   and place.source = coalesce(met.source, place.source)
                   and coalesce((place.taken_at at time zone :zone)::date = located,
                                located is null),
                   false) as stands_at_point,
               met.area_id is null or coalesce(met.area_id = any (stands.path), false)
                   as stands_in_area
        from met
        left join placed using (row_number)
        left join groups as detail on detail.registrant_id = met.registrant_id
        left join locations as place on place.id = place_now
        left join areas as stands on stands.id = area_now
    ), judged as (
        select known.*, array_remove(array[
            case when state <> 'active' then 'not_active' end,
            case when area_pcode is not null and area_id is null
                  and not 'unknown_area' = any (found_errors) then 'unknown_area' end,
            case when not :national
                  and (not exists (select from reach where reach.area_id = meant_area_id)
                       or registrant_id is not null
                       and not exists (select from reach where reach.area_id = area_now))
                 then 'out_of_reach' end
        ], null) as own_errors
        from known
    )
    select row_number, accepted, code, settlement, address, phone, area_id, lon, lat, accuracy,
           source, located, people, is_partial, is_turned, registrant_id, place_now, size_now,
           stands_at_point, stands_in_area, own_errors,
           own_errors || case when registrant_id is null then found_errors
                              else array_remove(found_errors, 'missing_size') end as errors,
           found_warnings && '{{zero,swapped,foreign,outside_area,crowded,two_places}}'::text[]
               as place_doubted,
           coalesce(settlement is distinct from settlement_now and settlement is not null
                    or address is distinct from address_now and address is not null
                    or phone is distinct from phone_now and phone is not null
                    or is_partial <> partial_now, false) as says_new
    from judged
"""
WEIGHED = text(WEIGHING.format(by_code=KNOWN.format(by=BY_CODE), by_key=KNOWN.format(by=BY_KEY)))
# The planner knows nothing of a table that was just made, and guesses badly.
LOOK_AT_POINTS = text("analyze points")
LOOK_AT_PLACED = text("analyze placed (row_number), otherwise (row_number)")
LOOK_AT_WEIGHED = text("analyze weighed (row_number, errors)")
LOOK_AT_MERGING = text("analyze merging (row_number, id, location_id), moving")
STEPS = (
    *(POINTS, POINTS_INDEX, LOOK_AT_POINTS, PLACED, IN_GAPS, OTHERWISE, LOOK_AT_PLACED),
    *(WEIGHED, LOOK_AT_WEIGHED),
)
FRESH = text("""
    drop table if exists points, placed, otherwise, weighed, merging, moving, of_households
""")

VERDICTS = text("""
    create temporary table of_households on commit drop as
    select row_number, code, own_errors, registrant_id, area_id,
           case when registrant_id is null then 'create'
                when says_new
                  or people <> coalesce(size_now, -1) and people <= :largest
                  or not (stands_at_point or (lon is null or place_doubted) and stands_in_area)
                then 'update' else 'ignore' end as verdict
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
# Who moves to another place, seldom more than a few: the planner has to know how few.
MOVING = text("""
    create temporary table moving on commit drop as
    select id, location_id, place_now, area_id from merging where moves and not is_new
""")
NEW_LOCATIONS = text("""
    insert into locations (id, lon, lat, accuracy_m, source, taken_at, area_id, stated_area_id)
    select location_id, place_lon, place_lat, case when at_point then accuracy end,
           case when at_point then coalesce(source, 'gps') else 'area' end,
           located::timestamp at time zone :zone, area_id, case when at_point then area_id end
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
    select id, place_now from moving where place_now is not null
""")
MOVED_MEMBERS = text("""
    update registrants as member
    set location_id = moving.location_id, area_id = coalesce(place.area_id, moving.area_id)
    from moving
    join locations as place on place.id = moving.location_id
    join memberships as belongs on belongs.group_id = moving.id and belongs.ended_on is null
    where member.id = belongs.member_id
      and member.location_id is not distinct from moving.place_now
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
# What became of the rows: some came to more than was said, some to less.
MERGED_ROWS = text("""
    update import_rows as row
    set group_id = merging.id,
        registrant_id = case when :of_people then row.registrant_id else merging.id end,
        verdict = case when row.verdict = 'ignore' then 'update' else row.verdict end
    from merging
    where row.import_id = :import_id and row.row_number = merging.row_number
      and (is_new or row.verdict = 'ignore' or row.group_id is distinct from merging.id
           or not :of_people and row.registrant_id is distinct from merging.id)
""")
FAILED_ROWS = text("""
    update import_rows as row
    set errors = row.errors || weighed.own_errors, verdict = 'error'
    from weighed
    where row.import_id = :import_id and weighed.own_errors <> '{}'
      and (row.row_number = weighed.row_number or :of_people and row.household_key = weighed.code)
""")


def weigh(session: Session, *, national: bool) -> None:
    """Make `weighed` of what is staged: what each row says, what is known, what was found."""
    figures = {"national": national, "zone": country().timezone}
    session.execute(FRESH)
    for step in STEPS:
        session.execute(step, figures)


def write_verdicts(session: Session) -> None:
    """Make `of_households`: what merging would do with each."""
    session.execute(VERDICTS, {"largest": country().largest_household})


def merge(session: Session, an_import: Import) -> None:
    """Carry out what was weighed: new households, places and cells, in a fixed few statements."""
    figures = {
        "import_id": an_import.id,
        "made_by": an_import.uploaded_by,
        "largest": country().largest_household,
        "zone": country().timezone,
        "of_people": an_import.kind.tells_of_people,
    }
    for step in (MERGING, MOVING, LOOK_AT_MERGING):
        session.execute(step, figures)
    remember_households(session, an_import)
    session.execute(NEW_LOCATIONS, figures)
    locations.settle(session, _new_places())
    for step in (NEW_HOUSEHOLDS, NEW_GROUPS, LEFT_PLACES, MOVED_MEMBERS):
        session.execute(step, figures)
    for step in (CHANGED_HOUSEHOLDS, CHANGED_GROUPS, MERGED_ROWS, FAILED_ROWS):
        session.execute(step, figures)
    locations.owe(session, _new_places())
    look_at_new(session, _new_places())


def _new_places() -> Select[int]:
    location_id: ColumnClause[int] = column("location_id")
    return select(location_id).select_from(table("merging")).where(location_id.is_not(None))
