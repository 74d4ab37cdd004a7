"""`highground db`: the tables."""

import click
from alembic import command
from alembic.config import Config

from core.settings import ROOT


@click.group()
def db() -> None:
    """Bring the tables up to date."""


@db.command()
def upgrade() -> None:
    """Apply every migration that has not been applied yet."""
    command.upgrade(migrations(), "head")


def migrations() -> Config:
    """Alembic, pointed at the migrations folder; it needs no file of its own."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config
