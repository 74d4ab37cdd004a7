"""Situation maps: files to send around, made of a kept list."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row


class SituationMap(Row):
    """One self-contained map of one list: a file in storage, known by its SHA-256."""

    __tablename__ = "situation_maps"

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"), index=True)
    sha256: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[int] = mapped_column(BigInteger)
