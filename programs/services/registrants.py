"""Registrants who leave the registry or are to be forgotten: of whom nothing is being given any
more."""

from collections.abc import Collection

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.db import changed
from core.errors import Conflict, Invalid
from programs.models.memberships import ProgramMembership
from programs.models.verifications import VerificationSample
from programs.queries.cycles import reason_given
from programs.services.settling import forget_said
from registry.models.registrants import Individual, Membership, Registrant, RegistrantState
from registry.permissions import May
from registry.queries.merging import parts_of
from registry.queries.registrants import registrant_by_number
from registry.services.registrants import empty


class StillServed(Conflict):
    """This record, or one of its household, is in a cycle that is not over; let them leave the
    program, or end the cycle."""


class ErasedAlready(Conflict):
    """Nothing is known of this number any more; it was erased before."""


class NotInRegistry(Conflict):
    """{number} is not in the registry any more; look at its state."""


class NeverLeft(Conflict):
    """{number} did not leave the registry, so it is not taken back; look at its state."""


class ReasonNames(Invalid):
    """The reason is kept for good; write it without the name."""


def erase(session: Session, number: str, reason: str, *, actor: Actor) -> Registrant:
    """Empty everything about a registrant for good, also what the trail keeps of its fields.

    Its number stays, and so do what it was given, the lists it is in and all digests. Records that
    were merged into it are of the same, and are emptied with it.

    Raises:
        Forbidden, RegistrantUnknown, ErasedAlready, ReasonMissing, ReasonNames
        StillServed: it, its household or somebody in it is in a cycle that is not over.
    """
    actor.require(May.ERASE_REGISTRANTS)
    found = registrant_by_number(session, number, actor=actor)
    session.refresh(found, with_for_update=True)
    if found.state is RegistrantState.ERASED:
        raise ErasedAlready
    why = reason_given(reason)
    all_of_it = [found.id, *session.scalars(parts_of(found.id))]
    _refuse_names(session, all_of_it, why)
    if session.scalar(select(func.still_served([*_household_of(session, found), *all_of_it]))):
        raise StillServed
    with audit.act(session, actor, "registrants.erase", found) as figures:
        _forget_reasons(session, all_of_it)
        figures.update(reason=why, number=found.number, fields_emptied=empty(session, all_of_it))
    return found


def _household_of(session: Session, registrant: Registrant) -> list[int]:
    """A registrant, the groups it belongs to today, and who counts in it."""
    groups = select(Membership.group_id).where(
        Membership.member_id == registrant.id, Membership.ended_on.is_(None)
    )
    people = select(Individual.registrant_id).where(Individual.counted_in == registrant.id)
    return [registrant.id, *session.scalars(groups), *session.scalars(people)]


def _refuse_names(session: Session, ids: Collection[int], why: str) -> None:
    names = session.scalars(select(Registrant.name).where(Registrant.id.in_(ids)))
    if any(name.casefold() in why.casefold() for name in names):
        raise ReasonNames


def _forget_reasons(session: Session, ids: Collection[int]) -> None:
    """Why they were paused or left: words of somebody who knew them."""
    of = ProgramMembership.registrant_id.in_(ids)
    changed(session, update(ProgramMembership).where(of).values(reason=None))
    forget_said(session, ids)
    asked = VerificationSample.registrant_id.in_(ids)
    nothing = {"note": None, "settled_because": None}
    changed(session, update(VerificationSample).where(asked).values(nothing))


def exit_registry(session: Session, number: str, reason: str, *, actor: Actor) -> Registrant:
    """Let somebody leave the registry: they moved away, died, or do not want to be in it any more.

    They count no more and receive nothing more; what was given stays. A person's memberships end on
    that day; a household keeps its members, who count in it again once it comes back.

    Raises:
        Forbidden, RegistrantUnknown, NotInRegistry, ReasonMissing, ReasonNames
        StillServed: it, its household or somebody in it is in a cycle that is not over.
    """
    actor.require(May.WRITE_REGISTRANTS)
    found = registrant_by_number(session, number, actor=actor)
    session.refresh(found, with_for_update=True)
    if found.state is not RegistrantState.ACTIVE:
        raise NotInRegistry(number=found.number)
    why = reason_given(reason)
    _refuse_names(session, [found.id], why)
    if session.scalar(select(func.still_served(_household_of(session, found)))):
        raise StillServed
    with audit.act(session, actor, "registrants.exit", found) as figures:
        found.state, found.exited_on, found.exit_reason = RegistrantState.EXITED, today(), why
        ended = _end_memberships(session, found)
        figures.update(number=found.number, reason=why, memberships_ended=ended)
    return found


def readmit(session: Session, number: str, *, actor: Actor) -> Registrant:
    """Take somebody back into the registry who had left it.

    Raises:
        Forbidden, RegistrantUnknown
        NeverLeft: they are in it, or were merged or erased.
    """
    actor.require(May.WRITE_REGISTRANTS)
    found = registrant_by_number(session, number, actor=actor)
    session.refresh(found, with_for_update=True)
    if found.state is not RegistrantState.EXITED:
        raise NeverLeft(number=found.number)
    with audit.act(session, actor, "registrants.readmit", found) as figures:
        found.state, found.exited_on, found.exit_reason = RegistrantState.ACTIVE, None, None
        figures.update(number=found.number)
    return found


def _end_memberships(session: Session, registrant: Registrant) -> int:
    """End what somebody belongs to today; answers how many memberships that were."""
    current = update(Membership).where(
        Membership.member_id == registrant.id, Membership.ended_on.is_(None)
    )
    session.flush()
    return changed(session, current.values(ended_on=today()))
