"""Change requests: what somebody asks to be changed in the registry, and how far it has come."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from core.crypto import Sealed, equality
from core.db import Row, states
from registry.changes.lines import Edit
from registry.models.told_of import ToldOf


def _told_apart(column: str) -> Callable[[DefaultExecutionContext], str | None]:
    """What tells two values of a sealed column apart; nothing where there is none."""

    def told(context: DefaultExecutionContext) -> str | None:
        value = context.get_current_parameters().get(column)  # type: ignore[no-untyped-call]
        return None if value is None else equality(value)

    return told


class ChangeState(StrEnum):
    """How far a request has come."""

    DRAFT = "draft"
    LOCAL = "local"
    NATIONAL = "national"
    APPROVED = "approved"
    APPLIED = "applied"
    RETURNED = "returned"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


WAITING = (ChangeState.LOCAL, ChangeState.NATIONAL, ChangeState.APPROVED)
OPEN = (ChangeState.DRAFT, ChangeState.RETURNED, *WAITING)


class Via(StrEnum):
    """What a request came by."""

    REGISTRAR = "registrar"
    GRIEVANCE = "grievance"
    PUBLIC = "public"
    FORM = "form"


class ChangeRequest(ToldOf, Row):
    """One request to change the registry, known by its number, `CR-` and 8 characters.

    `registrant_id` is whom it begins with; a request of the public has none, and no kind, until
    somebody takes it up, who is its maker from then on (`taken_by`). `on_day` is the day it
    happened on, where that is not the day it is applied. `code_digest` is the SHA-256 of the code
    its state is asked with.
    """

    __tablename__ = "change_requests"
    __table_args__ = (
        UniqueConstraint("number"),
        Index(None, "registrant_id"),
        Index("ix_change_requests_state", "state", "id"),
    )

    number: Mapped[str] = mapped_column(Computed("public_number('CR', id, 8)", persisted=True))
    kind: Mapped[str]
    state: Mapped[ChangeState] = mapped_column(states(ChangeState), default=ChangeState.DRAFT)
    registrant_id: Mapped[int | None] = mapped_column(ForeignKey("registrants.id"))
    via: Mapped[Via] = mapped_column(states(Via), default=Via.REGISTRAR)
    source_number: Mapped[str | None]
    why: Mapped[str | None]
    on_day: Mapped[date | None]
    contact: Mapped[str | None] = mapped_column(Sealed("contact_key"))
    contact_key: Mapped[str | None] = mapped_column(default=_told_apart("contact"))
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    line_count: Mapped[int] = mapped_column(default=0, server_default="0")
    taken_by: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime | None]
    local_by: Mapped[int | None] = mapped_column(BigInteger)
    local_at: Mapped[datetime | None]
    national_by: Mapped[int | None] = mapped_column(BigInteger)
    national_at: Mapped[datetime | None]
    applied_by: Mapped[int | None] = mapped_column(BigInteger)
    applied_at: Mapped[datetime | None]
    decided_because: Mapped[str | None]

    @property
    def from_outside(self) -> bool:
        """Whether somebody of the public wrote it, and nobody has taken it up."""
        return self.via is Via.PUBLIC and self.taken_by is None

    @property
    def maker(self) -> int | None:
        """Who answers for what it asks."""
        return None if self.from_outside else self.taken_by or self.made_by


class ChangeLine(ToldOf, Row):
    """One line of a request (registry.changes.lines), in the place it is done in.

    `about_id` and `about` say what it changes, so that requests which change the same are found.
    """

    __tablename__ = "change_lines"
    __table_args__ = (
        UniqueConstraint("request_id", "place"),
        Index(None, "about_id", "about"),
        Index(None, "registrant_id"),
        Index(None, "other_id"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("change_requests.id"))
    place: Mapped[int]
    edit: Mapped[Edit] = mapped_column(states(Edit))
    registrant_id: Mapped[int | None] = mapped_column(ForeignKey("registrants.id"))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("registrants.id"))
    registrant_line: Mapped[int | None]
    other_line: Mapped[int | None]
    field: Mapped[str] = mapped_column(default="")
    before: Mapped[str | None] = mapped_column(Sealed("before_key"))
    before_key: Mapped[str | None] = mapped_column(default=_told_apart("before"))
    after: Mapped[str | None] = mapped_column(Sealed("after_key"))
    after_key: Mapped[str | None] = mapped_column(default=_told_apart("after"))
    about_id: Mapped[int | None]
    about: Mapped[str]


class ChangeAnswer(ToldOf, Row):
    """One answer of the form a request was written with, so that it can be written again."""

    __tablename__ = "change_answers"
    __table_args__ = (UniqueConstraint("request_id", "name"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("change_requests.id"))
    name: Mapped[str]
    value: Mapped[str] = mapped_column(Sealed("key"))
    key: Mapped[str] = mapped_column(default=_told_apart("value"))


class ChangeDocument(ToldOf, Row):
    """One paper that a request rests on; `media` is its kind as its own bytes tell it."""

    __tablename__ = "change_documents"
    __table_args__ = (Index(None, "request_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("change_requests.id"))
    kind: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str]
    bytes: Mapped[int]
    media: Mapped[str]


class ChangeRoute(Row):
    """Which way requests of one kind go: whose validation they need, and which documents."""

    __tablename__ = "change_routes"
    __table_args__ = (UniqueConstraint("kind"),)

    kind: Mapped[str]
    needs_local: Mapped[bool]
    needs_national: Mapped[bool]
    documents: Mapped[Sequence[str]] = mapped_column(ARRAY(Text))
