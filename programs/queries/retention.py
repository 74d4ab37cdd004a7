"""Asking what the rules of keeping would take away today, before anything is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import NotFound
from core.paging import Page, page_of
from registry.models.accounts import Account
from registry.models.consents import Consent
from registry.models.contacts import Contact
from registry.models.documents import Document
from registry.models.registrants import FormerPlace, Identifier, Registrant, RegistrantState
from registry.models.retention import RetentionRule, RuleState, What
from registry.models.tags import RegistrantTag
from registry.models.visits import Visit
from registry.parsing.months import months_from
from registry.permissions import May

BESIDE = (Identifier, Contact, Account, Document, Visit, Consent, FormerPlace, RegistrantTag)
"""What goes with somebody, as far as it is told before."""


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


@dataclass(frozen=True)
class RuleForeseen:
    """A rule, whom it would touch today page by page, and by table what would go beside them.

    Columns of the page: number, name, kind, day (since when its time is over), key.
    """

    shown: RuleShown
    beside: Mapping[str, int]
    page: Page[Any]


def rule_foreseen(
    session: Session, rule_id: int, *, actor: Actor, after: int | None = None
) -> RuleForeseen:
    """What a rule would take away today, record by record.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.WRITE_RETENTION)
    rule = session.get(RetentionRule, rule_id)
    if rule is None:
        raise NotFound(rule=rule_id)
    waits = due(rule).subquery("waits")
    columns: list[Any] = [
        Registrant.number,
        Registrant.name,
        Registrant.kind,
        Registrant.id.label("registrant_id"),
        waits.c.id.label("key"),
    ]
    listed = select(*columns).join(waits, waits.c.registrant_id == Registrant.id)
    page = page_of(session, listed, waits.c.id, after)
    return RuleForeseen(_shown(session, rule), _beside(session, rule), page)


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


def _beside(session: Session, rule: RetentionRule) -> dict[str, int]:
    """By table how many rows would go with those who left; of papers and visits there are none."""
    if rule.what is not What.EXITED:
        return {}
    gone = select(due(rule).subquery("gone").c.registrant_id)
    counts = [
        select(func.count()).where(each.registrant_id.in_(gone)).scalar_subquery()
        for each in BESIDE
    ]
    row = session.execute(select(*counts)).one()
    return {t.__tablename__: n for t, n in zip(BESIDE, row, strict=True) if n}


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
