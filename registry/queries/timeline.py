"""The life of a registrant as one list, the newest first, read by one statement.

A floor above adds its own sources; each is a select over those it is about, and says what somebody
needs to be told of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from core.actor import Actor
from core.audit import AuditEntry
from registry.models.changes import ChangeLine, ChangeRequest
from registry.models.consents import Consent, ConsentState
from registry.models.imports import Import, ImportRow, ImportState, Verdict
from registry.models.registrants import FormerPlace, Membership, Registrant
from registry.models.rosters import Roster, RosterMember, RosterState
from registry.models.visits import Visit
from registry.permissions import May
from registry.queries.changes import shown_to
from registry.queries.reach import people_within_reach

SHOWN = 30
"""Things on one page of a timeline."""

DONE = (
    *("registrants.edit", "registrants.exit", "registrants.readmit", "registrants.erase"),
    *("registrants.anonymise",),
    *("memberships.join", "memberships.leave", "memberships.change_head", "memberships.transfer"),
    *("memberships.relate",),
    *("relationships.relate", "relationships.end", "contacts.set", "tags.set"),
    *("identifiers.add", "identifiers.revoke", "accounts.add", "accounts.close"),
    *("documents.add", "documents.remove", "registrants.fill_in", "plots.draw", "plots.end"),
    *("registrants.merge", "registrants.unmerge"),
)
"""The acts on a record that its timeline tells of."""

ASKED = "changes.ask"
ON_REQUESTS = (ASKED, "changes.return", "changes.reject", "changes.cancel", "changes.apply")
"""The acts on a request to change a record that its timeline tells of."""

WORDS = ("text", "more", "by")
SAID: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys(WORDS, String()),
    "ref": BigInteger(),
    "row": BigInteger(),
    "amount": Numeric(20, 4),
    "currency": String(),
}
"""What a source may say of a happening beside when and what it was."""


class Topic(StrEnum):
    """What a thing that happened belongs to; a timeline may be read by one of them."""

    RECORD = "record"
    VISITS = "visits"
    LISTS = "lists"
    PROGRAMS = "programs"
    MONEY = "money"


@dataclass(frozen=True)
class Source:
    """Where happenings of a topic come from, and the permissions to be told of them."""

    topic: Topic
    told: Callable[[CTE, Actor], Select[Any]]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Happening:
    """One thing that happened to somebody.

    `what` is its kind, `number` and `name` whom it happened to; `text` says more (a file, a list, a
    program, another's number), `more` the reason they gave, `ref` is the key of what it leads to,
    `by` who did it. Money has its amount and currency.
    """

    at: datetime
    what: str
    number: str
    name: str
    text: str
    more: str
    by: str
    ref: int | None
    row: int | None
    amount: Decimal | None
    currency: str | None
    topic: Topic
    own: bool


@dataclass(frozen=True)
class Timeline:
    """Some of what happened, the newest first, and the moment the older things lie before."""

    told: Sequence[Happening]
    before: datetime | None


def timeline(
    session: Session,
    registrant: Registrant,
    further: Sequence[Source] = (),
    *,
    actor: Actor,
    before: datetime | None = None,
    topic: Topic | None = None,
) -> Timeline:
    """What happened to a registrant, of a household also to its members while they were in it.

    What an actor lacks the permission for is not among it. What happened at one moment stays on
    one page.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    whom = _whom(registrant, actor)
    sources = [
        source
        for source in (*SOURCES, *further)
        if topic in (None, source.topic) and all(map(actor.may, source.needs))
    ]
    if not sources:
        return Timeline((), None)
    every = union_all(*(_told(source, whom, actor) for source in sources)).subquery("happened")
    listed = select(*(every.c[column] for column in Happening.__annotations__))
    if before is not None:
        listed = listed.where(every.c.at < before)
    asked = listed.order_by(every.c.at.desc()).fetch(SHOWN, with_ties=True)
    found = [
        Happening(**{**row, "topic": Topic(row["topic"])})
        for row in session.execute(asked).mappings()
    ]
    found.sort(key=lambda each: (each.at, each.what != "registered"), reverse=True)
    return Timeline(found, found[-1].at if len(found) >= SHOWN else None)


def happened(whom: CTE, at: Any, what: Any, **said: Any) -> Select[Any]:
    """One source's columns, in the order and of the types of all: `said` are those of `SAID`."""
    unknown = said.keys() - SAID.keys()
    if unknown:
        raise TypeError(f"a happening has no {sorted(unknown)}")
    more = (cast(said.get(name), kind) for name, kind in SAID.items())
    return select(
        whom.c.id.label("whom"),
        cast(at, DateTime(timezone=True)).label("at"),
        cast(what, String).label("what"),
        *(
            (func.coalesce(column, "") if name in WORDS else column).label(name)
            for name, column in zip(SAID, more, strict=True)
        ),
    )


def _whom(registrant: Registrant, actor: Actor) -> CTE:
    """A registrant, and who within reach is or was a member of it, each with the days they were."""
    columns = (Registrant.id, Registrant.number, Registrant.name)
    itself = select(
        *columns, cast(null(), Date).label("since"), cast(null(), Date).label("until"), true()
    ).where(Registrant.id == registrant.id)
    member = (
        select(*columns, Membership.started_on, Membership.ended_on, false())
        .join(Membership, Membership.member_id == Registrant.id)
        .where(Membership.group_id == registrant.id)
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
    )
    both = union_all(itself, member).subquery()
    named = zip(("id", "number", "name", "since", "until", "own"), both.c, strict=True)
    return select(*(column.label(name) for name, column in named)).cte("whom")


def _told(source: Source, whom: CTE, actor: Actor) -> Select[Any]:
    """What a source tells, with whom it happened to; of a member what happened in their time."""
    told = source.told(whom, actor).subquery()
    day = cast(told.c.at, Date)
    meanwhile = and_(
        or_(whom.c.since.is_(None), day >= whom.c.since),
        or_(whom.c.until.is_(None), day <= whom.c.until),
    )
    beside = {
        "number": whom.c.number,
        "name": whom.c.name,
        "topic": literal(source.topic.value),
        "own": whom.c.own,
    }
    columns = [
        (beside[name] if name in beside else told.c[name]).label(name)
        for name in Happening.__annotations__
    ]
    return select(*columns).join(whom, whom.c.id == told.c.whom).where(meanwhile)


def _registered(whom: CTE, _actor: Actor) -> Select[Any]:
    """Its own registration; that members came is told by their joining."""
    return (
        happened(
            whom,
            Registrant.created_at,
            literal("registered"),
            text=Import.original_name,
            ref=Import.id,
        )
        .join(Registrant, Registrant.id == whom.c.id)
        .outerjoin(Import, Import.id == Registrant.import_id)
        .where(whom.c.own)
    )


def _imported(whom: CTE, _actor: Actor) -> Select[Any]:
    """Rows of files that changed a record, or were found to be it."""
    of = ImportRow
    what = literal("imports.").concat(cast(of.verdict, String))
    name = Import.original_name
    return (
        happened(whom, Import.merged_at, what, text=name, ref=Import.id, row=of.row_number)
        .join(of, of.registrant_id == whom.c.id)
        .join(Import, Import.id == of.import_id)
        .where(Import.state == ImportState.MERGED)
        .where(of.verdict.in_([Verdict.UPDATE, Verdict.LINK]))
    )


def _moved(whom: CTE, _actor: Actor) -> Select[Any]:
    return happened(whom, FormerPlace.left_at, literal("moved")).join(
        FormerPlace, FormerPlace.registrant_id == whom.c.id
    )


def _done(whom: CTE, _actor: Actor) -> Select[Any]:
    """What people did to a record."""
    number = AuditEntry.figures["number"].astext
    other = func.nullif(number, whom.c.number)
    return _acted(whom, other, AuditEntry.subject_id == whom.c.id)


def _done_in_groups(whom: CTE, _actor: Actor) -> Select[Any]:
    """What was done to a person in the groups they belong or belonged to."""
    groups = select(Membership.group_id).where(Membership.member_id == whom.c.id)
    theirs = AuditEntry.figures["number"].astext == whom.c.number
    in_groups = AuditEntry.subject_id.in_(groups.correlate(whom))
    return _acted(whom, null(), whom.c.own & in_groups & theirs)


def _acted(whom: CTE, text: Any, fits: ColumnElement[bool]) -> Select[Any]:
    about = and_(AuditEntry.subject == Registrant.__tablename__, AuditEntry.action.in_(DONE), fits)
    said = {"more": AuditEntry.figures["reason"].astext, "by": AuditEntry.actor_name}
    told = happened(whom, AuditEntry.at, AuditEntry.action, text=text, ref=AuditEntry.id, **said)
    return told.join(AuditEntry, about)


def _changed(whom: CTE, actor: Actor) -> Select[Any]:
    """What was asked to be changed of them, and what became of that; of members what was asked of
    them alone."""
    of, line = ChangeRequest, ChangeLine
    named = (
        (of.id, of.registrant_id),
        (line.request_id, line.registrant_id),
        (line.request_id, line.other_id),
    )
    about = union(
        *(select(key).where(whose == whom.c.id).correlate(whom) for key, whose in named)
    ).lateral("about")
    why = case((AuditEntry.action == ASKED, of.why), else_=of.decided_because)
    said = {"text": of.number, "more": why, "by": AuditEntry.actor_name}
    entry = and_(
        AuditEntry.subject == of.__tablename__,
        AuditEntry.subject_id == about.c[0],
        AuditEntry.action.in_(ON_REQUESTS),
    )
    return (
        happened(whom, AuditEntry.at, AuditEntry.action, ref=of.id, **said)
        .select_from(whom.join(about, true()).join(of, of.id == about.c[0]).join(AuditEntry, entry))
        .where(or_(whom.c.own, of.registrant_id == whom.c.id), shown_to(actor))
    )


def _visited(whom: CTE, _actor: Actor) -> Select[Any]:
    what = literal("visits.").concat(Visit.kind)
    return happened(whom, Visit.on_day, what, more=Visit.note, ref=Visit.id).join(
        Visit, Visit.registrant_id == whom.c.id
    )


def _agreed(whom: CTE, _actor: Actor) -> Select[Any]:
    refused = Consent.state == ConsentState.REFUSED
    what = case((refused, "consents.refused"), else_="consents.given")
    return happened(whom, Consent.given_on, what, text=Consent.purpose, ref=Consent.id).join(
        Consent, Consent.registrant_id == whom.c.id
    )


def _withdrew(whom: CTE, _actor: Actor) -> Select[Any]:
    what = literal("consents.withdrawn")
    said = {"text": Consent.purpose, "more": Consent.because}
    return happened(whom, Consent.withdrawn_on, what, ref=Consent.id, **said).join(
        Consent, and_(Consent.registrant_id == whom.c.id, Consent.withdrawn_on.is_not(None))
    )


def _listed(whom: CTE, _actor: Actor) -> Select[Any]:
    what = literal("rosters.").concat(cast(RosterMember.status, String))
    return (
        happened(whom, Roster.frozen_at, what, text=Roster.name, ref=Roster.id)
        .join(RosterMember, RosterMember.registrant_id == whom.c.id)
        .join(Roster, Roster.id == RosterMember.roster_id)
        .where(Roster.state == RosterState.FROZEN)
    )


SOURCES = (
    Source(Topic.RECORD, _registered),
    Source(Topic.RECORD, _imported),
    Source(Topic.RECORD, _moved),
    Source(Topic.RECORD, _done),
    Source(Topic.RECORD, _done_in_groups),
    Source(Topic.RECORD, _changed),
    Source(Topic.VISITS, _visited),
    Source(Topic.VISITS, _agreed),
    Source(Topic.VISITS, _withdrew),
    Source(Topic.LISTS, _listed, (May.READ_ROSTERS,)),
)
