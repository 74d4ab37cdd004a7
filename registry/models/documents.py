"""Papers and pictures of registrants."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row
from registry.models.told_of import ToldOf


class Document(ToldOf, Row):
    """One file about a registrant: a paper that was seen, or a picture of them.

    `media` is its kind as its own bytes tell it (an IANA media type). A document that was removed
    has no file any more, and says why.
    """

    __tablename__ = "documents"
    __table_args__ = (Index(None, "registrant_id"),)

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    kind: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str | None]
    bytes: Mapped[int]
    media: Mapped[str]
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    removed_because: Mapped[str | None]
