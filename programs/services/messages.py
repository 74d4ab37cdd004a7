"""Messages: writing their texts, putting people into the outbox, handing them over once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import day_said
from core.country import country
from core.errors import Conflict, Invalid
from core.money import said
from core.words import bare
from programs.messaging.texts import checked, filled, needs
from programs.models.cycles import Cycle, CycleState
from programs.models.messages import Message, MessageRun, MessageState, MessageText, Occasion
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.cycles import locked_cycle
from programs.queries.messages import (
    Addressed,
    addressed,
    reachable,
    run_of,
    spoken,
    texts_of,
)
from programs.queries.targets import whom_of

LIVE = (
    CycleState.DRAFT,
    CycleState.TO_APPROVE,
    CycleState.APPROVED,
    CycleState.DISTRIBUTED,
    CycleState.ENDED,
)
CHUNK = 20  # messages that are claimed together: handed over long before they are in doubt
IN_DOUBT = timedelta(minutes=15)  # after which a message without an answer is in doubt


class LanguageUnknown(Invalid):
    """{language} is no language of this country; add it under Settings first."""


class TextMissing(Conflict):
    """Nothing is written for this occasion yet; write its text first."""


class WhereMissing(Invalid):
    """The text says where or when to come; write that too."""


class NobodyToTell(Conflict):
    """Nobody is left who can be told: they were, declined it, or have no telephone."""


class NothingWaits(Conflict):
    """No message of this waits for that, or none for long enough; reload the page."""


@dataclass(frozen=True)
class Telling:
    """What people are told of, and where and when they have to come."""

    occasion: Occasion
    place: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Letter:
    """A message put together: our reference, a telephone number, and its text."""

    id: int
    reference: str
    phone: str
    text: str


def write_text(
    session: Session, cycle_id: int, occasion: Occasion, language: str, text: str, *, actor: Actor
) -> None:
    """Write what the program of a cycle says on an occasion, in one language.

    Raises:
        Forbidden, NotFound, LanguageUnknown, TextEmpty, TextTooLong, PlaceholderUnknown
    """
    actor.require(May.SEND_MESSAGES)
    cycle = locked_cycle(session, cycle_id, *LIVE, actor=actor)
    if language not in country().languages:
        raise LanguageUnknown(language=language)
    words = checked(text)
    of = {"program_id": cycle.program_id, "occasion": occasion, "language": language}
    new = insert(MessageText).values(**of, text=words)
    with audit.act(session, actor, "messages.write", cycle) as figures:
        session.execute(
            new.on_conflict_do_update(index_elements=[*of], set_={"text": new.excluded.text})
        )
        figures.update(occasion=occasion, language=language)


def queue(session: Session, cycle_id: int, telling: Telling, *, actor: Actor) -> int:
    """Put everybody an occasion concerns into the outbox, once; answers how many were added.

    Who declined being written to, or has no telephone, is left out. One statement adds them all.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, TextMissing, WhereMissing,
        NobodyToTell
    """
    actor.require(May.SEND_MESSAGES)
    cycle = locked_cycle(session, cycle_id, *LIVE, actor=actor)
    written = texts_of(session, cycle.program_id)
    texts = {tag: text for (of, tag), text in written.items() if of == telling.occasion.value}
    if not texts:
        raise TextMissing
    asked = set[str]().union(*map(needs, texts.values()))
    place = telling.place.strip()
    if ("where" in asked and not place) or ("when" in asked and telling.day is None):
        raise WhereMissing
    run = MessageRun(
        cycle_id=cycle.id,
        occasion=telling.occasion,
        texts=texts,
        place=place,
        day=telling.day,
        made_by=actor.id,
    )
    with audit.act(session, actor, "messages.queue", cycle) as figures:
        session.add(run)
        session.flush()
        added = _queued(session, cycle, run)
        if not added:
            raise NobodyToTell
        figures.update(occasion=telling.occasion, messages=added)
    return added


def hand_as_file(session: Session, run_id: int, *, actor: Actor) -> int:
    """Say that what waits of a run goes out as a file; each message goes into one file only.

    Raises:
        Forbidden, NotFound, CycleBeyondReach, NothingWaits
    """
    actor.require(May.SEND_MESSAGES)
    run, cycle = _locked(session, run_id, actor)
    with audit.act(session, actor, "messages.file", cycle) as figures:
        moved = _moved(session, run, MessageState.QUEUED, MessageState.SENT)
        if not moved:
            raise NothingWaits
        figures.update(messages=moved)
    return moved


def settle_doubt(session: Session, run_id: int, *, actor: Actor, arrived: bool) -> int:
    """Say of messages that are in doubt that they went out, or that they did not and wait again.

    Raises:
        Forbidden, NotFound, CycleBeyondReach, NothingWaits
    """
    actor.require(May.SEND_MESSAGES)
    run, cycle = _locked(session, run_id, actor)
    became = MessageState.SENT if arrived else MessageState.QUEUED
    with audit.act(session, actor, "messages.settle", cycle) as figures:
        moved = _moved(session, run, MessageState.SENDING, became)
        if not moved:
            raise NothingWaits
        figures.update(messages=moved, state=became)
    return moved


def claim(session: Session, run_id: int, *, actor: Actor) -> list[int]:
    """Take some of what waits of a run as `sending`, before any of it is handed over.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.SEND_MESSAGES)
    run_of(session, run_id, actor=actor)
    waiting = (
        select(Message.id)
        .where(Message.run_id == run_id, Message.state == MessageState.QUEUED)
        .order_by(Message.id)
        .limit(CHUNK)
        .with_for_update(skip_locked=True)
        .cte("waiting")  # asked once: as an IN it is asked for each message, and takes ever more
    )
    taken = (
        update(Message)
        .where(Message.id == waiting.c.id)
        .values(state=MessageState.SENDING, handed_at=func.now())
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.scalars(taken))


