"""Names are looked for by their indexes behind the wall too, and areas by the whole of theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0045"
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


def upgrade() -> None:
    op.execute(ALIKE)
    op.create_index("ix_registrants_names_whole", "registrants", ["names"], postgresql_using="hash")
    for name in ("name", "name_local"):
        op.create_index(f"ix_areas_lower_{name}", "areas", [sa.text(f"lower({name})")])


def downgrade() -> None:
    for name in ("name", "name_local"):
        op.drop_index(f"ix_areas_lower_{name}", "areas")
    op.drop_index("ix_registrants_names_whole", "registrants")
    op.execute("drop function alike_within(text, text[], text, bigint[], integer)")
