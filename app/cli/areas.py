"""`highground areas`: administrative boundaries."""

import json
from pathlib import Path
from typing import Any

import click

from app.area_changes import change_told, enforce_map, page_told, stage_map
from app.cli.acting import acting_as, followed
from app.loading import load_areas
from core.db import connect, transaction
from core.settings import settings
from core.words import counted
from geo.queries.area_changes import ChangePage, area_changes, change_named, change_page
from geo.services.area_changes import drop_areas

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
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
    """Load boundaries (GeoPackage, zipped shapefile or GeoJSON) and tell what was not taken.

    It loads the first map, and more of the one in force. A map of another version is prepared by
    `areas stage` and put in force by somebody else with `areas enforce`.
    """
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


@areas.command()
@click.argument("file", type=FILE)
@click.option("--codes", type=FILE, help="A CSV or workbook with columns old_pcode and new_pcode.")
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
@click.option("--version", default="", help="Such as 2026-11-01; else the file has to say it.")
@click.option("--layer", "layers", multiple=True, help="A layer to read, where several are alike.")
@click.option("--crs", help="The coordinate system, where the file does not say it.")
@click.pass_context
def stage(
    context: click.Context, /, file: Path, codes: Path | None, email: str, **said: Any
) -> None:
    """Prepare a new map beside the one in force: tell what becomes of each area, and who moves.

    Exit code 0: it waits for somebody else to put it in force; 1: the list of codes does not fit
    the two maps, row by row on stderr, and nothing was prepared.
    """
    actor = acting_as(email)
    with followed(actor):
        told = stage_map(file, codes, actor=actor, **said)
    for error in told["errors"]:
        click.echo(TOLD.format(**error), err=True)
    if told["change"] is None:
        context.exit(1)
    with transaction(actor) as session:
        click.echo(_said(change_page(session, told["change"], actor=actor)))


@areas.command()
@click.argument("version")
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
def enforce(version: str, email: str) -> None:
    """Put the map VERSION, that another prepared, in force, and bring everybody into its areas."""
    actor = acting_as(email)
    with transaction(actor) as session:
        change_id = change_named(session, version, actor=actor).id
    with followed(actor):
        enforce_map(change_id, actor=actor)
    with transaction(actor) as session:
        click.echo(_said(change_page(session, change_id, actor=actor)))


@areas.command()
@click.argument("version")
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
def drop(version: str, email: str) -> None:
    """Give the map VERSION up that waits."""
    actor = acting_as(email)
    with transaction(actor) as session:
        change = change_named(session, version, actor=actor)
        click.echo(drop_areas(session, change.id, actor=actor).state.value)


@areas.command()
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
@click.option("--version", help="What one map changes, in full; else all maps in a line each.")
def changes(email: str, version: str | None) -> None:
    """Tell, as JSON, which maps followed which, and what they changed."""
    actor = acting_as(email)
    with transaction(actor) as session:
        if version is None:
            told: Any = [change_told(each) for each in area_changes(session, actor=actor)]
        else:
            change = change_named(session, version, actor=actor)
            told = page_told(change_page(session, change.id, actor=actor))
    click.echo(json.dumps(told, ensure_ascii=False, default=str))


def _said(page: ChangePage) -> str:
    """What a map changes, in a few lines."""
    counted = ", ".join(f"{kind.value} {count}" for kind, count in sorted(page.counts.items()))
    return (
        f"{page.change.version} after {page.change.from_version}: {page.change.state.value}\n"
        f"areas: {counted}; ended {len(page.gone)}, new {len(page.new)}\n"
        f"places: {page.places} move, {page.to_look_at} to look at"
    )
