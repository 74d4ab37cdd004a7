"""Whoever stands at a place lives in the place's area, also where another map of areas moved it."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FOLLOW = """
create function follow_place() returns trigger language plpgsql as $$
begin
    update registrants r set area_id = now.area_id
    from new_rows now join old_rows was using (id)
    where r.location_id = now.id and now.area_id is not null
      and now.area_id is distinct from was.area_id and r.area_id is distinct from now.area_id;
    return null;
end $$
"""

TRIGGER = """
create trigger follow_place after update on locations
referencing old table as old_rows new table as new_rows
for each statement execute function follow_place()
"""

# Those whom a map of areas left behind before this.
CATCH_UP = """
update registrants r set area_id = l.area_id
from locations l, areas a
where l.id = r.location_id and a.id = r.area_id and a.valid_to is not null
  and l.area_id is distinct from r.area_id and l.area_id is not null
"""


def upgrade() -> None:
    op.execute(FOLLOW)
    op.execute(TRIGGER)
    op.execute(CATCH_UP)
