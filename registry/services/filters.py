"""Keeping filters: under a name, for oneself or for everybody."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, cql
from core.actor import Actor
from core.clock import today
from core.codes import new_code
from core.errors import Forbidden, Invalid
from geo.models.areas import Area
from geo.queries.areas import in_force
from geo.queries.reach import shown_to
from registry.models.filters import Filter, FilterVersion, Shared, Subject
from registry.permissions import May
from registry.queries.fields import own_fields
from registry.queries.filters import filter_by_code
from registry.queries.queryables import household_terms


class FilterNameless(Invalid):
    """A kept filter needs a name; write one that says whom it means."""


class FilterEmpty(Invalid):
    """There is no condition to keep yet; add one first."""


class NobodyNamed(Invalid):
    """Say with which role the filter is shared."""


class NoOrganisation(Invalid):
    """You are of no organisation, so there is none to share a filter with; share it with a role, an
    area or everybody."""


class AreaUnknown(Invalid):
    """There is no area {pcode} that you see; choose one of the list."""


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
    asked = _understood(session, name, written, terms, actor)
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


def change_filter(
    session: Session,
    code: str,
    name: str,
    written: str,
    *,
    actor: Actor,
    terms: cql.Terms | None = None,
) -> Filter:
    """Give a filter another condition or name: its next version; the one before is kept with its
    text. Lists and rules that were made with it keep their own.

    Raises:
        NotFound, FilterNotYours, and what `keep_filter` refuses.
    """
    actor.require(May.KEEP_FILTERS)
    kept = _own(session, code, actor)
    asked = _understood(session, name, written, terms, actor)
    with audit.act(session, actor, "filters.change", kept) as figures:
        before = {"name": kept.name, "written": kept.written, "since": kept.changed_at}
        session.add(FilterVersion(filter_id=kept.id, version=kept.version, **before))
        kept.name, kept.written, kept.terms = name.strip(), written.strip(), sorted(asked.names)
        kept.version, kept.changed_at = kept.version + 1, datetime.now(UTC)
        figures.update(name=kept.name, version=kept.version)
    return kept


def share_filter(
    session: Session,
    code: str,
    *,
    actor: Actor,
    shared: Shared = Shared.EVERYBODY,
    with_: str | None = None,
) -> Filter:
    """Let others use a filter: everybody, who has the role `with_`, who works for one's own
    organisation, or who works in the area of the P-code `with_`.

    Raises:
        NotFound, FilterNotYours, NobodyNamed, NoOrganisation, AreaUnknown
    """
    actor.require(May.SHARE_FILTERS)
    kept = _own(session, code, actor)
    named = _named(session, shared, with_, actor)
    with audit.act(session, actor, "filters.share", kept) as figures:
        kept.shared, kept.shared_with = shared, named
        figures.update(name=kept.name, shared=shared.value, shared_with=named)
    return kept


def _named(session: Session, shared: Shared, with_: str | None, actor: Actor) -> str | None:
    """Whom a filter is shared with, as its row says it."""
    if shared is Shared.ORGANISATION:
        if actor.organisation_id is None:
            raise NoOrganisation
        return str(actor.organisation_id)
    if shared is Shared.AREA:
        of = select(Area.pcode).where(Area.pcode == with_, in_force(), shown_to(actor))
        if session.scalar(of) is None:
            raise AreaUnknown(pcode=with_ or "")
        return with_
    if shared is Shared.ROLE and not with_:
        raise NobodyNamed
    return with_ if shared is Shared.ROLE else None


def unshare_filter(session: Session, code: str, *, actor: Actor) -> Filter:
    """Keep a filter that was everybody's for oneself again.

    Raises:
        NotFound, FilterNotYours
    """
    actor.require(May.SHARE_FILTERS)
    kept = _own(session, code, actor)
    with audit.act(session, actor, "filters.unshare", kept) as figures:
        kept.shared, kept.shared_with = Shared.NONE, None
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


def _understood(
    session: Session, name: str, written: str, terms: cql.Terms | None, actor: Actor
) -> cql.Asked:
    if not name.strip():
        raise FilterNameless
    if not written.strip():
        raise FilterEmpty
    known = terms or household_terms(today(), own_fields(session))
    return cql.asked(written, known, actor=actor)


def _own(session: Session, code: str, actor: Actor) -> Filter:
    kept = filter_by_code(session, code, actor=actor)
    if kept.made_by != actor.id:
        raise FilterNotYours
    return kept
