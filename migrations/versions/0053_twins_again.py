"""Names are found by indexes behind the wall too; two that are two stay so when they are merged."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# Likeness is not leakproof, so that behind the wall no index of it is used. Here the owner looks,
# and answers keys of those alone whom the policy of registrants lets through (0010, 0025). Each way
# is planned for what is asked: who works in a village is not searched for through a country. What
# is asked for is a name in small Latin letters, which nothing in a pattern has a meaning for.
ALIKE = """
create function alike_within(
    asked text, skeleton text[], before text, there bigint[], most integer
) returns setof bigint language plpgsql stable
security definer set search_path = public, pg_temp as $$
declare
    way text;
    ways text[] := array['names = $1', 'names like $2', 'names %> $1', 'bones @> $3'];
begin
    if asked !~ '^[a-z0-9 ]+$' then return; end if;
    if cardinality(there) > 0 then
        ways := ways || 'names %> $4 and area_id in (select id from areas where path && $5)'::text;
    end if;
    foreach way in array ways loop
        return query execute format(
            'select id from registrants where %s
             and (area_id = any ($6) or area_id is null and made_by = $7) limit $8', way)
        using asked, '%' || asked || '%', skeleton, before, there,
              coalesce(reached_areas(), '{}'), acting(), most;
    end loop;
end $$
"""

# Where one of two that are two was merged into a third, that third is not the other one either. Who
# asks is shown what they may see.
TWO = """
create function found_to_be_two() returns table (left_id bigint, right_id bigint)
language sql stable as $$
    with recursive leads as (
        select gone.id, gone.merged_into_id as to_id
        from registrants gone
        where gone.merged_into_id is not null and exists (
            select from duplicate_pairs d
            where d.state = 'not_duplicate' and gone.id in (d.left_id, d.right_id))
        union
        select leads.id, onward.merged_into_id
        from leads join registrants onward on onward.id = leads.to_id
        where onward.merged_into_id is not null
    ), stands as (
        select leads.id, leads.to_id
        from leads join registrants last on last.id = leads.to_id and last.merged_into_id is null
    )
    select least(coalesce(l.to_id, d.left_id), coalesce(r.to_id, d.right_id)),
           greatest(coalesce(l.to_id, d.left_id), coalesce(r.to_id, d.right_id))
    from duplicate_pairs d
    left join stands l on l.id = d.left_id
    left join stands r on r.id = d.right_id
    where d.state = 'not_duplicate' and (l.id is not null or r.id is not null)
$$
"""
# A run of the same letter is heard once, also where only vowels stood between, for scripts that
# write no vowels write such a letter once. As registry.parsing.names makes bones from now on.
HEARD_ONCE = r"""
update registrants set bones = (
    select array_agg(distinct heard order by heard)
    from (
        select case when bone ~ '^[aeiouwy]+$' then bone
                    else regexp_replace(bone, '(.)\1+', '\1', 'g') end collate "C" as heard
        from unnest(bones) as bone
    ) as each
) where array_to_string(bones, ' ') ~ '([^ aeiou])\1'
"""


def upgrade() -> None:
    op.execute(ALIKE)
    op.execute(TWO)
    op.execute(HEARD_ONCE)
    op.create_index("ix_registrants_names_whole", "registrants", ["names"], postgresql_using="hash")
    for name in ("name", "name_local"):
        op.create_index(f"ix_areas_lower_{name}", "areas", [sa.text(f"lower({name})")])


def downgrade() -> None:
    for name in ("name", "name_local"):
        op.drop_index(f"ix_areas_lower_{name}", "areas")
    op.drop_index("ix_registrants_names_whole", "registrants")
    op.execute("drop function found_to_be_two()")
    op.execute("drop function alike_within(text, text[], text, bigint[], integer)")
