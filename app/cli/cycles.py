"""`highground cycles`: from a kept list to amounts that can be signed, and how far they have come.

Signing and paying are not done from here: whoever does them looks at what they sign.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.acting import acting_as, looked
from app.cli.tables import say
from app.programs_told import amounts_told, cycle_told, members_told
from core.actor import Actor
from core.clock import today
from core.db import connect, transaction
from core.paging import Page
from core.settings import settings
from programs.models.entitlements import EntitlementState
from programs.models.memberships import LeftOut
from programs.models.programs import Program
from programs.queries.entitlements import amounts_page
from programs.queries.members import members_page
from programs.queries.programs import program_numbered
from programs.queries.reach import cycle_numbered
from programs.services.cycles import Start, enrol, start_cycle
from programs.services.entitlements import prepare_entitlements
from registry.queries.rosters import roster_coded

AS = click.option("--as", "email", required=True, help="The user who acts, by e-mail address.")
DAY = click.DateTime(formats=["%Y-%m-%d"])
Pages = Callable[[Any], Page[Any]]


@click.group()
def cycles() -> None:
    """Cycles of programs."""
    connect(settings().database_works_url)


@cycles.command()
@click.argument("program")
@click.argument("number", type=int)
@AS
def show(program: str, number: int, email: str) -> None:
    """Tell of cycle NUMBER of PROGRAM: people, amounts, orders, what is open."""
    actor = acting_as(email)
    with transaction(actor) as session:
        say(_told(session, program, number, actor))


@cycles.command()
@click.argument("program")
@click.option("--list", "code", required=True, help="The code of the frozen list it starts from.")
@click.option("--name", required=True, help="What it is called, such as its month.")
@click.option("--on", "day", type=DAY, help="The day ages are counted on; else today.")
@click.option("--probable", is_flag=True, help="Those that are probably hit, too.")
@AS
def start(
    program: str, code: str, name: str, day: datetime | None, probable: bool, email: str
) -> None:
    """Start a cycle of PROGRAM from a frozen list; nobody is enrolled yet."""
    actor = acting_as(email)
    with transaction(actor) as session:
        found = program_numbered(session, program, actor=actor)
        roster = roster_coded(session, code, actor=actor)
        asked = Start(roster.id, name, day.date() if day else today(), probable)
        made = start_cycle(session, found.id, asked, actor=actor)
        session.flush()
        say(_told(session, program, made.number, actor))


@cycles.command(name="enrol")
@click.argument("program")
@click.argument("number", type=int)
@AS
def enrol_all(program: str, number: int, email: str) -> None:
    """Judge every household of the list of cycle NUMBER of PROGRAM, and enrol who is eligible."""
    actor = acting_as(email)
    with transaction(actor) as session:
        cycle = cycle_numbered(session, program, number, actor=actor)
        enrol(session, cycle.id, actor=actor)
        say(_told(session, program, number, actor))


@cycles.command()
@click.argument("program")
@click.argument("number", type=int)
@AS
def prepare(program: str, number: int, email: str) -> None:
    """Prepare the amounts of cycle NUMBER of PROGRAM."""
    actor = acting_as(email)
    with transaction(actor) as session:
        cycle = cycle_numbered(session, program, number, actor=actor)
        prepare_entitlements(session, cycle.id, actor=actor)
        say(_told(session, program, number, actor))


@cycles.command()
@click.argument("program")
@click.argument("number", type=int)
@click.option(
    "--reason",
    type=click.Choice([each.value for each in LeftOut]),
    help="Those left out for it; else all.",
)
@AS
def members(program: str, number: int, reason: str | None, email: str) -> None:
    """Tell who is in cycle NUMBER of PROGRAM, a line of JSON each, and who is left out and why."""
    actor, why = acting_as(email), LeftOut(reason) if reason else None
    with transaction(actor) as session:
        cycle = cycle_numbered(session, program, number, actor=actor)
        asked = (session, cycle.id)
        for page in _pages(lambda a: members_page(*asked, actor=actor, reason=why, after=a)):
            looked(session, actor, "cycles members", [row.registrant_id for row in page.rows])
            for told in members_told(page)["members"]:
                say(told)


@cycles.command()
@click.argument("program")
@click.argument("number", type=int)
@click.option(
    "--state",
    type=click.Choice([each.value for each in EntitlementState]),
    help="One state; else all.",
)
@AS
def entitlements(program: str, number: int, state: str | None, email: str) -> None:
    """Tell what is due in cycle NUMBER of PROGRAM, a line of JSON each, and how far it has come."""
    actor, stands = acting_as(email), EntitlementState(state) if state else None
    with transaction(actor) as session:
        cycle = cycle_numbered(session, program, number, actor=actor)
        currency = session.get_one(Program, cycle.program_id).currency
        asked = (session, cycle.id)
        for page in _pages(lambda a: amounts_page(*asked, actor=actor, state=stands, after=a)):
            looked(session, actor, "cycles entitlements", [row.registrant_id for row in page.rows])
            for told in amounts_told(page, currency)["entitlements"]:
                say(told)


def _told(session: Session, program: str, number: int, actor: Actor) -> dict[str, Any]:
    cycle = cycle_numbered(session, program, number, actor=actor)
    return cycle_told(session, cycle, actor=actor)


def _pages(read: Pages) -> Any:
    """All pages of a list, one after the other."""
    after = None
    while True:
        page = read(after)
        yield page
        if page.after is None:
            return
        after = page.after
