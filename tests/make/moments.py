"""Two transactions at one moment, the second held up by the first."""

import time
from concurrent.futures import Future
from typing import Any

from sqlalchemy import text

from core.db import transaction

WAITING = text("""
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'
""")


def until_it_waits(begun: Future[Any]) -> None:
    """Go on when what another thread began waits for a lock, or did not have to."""
    while not (_somebody_waits() or begun.done()):
        time.sleep(0.01)


def _somebody_waits() -> bool:
    with transaction() as session:
        return bool(session.scalar(WAITING))
