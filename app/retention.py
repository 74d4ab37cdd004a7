"""Retention: what is kept of the trail for a time only, and taken away by an act that says so.

Looks and field changes go by whole months, entries from the beginning of the chain; where they
ended is kept in the chain itself, so that verifying goes on from there.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import PLATFORM
from core.audit import AuditEntry
from core.proofs import RETIRE, Retired, retired
from core.seals import head_of
from core.settings import settings

MONTHS_AHEAD = 2


@dataclass(frozen=True)
class Gone:
    """What was taken away: months of looks and of changes, and entries."""

    looks: list[str]
    changes: list[str]
    entries: int


def tidy(session: Session) -> None:
    """Have the next months ready, and take away what is past its time."""
    session.execute(select(func.make_months(MONTHS_AHEAD)))
    retire(session)


def retire(session: Session) -> Gone:
    """Take away what is past the time the settings keep it for; of nothing, no act is made."""
    before, last = retired(session), head_of(session)
    looks = _drop(session, "looks", _months_ago(settings().looks_months))
    until = _months_ago(settings().changes_months)
    changes = _drop(session, "field_changes", until)
    over = _over(session, before)
    if last is None or not (looks or changes or over.through > before.through):
        return Gone(looks, changes, 0)
    subject = session.get_one(AuditEntry, last.entry)
    with audit.act(session, PLATFORM, RETIRE, subject) as figures:
        gone = session.scalars(select(func.retire_entries(over.through))).one()
        since = max(before.changes_since, _begin_of(until)) if until else before.changes_since
        figures.update(
            looks=", ".join(looks),
            changes=", ".join(changes),
            entries=gone,
            through=over.through,
            chain=over.chain.hex(),
            entries_since=over.entries_since.isoformat(),
            changes_since=since.isoformat(),
        )
    return Gone(looks, changes, gone)


def _drop(session: Session, table: str, before: date | None) -> list[str]:
    if before is None:
        return []
    return list(session.scalars(select(func.drop_months(table, before))).one())


def _months_ago(months: str) -> date | None:
    """The first of the month so many whole months before this one; None keeps everything."""
    if int(months) == 0:
        return None
    today = datetime.now(UTC).date()
    years, month = divmod(today.year * 12 + today.month - 1 - int(months), 12)
    return date(years, month + 1, 1)


def _over(session: Session, before: Retired) -> Retired:
    """Up to where entries are past their time: the place before the first that is not."""
    if int(settings().audit_years) == 0:
        return before
    today = datetime.now(UTC)
    since = datetime(today.year - int(settings().audit_years), today.month, 1, tzinfo=UTC)
    first = select(func.min(AuditEntry.position)).where(AuditEntry.at >= since)
    through = (session.scalar(first) or 0) - 1
    found = session.scalar(select(AuditEntry.chain).where(AuditEntry.position == through))
    if found is None:
        return before
    return Retired(through, found, since, before.changes_since)


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
