"""Situation maps: files to send around, made of a kept list."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states


class Audience(StrEnum):
    """Who a map is made for."""

    COLLEAGUES = "colleagues"
    PUBLIC = "public"


class SituationMap(Row):
    """One self-contained map of one list: a file in storage, known by its SHA-256.

    It tells of what lies under `areas`, the reach of who made it; NULL is the whole country. One
    for the public has rounded figures, none of a few, and no household.
    """

    __tablename__ = "situation_maps"
    __table_args__ = (
        UniqueConstraint("roster_id", "sha256", "areas", postgresql_nulls_not_distinct=True),
    )

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"))
    sha256: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str]
    audience: Mapped[Audience] = mapped_column(states(Audience), server_default="colleagues")
    areas: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    made_by: Mapped[int] = mapped_column(BigInteger)
