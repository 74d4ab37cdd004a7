"""Memberships as the rules look at them: of the groups and people an act concerns."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from registry.models.registrants import Group, Membership
from registry.models.vocabularies import Word
from registry.services.membership_rules import DEEPEST, HOUSEHOLD, GroupKind, Standing


def standing_of(membership: Membership) -> Standing:
    """One membership as the rules look at it."""
    return Standing(
        membership.group_id,
        membership.member_id,
        membership.kind,
        membership.started_on,
        membership.ended_on,
        membership.is_principal,
        membership.is_alternate,
    )


def standings_about(
    session: Session, group_ids: Collection[int], member_ids: Collection[int]
) -> list[tuple[int, Standing]]:
    """The current memberships of these groups and members, with their keys, and those of all groups
    above and below them.
    """
    chain = {*group_ids, *member_ids}
    chain |= {*session.scalars(_above(chain))} | {*session.scalars(_below(chain))}
    current = select(Membership).where(
        Membership.ended_on.is_(None),
        or_(Membership.group_id.in_(chain), Membership.member_id.in_(chain)),
    )
    found = session.scalars(current.order_by(Membership.id))
    return [(each.id, standing_of(each)) for each in found]


def kinds_of(session: Session, ids: Collection[int]) -> dict[int, GroupKind]:
    """What those are that are groups; a word of the list says whether a kind takes groups too."""
    word = and_(Word.list == "group_kind", Word.code == Group.kind)
    takes = func.coalesce(Word.takes_groups, Group.kind != HOUSEHOLD)
    found = session.execute(
        select(Group.registrant_id, Group.kind, takes)
        .outerjoin(Word, word)
        .where(Group.registrant_id.in_(ids))
    )
    return {row[0]: GroupKind(row[1], takes_groups=row[2]) for row in found}


def current_membership(session: Session, group_id: int, member_id: int) -> Membership | None:
    """Somebody's membership of a group today."""
    return session.scalar(
        select(Membership).where(
            Membership.group_id == group_id,
            Membership.member_id == member_id,
            Membership.ended_on.is_(None),
        )
    )


def _above(ids: Collection[int]) -> Select[Any]:
    """The groups these stand in, and those above; one step further than the deepest allowed."""
    return _chain(ids, Membership.member_id, Membership.group_id)


def _below(ids: Collection[int]) -> Select[Any]:
    """The groups within these, and those below."""
    return _chain(ids, Membership.group_id, Membership.member_id)


def _chain(ids: Collection[int], near: Any, far: Any) -> Select[Any]:
    first = select(far.label("id"), literal(1).label("depth")).where(
        near.in_(ids), Membership.ended_on.is_(None)
    )
    up = first.join(Group, Group.registrant_id == far).cte("chain", recursive=True)
    step, group = aliased(Membership), aliased(Group)
    near_step, far_step = getattr(step, near.key), getattr(step, far.key)
    further = (
        select(far_step, up.c.depth + 1)
        .join(up, near_step == up.c.id)
        .join(group, group.registrant_id == far_step)
        .where(step.ended_on.is_(None), up.c.depth <= DEEPEST)
    )
    whole = up.union(further)
    return select(whole.c.id).distinct()
