"""Recurrences: when the cycles of a program begin."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class Recurrence(Base):
    """When the cycles of one program begin: an RRULE (RFC 5545) counted from a first day.

    A cycle takes over the members of the one before; with `rechecks` the rule is asked of them
    again. The one that `is_nightly` is drafted by the platform on its day, which is looked for once
    a day, `looked_on`.
    """

    __tablename__ = "recurrences"

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), primary_key=True)
    rule: Mapped[str]
    starts_on: Mapped[date]
    rechecks: Mapped[bool] = mapped_column(default=True, server_default="true")
    is_nightly: Mapped[bool] = mapped_column(default=False, server_default="false")
    looked_on: Mapped[date | None]
    made_by: Mapped[int] = mapped_column(BigInteger)
