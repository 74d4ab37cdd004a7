"""`highground registry`: households and people from a file, without a browser."""

from pathlib import Path

import click

from app.cli.acting import acting_as, followed
from app.cli.registry_check import check
from app.cli.registry_duplicates import duplicates
from app.cli.registry_show import show
from app.loading import carried_out, load_registrants
from core.db import connect, transaction
from core.settings import settings
from core.words import _
from programs.jobs.imports import undo_import
from programs.services.imports import ask_undo
from registry.models.imports import Import, ImportKind
from registry.parsing.days import DayOrder
from registry.parsing.findings import WARNINGS, finding_name

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
@click.pass_context
def registry(context: click.Context) -> None:
    """Households and people."""
    if context.invoked_subcommand != check.name:  # a check needs no database and no settings
        connect(settings().database_works_url)


registry.add_command(check)
registry.add_command(show)
registry.add_command(duplicates)


@registry.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in ImportKind]))
@click.argument("file", type=FILE)
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
@click.option("--accept-flagged", is_flag=True, help="Use doubted cells, such as far coordinates.")
@click.option(
    "--days",
    type=click.Choice([each.value for each in DayOrder]),
    help="How they are written, if unclear.",
)
@click.pass_context
def import_file(
    context: click.Context,
    kind: str,
    file: Path,
    email: str,
    accept_flagged: bool,
    days: str | None,
) -> None:
    """Take in FILE, a CSV or workbook of households or people, its columns known by headings.

    Exit code 0: every row was taken or was known; 1: some rows were left out, and the report says
    why; 2: the file cannot be used at all.
    """
    actor = acting_as(email)
    accepted = WARNINGS if accept_flagged else ()
    with followed(actor):
        order = DayOrder(days) if days else None
        done = load_registrants(
            file, ImportKind(kind), actor=actor, accepted=accepted, day_order=order
        )
    report(done)
    context.exit(1 if done.counts["error"] else 0)


@registry.command("undo")
@click.argument("import_id", type=int)
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
def undo_merge(import_id: int, email: str) -> None:
    """Undo the merge of the import of this number: whom it brought goes, what it changed is as it
    was.

    It is refused where anything depends on it, with what does. The number stands in the address of
    the import's page, and is told by `import`.
    """
    actor = acting_as(email)
    with transaction(actor) as session:
        ask_undo(session, import_id, actor=actor)
    with followed(actor):
        carried_out(undo_import, actor=actor, import_id=import_id)
    click.echo(_("Import {number} is undone.", number=import_id))


def report(done: Import) -> None:
    """What became of the rows, by verdict and by finding."""
    verdicts = ("create", "update", "link", "ignore", "error")
    click.echo(f"{done.original_name}: {done.counts['rows']:,} rows, import {done.id}")
    for name in (*verdicts, "flagged", "accepted"):
        click.echo(f"  {name:<10}{done.counts[name]:>12,}")
    for finding, rows in sorted(done.counts["findings"].items()):
        click.echo(f"  {rows:>7,} rows: {finding_name(finding)} ({finding})")
