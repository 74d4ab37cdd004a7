"""`highground sweep`: the process that never lets work lie unheard."""

import click

from app import worker
from core.db import connect
from core.settings import settings


@click.command()
def sweep() -> None:
    """Ring for jobs that wait unheard, and free those whose worker vanished, until stopped."""
    connect(settings().database_works_url)
    worker.hang_bell(settings().redis_url)
    worker.sweep_forever()
