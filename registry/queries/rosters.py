"""Lists of households: what was frozen, its hash, its pages and its export.

The hash of a frozen list is the SHA-256, in hex, over the SHA-256 of each block of 65,536 lines
and then the definition as RFC 8785 JSON. A line is `number|status|grade|value` and a line feed, in
the order of the registrants' numbers; what is not known is empty, a value is the shortest decimal
of its 32-bit float. No name and no point is in it, so that erasing a person changes neither list
nor hash.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    func,
    null,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from core.actor import Actor
from core.bulk import as_text
from core.errors import NotFound
from core.paging import Page, page_of
from geo.models.areas import Area
from geo.models.locations import Location
from geo.models.selections import Evidence, Selection
from geo.permissions import May as Geo
from geo.raster.reasons import Reason
from registry.counting.answers import Answers, Apart
from registry.counting.guarded import Told, guarded_alone
from registry.counting.people import FIGURES, People
from registry.models.contacts import Contact
from registry.models.registrants import Registrant
from registry.models.rosters import Answer, Roster, RosterMember
from registry.permissions import May
from registry.queries.answers import fewest
from registry.queries.consents import MESSAGES, SHARING, declined
from registry.queries.contacts import main_phone
from registry.queries.people import composition
from registry.queries.reach import people_within_reach


@dataclass(frozen=True)
class Seen:
    """The figures of a list for one reader: of what lies within reach, which may be the whole."""

    answers: Answers
    people: People
    whole: bool


def roster_by_id(session: Session, roster_id: int, *, actor: Actor) -> Roster:
    """A list.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_ROSTERS)
    roster = session.get(Roster, roster_id)
    if roster is None:
        raise NotFound(roster=roster_id)
    return roster


def roster_coded(session: Session, code: str, *, actor: Actor) -> Roster:
    """A list by its code, as it is known outside.

    Raises:
        Forbidden, NotFound
    """
    found = session.scalar(select(Roster.id).where(Roster.code == code.strip()))
    if found is None:
        raise NotFound(list=code)
    return roster_by_id(session, found, actor=actor)


def takes_probable(session: Session, roster_id: int | None, *, actor: Actor) -> bool:
    """Whether who kept a list meant those to be taken, too, who are only probably in.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    kept = select(Selection.evidence).join(Roster, Roster.selection_id == Selection.id)
    return session.scalar(kept.where(Roster.id == roster_id)) is Evidence.PROBABLE


def answers_kept(roster: Roster) -> Answers:
    """The answers of a frozen list."""
    counts: dict[str, int] = {
        answer: getattr(roster, f"households_{answer}") or 0 for answer in Answer
    }
    return Answers.of(counts, sum(counts.values()), roster.households_expected or 0.0)


def people_kept(roster: Roster) -> People:
    """The people of the households of a frozen list that are in."""
    return People(**(roster.people or {}))


def people_in(session: Session, roster: Roster, *, actor: Actor) -> People:
    """The people of the households of a list that are in and within reach.

    Those of the whole list are as they were when it was kept; a part of them is counted now, as old
    as they were then.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    if actor.sees_all:
        return people_kept(roster)
    inside = _members(roster, actor, RosterMember.registrant_id)
    inside = inside.where(RosterMember.status == Answer.IN)
    ages_on = date.fromisoformat((roster.definition or {})["ages_on"])
    people = composition(ages_on, inside, roster.ages)
    sums = (func.coalesce(func.sum(people.c[name]), 0) for name in FIGURES)
    return People(*map(int, session.execute(select(*sums)).one()))


def lists_seen(session: Session, rosters: Sequence[Roster], *, actor: Actor) -> dict[int, Told]:
    """The answers of lists, of each as many as lie within reach, and the people who are in, of the
    whole list, by the list's key; without those that tell of a few for who may not see points.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    answers = _answers_within(session, rosters, actor)
    told = {roster.id: Told(answers[roster.id], people_kept(roster)) for roster in rosters}
    return {roster_id: _guarded(each, actor) for roster_id, each in told.items()}


def _guarded(told: Told, actor: Actor) -> Told:
    if actor.may(Geo.EXACT_LOCATIONS):
        return told
    return guarded_alone(told.answers, told.people, fewest())


def _answers_within(
    session: Session, rosters: Sequence[Roster], actor: Actor
) -> dict[int, Answers]:
    if actor.sees_all:
        return {roster.id: answers_kept(roster) for roster in rosters}
    counts: dict[int, dict[str, int]] = {roster.id: {} for roster in rosters}
    expected = dict.fromkeys(counts, 0.0)
    share = func.sum(RosterMember.share)
    counted = (
        select(RosterMember.roster_id, RosterMember.status, func.count(), share)
        .where(RosterMember.roster_id.in_(counts), _reached(actor))
        .group_by(RosterMember.roster_id, RosterMember.status)
    )
    for roster_id, status, households, shares in session.execute(counted):
        counts[roster_id][status] = households
        if status is Answer.PROBABLE:
            expected[roster_id] = shares or 0.0
    return {
        roster_id: Answers.of(of, sum(of.values()), expected[roster_id])
        for roster_id, of in counts.items()
    }


def figures_seen(session: Session, roster: Roster, *, actor: Actor) -> Seen:
    """The figures of a list as one reader may see them: without those that tell of a few for who
    may not see points.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    answers = _answers_within(session, [roster], actor)[roster.id]
    whole = answers == answers_kept(roster)
    people = people_kept(roster) if whole else people_in(session, roster, actor=actor)
    if actor.may(Geo.EXACT_LOCATIONS):
        return Seen(replace(answers, apart=apart_of(session, roster, actor)), people, whole)
    told = _guarded(Told(answers, people), actor)
    return Seen(told.answers, told.people, whole)


