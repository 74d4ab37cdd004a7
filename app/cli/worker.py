"""`highground worker` and `highground sweep`: the processes that do the work put off."""

import click

from app import worker as bench
from core.db import connect
from core.settings import settings


@click.command()
def worker() -> None:
    """Take jobs and do them, until stopped."""
    bench.work(settings().redis_url)


@click.command()
def sweep() -> None:
    """Ring for jobs that wait unheard, and free those whose worker vanished, until stopped."""
    connect(settings().database_url)
    bench.hang_bell(settings().redis_url)
    bench.sweep_forever()
