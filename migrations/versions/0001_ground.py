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
