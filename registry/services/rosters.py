"""Lists of households: a question and a condition, frozen with the answer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO

from sqlalchemy import Insert, Select, func, insert, literal, select, text
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_out
from core.clock import today
from core.codes import new_code
from core.country import country
from core.db import changed
from core.errors import Conflict, Invalid, NotFound
from geo.models.selections import Selection
from geo.queries.selections import Question, question_of
from geo.services.selections import keep_selection
from registry.counting.answers import Answers
from registry.counting.people import FIGURES
from registry.models.rosters import Answer, Roster, RosterMember, RosterState
from registry.permissions import May
from registry.queries.answers import reference_date, refuse_drawing
from registry.queries.people import composition
from registry.queries.queryables import household_terms
from registry.queries.roster_definitions import definition_of, hash_of
from registry.queries.rosters import answers_kept, exported, roster_by_id
from registry.queries.subjects import Worded, matching
from registry.queries.tallies import answers_of

MEMBER = [
    *("roster_id", "registrant_id", "location_id", "area_id"),
    *("status", "grade", "value", "share", "why"),
]
LOOK = text(
    "select look_at('roster_members')"
)  # a first list is unknown to the planner, and slow without


class RosterFrozen(Conflict):
    """This list is frozen and does not change any more; keep a new one."""


class RosterEmpty(Invalid):
    """Nobody is asked about here, so there is no list to keep; widen the area or the condition."""


@dataclass(frozen=True)
class Frozen:
    """A list that was frozen."""

    roster_id: int
    hash: str
    answers: Answers
    people_in: int


def keep_list(
    session: Session,
    question: Question,
    name: str,
    *,
    actor: Actor,
    condition: str = "",
    words: Worded = household_terms,
) -> Frozen:
    """Keep a question as a list and freeze it in the same breath; `words` as in `draft`.

    Raises:
        What `draft` and `freeze` refuse; then nothing is kept.
    """
    actor.require(May.FREEZE_ROSTERS)
    roster = draft(session, question, name, actor=actor, condition=condition, words=words)
    return freeze(session, roster.id, actor=actor, words=words)


def draft(
    session: Session,
    question: Question,
    name: str,
    *,
    actor: Actor,
    condition: str = "",
    words: Worded = household_terms,
) -> Roster:
    """Keep a question, and a condition in CQL2 on the households, as a list yet to be frozen.

    The condition may speak of `words`, those of floors above among them.

    Raises:
        SelectionNameless, DrawingUnanswered, what `release_asked` refuses, and what `core.cql`
        refuses.
    """
    actor.require(May.FREEZE_ROSTERS)
    refuse_drawing(question, actor)
    on = reference_date(session, question)
    matching(condition, on, actor=actor, terms=words(on))
    selection = keep_selection(session, question, name, actor=actor)
    roster = Roster(
        code=new_code(),
        name=selection.name,
        selection_id=selection.id,
        filter=condition.strip() or None,
        made_by=actor.id,
    )
    with audit.act(session, actor, "rosters.draft", roster) as figures:
        session.add(roster)
        figures.update(name=roster.name, selection=selection.code)
    return roster


def freeze(
    session: Session, roster_id: int, *, actor: Actor, words: Worded = household_terms
) -> Frozen:
    """Write down who is asked about and what the answer is; from then on nothing of it changes.

    One statement writes the members, however many there are. Whoever may not see every area
    freezes the households within reach, and the definition says which areas those were.

    Raises:
        NotFound, RosterFrozen, RosterEmpty, and what `release_asked` refuses.
    """
    actor.require(May.FREEZE_ROSTERS)
    roster = session.get(Roster, roster_id, with_for_update=True, populate_existing=True)
    if roster is None:
        raise NotFound(roster=roster_id)
    if roster.state is RosterState.FROZEN:
        raise RosterFrozen
    question = question_of(session, session.get_one(Selection, roster.selection_id))
    on = reference_date(session, question)
    with audit.act(session, actor, "rosters.freeze", roster) as figures:
        if not changed(session, _members(roster, question, on, actor, words)):
            raise RosterEmpty
        session.execute(LOOK)
        _note_figures(session, roster, on)
        roster.frozen_by, roster.frozen_at = actor.id, datetime.now(UTC)
        roster.definition = definition_of(session, roster, question, on, actor)
        roster.hash = hash_of(session, roster)
        roster.state = RosterState.FROZEN
        answers = answers_kept(roster)
        figures.update(households_in=answers.in_, asked=answers.asked, hash=roster.hash)
    return Frozen(roster.id, roster.hash, answers, roster.people_in or 0)


def keep_part(
    session: Session, whole: Roster, of: Select[int], name: str, because: str, *, actor: Actor
) -> Roster:
    """Keep some of a frozen list as a list of its own, each with the answer it had there.

    One statement writes the members. The definition is that of the whole list, with its hash and
    `because`, which says whose part it is.

    Raises:
        Forbidden; RosterEmpty: none of the list is among `of`.
    """
    actor.require(May.FREEZE_ROSTERS)
    part = Roster(
        code=new_code(),
        name=name,
        selection_id=whole.selection_id,
        filter=whole.filter,
        made_by=actor.id,
    )
    with audit.act(session, actor, "rosters.keep_part", part) as figures:
        session.add(part)
        session.flush()
        if not changed(session, _members_of_part(part, whole, of)):
            raise RosterEmpty
        session.execute(LOOK)
        asked = whole.definition or {}
        _note_figures(session, part, date.fromisoformat(asked.get("ages_on", str(today()))))
        part.frozen_by, part.frozen_at = actor.id, datetime.now(UTC)
        told = {"part_of": whole.hash, "because": because}
        part.definition = {**asked, **told, "frozen_at": part.frozen_at.isoformat()}
        part.hash, part.state = hash_of(session, part), RosterState.FROZEN
        figures.update(households_in=part.households_in, hash=part.hash, because=because)
    return part


def _members_of_part(part: Roster, whole: Roster, of: Select[int]) -> Insert:
    kept = [RosterMember.__table__.c[name] for name in MEMBER[1:]]
    members = select(literal(part.id), *kept).where(
        RosterMember.roster_id == whole.id, RosterMember.registrant_id.in_(of)
    )
    return insert(RosterMember).from_select(MEMBER, members)


def export(session: Session, roster_id: int, stream: IO[bytes], *, actor: Actor) -> int:
    """Write a frozen list as CSV, as much of each household as the actor may see; answers the rows.

    Raises:
        NotFound: there is no such list.
    """
    actor.require(May.READ_ROSTERS)
    roster = roster_by_id(session, roster_id, actor=actor)
    with audit.act(session, actor, "rosters.export", roster) as figures:
        rows = copy_out(session, exported(roster, actor), stream, sealed="phone")
        figures.update(rows=rows)
    return rows


def _members(roster: Roster, question: Question, on: date, actor: Actor, words: Worded) -> Insert:
    asked = answers_of(question, actor).cte("asked").prefix_with("materialized")
    members = select(
        literal(roster.id),
        asked.c.registrant_id,
        asked.c.location_id,
        asked.c.area_id,
        asked.c.status,
        asked.c.grade,
        asked.c.value,
        asked.c.share,
        asked.c.why,
    )
    if roster.filter:
        of = select(asked.c.registrant_id)
        meant = matching(roster.filter, on, actor=actor, terms=words(on), of=of)
        members = members.where(asked.c.registrant_id.in_(meant))
    return insert(RosterMember).from_select(MEMBER, members)


def _note_figures(session: Session, roster: Roster, on: date) -> None:
    """The households by answer, and the people of those who are in."""
    member = select(
        RosterMember.status, func.count().label("households"), func.sum(RosterMember.share)
    ).where(RosterMember.roster_id == roster.id)
    rows = session.execute(member.group_by(RosterMember.status)).all()
    counts = {status: households for status, households, _share in rows}
    for answer in Answer:
        setattr(roster, f"households_{answer}", counts.get(answer, 0))
    shares = {status: share for status, _households, share in rows}
    roster.households_expected = shares.get(Answer.PROBABLE, 0.0)
    inside = select(RosterMember.registrant_id).where(
        RosterMember.roster_id == roster.id, RosterMember.status == Answer.IN
    )
    roster.ages = country().ages
    people = composition(on, inside)
    sums = (func.coalesce(func.sum(people.c[name]), 0) for name in FIGURES)
    figures = session.execute(select(*sums)).one()
    roster.people = {name: int(n) for name, n in zip(FIGURES, figures, strict=True)}
    roster.people_in = roster.people["people"]
