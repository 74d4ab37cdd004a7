"""`highground users`: people, before anybody can sign in."""

import click

import app.tables  # noqa: F401 - the foreign keys need every table
from app.auth import users as people
from core.db import connect, transaction
from core.settings import settings


@click.group()
def users() -> None:
    """People who sign in."""
    connect(settings().database_works_url)


@users.command("first-link")
def first_link() -> None:
    """Print the one-time link for the first administrator."""
    with transaction() as session:
        token = people.invite_first(session)
    click.echo(f"{settings().base_url.rstrip('/')}/welcome/{token}")
