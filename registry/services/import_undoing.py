"""What a merge changed, kept as it was before, and the registry put back to it, each by set.

`touched` are registrants that were there before and are about to be changed. Of a registrant that
a merge made nothing is kept: undoing takes it away.
"""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.orm import Session

from registry.models.fields import Scope
from registry.models.imports import Import, ImportKind
from registry.queries.fields import HOLD
from registry.services.import_fields import put_back_values
from registry.services.registrants import DROP_PLACES

FRESH = text("drop table if exists touched")
HOUSEHOLDS_TOUCHED = text("""
    create temporary table touched on commit drop as
    select id from merging where not is_new
    union
    select belongs.member_id from moving
    join memberships as belongs on belongs.group_id = moving.id and belongs.ended_on is null
""")
PEOPLE_TOUCHED = text("""
    create temporary table touched on commit drop as
    select id from merging where not is_new
    union
    select household_id from merging where household_id is not null
""")
ONLY_OLD = text("""
    delete from touched using registrants as made
    where made.id = touched.id and made.import_id = :import_id
""")
LOOK_AT_TOUCHED = text("analyze touched")
# By table: what undoing puts back of its rows, whose rows they are, and which.
KEPT = {
    "registrants": """
        select r.id, r.id as registrant_id, r.area_id, to_jsonb(was) as before
        from registrants r join touched using (id)
        cross join lateral (
            select r.name, r.name_local, r.names, r.bones, r.settlement, r.address, r.phone,
                   r.location_id, r.area_id
        ) as was
    """,
    "groups": """
        select g.registrant_id, g.registrant_id, g.area_id, to_jsonb(was)
        from groups g join touched on touched.id = g.registrant_id
        cross join lateral (select g.stated_size, g.is_partial) as was
    """,
    "individuals": """
        select i.registrant_id, i.registrant_id, i.area_id, to_jsonb(i)
        from individuals i join touched on touched.id = i.registrant_id
    """,
    "memberships": """
        select m.id, m.group_id, m.area_id, to_jsonb(m)
        from memberships m where m.id in (
            select b.id from memberships b join touched on touched.id = b.group_id
            union select b.id from memberships b join touched on touched.id = b.member_id)
    """,
    "group_fields": """
        select f.registrant_id, f.registrant_id, f.area_id, to_jsonb(f)
        from group_fields f join touched on touched.id = f.registrant_id
    """,
    "individual_fields": """
        select f.registrant_id, f.registrant_id, f.area_id, to_jsonb(f)
        from individual_fields f join touched on touched.id = f.registrant_id
    """,
    "identifiers": """
        select n.id, n.registrant_id, n.area_id, '{}'::jsonb
        from identifiers n join touched on touched.id = n.registrant_id
    """,
}
REMEMBER = """
    insert into import_befores
        (import_id, table_name, row_id, registrant_id, area_id, before, made_by)
    select :import_id, '{table}', kept.*, :made_by from ({kept}) as kept order by 3
    on conflict do nothing
"""

