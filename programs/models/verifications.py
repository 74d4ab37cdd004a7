"""Verification: asking some of those who were paid whether they really received it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states
from core.money import Money


class StratifiedBy(StrEnum):
    """By what those who were paid are parted before some of each part are drawn."""

    NOTHING = "nothing"
    AREA = "area"
    SEX = "sex"
    MECHANISM = "mechanism"


class Confirmation(StrEnum):
    """What somebody said they received, when they were asked; or that they were not found."""

    FULL = "full"
    PARTLY = "partly"
    NOT_RECEIVED = "not_received"
    NOT_FOUND = "not_found"


class MismatchState(StrEnum):
    """Whether somebody has looked at an answer that is not what the provider says."""

    OPEN = "open"
    SETTLED = "settled"


class Verification(Row):
    """One sample of the households that were paid in a cycle, drawn by a seed that anybody can draw
    it by again. `confidence` and `margin` are in per cent, `cluster` is how many neighbours are
    asked together."""

    __tablename__ = "verifications"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    stratified_by: Mapped[StratifiedBy] = mapped_column(states(StratifiedBy))
    confidence: Mapped[int] = mapped_column(SmallInteger)
    margin: Mapped[int] = mapped_column(SmallInteger)
    cluster: Mapped[int] = mapped_column(SmallInteger)
    seed: Mapped[int] = mapped_column(Integer)
    population: Mapped[int] = mapped_column(Integer)
    wanted: Mapped[int] = mapped_column(Integer)
    drawn: Mapped[int] = mapped_column(Integer)
    made_by: Mapped[int] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None]


class VerificationStratum(Base):
    """One part of those who were paid: how many they are, and how many of them were drawn."""

    __tablename__ = "verification_strata"

    verification_id: Mapped[int] = mapped_column(ForeignKey("verifications.id"), primary_key=True)
    stratum: Mapped[str] = mapped_column(primary_key=True)
    population: Mapped[int] = mapped_column(Integer)
    drawn: Mapped[int] = mapped_column(Integer)


class VerificationSample(Base):
    """One household that was drawn: what the provider says it got, and what it says itself.

    `team` numbers the cluster it is asked with, `place` its place in the walk.
    """

    __tablename__ = "verification_samples"

    verification_id: Mapped[int] = mapped_column(ForeignKey("verifications.id"), primary_key=True)
    registrant_id: Mapped[int] = mapped_column(
        ForeignKey("registrants.id"), primary_key=True, index=True
    )
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    stratum: Mapped[str]
    team: Mapped[int] = mapped_column(Integer)
    place: Mapped[int] = mapped_column(Integer)
    paid: Mapped[Decimal] = mapped_column(Money)
    result: Mapped[Confirmation | None] = mapped_column(states(Confirmation))
    received: Mapped[Decimal | None] = mapped_column(Money)
    note: Mapped[str | None]
    asked_by: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime | None]
    mismatch: Mapped[MismatchState | None] = mapped_column(states(MismatchState))
    settled_because: Mapped[str | None]
