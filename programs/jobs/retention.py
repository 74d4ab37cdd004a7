"""Keeping to the rules of how long what is known of people is kept."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.db import changed
from core.jobs import Progress, whole_country, work
from programs.models.memberships import ProgramMembership
from programs.queries.retention import due, rules_to_keep
from programs.services.settling import forget_said
from registry.models.documents import Document
from registry.models.retention import Does, RetentionRule, What
from registry.models.visits import Visit
from registry.services.documents import drop_files
from registry.services.registrants import anonymise, empty

AT_ONCE = 10_000
WHY = "rule of keeping"


@work
@whole_country
def keep_to_rules(session: Session, *, actor: Actor, progress: Progress) -> dict[str, int]:
    """Keep to the rules of keeping"""
    rules = rules_to_keep(session)
    taken = 0
    for done, rule in enumerate(rules, 1):
        taken += _keep_to(session, rule, actor)
        progress.report(done, len(rules))
    return {"rows": taken}


def _keep_to(session: Session, rule: RetentionRule, actor: Actor) -> int:
    """Take away all that a rule's time is over for, a set at a time, an act each."""
    taken = 0
    while ids := list(session.scalars(due(rule).limit(AT_ONCE))):
        with audit.act(session, actor, "retention.keep", rule) as figures:
            emptied = _take_away(session, rule, ids)
            figures.update(what=rule.what.value, rows=len(ids), fields_emptied=emptied)
        taken += len(ids)
    rule.kept_on = today()
    session.flush()
    return taken


def _take_away(session: Session, rule: RetentionRule, ids: list[int]) -> int:
    """Do what a rule says to these; answers how many field changes were emptied."""
    if rule.what is What.EXITED:
        words: dict[str, Any] = {"reason": None}
        of = ProgramMembership.registrant_id.in_(ids)
        changed(session, update(ProgramMembership).where(of).values(words))
        forget_said(session, ids)
        return empty(session, ids) if rule.does is Does.ERASE else anonymise(session, ids)
    if rule.what is What.DOCUMENTS:
        files = session.scalars(select(Document.sha256).where(Document.id.in_(ids))).all()
        gone = {"sha256": None, "removed_because": WHY}
        changed(session, update(Document).where(Document.id.in_(ids)).values(gone))
        drop_files(session, [name for name in files if name])
        return 0
    changed(session, delete(Visit).where(Visit.id.in_(ids)))
    return 0
