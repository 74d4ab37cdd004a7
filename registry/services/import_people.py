"""People of a file, weighed against the registry and merged into it, each by set.

A person is known by code or number, else by an identifier if sex and birth date do not speak
against it. A person stands where the household stands.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.clock import today
from registry.models.imports import Import
from registry.services.import_undoing import remember_people

# What the cells say as values. Whom no name was told of is called by their code.
SAID = text("""
    create temporary table said on commit drop as
    select staged.row_number,
           coalesce(staged.name, staged.name_local, case when not :named then staged.code end)
               as full_name,
           household.id as household_id, household.location_id as place_id, household.area_id,
           sex as sex_code, relation as relation_code, id_type as id_type_code,
           disability = 'yes' as is_disabled, coalesce(birth_date_exact, 'yes') = 'yes' as is_exact,
           birth_date::date as born
    from staged
    left join registrants as coded
           on coded.kind = 'group' and coded.code = staged.household_code
    left join registrants as household
           on household.kind = 'group' and household.state = 'active'
          and household.id = coalesce(staged.home_id, coded.id,
                  case when staged.household_code like 'HG-%' then
                      (select id from registrants where number = staged.household_code) end)
""")
# Each row beside the person it speaks of, if there is one already.
KNOWN = text("""
    create temporary table known on commit drop as
    select staged.*, said.household_id, said.place_id, said.area_id,
           case when coalesce(staged.name, staged.name_local) is null
                then coalesce(person.name, said.full_name) else said.full_name end as full_name,
           said.sex_code, said.relation_code, said.id_type_code, said.is_disabled, said.is_exact,
           said.born, person.id as registrant_id, person.state,
           person.name as name_now, person.name_local as name_local_now,
           person.area_id as area_now, detail.sex as sex_now, detail.birth_date as born_now,
           detail.birth_date_exact as exact_now, detail.has_disability as disabled_now,
           detail.family_name as family_now, detail.given_name as given_now,
           detail.other_names as other_now, detail.civil_status as civil_now,
           belongs.kind as relation_now, holder.registrant_id as holder_id
    from staged
    join said using (row_number)
    left join registrants as coded on coded.kind = 'individual' and coded.code = staged.code
    left join identifiers as holder
           on holder.type = said.id_type_code and holder.key = staged.id_key
          and holder.state = 'valid'
    left join individuals as held on held.registrant_id = holder.registrant_id
    left join registrants as person
           on person.id = coalesce(staged.linked_id, coded.id,
                  case when staged.code like 'HG-%' then
                      (select id from registrants
                       where kind = 'individual' and number = staged.code) end, case
               when coalesce(held.sex = said.sex_code, true)
                and coalesce(held.birth_date = said.born, true) then holder.registrant_id end)
    left join individuals as detail on detail.registrant_id = person.id
    left join memberships as belongs
           on belongs.group_id = said.household_id and belongs.member_id = person.id
          and belongs.ended_on is null
""")
# Of those known: whether they belong elsewhere, and whether their household has another head who
# does not step down in the same file.
BESIDE = text("""
    create temporary table beside on commit drop as
    select known.row_number,
           known.registrant_id is not null and relation_now is null and exists (
               select from memberships as other
               join groups as elsewhere on elsewhere.registrant_id = other.group_id
               where other.member_id = known.registrant_id and other.ended_on is null
                 and elsewhere.kind = 'household') as is_elsewhere,
           relation_code = 'head' and head.member_id is not null
               and stepping_down.registrant_id is null as has_head
    from known
    left join memberships as head
           on head.group_id = known.household_id and head.kind = 'head' and head.ended_on is null
          and head.member_id is distinct from known.registrant_id
    left join (
        select distinct registrant_id, household_id from known where relation_code <> 'head'
    ) as stepping_down
           on stepping_down.registrant_id = head.member_id
          and stepping_down.household_id = head.group_id
