"""Rosters: a question with its answer, which once frozen is what a cycle starts from."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states


class RosterState(StrEnum):
    """Whether a roster is still a question or already an answer."""

    DRAFT = "draft"
    FROZEN = "frozen"


class Answer(StrEnum):
    """The answers to where a household stands; never two, and never a missing one."""

    IN = "in"
    PROBABLE = "probable"
    OUT = "out"
    NOT_OBSERVED = "not_observed"
    UNLOCATED = "unlocated"


class Roster(Row):
    """One selection and one filter over people; frozen, with its members, counts and hash.

    `definition` is the canonical question (RFC 8785 JSON): selection, filter, release SHA-256s,
    area version, reach and moment. `hash` is a SHA-256 in hex over the list and the definition
    (`registry.queries.roster_definitions`). `households_expected` is how many of the probable ones
    are expected to be in. `people` counts the people of those who are in by sex and age, for the
    page alone; `ages` are below how many years one was young then, and from how many on old.
    """

    __tablename__ = "rosters"
    __table_args__ = (UniqueConstraint("code"),)

    code: Mapped[str] = mapped_column()
    name: Mapped[str]
    selection_id: Mapped[int] = mapped_column(ForeignKey("selections.id"))
    filter: Mapped[str | None]
    state: Mapped[RosterState] = mapped_column(states(RosterState), default=RosterState.DRAFT)
    definition: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    hash: Mapped[str | None]
    households_in: Mapped[int | None] = mapped_column(Integer)
    households_probable: Mapped[int | None] = mapped_column(Integer)
    households_expected: Mapped[float | None]
    households_out: Mapped[int | None] = mapped_column(Integer)
    households_not_observed: Mapped[int | None] = mapped_column(Integer)
    households_unlocated: Mapped[int | None] = mapped_column(Integer)
    people_in: Mapped[int | None] = mapped_column(Integer)
    people: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    ages: Mapped[Sequence[int]] = mapped_column(ARRAY(SmallInteger), server_default="{5,60}")
    made_by: Mapped[int] = mapped_column(BigInteger)
    frozen_by: Mapped[int | None] = mapped_column(BigInteger)
    frozen_at: Mapped[datetime | None]


class RosterMember(Base):
    """One household a frozen roster asked about, and the answer it got.

    `grade` is what it was known by (`geo.queries.exposure`), NULL where it was unlocated; `share`
    the part of its circle or area that was in, NULL where nobody knows;
    `why` says why nobody does, or that it is out but in permanent water (`geo.raster.reasons`).
    """

    __tablename__ = "roster_members"
    __table_args__ = (Index(None, "registrant_id"),)

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"), primary_key=True)
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), primary_key=True)
    location_id: Mapped[int | None] = mapped_column(BigInteger)
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[Answer] = mapped_column(states(Answer))
    grade: Mapped[str | None]
    value: Mapped[float | None] = mapped_column(REAL)
    share: Mapped[float | None] = mapped_column(REAL)
    why: Mapped[int | None] = mapped_column(SmallInteger)
