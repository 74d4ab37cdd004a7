"""`highground audit`: whether the trail is whole, and where its chain ends."""

from pathlib import Path

import click

import app.tables  # noqa: F401 - the foreign keys need every table
from app.retention import retire as retired
from app.upkeep import seal_all
from core.db import connect, stand_whole, transaction
from core.errors import NotFound
from core.proofs import Proof
from core.proofs import verify as verified
from core.seals import Head, head_of, heads_file, heads_in
from core.settings import settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class NothingSealed(NotFound):
    """Nothing is sealed yet; run highground audit seal first."""


@click.group()
def audit() -> None:
    """The audit trail: verifying, sealing, its head."""
    connect(settings().database_works_url)


@audit.command()
@click.option("--head", "file", type=FILE, help="Heads kept elsewhere, such as in a backup.")
@click.pass_context
def verify(context: click.Context, file: Path | None) -> None:
    """Recompute the whole trail, and look for every head that was kept outside.

    Exit code 0: it is whole; 1: each break is told by a line that names the place; 2: the file
    holds no heads.
    """
    heads = _heads(file)
    with transaction() as session:
        stand_whole(session)
        proof = verified(session, heads)
    for said in proof.breaks:
        click.echo(said)
    click.echo(_figures(proof))
    context.exit(1 if proof.breaks else 0)


@audit.command()
def head() -> None:
    """Print the head of the chain as one line of JSON, to be kept outside."""
    with transaction() as session:
        found = head_of(session)
    if found is None:
        raise NothingSealed
    click.echo(found.written())


@audit.command()
def seal() -> None:
    """Chain all that has committed, and keep the head."""
    click.echo(f"{seal_all():,} entries sealed")


@audit.command()
def retire() -> None:
    """Take away what is past the time the settings keep it for; an act says what that was."""
    with transaction() as session:
        gone = retired(session)
    click.echo(f"{gone.entries:,} entries, months: {', '.join(gone.looks + gone.changes) or '-'}")


def _heads(file: Path | None) -> list[Head]:
    """Those of a file that is named, or of this installation's own if it has one yet."""
    if file is None and not heads_file().is_file():
        return []
    return list(heads_in(file or heads_file()))


def _figures(proof: Proof) -> str:
    said = (
        f"{proof.entries:,} entries, {proof.changes:,} changes, head at position "
        f"{proof.position:,}, {proof.heads:,} heads kept, {len(proof.breaks):,} breaks"
    )
    outside = ", ".join(f"{table} {n:,}" for table, n in sorted(proof.outside.items()))
    return f"{said}; changed outside any act: {outside}" if outside else said
