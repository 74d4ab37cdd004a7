"""Fields an installation adds for itself, and the rows that hold their values."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states
from registry.models.told_of import ToldOf


class Scope(StrEnum):
    """Whom a field is about."""

    GROUP = "group"
    INDIVIDUAL = "individual"


class FieldType(StrEnum):
    """What sort of value a field holds."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    WORD = "word"
    WORDS = "words"


class FieldState(StrEnum):
    """Whether a field is asked; a retired one keeps its values."""

    ACTIVE = "active"
    RETIRED = "retired"


class FieldSection(Row):
    """One heading under which fields of one scope stand on forms and pages."""

    __tablename__ = "field_sections"
    __table_args__ = (
        UniqueConstraint("scope", "code", info={"refusal": "There is a section of this name."}),
    )

    scope: Mapped[Scope] = mapped_column(states(Scope))
    code: Mapped[str]
    labels: Mapped[dict[str, str]] = mapped_column(JSONB)
    position: Mapped[int] = mapped_column(server_default="0")


class OwnField(Row):
    """One field an installation added: what it is called, what it takes, who is told of it.

    Its values are the column `c_` and its code of `group_fields` or `individual_fields`; those of
    one with `computed`, an expression in CQL2, are reckoned whenever they are asked for. Of what
    is filled in `needed_if` says when it has to be, and `holds` what then has to be true, both in
    CQL2 over fields of the same scope; `refusals` say what is wrong otherwise, by language.
    """

    __tablename__ = "fields"
    __table_args__ = (
        UniqueConstraint("scope", "code", info={"refusal": "There is a field of this code."}),
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,40}$'", name="code"),
    )

    scope: Mapped[Scope] = mapped_column(states(Scope))
    code: Mapped[str]
    section_id: Mapped[int] = mapped_column(ForeignKey("field_sections.id"), index=True)
    type: Mapped[FieldType] = mapped_column(states(FieldType))
    word_list: Mapped[str | None]
    labels: Mapped[dict[str, str]] = mapped_column(JSONB)
    hints: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    required: Mapped[bool] = mapped_column(server_default="false")
    least: Mapped[Decimal | None]
    most: Mapped[Decimal | None]
    pattern: Mapped[str | None]
    needs: Mapped[str | None]
    computed: Mapped[str | None]
    needed_if: Mapped[str | None]
    holds: Mapped[str | None]
    refusals: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    state: Mapped[FieldState] = mapped_column(states(FieldState), default=FieldState.ACTIVE)
    position: Mapped[int] = mapped_column(server_default="0")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class GroupFields(ToldOf, Base):
    """What own fields say of one group; a column for each field stands beside these."""

    __tablename__ = "group_fields"

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), primary_key=True)


class IndividualFields(ToldOf, Base):
    """What own fields say of one person; a column for each field stands beside these."""

    __tablename__ = "individual_fields"

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), primary_key=True)
