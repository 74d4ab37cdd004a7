"""`highground scores`: scores of households, without a browser."""

import click

from app.cli.acting import acting_as, followed
from app.loading import carried_out
from core.db import connect, transaction
from core.settings import settings
from registry.jobs.scores import compare_scores, reckon_score
from registry.queries.score_figures import Compared
from registry.queries.scores import households_by_band, model_in_force, models_listed

LINES = ("code", "version", "state", "reckoned")


@click.group()
def scores() -> None:
    """Scores of households."""
    connect(settings().database_works_url)


@scores.command(name="list")
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def listed(email: str) -> None:
    """List every version of every score, as a table divided by tabs."""
    actor = acting_as(email)
    click.echo("\t".join(LINES))
    with transaction(actor) as session:
        for each in models_listed(session, actor=actor):
            on = each.run_on.isoformat() if each.run_on else ""
            click.echo("\t".join((each.code, str(each.version), each.state, on)))


@scores.command()
@click.argument("code")
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
def run(code: str, email: str) -> None:
    """Reckon every household by the version of CODE that is in force, and count its classes."""
    actor = acting_as(email)
    with transaction(actor) as session:
        model = model_in_force(session, code, actor=actor)
        model_id, version = model.id, model.version
    with followed(actor):
        told = carried_out(reckon_score, actor=actor, model_id=model_id)
    households, with_score = told["households"], told["scored"]
    click.echo(f"{code} version {version}: {households:,} households, {with_score:,} with a score")
    with transaction(actor) as session:
        for band, count in households_by_band(session, model_id, actor=actor).items():
            click.echo(f"{count:>12,}  {band or '-'}")


@scores.command()
@click.argument("code")
@click.argument("before", type=int)
@click.argument("after", type=int)
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def compare(code: str, before: int, after: int, email: str) -> None:
    """Compare the versions BEFORE and AFTER of CODE: how households move between classes."""
    actor = acting_as(email)
    with followed(actor):
        said = carried_out(compare_scores, actor=actor, code=code, before=before, after=after)
    told = Compared.read(said)
    click.echo(f"{told.households:,} households, {told.crossing:,} in another class")
    for move in told.moves:
        click.echo(f"{move.households:>12,}  {move.before or '-'} -> {move.after or '-'}")
