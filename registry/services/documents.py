"""Papers and pictures of registrants: taken in by what their bytes say, removed with a reason."""

import io
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import IO

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.country import country
from core.errors import Invalid, NotFound
from core.storage import FileGone, keep_personal, path_of, stream_of
from registry.models.documents import Document
from registry.parsing.pictures import PICTURES, media_of, stripped
from registry.permissions import May
from registry.queries.consents import PICTURES as OF_THEM
from registry.queries.consents import declines
from registry.queries.documents import (
    PICTURE,
    PicturesDeclined,
    document_of,
    used_elsewhere,
)
from registry.queries.vocabularies import codes
from registry.services.people import refuse_word
from registry.services.records import record_of

MB = 1 << 20  # bytes
BEGINNING = 16
LONGEST = 200


class DocumentTooLarge(Invalid):
    """A document has at most {limit} MB; take the picture smaller, or send a part of it."""


class DocumentEmpty(Invalid):
    """There is nothing in this file; choose it again."""


class ReasonForRemoval(Invalid):
    """Say in a few words why the document is removed."""


class DocumentGone(NotFound):
    """This document was removed; only that it was there is kept."""


@dataclass(frozen=True)
class Brought:
    """A file somebody brought: what kind of document, its name, and until when it is good."""

    kind: str
    name: str
    file: IO[bytes]
    issued_on: date | None = None
    expires_on: date | None = None


def add(session: Session, number: str, brought: Brought, *, actor: Actor) -> Document:
    """Keep a document of somebody; of a picture without what the camera wrote into it.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, WordUnknown, DocumentTooLarge, DocumentEmpty,
        NotADocument, PictureUnreadable, PicturesDeclined
    """
    actor.require(May.WRITE_DOCUMENTS)
    found = record_of(session, number, actor=actor)
    refuse_word(codes(session), "document_type", brought.kind)
    if brought.kind == PICTURE and declines(session, found.id, OF_THEM):
        raise PicturesDeclined
    limit = country().document_mb
    whole = brought.file.read(limit * MB + 1)
    if not whole:
        raise DocumentEmpty
    if len(whole) > limit * MB:
        raise DocumentTooLarge(limit=limit)
    media = media_of(whole[:BEGINNING])
    if media in PICTURES:
        whole = stripped(whole, media)
    kept = keep_personal(io.BytesIO(whole))
    made = Document(
        registrant_id=found.id,
        kind=brought.kind,
        name=" ".join(brought.name.split())[:LONGEST] or brought.kind,
        sha256=kept.sha256,
        bytes=kept.size,
        media=media,
        issued_on=brought.issued_on,
        expires_on=brought.expires_on,
        area_id=found.area_id,
        made_by=found.made_by,
    )
    with audit.act(session, actor, "documents.add", found) as figures:
        session.add(made)
        session.flush()
        figures.update(number=found.number, bytes=kept.size)
    return made


def remove(
    session: Session, number: str, document_id: int, reason: str, *, actor: Actor
) -> Document:
    """Take a document's file away for good; that it was there, and why it went, stays.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, NotFound, DocumentGone, ReasonForRemoval
    """
    actor.require(May.WRITE_DOCUMENTS)
    found = record_of(session, number, actor=actor)
    held = document_of(session, found.id, document_id, actor=actor)
    if held.sha256 is None:
        raise DocumentGone
    why = " ".join(reason.split())
    if not 0 < len(why) <= LONGEST:
        raise ReasonForRemoval
    with audit.act(session, actor, "documents.remove", found) as figures:
        file, held.sha256, held.removed_because = held.sha256, None, why
        session.flush()
        figures.update(number=found.number, reason=why)
    drop_files(session, [file])
    return held


def opened(document: Document) -> IO[bytes]:
    """The file of a document, to be read from its beginning.

    Raises:
        DocumentGone, FileGone
    """
    if document.sha256 is None:
        raise DocumentGone
    return stream_of(document.sha256)


def drop_files(session: Session, files: Collection[str]) -> None:
    """Take files out of storage that no document has any more."""
    for name in set(files) - used_elsewhere(session, files):
        with suppress(FileGone):
            path_of(name).unlink()
