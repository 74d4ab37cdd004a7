"""`highground areas`: administrative boundaries."""

from pathlib import Path

import click

from app.cli.acting import acting_as, followed
from app.loading import load_areas
from core.db import connect
from core.settings import settings
from core.words import counted

TOLD = "{layer}, row {row}, {pcode}: {says}"


@click.group()
def areas() -> None:
    """Administrative boundaries."""
    connect(settings().database_works_url)


@areas.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
@click.option("--version", default="", help="Such as 2023-11-06; else the file has to say it.")
@click.option("--layer", "layers", multiple=True, help="A layer to read, where several are alike.")
@click.option("--crs", help="The coordinate system, where the file does not say it.")
@click.option("--levels", default="", help="Names of the levels from the country down: A,B,C.")
def import_areas(file: Path, email: str, levels: str, **said: object) -> None:
    """Load boundaries (GeoPackage, zipped shapefile or GeoJSON) and tell what was not taken."""
    actor = acting_as(email)
    names = [name.strip() for name in levels.split(",")]
    with followed(actor):
        told = load_areas(file, actor=actor, level_names=names, **said)
    loaded = sum(told["levels"].values())
    click.echo(
        counted(
            "{count} area, version {version}",
            "{count} areas, version {version}",
            loaded,
            version=told["version"],
        )
    )
    for error in told["errors"]:
        click.echo(TOLD.format(**error), err=True)