PLACES = text("""
    select distinct location_id from registrants
    where location_id is not null and (import_id = :import_id or id in (
        select row_id from import_befores
        where import_id = :import_id and table_name = 'registrants'))
""")
MADE = text("""
    create temporary table made on commit drop as
    select id, kind from registrants where import_id = :import_id
""")
LOOK_AT_MADE = text("analyze made")
# Of those who were there before: what the merge added goes, what it changed is as it was.
PUT_BACK = {
    "memberships": text("""
        delete from memberships m using import_befores b
        where b.import_id = :import_id and b.table_name = 'registrants'
          and b.row_id in (m.group_id, m.member_id)
          and not exists (
              select from import_befores k where k.import_id = :import_id
                and k.table_name = 'memberships' and k.row_id = m.id)
    """),
    "identifiers": text("""
        delete from identifiers n using import_befores b
        where b.import_id = :import_id and b.table_name = 'registrants'
          and b.row_id = n.registrant_id
          and not exists (
              select from import_befores k where k.import_id = :import_id
                and k.table_name = 'identifiers' and k.row_id = n.id)
    """),
    "registrants": text("""
        delete from former_places f using import_befores b, imports i
        where b.import_id = :import_id and b.table_name = 'registrants' and i.id = b.import_id
          and f.registrant_id = b.row_id and f.left_at = i.merged_at
    """),
}
TAKEN_AWAY = (
    text("delete from scores t using made where t.registrant_id = made.id"),
    text("delete from group_fields t using made where t.registrant_id = made.id"),
    text("delete from individual_fields t using made where t.registrant_id = made.id"),
    text("delete from duplicate_pairs t using made where made.id in (t.left_id, t.right_id)"),
    text("delete from contacts t using made where t.registrant_id = made.id"),
    text("delete from identifiers t using made where t.registrant_id = made.id"),
    text("delete from former_places t using made where t.registrant_id = made.id"),
    text("delete from memberships t using made where t.group_id = made.id"),
    text("delete from memberships t using made where t.member_id = made.id"),
    text("delete from individuals t using made where t.registrant_id = made.id"),
    text("delete from groups t using made where t.registrant_id = made.id"),
    text("delete from registrants t using made where t.id = made.id"),
)
AS_IT_WAS = (
    text("""
        update registrants t
        set name = was.name, name_local = was.name_local, names = was.names, bones = was.bones,
            settlement = was.settlement, address = was.address, phone = was.phone,
            location_id = was.location_id, area_id = was.area_id
        from import_befores b
        cross join lateral jsonb_populate_record(null::registrants, b.before) as was
        where b.import_id = :import_id and b.table_name = 'registrants' and t.id = b.row_id
    """),
    text("""
        update groups t set stated_size = was.stated_size, is_partial = was.is_partial
        from import_befores b
        cross join lateral jsonb_populate_record(null::groups, b.before) as was
        where b.import_id = :import_id and b.table_name = 'groups' and t.registrant_id = b.row_id
    """),
    text("""
        update individuals t
        set sex = was.sex, birth_date = was.birth_date, birth_date_exact = was.birth_date_exact,
            has_disability = was.has_disability, given_name = was.given_name,
            other_names = was.other_names, family_name = was.family_name,
            civil_status = was.civil_status
        from import_befores b
        cross join lateral jsonb_populate_record(null::individuals, b.before) as was
        where b.import_id = :import_id and b.table_name = 'individuals'
          and t.registrant_id = b.row_id
    """),
    # A head steps down before another is head again.
    text("""
        update memberships t set kind = was.kind, ended_on = was.ended_on
        from import_befores b
        cross join lateral jsonb_populate_record(null::memberships, b.before) as was
        where b.import_id = :import_id and b.table_name = 'memberships' and t.id = b.row_id
          and (t.kind, t.ended_on) is distinct from (was.kind, was.ended_on)
          and was.kind <> 'head'
    """),
    text("""
        update memberships t set kind = was.kind, ended_on = was.ended_on
        from import_befores b
        cross join lateral jsonb_populate_record(null::memberships, b.before) as was
        where b.import_id = :import_id and b.table_name = 'memberships' and t.id = b.row_id
          and (t.kind, t.ended_on) is distinct from (was.kind, was.ended_on)
    """),
)
FORGET = (
    text("""
        update import_rows
        set registrant_id = null, group_id = null
        where import_id = :import_id and verdict = 'create'
    """),
    text("delete from import_befores where import_id = :import_id"),
)
COUNT = text("""
    select count(*) filter (where kind = 'group'), count(*) filter (where kind = 'individual')
    from made
""")
COUNT_BACK = text("""
    select count(*) from import_befores
    where import_id = :import_id and table_name = 'registrants'
""")


def remember_households(session: Session, an_import: Import) -> None:
    """Keep what merging households is about to change, as it is."""
    session.execute(FRESH)
    session.execute(HOUSEHOLDS_TOUCHED)
    _remember(session, an_import)


def remember_people(session: Session, an_import: Import) -> None:
    """Keep what merging people is about to change, as it is."""
    session.execute(FRESH)
    session.execute(PEOPLE_TOUCHED)
    _remember(session, an_import)


def take_back(session: Session, an_import: Import) -> dict[str, int]:
    """Put the registry back to what it was before a merge, on which nothing may depend.

    Answers how many households and people go, and how many records are as they were.
    """
    figures = {"import_id": an_import.id}
    places = session.scalars(PLACES, figures).all()
    session.execute(MADE, figures)
    session.execute(LOOK_AT_MADE)
    households, people = session.execute(COUNT).one()
    back = session.scalar(COUNT_BACK, figures) or 0
    changes = _changed_by(an_import)
    for step in (*(PUT_BACK[each] for each in PUT_BACK if each in changes), *TAKEN_AWAY):
        session.execute(step, figures)
    for step in AS_IT_WAS:
        session.execute(step, figures)
    for scope in Scope:
        if HOLD[scope] in changes:
            put_back_values(session, an_import, scope)
    session.execute(DROP_PLACES, {"places": places})
    for step in FORGET:
        session.execute(step, figures)
    session.expire_all()
    return {"households": households, "people": people, "put_back": back}


def _remember(session: Session, an_import: Import) -> None:
    figures = {"import_id": an_import.id, "made_by": an_import.uploaded_by}
    session.execute(ONLY_OLD, figures)
    session.execute(LOOK_AT_TOUCHED)
    for table in _changed_by(an_import):
        session.execute(text(REMEMBER.format(table=table, kept=KEPT[table])), figures)


def _changed_by(an_import: Import) -> Collection[str]:
    """The tables whose rows merging a file may change; of the others nothing need be kept.

    A file of households speaks of no person and of no member.
    """
    if an_import.kind is not ImportKind.HOUSEHOLDS:
        return KEPT.keys()
    own = any(name.startswith(f"{Scope.GROUP}.") for name in an_import.fields)
    return ("registrants", "groups", *([HOLD[Scope.GROUP]] if own else []))
