"""What many are asked by is planned for as many as there are.

A plan that is kept takes it that a list holds ten, whoever is on it: the sixth change in one
connection got such a plan. And whether a household has a main telephone was asked of each by
itself: while nobody had counted the telephones yet, by going through all of them, so that half a
million changes took hours. Now all are asked at once.
"""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

ASK_BY_LISTS = (
    *("count_registrants_update", "follow_fields", "follow_holdings", "follow_pairs"),
    *("follow_phone", "follow_place", "follow_registrant", "follow_scores", "follow_visits"),
)

FOLLOW_PHONE = """
create or replace function follow_phone() returns trigger language plpgsql
security definer set search_path = public, pg_temp set enable_nestloop = off as $$
declare
    changed bigint[];
begin
    if tg_op = 'INSERT' then
        insert into contacts (registrant_id, kind, value, key, is_main, area_id, made_by)
        select id, 'phone', phone, contact_key(phone), true, area_id, made_by
        from new_rows where phone <> '';
        return null;
    end if;
    select array_agg(id) into changed
    from (select id, phone from new_rows except select id, phone from old_rows) as said;
    if changed is null then return null; end if;
    delete from contacts c using old_rows o
    where c.registrant_id = any (changed) and o.id = c.registrant_id and o.phone <> ''
      and c.kind = 'phone' and c.is_main;
    insert into contacts (registrant_id, kind, value, key, is_main, area_id, made_by)
    select n.id, 'phone', n.phone, contact_key(n.phone), {no_other}, n.area_id, n.made_by
    from new_rows n {beside} where n.id = any (changed) and n.phone <> ''
    on conflict (registrant_id, kind, key) do update set is_main = excluded.is_main;
    return null;
end $$
"""
AT_ONCE = {
    "no_other": "main.id is null",
    "beside": """left join contacts main
        on main.registrant_id = n.id and main.kind = 'phone' and main.is_main""",
}
ONE_BY_ONE = {
    "no_other": """not exists (
        select from contacts c where c.registrant_id = n.id and c.kind = 'phone' and c.is_main)""",
    "beside": "",
}


def upgrade() -> None:
    op.execute(FOLLOW_PHONE.format(**AT_ONCE))
    for function in ASK_BY_LISTS:
        op.execute(f"alter function {function}() set plan_cache_mode = force_custom_plan")


def downgrade() -> None:
    for function in ASK_BY_LISTS:
        op.execute(f"alter function {function}() reset plan_cache_mode")
    op.execute(FOLLOW_PHONE.format(**ONE_BY_ONE))
