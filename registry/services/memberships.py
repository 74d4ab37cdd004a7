"""Who belongs to a group: joining, leaving, moving from one household to another, being its head.

Each act looks at what the groups and people concerned would be afterwards (membership_rules) before
it writes. A member of a household stands where it stands, and it bears the name of its head.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, literal, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Conflict, Invalid, NotFound
from registry.models.registrants import (
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.permissions import May
from registry.queries.registrants import registrant_by_number
from registry.queries.vocabularies import codes
from registry.services.membership_rules import HEAD, HOUSEHOLD, Standing, faults_of
from registry.services.names import name_them
from registry.services.places import leave_places, stand_elsewhere
from registry.services.records import NotActive
from registry.services.standings import (
    current_membership,
    kinds_of,
    standing_of,
    standings_about,
)

MEMBER = "member"


class NotAGroup(Invalid):
    """{number} is a person; name a household or another group."""


class NotAMember(NotFound):
    """{number} is no member of this group today."""


class InTheFuture(Invalid):
    """The day cannot lie after today; write the day on which it happened."""


class BeforeBirth(Invalid):
    """The day lies before the birth of {name}; look at both days."""


class NextHeadMissing(Invalid):
    """Name somebody else of this household as its next head, or nobody."""


class RelationUnknown(Invalid):
    """ "{word}" says nothing about how somebody belongs to a household; choose one of the list."""


class StaysHead(Conflict):
    """{number} is the head of this household already."""


class HeadByAct(Invalid):
    """Somebody becomes the head by taking the place of the one before; say that another is head."""


@dataclass(frozen=True)
class Joining:
    """How somebody belongs to a group, and since when; None is today."""

    kind: str = MEMBER
    on: date | None = None
    note: str | None = None


def join(
    session: Session, group_number: str, number: str, joining: Joining, *, actor: Actor
) -> Membership:
    """Let somebody, or a group, become a member of a group.

    Raises:
        Forbidden, RegistrantUnknown, NotAGroup, NotActive, InTheFuture, BeforeBirth,
        RelationUnknown; whatever the rules of memberships say.
    """
    actor.require(May.WRITE_REGISTRANTS)
    group, member = _locked(session, group_number, number, actor=actor)
    made = _membership(session, group, member, joining, actor)
    _refuse_faults(session, [group.id], [member.id], after=[standing_of(made)])
    with audit.act(session, actor, "memberships.join", group) as figures:
        session.add(made)
        session.flush()
        _stand_together(session, group, member)
        if made.kind == HEAD:
            _bear_name(group, member)
        figures.update(number=member.number, relation=made.kind)
    return made


def leave(
    session: Session,
    group_number: str,
    number: str,
    on: date | None = None,
    next_head: str = "",
    *,
    actor: Actor,
) -> Membership:
    """End somebody's membership; a head who leaves may name the next.

    Raises:
        Forbidden, RegistrantUnknown, NotAGroup, NotAMember, InTheFuture, EndsBeforeItStarts,
        NextHeadMissing
    """
    actor.require(May.WRITE_REGISTRANTS)
    group, member = _locked(session, group_number, number, actor=actor, whole=False)
    ended = _current(session, group, member)
    follows = _next_head(session, group, ended, next_head, actor)
    day = _day(on)
    _refuse_faults(
        session,
        [group.id],
        [member.id],
        without=[ended],
        after=[replace(standing_of(ended), ended_on=day)],
    )
    with audit.act(session, actor, "memberships.leave", group) as figures:
        _end(session, ended, day)
        _follow(session, group, follows)
        figures.update(number=member.number, until=day.isoformat())
    return ended


def change_head(
    session: Session, group_number: str, number: str, former: str = MEMBER, *, actor: Actor
) -> Membership:
    """Make a member the head of their household; who was it before is `former` to the new one.

    Raises:
        Forbidden, RegistrantUnknown, NotAGroup, NotActive, NotAMember, StaysHead, RelationUnknown
    """
    actor.require(May.WRITE_REGISTRANTS)
    group, member = _locked(session, group_number, number, actor=actor)
    becomes = _current(session, group, member)
    if becomes.kind == HEAD:
        raise StaysHead(number=member.number)
    if former == HEAD or former not in codes(session).get("relation", {former}):
        raise RelationUnknown(word=former)
    with audit.act(session, actor, "memberships.change_head", group) as figures:
        _step_down(session, group, former)
        _follow(session, group, becomes)
        figures.update(number=member.number)
    return becomes


def relate(
    session: Session, group_number: str, number: str, relation: str, *, actor: Actor
) -> Membership:
    """Say anew what a member is in their household; a head who becomes something else leaves it
    without one.

    Raises:
        Forbidden, RegistrantUnknown, NotAGroup, NotActive, NotAMember, RelationUnknown, HeadByAct
    """
    actor.require(May.WRITE_REGISTRANTS)
    group, member = _locked(session, group_number, number, actor=actor)
    belongs = _current(session, group, member)
    if relation == HEAD:
        raise HeadByAct
    if relation not in codes(session).get("relation", {relation}):
        raise RelationUnknown(word=relation)
    with audit.act(session, actor, "memberships.relate", group) as figures:
        belongs.kind = relation
        session.flush()
        figures.update(number=member.number, relation=relation)
    return belongs


def transfer(
    session: Session,
    number: str,
    to_number: str,
    joining: Joining,
    next_head: str = "",
    *,
    actor: Actor,
) -> Membership:
    """Move somebody from the household they belong to into another, on one day.

    Raises:
        as `join` and `leave`; NotAMember: they belong to no household today.
    """
    actor.require(May.WRITE_REGISTRANTS)
    group, member = _locked(session, to_number, number, actor=actor)
    ended = _household_of(session, member)
    before = session.get_one(Registrant, ended.group_id)
    follows = _next_head(session, before, ended, next_head, actor)
    made = _membership(session, group, member, joining, actor)
    day = made.started_on or today()
    after = [replace(standing_of(ended), ended_on=day), standing_of(made)]
    _refuse_faults(session, [group.id, before.id], [member.id], without=[ended], after=after)
    with audit.act(session, actor, "memberships.transfer", group) as figures:
        _end(session, ended, day)
        _follow(session, before, follows)
        session.add(made)
        session.flush()
        _stand_together(session, group, member)
        if made.kind == HEAD:
            _bear_name(group, member)
        figures.update(number=member.number, was=before.number)
    return made


def _locked(
    session: Session, group_number: str, number: str, *, actor: Actor, whole: bool = True
) -> tuple[Registrant, Registrant]:
    """A group and who is or becomes its member, for this act alone; `whole` where both are to be
    in the registry today."""
    group = registrant_by_number(session, group_number, actor=actor)
    member = registrant_by_number(session, number, actor=actor)
    if group.kind is not RegistrantKind.GROUP:
        raise NotAGroup(number=group.number)
    ids = sorted({group.id, member.id})
    of = select(Registrant).where(Registrant.id.in_(ids)).order_by(Registrant.id)
    session.scalars(of.with_for_update().execution_options(populate_existing=True)).all()
    for each in (group, member) if whole else ():
        if each.state is not RegistrantState.ACTIVE:
            raise NotActive(number=each.number)
    return group, member


def _membership(
    session: Session, group: Registrant, member: Registrant, joining: Joining, actor: Actor
) -> Membership:
    """The membership that is to be, not yet written."""
    day = _day(joining.on)
    born = session.scalar(
        select(Individual.birth_date).where(Individual.registrant_id == member.id)
    )
    if born and day < born:
        raise BeforeBirth(name=member.name)
    if joining.kind not in codes(session).get("relation", {joining.kind}):
        raise RelationUnknown(word=joining.kind)
    return Membership(
        group_id=group.id,
        member_id=member.id,
        kind=joining.kind,
        started_on=day,
        note=joining.note or None,
        area_id=group.area_id,
        made_by=actor.id,
        is_principal=False,
        is_alternate=False,
        is_caretaker=False,
    )


def _day(on: date | None) -> date:
    day = on or today()
    if day > today():
        raise InTheFuture
    return day


def _current(session: Session, group: Registrant, member: Registrant) -> Membership:
    found = current_membership(session, group.id, member.id)
    if found is None:
        raise NotAMember(number=member.number)
    return found


def _household_of(session: Session, member: Registrant) -> Membership:
    """The membership of the household somebody belongs to today."""
    current = select(Membership).where(
        Membership.member_id == member.id, Membership.ended_on.is_(None)
    )
    theirs = session.scalars(current.order_by(Membership.id)).all()
    kinds = kinds_of(session, [each.group_id for each in theirs])
    found = next((each for each in theirs if kinds[each.group_id].code == HOUSEHOLD), None)
    if found is None:
        raise NotAMember(number=member.number)
    return found


def _next_head(
    session: Session, group: Registrant, leaving: Membership, number: str, actor: Actor
) -> Membership | None:
    """Who follows a head that leaves; nobody, where nobody is named."""
    if not number:
        return None
    named = registrant_by_number(session, number, actor=actor)
    found = current_membership(session, group.id, named.id)
    if leaving.kind != HEAD or found is None or named.id == leaving.member_id:
        raise NextHeadMissing
    return found


def _refuse_faults(
    session: Session,
    group_ids: Sequence[int],
    member_ids: Sequence[int],
    *,
    without: Sequence[Membership] = (),
    after: Sequence[Standing] = (),
) -> None:
    """Refuse what would break a rule that holds today."""
    now = standings_about(session, group_ids, member_ids)
    gone = {each.id for each in without}
    kept = [standing for membership_id, standing in now if membership_id not in gone]
    before = [standing for _membership_id, standing in now]
    concerned = {each for s in (*before, *after) for each in (s.group_id, s.member_id)}
    for fault in faults_of(before, [*kept, *after], kinds_of(session, concerned)):
        raise fault


def _end(session: Session, membership: Membership, day: date) -> None:
    membership.ended_on = day
    session.flush()


def _step_down(session: Session, group: Registrant, relation: str) -> None:
    """Whoever is head of a group stays its member."""
    head = select(Membership).where(
        Membership.group_id == group.id,
        Membership.kind == HEAD,
        Membership.ended_on.is_(None),
    )
    for each in session.scalars(head):
        each.kind = relation
    session.flush()


def _follow(session: Session, group: Registrant, membership: Membership | None) -> None:
    """Make a member the head, whose name the group then bears."""
    if membership is None:
        return
    membership.kind = HEAD
    session.flush()
    _bear_name(group, session.get_one(Registrant, membership.member_id))


def _bear_name(group: Registrant, head: Registrant) -> None:
    name_them(group, head.name, head.name_local)


def _stand_together(session: Session, group: Registrant, member: Registrant) -> None:
    """A person stands where their household stands; the place before is kept."""
    kinds: Any = kinds_of(session, [group.id])
    if kinds[group.id].code != HOUSEHOLD or member.location_id == group.location_id:
        return
    itself = select(Registrant.id).where(Registrant.id == member.id)
    if group.location_id is None:
        leave_places(session, itself)
        member.location_id = None
    else:
        place = literal(group.location_id, BigInteger)
        stand_elsewhere(session, itself.add_columns(place))
        session.refresh(member)
    member.area_id = group.area_id
    session.flush()
