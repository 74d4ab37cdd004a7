"""What waits for a person: each floor says what of its own does, the page lists it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.actor import Actor
from core.money import said
from core.words import _, counted
from geo.models.releases import ReleaseState
from geo.queries.situation import releases_to_settle
from programs.queries.situation import cycles_to_sign
from registry.models.changes import ChangeState
from registry.queries.situation import imports_to_review
from registry.queries.waiting_changes import changes_to_decide


@dataclass(frozen=True)
class Task:
    """One thing to do: what, where, since when, and what there is to know before."""

    what: str
    href: str
    since: datetime
    note: str
    icon: str


def tasks_of(session: Session, actor: Actor) -> list[Task]:
    """Everything that waits for somebody, what waits longest first."""
    found = [task for provider in PROVIDERS for task in provider(session, actor)]
    return sorted(found, key=lambda task: task.since)


def _signatures(session: Session, actor: Actor) -> Iterator[Task]:
    for cycle in cycles_to_sign(session, actor=actor):
        what = _("Sign cycle {number}, {program}", number=cycle.number, program=cycle.program)
        note = counted(
            "{total} for {count} household; {signed} of {needed} signatures given.",
            "{total} for {count} households; {signed} of {needed} signatures given.",
            cycle.households,
            total=said(cycle.total, cycle.currency),
            signed=cycle.signed,
            needed=cycle.needed,
        )
        yield Task(what, f"/approvals/{cycle.approval_id}", cycle.asked_at, note, "signature")


def _releases(session: Session, actor: Actor) -> Iterator[Task]:
    for release in releases_to_settle(session, actor=actor):
        if release.state is ReleaseState.ASKED:
            what = _("Say which part of a hazard file is meant, or where it lies")
        elif release.state is ReleaseState.READ:
            what = _("Say what a new hazard file means")
        else:
            what = _("Publish a hazard release")
        name = release.original_name
        yield Task(what, f"/hazards/{release.id}", release.created_at, name, "satellite")


def _imports(session: Session, actor: Actor) -> Iterator[Task]:
    for waiting in imports_to_review(session, actor=actor):
        rows = int(waiting.counts.get("rows", 0))
        note = waiting.original_name
        if rows:
            note += ": " + counted("{count} row", "{count} rows", rows)
        what = _("Review an import")
        yield Task(
            what, f"/registry/imports/{waiting.id}", waiting.created_at, note, "clipboard-check"
        )


def _changes(session: Session, actor: Actor) -> Iterator[Task]:
    for state, count, since in changes_to_decide(session, actor=actor):
        what = _("Apply changes") if state is ChangeState.APPROVED else _("Validate changes")
        note = counted("{count} change of a record", "{count} changes of records", count)
        yield Task(what, "/changes/", since, note, "clipboard-check")


PROVIDERS: tuple[Callable[[Session, Actor], Iterator[Task]], ...] = (
    _signatures,
    _releases,
    _imports,
    _changes,
)
