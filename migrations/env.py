"""Alembic's way in: the tables of all floors, one transaction a migration."""

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.sql.schema import SchemaItem

from app.tables import metadata
from core.settings import settings

OTHERS = {"spatial_ref_sys", "geography_columns", "geometry_columns", "raster_columns"}
PARTITIONS = ("exposure_r", "import_rows_", "field_changes_", "looks_")


def ours(
    _item: SchemaItem, name: str | None, kind: str, _reflected: object, _compared: object
) -> bool:
    """Leave PostGIS's own tables and the partitions alone."""
    return not (kind == "table" and (name in OTHERS or str(name).startswith(PARTITIONS)))


# Behind row security the planner uses no statistics, and no index, for an operator that does not
# say it keeps what it compares to itself; a superuser may say so of boxes and of likeness. Likeness
# is not as cheap as PostgreSQL takes it for either: reading a million names takes seconds. What is
# said of an extension is not in a dump, so it is said again whenever the tables are brought up.
OPERATORS = """
do $$
begin
    alter function geometry_overlaps(geometry, geometry) leakproof;
    alter function word_similarity_commutator_op(text, text) leakproof cost 200;
exception when insufficient_privilege then null;
end $$
"""


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=ours,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text(OPERATORS))


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with create_engine(settings().database_owner_url).begin() as connection:
        migrate(connection)
