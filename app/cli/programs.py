"""`highground programs`: programs, their money and their members, as JSON."""

import click

from app.cli.acting import acting_as, looked
from app.cli.tables import say
from app.programs_told import all_told, program_told, standings_told
from core.db import connect, transaction
from core.settings import settings
from programs.models.memberships import MembershipState
from programs.queries.memberships import Asked, members_listed
from programs.queries.programs import program_numbered

AS = click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")


@click.group()
def programs() -> None:
    """Programs."""
    connect(settings().database_works_url)


@programs.command(name="list")
@click.option("--archived", is_flag=True, help="Those in the archive.")
@AS
def list_all(archived: bool, email: str) -> None:
    """Tell which programs there are, a line of JSON each, those that run first."""
    actor = acting_as(email)
    with transaction(actor) as session:
        for told in all_told(session, actor=actor, archived=archived):
            say(told)


@programs.command()
@click.argument("number")
@AS
def show(number: str, email: str) -> None:
    """Tell of program NUMBER: what it is for, its money, its cycles."""
    actor = acting_as(email)
    with transaction(actor) as session:
        found = program_numbered(session, number, actor=actor)
        say(program_told(session, found, actor=actor))


@programs.command()
@click.argument("number")
@click.option(
    "--state",
    type=click.Choice([each.value for each in MembershipState]),
    help="One state; else all.",
)
@AS
def members(number: str, state: str | None, email: str) -> None:
    """Tell who is in program NUMBER, a line of JSON each: where they stand, and why."""
    actor, after = acting_as(email), None
    meant = Asked(state=MembershipState(state) if state else None)
    with transaction(actor) as session:
        found = program_numbered(session, number, actor=actor)
        while True:
            page = members_listed(session, found.id, meant, actor=actor, after=after)
            looked(session, actor, "programs members", [row.registrant_id for row in page.rows])
            for told in standings_told(page)["members"]:
                say(told)
            if page.after is None:
                return
            after = page.after
