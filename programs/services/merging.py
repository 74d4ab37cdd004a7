"""Merging two records of one household or person, and taking them apart again.

What was given stays with the number it was given under; nothing of money moves.
"""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.db import Base
from core.errors import Conflict, Forbidden, Invalid, NotFound
from programs.models.cycles import Cycle
from programs.models.memberships import CycleMember, MembershipState, ProgramMembership
from programs.services.registrants import NotInRegistry
from registry.models.duplicates import Merge
from registry.models.registrants import Registrant, RegistrantState
from registry.permissions import May
from registry.queries.duplicates import standing_merge
from registry.queries.reach import people_within_reach
from registry.queries.registrants import registrant_by_number
from registry.services.duplicates import close_pair
from registry.services.merging import ChangedSince, Merging, merge_records, take_apart


class SameRecord(Invalid):
    """{number} is one record; name the other one that is to become a part of it."""


class KindsDiffer(Invalid):
    """One is a household and the other a person; only two of a kind are merged."""


class GoneIsServed(Conflict):
    """{number} is in a cycle that is not over; keep that record instead, or end the cycle first."""


class KeptWentOn(Conflict):
    """{number} was itself merged into another record since; take those two apart first."""


class KeptHasLeft(Conflict):
    """{number} is not in the registry any more; take that record back first, if it still can be."""


class MergedElsewhere(Forbidden):
    """{number} is a part of a record you may not see; who sees both takes them apart."""


class NotMerged(NotFound):
    """{number} was not merged into another record, so there is nothing to take apart."""


def merge(
    session: Session,
    kept_number: str,
    gone_number: str,
    take: frozenset[str] = frozenset(),
    *,
    actor: Actor,
) -> Merge:
    """Let one record become a part of another; `take` names the fields that are taken from it.

    Identifiers, contacts, accounts, documents, ties and memberships go over to who stays. The other
    number stays and leads to it, with what was given under it. Where both are in a program, the one
    that goes is duplicated there; else its place in the program goes over too.

    Raises:
        Forbidden, RegistrantUnknown, SameRecord, KindsDiffer, NotInRegistry
        GoneIsServed: something is still to be given to who would go.
    """
    actor.require(May.MERGE_REGISTRANTS)
    kept, gone = _both(session, kept_number, gone_number, actor)
    if session.scalar(select(func.still_served([gone.id]))):
        raise GoneIsServed(number=gone.number)
    made = Merge(
        kept_id=kept.id,
        gone_id=gone.id,
        merged_by=actor.id,
        area_id=kept.area_id,
        other_area_id=gone.area_id,
    )
    with audit.act(session, actor, "registrants.merge", kept) as figures:
        session.add(made)
        session.flush()
        merging = Merging(session, made, kept, gone)
        merge_records(merging, take)
        _merge_programs(merging)
        close_pair(session, (kept.id, gone.id), actor.id)
        figures.update(number=gone.number, rows=len(merging.befores))
    return made


def unmerge(session: Session, number: str, *, actor: Actor) -> Registrant:
    """Make two of one again: the record that went is what it was, and so is the one that stayed.

    Raises:
        Forbidden, RegistrantUnknown, NotMerged, MergedElsewhere, KeptWentOn, KeptHasLeft
        ChangedSince: something of it was changed meanwhile, or something builds on it.
    """
    actor.require(May.MERGE_REGISTRANTS)
    gone = registrant_by_number(session, number, actor=actor)
    if gone.state is not RegistrantState.MERGED:
        raise NotMerged(number=gone.number)
    made = standing_merge(session, gone.id)
    if made is None:
        raise MergedElsewhere(number=gone.number)
    kept = _kept_of(session, gone, made, actor)
    if _served_since(session, made):
        raise ChangedSince(number=kept.number)
    with audit.act(session, actor, "registrants.unmerge", kept) as figures:
        rows = take_apart(session, made, _models())
        made.undone_at, made.undone_by = func.now(), actor.id
        close_pair(session, (kept.id, gone.id), None)
        figures.update(number=gone.number, rows=rows)
    return gone


def _kept_of(session: Session, gone: Registrant, made: Merge, actor: Actor) -> Registrant:
    """The record another became a part of, for this act alone."""
    seen = people_within_reach(actor, Registrant.id, Registrant.area_id)
    asked = select(Registrant).where(Registrant.id == made.kept_id, seen)
    kept = session.scalar(asked.with_for_update())
    if kept is None:
        raise MergedElsewhere(number=gone.number)
    session.refresh(gone, with_for_update=True)
    if kept.state is RegistrantState.MERGED:
        raise KeptWentOn(number=kept.number)
    if kept.state is not RegistrantState.ACTIVE:
        raise KeptHasLeft(number=kept.number)
    return kept


def _both(
    session: Session, kept_number: str, gone_number: str, actor: Actor
) -> tuple[Registrant, Registrant]:
    """The two of a merge, for this act alone."""
    kept = registrant_by_number(session, kept_number, actor=actor)
    gone = registrant_by_number(session, gone_number, actor=actor)
    if kept.id == gone.id:
        raise SameRecord(number=kept.number)
    if kept.kind is not gone.kind:
        raise KindsDiffer
    both = select(Registrant).where(Registrant.id.in_([kept.id, gone.id])).order_by(Registrant.id)
    session.scalars(both.with_for_update().execution_options(populate_existing=True)).all()
    for each in (kept, gone):
        if each.state is not RegistrantState.ACTIVE:
            raise NotInRegistry(number=each.number)
    return kept, gone


def _merge_programs(merging: Merging) -> None:
    """The place in a program goes over to who stays; who has one already keeps that."""
    of = select(ProgramMembership).where(
        ProgramMembership.registrant_id.in_([merging.kept.id, merging.gone.id])
    )
    places = merging.session.scalars(of.order_by(ProgramMembership.id)).all()
    mine = {each.program_id for each in places if each.registrant_id == merging.kept.id}
    for each in places:
        if each.registrant_id != merging.gone.id:
            continue
        if each.program_id in mine:
            merging.change(each, state=MembershipState.DUPLICATED)
        else:
            here = {"registrant_id": merging.kept.id, "area_id": merging.kept.area_id}
            merging.change(each, **here)


def _served_since(session: Session, made: Merge) -> bool:
    """Whether a cycle took in who stayed after the merge, by a place it got from who went."""
    since = (
        select(CycleMember.cycle_id)
        .join(Cycle, Cycle.id == CycleMember.cycle_id)
        .where(CycleMember.registrant_id == made.kept_id, Cycle.created_at > made.created_at)
    )
    return session.scalar(select(since.exists())) or False


def _models() -> dict[str, Any]:
    """Every table by its name."""
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
