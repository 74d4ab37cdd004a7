"""`highground keys`: what keeps identifiers and personal files unreadable to who reads the disk."""

from pathlib import Path

import click

from app import keys as sealing
from core import crypto
from core.db import connect, transaction
from core.errors import Invalid
from core.settings import settings


class KeysNotConfigured(Invalid):
    """No file of keys is configured; set ENCRYPTION_KEYS to the path of one."""


@click.group()
def keys() -> None:
    """The keys that keep what names people unreadable.

    Keep the file apart from the backups of the database: who has both reads everything, and who
    lost it reads nothing.
    """


@keys.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def make(file: Path | None) -> None:
    """Write a new file of keys with one key, readable by its owner alone; never over another."""
    path = file or _configured()
    key = crypto.make_keys(path)
    click.echo(f"{path}: key {key.name}")


@keys.command()
def seal() -> None:
    """Seal what was kept plain, after ENCRYPTION_KEYS was set."""
    _configured()
    key = crypto.newest()
    connect(settings().database_owner_url)
    with transaction() as session:
        values = sealing.write_anew(session, sealing.is_sealed_at_all, sealing.under(key))
        files = sealing.files_sealed(session, key)
    report(values, files)


@keys.command()
def rotate() -> None:
    """Add a new newest key and seal everything anew; afterwards older keys may be taken away.

    Where this was broken off, it is gone on with under the key that was added then.
    """
    path = _configured()
    connect(settings().database_owner_url)
    with transaction() as session:
        session.execute(sealing.ALONE)
        going_on = sealing.broken_off(session, crypto.newest())
        key = crypto.newest() if going_on else crypto.add_key(path)
        values = sealing.write_anew(session, sealing.is_under(key), sealing.under(key))
    report(values, sealing.files_anew(key))
    click.echo(f"{path}: key {key.name}; the lines below the first may be taken away")


@keys.command(name="open")
def open_all() -> None:
    """Write everything as it was given, before ENCRYPTION_KEYS is emptied and nobody writes."""
    _configured()
    connect(settings().database_owner_url)
    with transaction() as session:
        values = sealing.write_anew(session, sealing.is_plain, sealing.plain)
    report(values, sealing.files_anew(None))


def report(values: dict[str, int], files: int) -> None:
    """How many values of each column were written, and how many files."""
    for column, count in values.items():
        click.echo(f"{column}: {count:,} values")
    click.echo(f"files: {files:,}")


def _configured() -> Path:
    if not crypto.configured():
        raise KeysNotConfigured
    return Path(settings().encryption_keys)
