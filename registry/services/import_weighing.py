"""Rows of a file weighed against the registry, and merged into it: households first, then people.

A row may tell of a household, of a person, or of both; both parts are weighed by set, and a row is
worth what its parts are: an error in either keeps it out.
"""

from typing import Any

from sqlalchemy import Select, text
from sqlalchemy.orm import Session

from registry.checking.reading import NAME_PARTS
from registry.models.fields import Scope
from registry.models.imports import Import, ImportKind
from registry.services import import_fields, import_households, import_people
from registry.services.import_staging import (
    stage_households,
    stage_people,
    stage_reach,
    stage_rows,
)

NAMES = ("name", "name_local", *NAME_PARTS)
FRESH = text("drop table if exists of_households, of_people, coming")
COMING = text("create temporary table coming (code text primary key) on commit drop")
# Households that are to be made, whose members' rows stand in the same file.
WILL_COME = text("""
    insert into coming
    select code from of_households
    where verdict = 'create' and own_errors = '{}' and code is not null
    on conflict do nothing
""")
NO_HOUSEHOLDS = text("""
    create temporary table of_households (row_number bigint, code text, own_errors text[],
        registrant_id bigint, area_id bigint, verdict text) on commit drop
""")
NO_PEOPLE = text("""
    create temporary table of_people (row_number bigint, own_errors text[], own_warnings text[],
        registrant_id bigint, household_id bigint, area_id bigint, verdict text) on commit drop
""")
LOOK_AT_PARTS = text("analyze of_households, of_people")
MAKE_ROWS = text("select make_import_rows(:import_id)")
LOOK_AT_ROWS = text("select look_at(cast('import_rows_' || cast(:import_id as text) as regclass))")
# What was loaded at once is unknown to the planner until it has looked.
LOOK_AT_HOUSEHOLDS = text("select look_at('registrants', 'groups', 'locations')")
LOOK_AT_PEOPLE = text("select look_at('individuals', 'memberships', 'identifiers')")
# A row that tells of a household alone or first bears its verdict, its members' rows bear theirs.
# Of a household that is known the size need not be said again.
ROWS = text("""
    insert into import_rows
        (import_id, row_number, household_key, person_key, verdict, warnings, errors, faulted,
         cells, id_number, id_key, accepted, registrant_id, group_id, area_id, made_by)
    select :import_id, given.row_number, household_key, person_key,
           case when told.errors <> '{}' then 'error'
                when 'create' in (first.verdict, of_people.verdict) then 'create'
                when of_people.verdict = 'link' then 'link'
                when 'update' in (first.verdict, of_people.verdict) then 'update'
                else 'ignore' end,
           given.warnings || coalesce(of_people.own_warnings, '{}'), told.errors, faulted, cells,
           id_number, id_key, accepted,
           case when :of_people then of_people.registrant_id else first.registrant_id end,
           coalesce(first.registrant_id, theirs.registrant_id, of_people.household_id),
           coalesce(first.area_id, theirs.area_id, of_people.area_id), :made_by
    from given
    left join of_households as first using (row_number)
    left join of_people using (row_number)
    left join of_households as theirs
           on theirs.code = given.household_key and :of_members
    cross join lateral (
        select case when known then array_remove(given.errors, 'missing_size')
                    else given.errors end || household_errors
               || case when household_errors <> '{}' then '{}'
                       else coalesce(of_people.own_errors, '{}') end as errors
        from coalesce(first.own_errors, theirs.own_errors, '{}') as household_errors,
             cast(num_nonnulls(first.registrant_id, theirs.registrant_id) > 0 as bool) as known
    ) as told
""")


def write_rows(session: Session, an_import: Import, reach: Select[Any] | None) -> None:
    """Give what is `given` its verdicts and keep it as the rows of an import.

    `reach` are the areas that may be written to; None is every area.
    """
    session.execute(FRESH)
    stage_reach(session, reach)
    if an_import.kind.tells_of_households:
        _weigh_households(session, an_import, reach is None)
        import_households.write_verdicts(session)
    else:
        session.execute(NO_HOUSEHOLDS)
    session.execute(COMING)
    if an_import.kind.tells_of_people:
        session.execute(WILL_COME)
        _weigh_people(session, an_import, reach is None)
        import_people.write_verdicts(session)
    else:
        session.execute(NO_PEOPLE)
    session.execute(LOOK_AT_PARTS)
    session.execute(MAKE_ROWS, {"import_id": an_import.id})
    figures = {"import_id": an_import.id, "made_by": an_import.uploaded_by}
    kind = an_import.kind
    parts = {"of_people": kind.tells_of_people, "of_members": kind is ImportKind.ROSTER}
    session.execute(ROWS, figures | parts)
    session.execute(LOOK_AT_ROWS, figures)


def merge_rows(session: Session, an_import: Import, reach: Select[Any] | None) -> None:
    """Weigh the rows of an import once more and bring the registry up to them.

    `reach` is as in `write_rows`.
    """
    session.execute(FRESH)
    session.execute(COMING)
    stage_reach(session, reach)
    if an_import.kind.tells_of_households:
        stage_rows(session, an_import)
        _weigh_households(session, an_import, reach is None)
        import_households.merge(session, an_import)
        import_fields.merge(session, an_import, Scope.GROUP)
    if an_import.kind.tells_of_people:
        stage_rows(session, an_import)
        _weigh_people(session, an_import, reach is None)
        import_people.merge(session, an_import)
        import_fields.merge(session, an_import, Scope.INDIVIDUAL)
        session.execute(LOOK_AT_PEOPLE)
    session.execute(LOOK_AT_HOUSEHOLDS)


def _weigh_households(session: Session, an_import: Import, national: bool) -> None:
    stage_households(session, an_import)
    import_households.weigh(session, national=national)
    import_fields.weigh(session, an_import, Scope.GROUP)


def _weigh_people(session: Session, an_import: Import, national: bool) -> None:
    stage_people(session, an_import)
    named = any(an_import.mapping.get(name) for name in NAMES)
    import_people.weigh(session, national=national, named=named)
    import_fields.weigh(session, an_import, Scope.INDIVIDUAL)
