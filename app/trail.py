"""The audit trail for people: searching it, a registrant's history, verifying, retention."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.permissions import May
from core import audit
from core.actor import Actor
from core.audit import AuditEntry, FieldChange, Look
from core.bulk import as_text, copy_out
from core.country import country
from core.errors import NotFound
from core.jobs import Job, Progress, whole_country, work
from core.paging import Page, page_of
from core.proofs import verify
from core.seals import Head, head_of, heads_file, heads_in
from registry.models.registrants import Membership, Registrant
from registry.permissions import May as Registry

VERIFYING = "app.trail.verify_trail"
ROWS_AT_ONCE = 5000
MOST_SHOWN = 100  # breaks a job tells of, changes and looks a registrant's page shows


@dataclass(frozen=True)
class AuditQuestion:
    """What to look for: a person, an act, a subject, days, and words in the figures."""

    who: str = ""
    action: str = ""
    subject: str = ""
    subject_id: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True)
class Changed:
    """One field that was changed: when, by whom and by which act, from what to what."""

    at: datetime
    who: str
    action: str
    registrant_id: int | None
    number: str | None
    table: str
    row_id: int
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class TrailState:
    """How the chain stands: its head, what waits to be sealed, and the last verifying."""

    head: Head | None
    waiting: int
    verified: Job | None


def audit_page(
    session: Session, asked: AuditQuestion, *, actor: Actor, before: int | None = None
) -> Page[Any]:
    """Entries of the audit trail that fit, newest first."""
    actor.require(May.READ_AUDIT)
    listed = select(AuditEntry, (-AuditEntry.id).label("key")).where(*_fitting(asked))
    return page_of(session, listed, -AuditEntry.id, before)


def entry_of(session: Session, entry_id: int, *, actor: Actor) -> AuditEntry:
    """One entry.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_AUDIT)
    entry = session.get(AuditEntry, entry_id)
    if entry is None:
        raise NotFound(entry=entry_id)
    return entry


def changes_page(
    session: Session, entry: AuditEntry, *, actor: Actor, after: int | None = None
) -> tuple[Sequence[Changed], int | None]:
    """The fields an entry's act changed, in the order they were; and where the next page begins."""
    actor.require(May.READ_AUDIT)
    listed = (
        select(FieldChange, Registrant.number, FieldChange.id.label("key"))
        .outerjoin(Registrant, Registrant.id == FieldChange.registrant_id)
        .where(FieldChange.entry_id == entry.id, FieldChange.at == entry.created_at)
    )
    page = page_of(session, listed, FieldChange.id, after)
    rows = [(change, entry, number) for change, number, _key in page.rows]
    return list(_by_field(rows)), page.after


def history_of(session: Session, registrant: Registrant, *, actor: Actor) -> Sequence[Changed]:
    """What was changed of a registrant and its members, the newest first; within reach only."""
    actor.require(Registry.READ_HISTORY)
    found = (
        select(FieldChange, AuditEntry, Registrant.number)
        .join(Registrant, Registrant.id == FieldChange.registrant_id)
        .outerjoin(AuditEntry, AuditEntry.id == FieldChange.entry_id)
        .where(FieldChange.registrant_id.in_(_with_members(registrant)))
        .where(FieldChange.kind != "insert")
        .order_by(FieldChange.at.desc(), FieldChange.id.desc())
        .limit(MOST_SHOWN)
    )
    return list(_by_field(session.execute(found)))


def looks_at(session: Session, registrant: Registrant, *, actor: Actor) -> Sequence[Look]:
    """Who looked at a registrant, the newest first."""
    actor.require(May.READ_AUDIT)
    looked = select(Look).where(Look.registrant_ids.contains([registrant.id]))
    return session.scalars(looked.order_by(Look.at.desc()).limit(MOST_SHOWN)).all()


def state_of_trail(session: Session, *, actor: Actor) -> TrailState:
    """How the chain stands."""
    actor.require(May.READ_AUDIT)
    waiting = select(func.count()).where(AuditEntry.position.is_(None))
    last = select(Job).where(Job.work == VERIFYING).order_by(Job.id.desc()).limit(1)
    return TrailState(
        head_of(session), session.scalars(waiting).one(), session.scalars(last).first()
    )


