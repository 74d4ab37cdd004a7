"""Which scores are to be reckoned again, and of which households something changed since."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import CompoundSelect, Select, select, union
from sqlalchemy.orm import Session

from core.audit import FieldChange
from core.clock import today
from registry.models.registrants import Membership
from registry.models.scores import ModelState, ScoreModel

REST = timedelta(minutes=10)  # between two runs over what changed
OF_GROUPS = ("registrants", "groups", "group_fields")
OF_MEMBERS = ("registrants", "individuals", "individual_fields", "memberships")


def scores_due(session: Session) -> Iterator[tuple[int, bool]]:
    """The versions in force that are to be reckoned: of everybody (True) where that was done on
    another day, because ages and hazards change; else where somebody changed since."""
    in_force = select(ScoreModel).where(
        ScoreModel.state == ModelState.ACTIVE, ScoreModel.run_on.is_not(None)
    )
    for each in session.scalars(in_force.order_by(ScoreModel.id)):
        if each.run_on != today():
            yield each.id, True
        elif each.run_at and datetime.now(UTC) - each.run_at > REST and _any(session, each):
            yield each.id, False


def changed_since(entry_id: int) -> Select[int]:
    """The households of which, or of whose members, something changed after an entry."""
    ours = FieldChange.entry_id > entry_id
    groups = select(FieldChange.registrant_id).where(ours, FieldChange.table_name.in_(OF_GROUPS))
    members = (
        select(Membership.group_id)
        .join(FieldChange, FieldChange.registrant_id == Membership.member_id)
        .where(ours, FieldChange.table_name.in_(OF_MEMBERS))
    )
    both: CompoundSelect[int] = union(groups.where(FieldChange.registrant_id.is_not(None)), members)
    return select(both.subquery().c[0])


def _any(session: Session, model: ScoreModel) -> bool:
    tables = {*OF_GROUPS, *OF_MEMBERS}
    found = select(FieldChange.id).where(
        FieldChange.entry_id > (model.run_entry or 0), FieldChange.table_name.in_(tables)
    )
    return session.scalar(found.limit(1)) is not None
