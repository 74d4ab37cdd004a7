"""What an identifier of each kind looks like."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states
from registry.models.registrants import RegistrantKind


class CheckDigit(StrEnum):
    """How the last signs of an identifier follow from the others."""

    NONE = "none"
    LUHN = "luhn"
    MOD97 = "mod97"
    VERHOEFF = "verhoeff"


class IdentifierType(Row):
    """The rules of one kind of identifier, a word of the list of them.

    `pattern` is a regular expression the whole value has to fit, `example` a value that does.
    Without a `registrant_kind` both groups and individuals may have one.
    """

    __tablename__ = "identifier_types"
    __table_args__ = (
        UniqueConstraint("code", info={"refusal": "This kind of identifier has its rules."}),
        CheckConstraint("months_valid > 0", name="valid_for_a_while"),
    )

    code: Mapped[str]
    pattern: Mapped[str | None]
    example: Mapped[str | None]
    check_digit: Mapped[CheckDigit] = mapped_column(
        states(CheckDigit), default=CheckDigit.NONE, server_default="none"
    )
    registrant_kind: Mapped[RegistrantKind | None] = mapped_column(states(RegistrantKind))
    months_valid: Mapped[int | None]