def export_csv(session: Session, asked: AuditQuestion, stream: IO[bytes], *, actor: Actor) -> None:
    """Write the entries that fit as CSV, the oldest first."""
    actor.require(May.READ_AUDIT)
    columns = (
        AuditEntry.id,
        AuditEntry.position,
        AuditEntry.at,
        as_text(AuditEntry.actor_name).label("who"),
        AuditEntry.action,
        AuditEntry.subject,
        AuditEntry.subject_id,
        cast(AuditEntry.figures, String).label("figures"),
        AuditEntry.changes,
        func.encode(AuditEntry.digest, "hex").label("digest"),
    )
    fitting = select(*columns).where(*_fitting(asked)).order_by(AuditEntry.id)
    with _exporting(session, actor) as figures:
        figures.update(format="csv", entries=copy_out(session, fitting, stream))


def export_json(session: Session, asked: AuditQuestion, stream: IO[bytes], *, actor: Actor) -> None:
    """Write the entries that fit as JSON, one a line, the oldest first."""
    actor.require(May.READ_AUDIT)
    told = func.row_to_json(literal_column("audit_entries"))
    fitting = select(cast(told, String)).select_from(AuditEntry).where(*_fitting(asked))
    fitting = fitting.order_by(AuditEntry.id)
    written = 0
    with _exporting(session, actor) as figures:
        for line in session.scalars(fitting.execution_options(yield_per=ROWS_AT_ONCE)):
            stream.write(f"{line}\n".encode())
            written += 1
        figures.update(format="json", entries=written)


def _exporting(session: Session, actor: Actor) -> AbstractContextManager[dict[str, Any]]:
    """Taking entries along is an act about who does it."""
    return audit.act(session, actor, "audit.export", session.get_one(User, actor.id))


@whole_country
@work
def verify_trail(session: Session, *, actor: Actor, progress: Progress) -> dict[str, Any]:
    """Verify the audit trail.

    Everything is recomputed, and every head that was kept is looked for.
    """
    actor.require(May.READ_AUDIT)
    heads = heads_in(heads_file()) if heads_file().is_file() else ()
    proof = verify(session, heads)
    return vars(proof) | {"breaks": proof.breaks[:MOST_SHOWN], "broken": len(proof.breaks)}


def _fitting(asked: AuditQuestion) -> Iterator[ColumnElement[bool]]:
    if asked.who:
        yield AuditEntry.actor_name.icontains(asked.who, autoescape=True)
    if asked.action:
        yield AuditEntry.action.icontains(asked.action, autoescape=True)
    if asked.subject:
        yield AuditEntry.subject == asked.subject
    if asked.subject_id is not None:
        yield AuditEntry.subject_id == asked.subject_id
    if asked.since:
        yield AuditEntry.at >= _begin_of(asked.since)
    if asked.until:
        yield AuditEntry.at < _begin_of(asked.until + timedelta(days=1))
    if asked.text:
        words = (AuditEntry.actor_name, AuditEntry.action, cast(AuditEntry.figures, String))
        yield or_(*(column.icontains(asked.text, autoescape=True) for column in words))


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), country().zone)


def _with_members(registrant: Registrant) -> Select[int]:
    members = select(Membership.member_id).where(Membership.group_id == registrant.id)
    return select(Registrant.id).where(
        or_(Registrant.id == registrant.id, Registrant.id.in_(members))
    )


def _by_field(rows: Any) -> Iterator[Changed]:
    """A line for each field; an erased change is one line without values."""
    for change, entry, number in rows:
        before, after = change.before or {}, change.after or {}
        for field in list(dict.fromkeys([*before, *after])) or [""]:
            yield Changed(
                at=change.at,
                who=entry.actor_name if entry else "",
                action=entry.action if entry else "",
                registrant_id=change.registrant_id,
                number=number,
                table=change.table_name,
                row_id=change.row_id,
                field=field,
                before=before.get(field),
                after=after.get(field),
            )