""")
WEIGHED = text("""
    create temporary table weighed on commit drop as
    with looked_at as (
        select known.*, array_remove(array[
            case when state <> 'active' then 'not_active' end,
            case when not :national and household_id is not null
                  and (not exists (select from reach where reach.area_id = known.area_id)
                       or registrant_id is not null
                       and not exists (select from reach where reach.area_id = area_now))
                 then 'out_of_reach' end,
            case when household_code is not null and household_id is null
                  and not exists (select from coming where coming.code = household_code)
                 then 'unknown_household' end
        ], null) as own_errors, array_remove(array[
            case when id_type_code is not null and id_number is not null
                  and holder_id <> coalesce(registrant_id, -1)
                  and not 'repeated_id' = any (found_warnings) then 'repeated_id' end,
            case when relation_code = 'head' and has_head
                  and not 'second_head' = any (found_warnings) then 'second_head' end,
            case when is_elsewhere then 'in_another_household' end
        ], null) as own_warnings
        from known
        join beside using (row_number)
    ), judged as (
        select looked_at.*, found_errors || own_errors as errors,
               found_warnings || own_warnings as warnings
        from looked_at
    )
    select judged.*,
           coalesce(full_name is distinct from name_now
                    or name_local is distinct from name_local_now and name_local is not null
                    or sex_code is distinct from sex_now and sex_code is not null
                    or is_disabled is distinct from disabled_now and is_disabled is not null
                    or given_name is distinct from given_now and given_name is not null
                    or other_names is distinct from other_now and other_names is not null
                    or family_name is distinct from family_now and family_name is not null
                    or civil_status is distinct from civil_now and civil_status is not null
                    or (born, is_exact) is distinct from (born_now, exact_now)
                       and born is not null
                       and (accepted or not 'age_implausible' = any (warnings))
                    or relation_code <> relation_now
                       and (accepted or not 'second_head' = any (warnings))
                    or id_type_code is not null and id_number is not null and holder_id is null
                       and not 'repeated_id' = any (warnings), false) as says_new,
           registrant_id is not null and relation_now is null as joins
    from judged
""")
# The planner knows nothing of a table that was just made, and guesses badly.
LOOK_AT_SAID = text("analyze said (row_number, household_id)")
LOOK_AT_KNOWN = text("analyze known (row_number, registrant_id, household_id, relation_code)")
LOOK_AT_WEIGHED = text("analyze weighed (row_number, errors)")
LOOK_AT_MERGING = text("analyze merging (row_number, id, household_id, is_new)")
STEPS = (SAID, LOOK_AT_SAID, KNOWN, LOOK_AT_KNOWN, BESIDE, WEIGHED, LOOK_AT_WEIGHED)
FRESH = text("drop table if exists said, known, beside, weighed, merging, of_people")

VERDICTS = text("""
    create temporary table of_people on commit drop as
    select row_number, own_errors, own_warnings, registrant_id, household_id, area_id,
           case when registrant_id is null then 'create'
                when joins and not 'in_another_household' = any (warnings) then 'link'
                when says_new then 'update' else 'ignore' end as verdict
    from weighed
""")

# What is to be done, with the keys that new rows will have. One head a household: the first row
# that says so, or the first that was accepted as a second one.
MERGING = text("""
    create temporary table merging on commit drop as
    with decided as (
        select weighed.*, registrant_id is null as is_new,
               (joins or registrant_id is null)
                   and (accepted or not 'in_another_household' = any (warnings)) as enters,
               case when accepted or not 'age_implausible' = any (warnings)
                    then born end as born_said,
               relation_code = 'head' and (accepted or not 'second_head' = any (warnings))
                   as wants_head
        from weighed where errors = '{}'
    ), ranked as (
        select decided.*, coalesce(wants_head, false) and row_number() over (
                   partition by household_id, wants_head
                   order by 'second_head' = any (warnings) desc, row_number) = 1 as is_head
        from decided
    )
    select ranked.*, coalesce(registrant_id, nextval('registrants_id_seq')) as id,
           case when is_head then 'head'
                when relation_code = 'head' then coalesce(nullif(relation_now, 'head'), 'member')
                else coalesce(relation_code, relation_now, 'member') end as relation_said
    from (
        select * from ranked where is_new or says_new or enters
        order by household_id, row_number
    ) as ranked
""")
NEW_PEOPLE = text("""
    insert into registrants
        (id, kind, code, name, name_local, location_id, area_id, import_id, made_by)
    select id, 'individual', code, full_name, name_local, place_id, area_id, :import_id, :made_by
    from merging where is_new order by id
""")
NEW_INDIVIDUALS = text("""
    insert into individuals
        (registrant_id, sex, birth_date, birth_date_exact, has_disability, given_name,
         other_names, family_name, civil_status, area_id, made_by, counted_in)
    select id, sex_code, born_said, coalesce(is_exact, true), is_disabled, given_name,
           other_names, family_name, civil_status, area_id, :made_by, household_id
    from merging where is_new order by id
