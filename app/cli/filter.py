"""`highground filter`: how many households a filter means."""

import click
from sqlalchemy.orm import Session

from app.cli.acting import acting_as
from core.actor import Actor
from core.clock import today
from core.db import connect, transaction
from core.settings import settings
from geo.queries.areas import area_by_pcode
from programs.queries.queryables import terms_listed, widest_terms
from registry.models.filters import Subject
from registry.queries.filter_places import Meaning, where_they_live
from registry.queries.filters import count_matching, filter_by_code


@click.group()
def filter() -> None:  # noqa: A001 - the noun of the command
    """Conditions on households, in CQL2."""
    connect(settings().database_works_url)


TEXT = click.option("--text", "written", help="The condition, such as: count_of(age < 5) >= 2")
CODE = click.option("--code", help="A kept filter, by its code.")
PEOPLE = click.option("--people", is_flag=True, help="Count people instead of households.")
AS = click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")


@filter.command()
@TEXT
@CODE
@PEOPLE
@AS
def count(*, written: str | None, code: str | None, people: bool, email: str) -> None:
    """Tell how many registered households, or people, meet a condition today."""
    actor = acting_as(email)
    with transaction(actor) as session:
        meaning = _meaning(session, written, code, actor, people=people)
        words = widest_terms(session, meaning.on, actor=actor, subject=meaning.subject)
        found = count_matching(session, **vars(meaning), actor=actor, terms=words)
    about = "about " if found.about else ""
    click.echo(f"{about}{found.meant} of {about}{found.of} {found.subject.value}")


@filter.command()
@TEXT
@CODE
@PEOPLE
@click.option("--area", "pcode", help="The area whose areas are told; else the country's.")
@AS
def where(
    *, written: str | None, code: str | None, people: bool, pcode: str | None, email: str
) -> None:
    """Tell where those live who meet a condition: households and people, as a table by area."""
    actor = acting_as(email)
    with transaction(actor) as session:
        meaning = _meaning(session, written, code, actor, people=people)
        words = widest_terms(session, meaning.on, actor=actor, subject=meaning.subject)
        area = area_by_pcode(session, pcode) if pcode else None
        found = where_they_live(session, meaning, area, actor=actor, terms=words)
    click.echo("\t".join(("pcode", "name", "households", "people", "registered")))
    for each in (*found.areas, found.whole):
        figures = (each.households, each.people, each.of)
        click.echo("\t".join((each.pcode, each.name, *map(str, figures))))


def _meaning(
    session: Session, written: str | None, code: str | None, actor: Actor, *, people: bool
) -> Meaning:
    """What is asked on a command line: a text, or a kept filter."""
    if (written is None) == (code is None):
        raise click.UsageError("Give --text or --code.")
    if code:
        kept = filter_by_code(session, code, actor=actor)
        return Meaning(kept.written, today(), kept.subject)
    return Meaning(written or "", today(), Subject.PEOPLE if people else Subject.HOUSEHOLDS)


@filter.command()
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def terms(email: str) -> None:
    """List what a condition of theirs may speak of."""
    actor = acting_as(email)
    with transaction(actor) as session:
        listed = terms_listed(session, actor=actor)
    for name, meaning in listed:
        click.echo(f"{name:<20}{meaning}")
