"""Which way changes of each kind go: whose validation they need, which documents they rest on."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from registry.models.changes import ChangeRoute
from registry.permissions import May
from registry.queries.changes import route_of
from registry.queries.vocabularies import codes
from registry.services.people import WordUnknown


def route_changes(
    session: Session,
    kind: str,
    *,
    needs_local: bool,
    needs_national: bool,
    documents: Collection[str],
    actor: Actor,
) -> ChangeRoute:
    """Say anew which way changes of a kind go; those on their way go on as they began.

    Raises:
        Forbidden, KindUnknown, WordUnknown
    """
    actor.require(May.ROUTE_CHANGES)
    known = codes(session).get("document_type", frozenset(documents))
    for document in documents:
        if document not in known:
            raise WordUnknown(word=document, list="document_type")
    route = route_of(session, kind)
    with audit.act(session, actor, "changes.route", route) as figures:
        route.needs_local, route.needs_national = needs_local, needs_national
        route.documents = sorted(documents)
        session.flush()
        figures.update(change=kind)
    return route