""")
CHANGED_PEOPLE = text("""
    update registrants as person
    set name = merging.full_name, name_local = coalesce(merging.name_local, person.name_local),
        location_id = case when enters then place_id else person.location_id end,
        area_id = case when enters then merging.area_id else person.area_id end
    from merging
    where person.id = merging.id and not is_new
""")
CHANGED_INDIVIDUALS = text("""
    update individuals as detail
    set sex = coalesce(sex_code, detail.sex), birth_date = coalesce(born_said, detail.birth_date),
        birth_date_exact = case when born_said is null then detail.birth_date_exact
                                else is_exact end,
        has_disability = coalesce(is_disabled, has_disability),
        given_name = coalesce(merging.given_name, detail.given_name),
        other_names = coalesce(merging.other_names, detail.other_names),
        family_name = coalesce(merging.family_name, detail.family_name),
        civil_status = coalesce(merging.civil_status, detail.civil_status)
    from merging
    where detail.registrant_id = merging.id and not is_new
""")
LEFT_HOUSEHOLDS = text("""
    update memberships as left_one
    set ended_on = :today
    from merging, groups as elsewhere
    where left_one.member_id = merging.id and left_one.ended_on is null
      and elsewhere.registrant_id = left_one.group_id and elsewhere.kind = 'household'
      and enters and not is_new and left_one.group_id <> merging.household_id
""")
FORMER_HEADS = text("""
    update memberships as head
    set kind = 'member'
    from merging
    where head.group_id = merging.household_id and head.kind = 'head' and head.ended_on is null
      and is_head and head.member_id <> merging.id
""")
CHANGED_MEMBERSHIPS = text("""
    update memberships as belongs
    set kind = relation_said
    from merging
    where belongs.group_id = merging.household_id and belongs.member_id = merging.id
      and belongs.ended_on is null and belongs.kind <> relation_said
""")
NEW_MEMBERSHIPS = text("""
    insert into memberships (group_id, member_id, kind, area_id, made_by)
    select household_id, id, relation_said, area_id, :made_by
    from merging where enters order by id
""")
NEW_IDENTIFIERS = text("""
    insert into identifiers (registrant_id, type, value, key, area_id, made_by)
    select id, id_type_code, id_number, id_key, area_id, :made_by from merging
    where id_type_code is not null and id_number is not null and holder_id is null
      and not 'repeated_id' = any (warnings)
    order by id
""")
HOUSEHOLD_NAMES = text("""
    update registrants as household
    set name = full_name, name_local = merging.name_local
    from merging
    where household.id = merging.household_id and is_head
      and (household.name, household.name_local)
          is distinct from (full_name, merging.name_local)
""")
# What became of the rows: some came to more than was said, some to less.
MERGED_ROWS = text("""
    update import_rows as row
    set registrant_id = merging.id, group_id = merging.household_id,
        verdict = case when row.verdict <> 'ignore' then row.verdict
                       when enters then 'link' else 'update' end
    from merging
    where row.import_id = :import_id and row.row_number = merging.row_number
""")
FAILED_ROWS = text("""
    update import_rows as row
    set errors = row.errors || weighed.own_errors, verdict = 'error'
    from weighed
    where row.import_id = :import_id and row.row_number = weighed.row_number
      and weighed.own_errors <> '{}'
""")
PLAN = (MERGING, LOOK_AT_MERGING)
MERGE = (
    *(NEW_PEOPLE, NEW_INDIVIDUALS, CHANGED_PEOPLE, CHANGED_INDIVIDUALS),
    *(LEFT_HOUSEHOLDS, FORMER_HEADS, CHANGED_MEMBERSHIPS, NEW_MEMBERSHIPS, NEW_IDENTIFIERS),
    *(HOUSEHOLD_NAMES, MERGED_ROWS, FAILED_ROWS),
)


def weigh(session: Session, *, national: bool, named: bool) -> None:
    """Make `weighed` of what is staged: what each row says, what is known, what was found.

    `coming` has the codes of households that are to be made of the same file.
    """
    session.execute(FRESH)
    for step in STEPS:
        session.execute(step, {"national": national, "named": named})


def write_verdicts(session: Session) -> None:
    """Make `of_people`: what merging would do with each."""
    session.execute(VERDICTS)


def merge(session: Session, an_import: Import) -> None:
    """Carry out what was weighed, in a fixed few statements however many people there are."""
    figures = {
        "import_id": an_import.id,
        "made_by": an_import.uploaded_by,
        "today": today(),
    }
    for step in PLAN:
        session.execute(step, figures)
    remember_people(session, an_import)
    for step in MERGE:
        session.execute(step, figures)
