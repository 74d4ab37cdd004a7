"""`highground worker`: the process that does the work put off."""

import click

from app import worker as bench
from core.settings import settings


@click.command()
def worker() -> None:
    """Take jobs and do them, until stopped."""
    bench.work(settings().redis_url)
