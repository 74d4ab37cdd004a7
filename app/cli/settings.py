"""`highground settings`: what holds for the country, without a browser."""

import click

from app.auth.permissions import May
from app.cli.acting import acting_as
from app.deciding.by_name import NAMES, decide_named
from core import settings as machine
from core.country import country
from core.db import connect, transaction
from core.errors import Invalid


class NoValueNamed(Invalid):
    """ "{typed}" names no value; write NAME=VALUE, such as timezone=Africa/Nairobi."""


@click.group()
def settings() -> None:
    """What holds for the country."""
    connect(machine.settings().database_works_url)


@settings.command(name="list")
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def listed(email: str) -> None:
    """List every value by its name, as `settings set` takes it."""
    actor = acting_as(email)
    actor.require(May.WRITE_SETTINGS)
    for name in NAMES:
        value = getattr(country(), name)
        said = ",".join(value) if isinstance(value, list | tuple) else value
        click.echo(f"{name}={'' if said is None else said}")


@settings.command(name="set")
@click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--as", "email", required=True, help="The user who decides, by e-mail address.")
def decide(values: tuple[str, ...], email: str) -> None:
    """Decide values, all or none; those in several words are divided by commas."""
    said = {}
    for typed in values:
        name, equals, value = typed.partition("=")
        if not equals:
            raise NoValueNamed(typed=typed)
        said[name.strip()] = value.strip()
    actor = acting_as(email)
    with transaction(actor) as session:
        fresh = decide_named(session, said, actor=actor)
    click.echo("\n".join(fresh))
