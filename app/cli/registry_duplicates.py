"""`highground registry duplicates`: looking for records that may be of one, without a browser."""

import click

from app.cli.acting import acting_as, followed
from app.loading import carried_out
from core.db import transaction
from registry.jobs.duplicates import look_for_duplicates
from registry.models.duplicates import RunKind
from registry.queries.duplicates import last_run


@click.command()
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in RunKind]),
    default=RunKind.FAST.value,
    help="By fixed weights, or by a model that is learnt from the records.",
)
def duplicates(email: str, kind: str) -> None:
    """Compare all records; the pairs wait to be looked at under /registry/duplicates."""
    actor = acting_as(email)
    with followed(actor):
        told = carried_out(look_for_duplicates, actor=actor, kind=kind)
    click.echo(f"{told['records']:,} records, {told['found']:,} alike, {told['fresh']:,} new")
    with transaction(actor) as session:
        for block in last_run(session, actor=actor).blocks:
            told_of = f"{block.groups:>9,} groups {block.pairs:>11,} pairs {block.dropped:>9,} left"
            click.echo(f"  {block.rule:<12}{told_of} out")
