"""Terms of filters that roles are not offered."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row


class TermsWithheld(Row):
    """The terms one role is not offered; it is offered all others it may ask for."""

    __tablename__ = "terms_withheld"

    role: Mapped[str] = mapped_column(unique=True)
    names: Mapped[Sequence[str]] = mapped_column(ARRAY(Text), server_default="{}")
