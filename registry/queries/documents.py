"""Asking for papers and pictures of registrants."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Conflict, NotFound
from registry.models.changes import ChangeDocument
from registry.models.documents import Document
from registry.models.submissions import Submission, SubmissionFile
from registry.permissions import May
from registry.queries.consents import PICTURES, declines

PICTURE = "picture"
"""The kind of document that shows somebody; all others show papers."""


class DocumentUnknown(NotFound):
    """This record has no such document; reload the page."""


class PicturesDeclined(Conflict):
    """They do not agree to the use of pictures, so none is kept or shown; ask them first."""


def documents_of(session: Session, registrant_id: int, *, actor: Actor) -> Sequence[Document]:
    """The documents of a registrant, the newest first, also those that were removed; none for who
    may not open them."""
    if not actor.may(May.READ_DOCUMENTS):
        return ()
    own = select(Document).where(Document.registrant_id == registrant_id)
    return session.scalars(own.order_by(Document.sha256.is_(None), Document.id.desc())).all()


def document_of(
    session: Session, registrant_id: int, document_id: int, *, actor: Actor
) -> Document:
    """One document of a registrant whom the actor may see.

    Raises:
        Forbidden, DocumentUnknown
    """
    actor.require(May.READ_DOCUMENTS)
    found = session.get(Document, document_id)
    if found is None or found.registrant_id != registrant_id:
        raise DocumentUnknown
    return found


def shown_document(
    session: Session, registrant_id: int, document_id: int, *, actor: Actor
) -> Document:
    """One document to be looked at: a picture of them only while they agree to it.

    Raises:
        Forbidden, DocumentUnknown, PicturesDeclined
    """
    found = document_of(session, registrant_id, document_id, actor=actor)
    if found.kind == PICTURE and declines(session, registrant_id, PICTURES):
        raise PicturesDeclined
    return found


def used_elsewhere(session: Session, files: Collection[str]) -> set[str]:
    """Which of these files a document, a request or a form that was sent still has."""
    held = (Document, ChangeDocument, Submission, SubmissionFile)
    used = union(*(select(each.sha256).where(each.sha256.in_(files)) for each in held))
    return {name for name in session.scalars(used) if name}
