"""`highground targeting`: why a household is in a cycle, or is not."""

import click

from app.cli.acting import acting_as, looked
from app.why_said import sections, verdict_said
from core.db import connect, transaction
from core.settings import settings
from programs.queries.reach import cycle_numbered
from programs.queries.targeting_why import why as found_why

LOOKED = "targeting why"  # as the page of looks says it


@click.group()
def targeting() -> None:
    """Whom programs are for."""
    connect(settings().database_works_url)


@targeting.command()
@click.argument("program")
@click.argument("cycle", type=int)
@click.argument("household")
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def why(program: str, cycle: int, household: str, email: str) -> None:
    """Tell why HOUSEHOLD is in cycle number CYCLE of PROGRAM, or is not, rule by rule."""
    actor = acting_as(email)
    with transaction(actor) as session:
        asked = cycle_numbered(session, program, cycle, actor=actor)
        found = found_why(session, asked.id, household, actor=actor)
        looked(session, actor, LOOKED, [found.registrant.id])
        click.echo(verdict_said(found))
        for section in sections(found):
            click.echo(section.title)
            for check in section.checks:
                mark = "+" if check.passes else "-"
                click.echo(f"  {mark} {f'{check.code}: ' if check.code else ''}{check.words}")