def mark(session: Session, ids: Sequence[int], state: MessageState, *, actor: Actor) -> None:
    """Write down what became of messages that were handed over.

    Raises:
        Forbidden
    """
    actor.require(May.SEND_MESSAGES)
    session.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.state == MessageState.SENDING)
        .values(state=state)
        .execution_options(synchronize_session=False)
    )


def letters(
    session: Session, run_id: int, ids: Sequence[int] | None = None, *, actor: Actor
) -> list[Letter]:
    """Messages of a run put together: some of them, or all that went out.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.SEND_MESSAGES)
    run, cycle, program = run_of(session, run_id, actor=actor)
    if ids is None:
        sent = select(Message.id).where(
            Message.run_id == run.id, Message.state == MessageState.SENT
        )
        ids = session.scalars(sent).all()
    return [_letter(run, cycle, program, each) for each in addressed(session, run, ids)]


def _letter(run: MessageRun, cycle: Cycle, program: Program, to: Addressed) -> Letter:
    text = run.texts.get(to.language) or run.texts[spoken(run.texts)]
    values = {
        "name": to.name,
        "amount": bare(said(to.amount, program.currency)) if to.amount else "",
        "program": program.name,
        "cycle": cycle.name,
        "where": run.place,
        "when": bare(day_said(run.day)) if run.day else "",
    }
    return Letter(to.id, to.reference, to.phone, filled(text, values))


def _queued(session: Session, cycle: Cycle, run: MessageRun) -> int:
    """Write the messages of a run, each in a language its reader speaks; answers how many."""
    reach = reachable(cycle, whom_of(session, cycle.program_id), run.occasion).c
    speaks = case((reach.language.in_([*run.texts]), reach.language), else_=spoken(run.texts))
    names = ["run_id", "cycle_id", "registrant_id", "occasion", "language", "area_id"]
    rows = select(
        literal(run.id), literal(cycle.id), reach.registrant_id,
        literal(run.occasion.value), speaks, reach.area_id,
    ).where(reach.message_id.is_(None), reach.phone_id.is_not(None), ~reach.declines)  # fmt: skip
    added = (
        insert(Message)
        .from_select(names, rows)
        .on_conflict_do_nothing(index_elements=["cycle_id", "registrant_id", "occasion"])
        .returning(Message.id)
        .cte("added")
    )
    return session.scalars(select(func.count()).select_from(added)).one()


def _locked(session: Session, run_id: int, actor: Actor) -> tuple[MessageRun, Cycle]:
    run, found, _program = run_of(session, run_id, actor=actor)
    return run, locked_cycle(session, found.id, *LIVE, actor=actor)


def _moved(session: Session, run: MessageRun, was: MessageState, becomes: MessageState) -> int:
    is_old = (Message.handed_at < func.now() - IN_DOUBT,) if was is MessageState.SENDING else ()
    moved = (
        update(Message)
        .where(Message.run_id == run.id, Message.state == was, *is_old)
        .values(state=becomes, handed_at=func.now())
        .returning(Message.id)
        .cte("moved")
    )
    return session.scalars(select(func.count()).select_from(moved)).one()
