"""Papers a change rests on: added and taken away by who asks for it, until it is asked for."""

import io
from dataclasses import dataclass
from typing import IO

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.country import country
from core.errors import Invalid, NotFound
from core.storage import keep_personal
from registry.models.changes import ChangeDocument, ChangeState
from registry.parsing.pictures import PICTURES, media_of, stripped
from registry.permissions import May
from registry.queries.changes import told_of
from registry.queries.vocabularies import codes
from registry.services.changes import PartsElsewhere, own_change
from registry.services.documents import drop_files
from registry.services.people import WordUnknown

MB = 1 << 20  # bytes
BEGINNING = 16
LONGEST = 200


class PaperTooLarge(Invalid):
    """A document has at most {limit} MB; take the picture smaller, or send a part of it."""


class PaperEmpty(Invalid):
    """There is nothing in this file; choose it again."""


class PaperUnknown(NotFound):
    """This change has no such document; reload the page."""


@dataclass(frozen=True)
class Paper:
    """A file somebody brought: what kind of document it is, and its name."""

    kind: str
    name: str
    file: IO[bytes]


def attach(session: Session, number: str, paper: Paper, *, actor: Actor) -> ChangeDocument:
    """Add a document to a change that is not asked for yet; of a picture without its EXIF.

    Raises:
        Forbidden, ChangeUnknown, NotYours, NotOpen, WordUnknown, PaperTooLarge, PaperEmpty,
        NotADocument, PictureUnreadable
    """
    actor.require(May.ASK_CHANGES)
    request = own_change(session, number, ChangeState.DRAFT, ChangeState.RETURNED, actor=actor)
    if paper.kind not in codes(session).get("document_type", {paper.kind}):
        raise WordUnknown(word=paper.kind, list="document_type")
    limit = country().document_mb
    whole = paper.file.read(limit * MB + 1)
    if not whole:
        raise PaperEmpty
    if len(whole) > limit * MB:
        raise PaperTooLarge(limit=limit)
    media = media_of(whole[:BEGINNING])
    kept = keep_personal(io.BytesIO(stripped(whole, media) if media in PICTURES else whole))
    made = ChangeDocument(
        request_id=request.id,
        kind=paper.kind,
        name=" ".join(paper.name.split())[:LONGEST] or paper.kind,
        sha256=kept.sha256,
        bytes=kept.size,
        media=media,
        area_id=request.area_id,
        made_by=request.made_by,
    )
    with audit.act(session, actor, "changes.attach", request) as figures:
        session.add(made)
        session.flush()
        figures.update(number=request.number, bytes=kept.size)
    return made


def detach(session: Session, number: str, document_id: int, *, actor: Actor) -> None:
    """Take a document away from a change that is not asked for yet, and its file for good.

    Raises:
        Forbidden, ChangeUnknown, NotYours, NotOpen, PaperUnknown
    """
    actor.require(May.ASK_CHANGES)
    request = own_change(session, number, ChangeState.DRAFT, ChangeState.RETURNED, actor=actor)
    held = session.get(ChangeDocument, document_id)
    if held is None or held.request_id != request.id:
        raise PaperUnknown
    with audit.act(session, actor, "changes.detach", request) as figures:
        session.delete(held)
        session.flush()
        figures.update(number=request.number)
    drop_files(session, [held.sha256])


def paper_of(session: Session, number: str, document_id: int, *, actor: Actor) -> ChangeDocument:
    """A document of a change, for who sees all of it.

    Raises:
        Forbidden, ChangeUnknown, PartsElsewhere, PaperUnknown
    """
    actor.require(May.READ_REGISTRANTS)
    told = told_of(session, number, actor=actor)
    if not told.whole:
        raise PartsElsewhere
    held = next((each for each in told.documents if each.id == document_id), None)
    if held is None:
        raise PaperUnknown
    return held
