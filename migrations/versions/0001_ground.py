"""The ground: extensions, and the functions that generated columns use."""

import secrets

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GRID_CELL = """
create function grid_cell(lon float8, lat float8) returns bigint
language sql immutable strict parallel safe as $$
    select ((floor((lat + 90) / 360 * 65536)::bigint >> 6) << 22)
         | ((floor((lon + 180) / 360 * 65536)::bigint >> 6) << 12)
         | ((floor((lat + 90) / 360 * 65536)::bigint & 63) << 6)
         | (floor((lon + 180) / 360 * 65536)::bigint & 63)
$$
"""

# Two unequal halves take turns, each XORed with a hash of the other: whatever the hash is, that is
# a permutation of all numbers of 5 x (places - 1) bits, so two keys never get one number.
PUBLIC_NUMBER = """
create function public_number(prefix text, id bigint, places int) returns text
language plpgsql immutable strict parallel safe as $$
declare
    key constant bigint := number_key() # hashtext(prefix)::bigint;
    bits constant int := 5 * (places - 1);
    low_mask constant bigint := (1::bigint << (bits / 2)) - 1;
    high_mask constant bigint := (1::bigint << (bits - bits / 2)) - 1;
    low bigint := id & low_mask;
    high bigint := (id >> (bits / 2)) & high_mask;
    alphabet constant text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
    said text := '';
    digit int;
    total int := 0;
begin
    for turn in 1..4 loop
        high := high # (((((low + key) & 2147483647) * 2654435761) >> 17) & high_mask);
        low := low # (((((high + (key >> 20)) & 2147483647) * 2246822519) >> 17) & low_mask);
    end loop;
    high := (high << (bits / 2)) | low;
    for place in 0..places - 2 loop
        digit := (high & 31)::int;
        high := high >> 5;
        said := substr(alphabet, digit + 1, 1) || said;
        digit := digit * (2 - place % 2);
        total := total + digit / 32 + digit % 32;
    end loop;
    return prefix || '-' || said || substr(alphabet, (32 - total % 32) % 32 + 1, 1);
end $$
"""

# What a cell of somebody's file says as a number or a day, or null where it says neither. They
# never raise, so that a million rows are read in one statement and the bad ones are named. SQL
# functions that are not strict are written into the query that calls them; plpgsql is kept parsed.
NUMBER_IN = r"""
create function number_in(cell text) returns float8
language sql immutable parallel safe as $$
    select case when cell ~ '^[+-]?([0-9]{1,18}([.,][0-9]{0,18})?|[.,][0-9]{1,18})$'
                then replace(cell, ',', '.')::float8 end
$$
"""
DAY_IN = r"""
create function day_in(cell text) returns date
language plpgsql immutable strict parallel safe as $$
declare
    said text[];
    first_of_month date;
begin
    if cell ~ '^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([T ]|$)' then
        said := string_to_array(translate(left(cell, 10), '/T ', '---'), '-');
    elsif cell ~ '^[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}$' then
        said := string_to_array(cell, '.');
        said := array[said[3], said[2], said[1]];
    elsif cell ~ '^[0-9]{4}$' then
        said := array[cell, '7', '1'];
    end if;
    if said is null or said[1]::int not between 1850 and 2200
                    or said[2]::int not between 1 and 12 then
        return null;
    end if;
    first_of_month := make_date(said[1]::int, said[2]::int, 1);
    if said[3]::int between 1 and (first_of_month + interval '1 month')::date - first_of_month then
        return first_of_month + (said[3]::int - 1);
    end if;
    return null;
end $$
"""


def upgrade() -> None:
    for name in ("postgis", "btree_gist", "pg_trgm"):
        op.execute(f"create extension if not exists {name}")
    # The key of this installation's public numbers; it travels with the database, not the code.
    op.execute(
        "create function number_key() returns bigint language sql immutable parallel safe "
        f"as 'select {secrets.randbits(60)}::bigint'"
    )
    op.execute(PUBLIC_NUMBER)
    op.execute(GRID_CELL)
    for function in (NUMBER_IN, DAY_IN):
        op.execute(function)
