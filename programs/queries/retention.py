"""Asking what the rules of keeping would take away today, before anything is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from registry.models.documents import Document
from registry.models.registrants import Registrant, RegistrantState
from registry.models.retention import RetentionRule, RuleState, What
from registry.models.visits import Visit
from registry.parsing.months import months_from
from registry.permissions import May


@dataclass(frozen=True)
class RuleShown:
    """A rule and how much it would take away today, by those who are concerned."""

    rule: RetentionRule
    rows: int
    people: int
    since: date


def rules_shown(session: Session, *, actor: Actor) -> list[RuleShown]:
    """All rules, those that are kept to first, each with what it would do today.

    Raises:
        Forbidden
    """
    actor.require(May.WRITE_RETENTION)
    every = select(RetentionRule).order_by(RetentionRule.state, RetentionRule.id.desc())
    return [_shown(session, rule) for rule in session.scalars(every)]


def rules_to_keep(session: Session) -> Sequence[RetentionRule]:
    """The rules that are kept to and were not for a month."""
    month_ago = months_from(today(), -1)
    waits = or_(RetentionRule.kept_on.is_(None), RetentionRule.kept_on <= month_ago)
    kept = select(RetentionRule).where(RetentionRule.state == RuleState.ACTIVE, waits)
    return session.scalars(kept.order_by(RetentionRule.id)).all()


def due(rule: RetentionRule) -> Select[*tuple[Any, ...]]:
    """What a rule takes away today: its keys, and whom each is about."""
    before = months_from(today(), -rule.after_months)
    return {
        What.EXITED: _exited,
        What.DOCUMENTS: _documents,
        What.VISITS: _visits,
    }[rule.what](before)


def _shown(session: Session, rule: RetentionRule) -> RuleShown:
    waits = due(rule).subquery()
    counted = select(func.count(), func.count(waits.c.registrant_id.distinct()))
    rows, people = session.execute(counted.select_from(waits)).one()
    return RuleShown(rule, rows, people, months_from(today(), -rule.after_months))


def _exited(before: date) -> Select[*tuple[Any, ...]]:
    """Who left the registry before a day, is still called by a name, and is served no more."""
    served = func.still_served(array([Registrant.id]))
    return (
        select(Registrant.id, Registrant.id.label("registrant_id"))
        .where(Registrant.state == RegistrantState.EXITED, Registrant.exited_on < before)
        .where(Registrant.name != Registrant.number, ~served)
        .order_by(Registrant.id)
    )


def _documents(before: date) -> Select[*tuple[Any, ...]]:
    """Documents whose last day lies before a day; those without one stay."""
    return (
        select(Document.id, Document.registrant_id)
        .where(Document.sha256.is_not(None), Document.expires_on < before)
        .order_by(Document.id)
    )


def _visits(before: date) -> Select[*tuple[Any, ...]]:
    """Visits whose last day of holding, else their own day, lies before a day."""
    last = func.coalesce(Visit.valid_until, Visit.on_day)
    return select(Visit.id, Visit.registrant_id).where(last < before).order_by(Visit.id)
