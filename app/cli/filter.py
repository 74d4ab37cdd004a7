"""`highground filter`: how many households a filter means."""

import click

from app.cli.acting import acting_as
from core.clock import today
from core.db import connect, transaction
from core.settings import settings
from programs.queries.queryables import terms_listed, widest_terms
from registry.models.filters import Subject
from registry.queries.filters import count_matching, filter_by_code


@click.group()
def filter() -> None:  # noqa: A001 - the noun of the command
    """Conditions on households, in CQL2."""
    connect(settings().database_works_url)


@filter.command()
@click.option("--text", "written", help="The condition, such as: count_of(age < 5) >= 2")
@click.option("--code", help="A kept filter, by its code.")
@click.option("--people", is_flag=True, help="Count people instead of households.")
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def count(*, written: str | None, code: str | None, people: bool, email: str) -> None:
    """Tell how many registered households, or people, meet a condition today."""
    if (written is None) == (code is None):
        raise click.UsageError("Give --text or --code.")
    actor, on = acting_as(email), today()
    with transaction(actor) as session:
        subject = Subject.PEOPLE if people else Subject.HOUSEHOLDS
        if code:
            kept = filter_by_code(session, code, actor=actor)
            written, subject = kept.written, kept.subject
        words = widest_terms(session, on, actor=actor, subject=subject)
        found = count_matching(
            session, written or "", on, actor=actor, terms=words, subject=subject
        )
    about = "about " if found.about else ""
    click.echo(f"{about}{found.meant} of {about}{found.of} {subject.value}")


@filter.command()
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def terms(email: str) -> None:
    """List what a condition of theirs may speak of."""
    actor = acting_as(email)
    with transaction(actor) as session:
        listed = terms_listed(session, actor=actor)
    for name, meaning in listed:
        click.echo(f"{name:<20}{meaning}")
