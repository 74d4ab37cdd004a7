"""What a filter may ask of the papers, answers, visits and open matters of a registrant."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select, union_all

from core.cql import Drawn, Kind, Lookup, Source, Sourced, Terms
from core.words import _
from registry.models.accounts import Account, AccountState
from registry.models.changes import WAITING, ChangeLine, ChangeRequest
from registry.models.consents import ConsentState
from registry.models.contacts import Contact, ContactKind
from registry.models.documents import Document
from registry.models.duplicates import DuplicatePair, PairState
from registry.models.registrants import Identifier, IdentifierState, Registrant
from registry.permissions import May
from registry.queries.consents import answers_held
from registry.queries.visits import last_visits

CONSENT_SAID = "consent_said"  # the list of what may have been said to a purpose
OVER = "over"  # a yes whose time is up
ONE = (Kind.TEXT,)


def record_terms(on: date) -> Terms:
    """The terms, for a query of Registrant; what holds for a time is asked of the day `on`."""
    return {**_of_papers(on), **_of_answers(on), **_of_open_matters()}


def _of_papers(on: date) -> Terms:
    read, papers = May.READ_REGISTRANTS, May.READ_DOCUMENTS

    def paper(asked: Sequence[Any]) -> ColumnElement[bool]:
        return _among(_documents(on).where(Document.kind == asked[0]))

    def identifier(asked: Sequence[Any]) -> ColumnElement[bool]:
        return _among(_identifiers(on).where(Identifier.type == asked[0]))

    phones = select(Contact.registrant_id).where(Contact.kind == ContactKind.PHONE)
    accounts = select(Account.registrant_id).where(Account.state == AccountState.VALID)
    documents = _number("documents", _documents(on))
    return {
        "documents": Sourced(documents, Kind.NUMBER, _("Papers on file that still hold"), papers),
        "has_document": Lookup(
            paper, _("Has a paper of this kind that holds"), papers, takes=ONE, of="document_type"
        ),
        "has_identifier": Lookup(
            identifier, _("Has a valid identifier of this kind"), read, takes=ONE, of="id_type"
        ),
        "has_phone": Sourced(_always(_among(phones)), Kind.FLAG, _("Has a phone number"), read),
        "has_account": Sourced(
            _always(_among(accounts)), Kind.FLAG, _("Has a valid account"), May.READ_ACCOUNTS
        ),
    }


def _of_answers(on: date) -> Terms:
    def consent(asked: Sequence[Any]) -> Drawn:
        purpose = asked[0]
        return lambda plan: plan.source(("consent", purpose), lambda: _said(purpose, on)).c.said

    def visited(asked: Sequence[Any]) -> Drawn:
        kind = asked[0]
        return lambda plan: plan.source(("visited", kind), lambda: _visited(kind, on)).c.on_day

    read = May.READ_REGISTRANTS
    return {
        "consent": Lookup(
            consent,
            _("What was said to a purpose: given, refused, withdrawn or over"),
            read,
            Kind.TEXT,
            ONE,
            of="consent_purpose",
            words=CONSENT_SAID,
        ),
        "visited_on": Lookup(
            visited,
            _("Day of the last visit of a kind that still holds"),
            read,
            Kind.DATE,
            ONE,
            of="visit_kind",
        ),
    }


def _of_open_matters() -> Terms:
    return {
        "changes_open": Sourced(
            _number("changes_open", _changes()),
            Kind.NUMBER,
            _("Requests to change it that wait for a decision"),
            May.READ_REGISTRANTS,
        ),
        "duplicates_open": Sourced(
            _number("duplicates_open", _pairs()),
            Kind.NUMBER,
            _("Records that may be of the same and wait for somebody to look"),
            May.READ_DUPLICATES,
        ),
    }


def _among(ids: Select[int]) -> ColumnElement[bool]:
    return Registrant.id.in_(ids)


def _always(condition: ColumnElement[bool]) -> Drawn:
    return lambda _plan: condition


def _number(key: str, rows: Select[int]) -> Drawn:
    """How many of these rows there are of a registrant."""

    def made() -> Source:
        each = rows.subquery()
        counts = (
            select(each.c.registrant_id, func.count().label("rows"))
            .group_by(each.c.registrant_id)
            .subquery()
        )
        return counts, counts.c.registrant_id == Registrant.id

    return lambda plan: func.coalesce(plan.source(key, made).c.rows, 0)


def _documents(on: date) -> Select[int]:
    holds = or_(Document.expires_on.is_(None), Document.expires_on >= on)
    return select(Document.registrant_id).where(Document.sha256.is_not(None), holds)


def _identifiers(on: date) -> Select[int]:
    holds = or_(Identifier.expires_on.is_(None), Identifier.expires_on >= on)
    return select(Identifier.registrant_id).where(Identifier.state == IdentifierState.VALID, holds)


def _changes() -> Select[int]:
    """Each request that waits, once for every registrant it would change."""
    waits = ChangeRequest.state.in_(WAITING)
    own = select(ChangeRequest.id, ChangeRequest.registrant_id).where(waits)
    lines = select(ChangeLine.request_id, ChangeLine.registrant_id)
    other = select(ChangeLine.request_id, ChangeLine.other_id)
    of_lines = (
        each.join(ChangeRequest, ChangeRequest.id == ChangeLine.request_id).where(waits)
        for each in (lines, other)
    )
    each = union_all(own, *of_lines).subquery("waiting")
    return select(each.c.registrant_id, each.c.id).distinct()


def _pairs() -> Select[int]:
    is_open = DuplicatePair.state == PairState.OPEN
    sides = (DuplicatePair.left_id, DuplicatePair.right_id)
    each = union_all(*(select(side.label("registrant_id")).where(is_open) for side in sides))
    return select(each.subquery("pairs").c.registrant_id)


def _said(purpose: str, on: date) -> Source:
    """What holds of a purpose: a no before a yes, where somebody and their household differ."""
    held = answers_held(purpose).subquery("held")
    yes, no = ConsentState.GIVEN.value, ConsentState.REFUSED.value
    over = func.bool_or(held.c.until < on)
    said = case(
        (func.bool_or(held.c.state == no), no),
        (func.bool_or(held.c.state != yes), ConsentState.WITHDRAWN.value),
        (over, OVER),
        else_=literal(yes),
    )
    by_registrant = (
        select(held.c.registrant_id, said.label("said")).group_by(held.c.registrant_id).subquery()
    )
    return by_registrant, by_registrant.c.registrant_id == Registrant.id


def _visited(kind: str, on: date) -> Source:
    last = last_visits(kind, on).subquery()
    return last, last.c.registrant_id == Registrant.id
