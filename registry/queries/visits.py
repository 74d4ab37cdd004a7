"""Asking what was found at visits, and what of it still holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from core.clock import today
from registry.models.visits import Visit, VisitAnswer


@dataclass(frozen=True)
class VisitShown:
    """One visit with its answers by field; `holds` says whether it is still true today."""

    visit: Visit
    answers: Mapping[str, Any]
    holds: bool


def visits_of(session: Session, registrant_id: int) -> list[VisitShown]:
    """The visits of a registrant, the newest first; whoever may see them may see those."""
    own = select(Visit).where(Visit.registrant_id == registrant_id)
    visits = session.scalars(own.order_by(Visit.on_day.desc(), Visit.id.desc())).all()
    said = select(VisitAnswer).where(VisitAnswer.registrant_id == registrant_id)
    answers: dict[int, dict[str, Any]] = {visit.id: {} for visit in visits}
    for each in session.scalars(said.order_by(VisitAnswer.field)):
        answers[each.visit_id][each.field] = value_of(each)
    return [VisitShown(visit, answers[visit.id], _holds(visit)) for visit in visits]


def last_visits(kind: str, on: date) -> Select[int, date]:
    """By registrant the day of their last visit of a kind that still holds on a day."""
    return (
        select(Visit.registrant_id, func.max(Visit.on_day).label("on_day"))
        .where(Visit.kind == kind, or_(Visit.valid_until.is_(None), Visit.valid_until >= on))
        .group_by(Visit.registrant_id)
    )


def answered_later(
    session: Session, registrant_id: int, fields: Sequence[str], on: date
) -> set[str]:
    """Which of these fields a visit after that day has answered and still answers."""
    later = (
        select(VisitAnswer.field)
        .join(Visit, Visit.id == VisitAnswer.visit_id)
        .where(VisitAnswer.registrant_id == registrant_id, VisitAnswer.field.in_(fields))
        .where(Visit.on_day > on)
        .where(or_(Visit.valid_until.is_(None), Visit.valid_until >= today()))
    )
    return set(session.scalars(later))


def value_of(answer: VisitAnswer) -> Any:
    """What an answer says; a whole number as one."""
    if answer.number is not None:
        whole = int(answer.number)
        return whole if whole == answer.number else answer.number
    return next((each for each in (answer.text, answer.day, answer.flag) if each is not None), None)


def _holds(visit: Visit) -> bool:
    return visit.valid_until is None or visit.valid_until >= today()
