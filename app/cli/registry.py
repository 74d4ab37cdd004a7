"""`highground registry`: households and people from a file, without a browser."""

import uuid
from pathlib import Path

import click

import app.tables  # noqa: F401 - the foreign keys need every table
from app.auth.platform import PLATFORM
from core.db import connect, transaction
from core.jobs import Progress
from core.settings import settings
from geo.jobs.exposure import sample_due
from registry.models.imports import Import, ImportKind
from registry.parsing.findings import WARNINGS, finding_name
from registry.services import imports

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class OnScreen(Progress):
    """Progress told to whoever sits at the machine."""

    def __init__(self) -> None:
        super().__init__(job_id=0, token=uuid.uuid4())

    def report(self, done: int, total: int, note: str = "") -> None:
        """Say it on stderr."""
        click.echo(f"{note or 'reading'} {done:,}" + (f" of {total:,}" if total else ""), err=True)


@click.group()
def registry() -> None:
    """Households and people."""
    connect(settings().database_url)


@registry.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in ImportKind]))
@click.argument("file", type=FILE)
@click.option("--accept-flagged", is_flag=True, help="Use doubted cells, such as far coordinates.")
@click.pass_context
def import_file(context: click.Context, kind: str, file: Path, accept_flagged: bool) -> None:
    """Take in FILE, a CSV or workbook of households or people, its columns known by headings.

    Exit code 0: every row was taken or was known; 1: some rows were left out, and the report says
    why; 2: the file cannot be used at all.
    """
    with transaction() as session:
        done = imports.take_in(
            session,
            file,
            ImportKind(kind),
            actor=PLATFORM,
            progress=OnScreen(),
            accepted=WARNINGS if accept_flagged else (),
        )
        report(done)
        failed = done.counts["error"]
    with transaction() as session:
        sample_due(session, actor=PLATFORM, progress=OnScreen())
    context.exit(1 if failed else 0)


def report(done: Import) -> None:
    """What became of the rows, by verdict and by finding."""
    verdicts = ("create", "update", "link", "ignore", "error")
    click.echo(f"{done.original_name}: {done.counts['rows']:,} rows")
    for name in (*verdicts, "flagged", "accepted"):
        click.echo(f"  {name:<10}{done.counts[name]:>12,}")
    for finding, rows in sorted(done.counts["findings"].items()):
        click.echo(f"  {rows:>7,} rows: {finding_name(finding)} ({finding})")
