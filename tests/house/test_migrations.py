"""The tables: one line of migrations, from nothing, equal to the models."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.sql.schema import SchemaItem

from app.cli.db import migrations
from app.tables import metadata

KEEP_PLANS_FOR_LISTS = text(r"""
    select proname from pg_proc
    join pg_language on pg_language.oid = prolang
    where lanname = 'plpgsql' and pronamespace = 'public'::regnamespace
      and prosrc ~ '= any \(\w+\)'
      and array_to_string(proconfig, ' ') !~ 'plan_cache_mode=force_custom_plan'
""")


def _ours(_item: SchemaItem, name: str | None, kind: str, *_rest: object) -> bool:
    others = name == "spatial_ref_sys" or str(name).startswith(
        ("exposure_r", "import_rows_", "field_changes_", "looks_")
    )
    return kind != "table" or not others


def test_migrations_are_one_line() -> None:
    script = ScriptDirectory.from_config(migrations())
    assert len(script.get_heads()) == 1
    assert all(len(revision.nextrev) <= 1 for revision in script.walk_revisions())


def test_migrated_tables_equal_the_models(connection: Connection) -> None:
    opts = {"compare_type": True, "include_object": _ours}
    context = MigrationContext.configure(connection, opts=opts)
    assert compare_metadata(context, metadata) == []


def test_what_asks_by_a_list_is_planned_for_how_long_the_list_is(connection: Connection) -> None:
    assert connection.scalars(KEEP_PLANS_FOR_LISTS).all() == []
