"""Asking about messages: whom an occasion concerns, who can be written to, and what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, func, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.country import country
from core.errors import NotFound
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.memberships import CycleMember, MembershipState
from programs.models.messages import Message, MessageRun, MessageState, MessageText, Occasion
from programs.models.programs import Program
from programs.models.sums import message_sums
from programs.permissions import May
from programs.queries.cycles import sees_part_only
from programs.queries.reach import cycle_seen
from programs.queries.targets import Whom, whom_of
from registry.models.contacts import Contact, ContactKind
from registry.models.registrants import Registrant, RegistrantState
from registry.queries.consents import MESSAGES, declined

GIVEN = (EntitlementState.REDEEMED, EntitlementState.PARTLY_REDEEMED)
READY = (EntitlementState.APPROVED, EntitlementState.SENT)


@dataclass(frozen=True)
class Foreseen:
    """Whom an occasion concerns: who can be written to, and why others cannot."""

    occasion: Occasion
    concerned: int
    written: int
    declined: int
    no_phone: int
    ready: int


@dataclass(frozen=True)
class Run:
    """One time people were written to, and how many messages are how far."""

    run: MessageRun
    counts: dict[MessageState, int]

    @property
    def said(self) -> dict[str, int]:
        """How many messages are how far, by the name of the state."""
        return {state.value: self.counts.get(state, 0) for state in MessageState}


@dataclass(frozen=True)
class MessagesRoom:
    """What people of a cycle can be told, and were."""

    cycle: Cycle
    program: Program
    texts: dict[tuple[str, str], str]
    foreseen: Sequence[Foreseen]
    runs: Sequence[Run]
    whole: bool

    @property
    def written(self) -> set[str]:
        """The occasions for which there is a text in some language."""
        return {occasion for occasion, _language in self.texts}


@dataclass(frozen=True)
class Addressed:
    """One message as it is handed over: where it goes, and what is filled in."""

    id: int
    reference: str
    language: str
    phone: str
    name: str
    amount: Decimal | None


def messages_room(session: Session, cycle_id: int, *, actor: Actor) -> MessagesRoom:
    """What people of a cycle can be told, and were; sums that name nobody.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.SEND_MESSAGES)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    runs = select(MessageRun).where(MessageRun.cycle_id == cycle.id).order_by(MessageRun.id.desc())
    return MessagesRoom(
        cycle=cycle,
        program=session.get_one(Program, cycle.program_id),
        texts=texts_of(session, cycle.program_id),
        foreseen=[foreseen(session, cycle, occasion) for occasion in Occasion],
        runs=[Run(run, counts_of(session, run.id)) for run in session.scalars(runs)],
        whole=not sees_part_only(session, cycle.roster_id, actor=actor),
    )


def texts_of(session: Session, program_id: int) -> dict[tuple[str, str], str]:
    """The texts of a program by occasion and language."""
    asked = select(MessageText).where(MessageText.program_id == program_id)
    return {(each.occasion.value, each.language): each.text for each in session.scalars(asked)}


def counts_of(session: Session, run_id: int) -> dict[MessageState, int]:
    """How many messages of a run are how far."""
    sums = message_sums.c
    counted = select(sums.state, sums.messages).where(sums.run_id == run_id)
    return {row.state: row.messages for row in session.execute(counted)}


def run_of(session: Session, run_id: int, *, actor: Actor) -> tuple[MessageRun, Cycle, Program]:
    """One run with its cycle and program.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.SEND_MESSAGES)
    run = session.get(MessageRun, run_id)
    if run is None:
        raise NotFound(run=run_id)
    cycle = cycle_seen(session, run.cycle_id, actor=actor)
    return run, cycle, session.get_one(Program, cycle.program_id)


def foreseen(session: Session, cycle: Cycle, occasion: Occasion) -> Foreseen:
    """Whom an occasion concerns now, in one statement; within the actor's reach."""
    reach = reachable(cycle, whom_of(session, cycle.program_id), occasion).c
    free = reach.message_id.is_(None) & reach.phone_id.is_not(None) & ~reach.declines
    counted = select(
        func.count(),
        func.count(reach.message_id),
        func.count().filter(reach.declines, reach.message_id.is_(None)),
        func.count().filter(reach.phone_id.is_(None), ~reach.declines, reach.message_id.is_(None)),
        func.count().filter(free),
    )
    return Foreseen(occasion, *session.execute(counted).one())


