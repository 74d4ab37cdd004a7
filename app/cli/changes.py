"""`highground changes`: what waits, and applying what was validated, for a terminal."""

import click

from app.cli.acting import acting_as
from core.db import transaction
from programs.services.changes import apply_change
from registry.models.changes import WAITING, ChangeState
from registry.queries.changes import changes_page


@click.group()
def changes() -> None:
    """Changes of records."""


@changes.command(name="list")
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
@click.option(
    "--state",
    type=click.Choice([each.value for each in ChangeState]),
    help="One state; else all that wait.",
)
def list_all(email: str, state: str | None) -> None:
    """Tell which changes wait, a line each, those that wait longest first."""
    actor = acting_as(email)
    asked = (ChangeState(state),) if state else WAITING
    after = None
    with transaction(actor) as session:
        while True:
            page = changes_page(session, asked, actor=actor, after=after)
            for row in page.rows:
                of = row.registrant or "-"
                marked = "  another changes the same" if row.conflicts else ""
                click.echo(f"{row.number}  {row.state:<9} {row.kind:<17} {of}{marked}")
            after = page.after
            if after is None:
                return


@changes.command()
@click.argument("number")
@click.option("--as", "email", required=True, help="The user who applies, by e-mail address.")
def apply(number: str, email: str) -> None:
    """Apply the validated change NUMBER, all of it as one act."""
    actor = acting_as(email)
    with transaction(actor) as session:
        applied = apply_change(session, number, actor=actor)
        click.echo(f"{applied.number}: {applied.line_count} lines are done")
