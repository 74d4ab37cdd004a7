"""What registrants agreed to."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states
from registry.models.told_of import ToldOf


class Basis(StrEnum):
    """Why what is known of somebody may be used; only a consent can be withdrawn."""

    CONSENT = "consent"
    LAW = "law"
    PUBLIC_TASK = "public_task"
    VITAL = "vital"
    CONTRACT = "contract"


class ConsentState(StrEnum):
    """What somebody said."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GivenBy(StrEnum):
    """Who said it."""

    SELF = "self"
    GUARDIAN = "guardian"


class Consent(ToldOf, Row):
    """One answer of a registrant to one purpose, known to them by its number; the last one holds.

    `how` is how it was given (spoken, signed, a thumb print), `document_id` the paper that shows
    it.
    """

    __tablename__ = "consents"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_consents_registrant_id", "registrant_id", "purpose"),
        CheckConstraint("until >= given_on", name="valid_for_a_while"),
    )

    number: Mapped[str] = mapped_column(Computed("public_number('CON', id, 8)", persisted=True))
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    purpose: Mapped[str]
    basis: Mapped[Basis] = mapped_column(
        states(Basis), default=Basis.CONSENT, server_default="consent"
    )
    state: Mapped[ConsentState] = mapped_column(
        states(ConsentState), default=ConsentState.GIVEN, server_default="given"
    )
    given_on: Mapped[date]
    given_by: Mapped[GivenBy] = mapped_column(
        states(GivenBy), default=GivenBy.SELF, server_default="self"
    )
    how: Mapped[str | None]
    until: Mapped[date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    withdrawn_on: Mapped[date | None]
    because: Mapped[str | None]
