"""Asking what became of merged records: where a number leads, what became a part of one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row as Found
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from registry.models.duplicates import Merge
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.reach import people_within_reach


def stands_for(session: Session, registrant: Registrant) -> Registrant | None:
    """The record that a merged one is a part of today, however many merges lie between.

    As far as it is seen; nobody for one that was merged into none.
    """
    onward = aliased(Registrant)
    chain = (
        select(Registrant.id, Registrant.merged_into_id)
        .where(Registrant.id == registrant.id)
        .cte("chain", recursive=True)
    )
    further = select(onward.id, onward.merged_into_id).where(onward.id == chain.c.merged_into_id)
    chain = chain.union(further)
    last = select(chain.c.id).where(chain.c.merged_into_id.is_(None))
    found = session.scalar(select(Registrant).where(Registrant.id.in_(last)))
    return None if found is registrant else found


def merged_here(session: Session, registrant_id: int, *, actor: Actor) -> Sequence[Found[Any]]:
    """The records that were merged into one, the last first: number, name, merged_at."""
    actor.require(May.READ_REGISTRANTS)
    columns: list[Any] = [Registrant.number, Registrant.name, Merge.created_at.label("merged_at")]
    found = (
        select(*columns)
        .join(Merge, Merge.gone_id == Registrant.id)
        .where(Merge.kept_id == registrant_id, Merge.undone_at.is_(None))
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
    )
    return session.execute(found.order_by(Merge.id.desc())).all()


def parts_of(registrant_id: int) -> Select[int]:
    """The keys of all records that are a part of one by a merge, or by several."""
    gone = aliased(Registrant)
    parts = (
        select(Registrant.id)
        .where(Registrant.merged_into_id == registrant_id)
        .cte("parts", recursive=True)
    )
    parts = parts.union(select(gone.id).where(gone.merged_into_id == parts.c.id))
    return select(parts.c.id)
