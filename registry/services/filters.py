"""Keeping filters: under a name, for oneself or for everybody."""

from sqlalchemy.orm import Session

from core import audit, cql
from core.actor import Actor
from core.clock import today
from core.codes import new_code
from core.errors import Forbidden, Invalid
from registry.models.filters import Filter, Shared, Subject
from registry.permissions import May
from registry.queries.fields import own_fields
from registry.queries.filters import filter_by_code
from registry.queries.queryables import household_terms


class FilterNameless(Invalid):
    """A kept filter needs a name; write one that says whom it means."""


class FilterEmpty(Invalid):
    """There is no condition to keep yet; add one first."""


class FilterNotYours(Forbidden):
    """Somebody else made this filter; keep one like it under a name of your own."""


def keep_filter(
    session: Session,
    name: str,
    written: str,
    *,
    actor: Actor,
    terms: cql.Terms | None = None,
    subject: Subject = Subject.HOUSEHOLDS,
) -> Filter:
    """Keep a filter for oneself; `terms` and `subject` as in `registry.queries.subjects.matching`.

    Raises:
        FilterNameless, FilterEmpty, and what `core.cql.asked` refuses.
    """
    actor.require(May.KEEP_FILTERS)
    if not name.strip():
        raise FilterNameless
    if not written.strip():
        raise FilterEmpty
    asked = cql.asked(written, terms or household_terms(today(), own_fields(session)), actor=actor)
    kept = Filter(
        code=new_code(),
        name=name.strip(),
        subject=subject,
        written=written.strip(),
        terms=sorted(asked.names),
        shared=Shared.NONE,
        made_by=actor.id,
    )
    with audit.act(session, actor, "filters.keep", kept) as figures:
        session.add(kept)
        figures.update(name=kept.name)
    return kept


def share_filter(session: Session, code: str, *, actor: Actor) -> Filter:
    """Let everybody use a filter.

    Raises:
        NotFound, FilterNotYours
    """
    actor.require(May.SHARE_FILTERS)
    kept = _own(session, code, actor)
    with audit.act(session, actor, "filters.share", kept) as figures:
        kept.shared = Shared.EVERYBODY
        figures.update(name=kept.name)
    return kept


def unshare_filter(session: Session, code: str, *, actor: Actor) -> Filter:
    """Keep a filter that was everybody's for oneself again.

    Raises:
        NotFound, FilterNotYours
    """
    actor.require(May.SHARE_FILTERS)
    kept = _own(session, code, actor)
    with audit.act(session, actor, "filters.unshare", kept) as figures:
        kept.shared = Shared.NONE
        figures.update(name=kept.name)
    return kept


def remove_filter(session: Session, code: str, *, actor: Actor) -> None:
    """Take a filter away; lists and rules that were written with it have their own text.

    Raises:
        NotFound, FilterNotYours
    """
    actor.require(May.KEEP_FILTERS)
    kept = _own(session, code, actor)
    with audit.act(session, actor, "filters.remove", kept) as figures:
        figures.update(name=kept.name)
        session.delete(kept)


def _own(session: Session, code: str, actor: Actor) -> Filter:
    kept = filter_by_code(session, code, actor=actor)
    if kept.made_by != actor.id:
        raise FilterNotYours
    return kept
