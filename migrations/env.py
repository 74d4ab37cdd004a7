"""Alembic's way in: the tables of all floors, one transaction a migration."""

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.sql.schema import SchemaItem

from app.tables import metadata
from core.settings import settings

OTHERS = {"spatial_ref_sys", "geography_columns", "geometry_columns", "raster_columns"}
PARTITIONS = ("exposure_r", "field_changes_", "looks_")


def ours(
    _item: SchemaItem, name: str | None, kind: str, _reflected: object, _compared: object
) -> bool:
    """Leave PostGIS's own tables and the partitions alone."""
    return not (kind == "table" and (name in OTHERS or str(name).startswith(PARTITIONS)))


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=ours,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with create_engine(settings().database_owner_url).begin() as connection:
        migrate(connection)