def reachable(cycle: Cycle, of: Whom, occasion: Occasion) -> Subquery:
    """Those an occasion concerns: `registrant_id, area_id, language`, whether they declined being
    written to, the contact they are reached by and the message they have already. A household's no
    holds for who is in it."""
    concerned = _concerned(cycle, occasion).subquery("concerned")
    whom, message = concerned.c.registrant_id, aliased(Message)
    return (
        select(
            whom,
            Registrant.area_id,
            Registrant.language,
            whom.in_(declined(MESSAGES)).label("declines"),
            phone_of(whom, of).label("phone_id"),
            message.id.label("message_id"),
        )
        .join(Registrant, Registrant.id == whom)
        .outerjoin(
            message,
            (message.cycle_id == cycle.id)
            & (message.registrant_id == whom)
            & (message.occasion == occasion),
        )
        .where(Registrant.state == RegistrantState.ACTIVE)
        .subquery("reachable")
    )


def phone_of(whom: Any, of: Whom) -> ColumnElement[Any]:
    """The telephone somebody is written to: their own, or else of a household its head's, of a
    person that of their household or its head; first one wanted so."""
    own = aliased(Contact)
    found = [_first(select(own.id).where(own.registrant_id == whom), own)]
    for ids in of.beside(whom):
        other = aliased(Contact)
        found.append(_first(select(other.id).where(other.registrant_id.in_(ids)), other))
    return func.coalesce(*found)


def _first(contacts: Select[int], contact: type[Contact]) -> ScalarSelect[int]:
    best = (contact.messages.desc(), contact.is_main.desc(), contact.id)
    phones = contacts.where(contact.kind == ContactKind.PHONE).order_by(*best)
    return phones.limit(1).scalar_subquery()


def addressed(session: Session, run: MessageRun, ids: Sequence[int]) -> list[Addressed]:
    """Messages as they are handed over. Whoever has no telephone any more is not among them, and
    neither is who declined since."""
    due = (
        select(func.sum(Entitlement.amount))
        .where(
            Entitlement.cycle_id == run.cycle_id,
            Entitlement.registrant_id == Message.registrant_id,
            Entitlement.state.in_((*GIVEN, *READY)),
        )
        .scalar_subquery()
    )
    of = whom_of(session, session.get_one(Cycle, run.cycle_id).program_id)
    asked = (
        select(Message.id, Message.language, Contact.value, Registrant.name, due)
        .join(Registrant, Registrant.id == Message.registrant_id)
        .join(Contact, Contact.id == phone_of(Message.registrant_id, of))
        .where(Message.id.in_(ids), Message.registrant_id.not_in(declined(MESSAGES)))
        .order_by(Message.id)
    )
    return [
        Addressed(key, f"HGM-{key}", language, phone, name, amount)
        for key, language, phone, name, amount in session.execute(asked)
    ]


def spoken(texts: dict[str, str]) -> str:
    """The language of who speaks none of the texts: the country's, else the first there is."""
    return country().language if country().language in texts else min(texts)


def _concerned(cycle: Cycle, occasion: Occasion) -> Select[int]:
    if occasion is Occasion.ENROLLED:
        return select(CycleMember.registrant_id).where(
            CycleMember.cycle_id == cycle.id, CycleMember.state == MembershipState.ENROLLED
        )
    states = GIVEN if occasion is Occasion.PAID else READY
    return (
        select(Entitlement.registrant_id)
        .where(Entitlement.cycle_id == cycle.id, Entitlement.state.in_(states))
        .distinct()
    )
