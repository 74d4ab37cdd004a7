"""`highground backup`: database, files and keys, kept apart and brought back."""

import sys
from pathlib import Path

import click

import app.tables  # noqa: F401 - the foreign keys need every table
from app.backup.checking import faults
from app.backup.installation import here
from app.backup.making import make
from app.backup.restoring import restore
from app.backup.shelf import Backup, backup_at, backups
from core.db import connect
from core.errors import Invalid
from core.settings import settings
from core.words import _
from deploy.checkout import VAR

FOLDER = click.Path(path_type=Path, file_okay=False)
PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the passphrase that the keys are sealed for.",
)
MB = 1 << 20


class PassphraseEmpty(Invalid):
    """The file {path} holds no passphrase; write one into it."""


@click.group()
def backup() -> None:
    """Keep database, files and keys apart, and bring them back."""


@backup.command("make")
@click.argument("to", type=FOLDER)
@click.option("--keep", type=click.IntRange(min=1), help="Keep this many; older ones go.")
@PASSPHRASE
def make_one(to: Path, keep: int | None, passphrase_file: Path | None) -> None:
    """Back everything up into a new folder below TO, while people go on working.

    Exit code 1 if a stored file was missing or damaged; the rest is kept all the same.
    """
    connect(settings().database_works_url)
    made = make(here(), to, keep, _passphrase(passphrase_file))
    click.echo(made.backup.folder)
    click.echo(_told(made.backup))
    for old in made.gone:
        click.echo(_("{path} is gone.", path=old.folder))
    for name in made.manifest.missing:
        click.echo(_("The stored file {name} is missing or damaged.", name=name), err=True)
    sys.exit(1 if made.manifest.missing else 0)


@backup.command("list")
@click.argument("to", type=FOLDER)
def list_all(to: Path) -> None:
    """Tell which backups stand in TO, the oldest first."""
    for one in backups(to):
        click.echo(f"{one.folder}  {_told(one)}")


@backup.command()
@click.argument("from", type=FOLDER)
def check(**given: Path) -> None:
    """Read all of the backup FROM; exit code 1, and each place, where it is not whole."""
    one = backup_at(given["from"])
    found = list(faults(one))
    for fault in found:
        click.echo(fault, err=True)
    if found:
        sys.exit(1)
    click.echo(_("The backup is whole. {what}", what=_told(one)))


@backup.command("restore")
@click.argument("from", type=FOLDER)
@PASSPHRASE
def bring_back(passphrase_file: Path | None, **given: Path) -> None:
    """Bring the backup FROM back into this installation, in which nothing has been done yet."""
    one = backup_at(given["from"])
    restored = restore(one, here(), _passphrase(passphrase_file))
    click.echo(_("Restored and compared. {what}", what=_told(one)))
    if restored.put_back:
        click.echo(_("Jobs that were running wait again: {count}.", count=restored.put_back))
    settings.cache_clear()
    for name, value in restored.secrets.items():
        if here().secrets[name] != value:
            said = _(
                "{name} is set to another one outside: set that of {path}.", name=name, path=VAR
            )
            click.echo(said, err=True)


def _told(one: Backup) -> str:
    """A backup in a line: its moment, what it holds, and whether it misses anything."""
    manifest = one.manifest()
    size = sum(path.stat().st_size for path in one.folder.rglob("*") if path.is_file())
    said = _(
        "{moment}: {rows} rows, {files} files, {mb} MB.",
        moment=manifest.moment,
        rows=manifest.all_rows,
        files=len(manifest.files),
        mb=size // MB,
    )
    missing = _("Stored files it misses: {count}.", count=len(manifest.missing))
    return f"{said} {missing}" if manifest.missing else said


def _passphrase(file: Path | None) -> str | None:
    if file is None:
        return None
    said = file.read_text().strip()
    if not said:
        raise PassphraseEmpty(path=file)
    return said
