"""Rules of how long what is known of people is kept: written by one person, started by another."""

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound
from registry.models.retention import Does, RetentionRule, RuleState, What
from registry.permissions import May

MOST_MONTHS = 1_200
CAN = {
    What.EXITED: (Does.ERASE, Does.ANONYMISE),
    What.DOCUMENTS: (Does.DELETE,),
    What.VISITS: (Does.DELETE,),
}
"""What may become of each."""


class MonthsImpossible(Invalid):
    """A record is kept for 1 to 1,200 months; write a whole number."""


class CannotBeDone(Invalid):
    """People are erased or made anonymous, documents and visits deleted; choose what fits."""


class StartedByWriter(Forbidden):
    """You wrote this rule yourself; somebody else starts it."""


class NotADraft(Conflict):
    """This rule was started or ended before; write a new one."""


class NotKeptTo(Conflict):
    """This rule is not kept to any more; there is nothing to end."""


def write(
    session: Session, what: What, after_months: int, does: Does, *, actor: Actor
) -> RetentionRule:
    """Write a rule down; nothing is done by it until somebody else starts it.

    Raises:
        Forbidden, MonthsImpossible, CannotBeDone
    """
    actor.require(May.WRITE_RETENTION)
    if not 1 <= after_months <= MOST_MONTHS:
        raise MonthsImpossible
    if does not in CAN[what]:
        raise CannotBeDone
    rule = RetentionRule(what=what, after_months=after_months, does=does, made_by=actor.id)
    with audit.act(session, actor, "retention.write", rule) as figures:
        session.add(rule)
        session.flush()
        figures.update(what=what.value, after_months=after_months, does=does.value)
    return rule


def start(session: Session, rule_id: int, *, actor: Actor) -> RetentionRule:
    """Let the platform keep to a rule from now on.

    Raises:
        Forbidden, NotFound, NotADraft
        StartedByWriter: they wrote it. Conflict: another one of its kind is kept to.
    """
    actor.require(May.WRITE_RETENTION)
    rule = _locked(session, rule_id)
    if rule.state is not RuleState.DRAFT:
        raise NotADraft
    if rule.made_by == actor.id:
        raise StartedByWriter
    with audit.act(session, actor, "retention.start", rule) as figures:
        rule.state, rule.started_by = RuleState.ACTIVE, actor.id
        session.flush()
        figures.update(what=rule.what.value, does=rule.does.value)
    return rule


def end(session: Session, rule_id: int, *, actor: Actor) -> RetentionRule:
    """Keep to a rule no more, or give a draft up.

    Raises:
        Forbidden, NotFound, NotKeptTo
    """
    actor.require(May.WRITE_RETENTION)
    rule = _locked(session, rule_id)
    if rule.state is RuleState.ENDED:
        raise NotKeptTo
    with audit.act(session, actor, "retention.end", rule) as figures:
        rule.state = RuleState.ENDED
        session.flush()
        figures.update(what=rule.what.value, does=rule.does.value)
    return rule


def _locked(session: Session, rule_id: int) -> RetentionRule:
    rule = session.get(RetentionRule, rule_id, with_for_update=True)
    if rule is None:
        raise NotFound(rule=rule_id)
    return rule