def apart_of(session: Session, roster: Roster, actor: Actor) -> Apart | None:
    """Why households of a list within reach were not observed, and how many of those who are out
    stand in permanent water; None of a list that was kept before that was written down."""
    counted = _members(roster, actor, RosterMember.status, RosterMember.why, func.count())
    counts: Counter[Reason] = Counter()
    for status, why, households in session.execute(
        counted.group_by(RosterMember.status, RosterMember.why)
    ):
        if why is not None:
            counts[Reason(why)] += households
        elif status is Answer.NOT_OBSERVED:
            return None
    return Apart.of(counts)


def rosters_page(session: Session, *, actor: Actor, before: int | None = None) -> Page[Any]:
    """All lists, the newest first."""
    actor.require(May.READ_ROSTERS)
    return page_of(session, select(Roster, (-Roster.id).label("key")), -Roster.id, before)


def rosters_named(session: Session, text: str, limit: int, *, actor: Actor) -> list[Roster]:
    """The lists whose name or code holds a text, the newest first."""
    actor.require(May.READ_ROSTERS)
    holds = Roster.name.icontains(text, autoescape=True) | Roster.code.icontains(
        text, autoescape=True
    )
    newest = select(Roster).where(holds).order_by(Roster.id.desc())
    return list(session.scalars(newest.limit(limit)))


def members_page(
    session: Session,
    roster: Roster,
    *,
    actor: Actor,
    status: Answer | None = None,
    after: str | None = None,
) -> Page[Any]:
    """The households of a frozen list within reach by number: `name, status, value, grade, share,
    why, area, number`.

    Names are left out for who may not read the registry.
    """
    actor.require(May.READ_ROSTERS)
    named = actor.may(May.READ_REGISTRANTS)
    members = _members(
        roster,
        actor,
        Registrant.name if named else cast(null(), Text).label("name"),
        RosterMember.status,
        RosterMember.value,
        RosterMember.grade,
        RosterMember.share,
        RosterMember.why,
        Area.name.label("area"),
        Area.pcode,
        Registrant.id.label("registrant_id"),
        Registrant.number,
    )
    if status is not None:
        members = members.where(RosterMember.status == status)
    return page_of(session, members, Registrant.number, after)


def exported(roster: Roster, actor: Actor) -> Select[Any]:
    """The households of a frozen list within reach, with what the actor may see of each; without
    those who do not agree to be taken along, and without the phones of who wants no messages."""
    members = _members(
        roster,
        actor,
        Registrant.number,
        cast(RosterMember.status, String).label("status"),
        RosterMember.grade,
        RosterMember.value,
        RosterMember.share,
        _why_named().label("why"),
        Area.pcode.label("area_pcode"),
        Area.name.label("area"),
    )
    if actor.may(May.READ_REGISTRANTS):
        reached_by = and_(
            Contact.registrant_id == Registrant.id,
            main_phone(),
            Registrant.id.not_in(declined(MESSAGES)),
        )
        written = (Registrant.code, Registrant.name, Registrant.name_local)
        members = members.outerjoin(Contact, reached_by).add_columns(
            *(as_text(column).label(column.key) for column in written),
            as_text(type_coerce(Contact.value, String)).label("phone"),
        )
    if actor.may(Geo.EXACT_LOCATIONS):
        stood_at = Location.id == RosterMember.location_id
        members = members.outerjoin(Location, stood_at).add_columns(Location.lon, Location.lat)
    return members.where(Registrant.id.not_in(declined(SHARING))).order_by(Registrant.number)


def _why_named() -> ColumnElement[str]:
    """Why nobody knows of a member, by the name of the reason; NULL where that is known."""
    named = {reason.value: reason.name.lower() for reason in Reason if reason is not Reason.VALUE}
    return case(named, value=RosterMember.why)


def _members(roster: Roster, actor: Actor, *columns: Any) -> Select[Any]:
    """Columns of the members within reach, of the registrants they are and of their areas."""
    return (
        select(*columns)
        .select_from(RosterMember)
        .join(Registrant, Registrant.id == RosterMember.registrant_id)
        .outerjoin(Area, Area.id == RosterMember.area_id)
        .where(RosterMember.roster_id == roster.id, _reached(actor))
    )


def _reached(actor: Actor) -> ColumnElement[bool]:
    return people_within_reach(actor, RosterMember.registrant_id, RosterMember.area_id)
