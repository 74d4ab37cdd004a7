"""Scores: versioned models, their parts, and what they came to for each household."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states
from registry.models.told_of import ToldOf


class ModelState(StrEnum):
    """Where a version stands; one that was active never changes."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class ScoreModel(Row):
    """One version of a score: a base to which its terms add points.

    `run_on` is the day its scores are of, `run_entry` the last entry of the trail whose changes
    they take in.
    """

    __tablename__ = "score_models"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index("uq_score_models_active", "code", unique=True, postgresql_where="state = 'active'"),
    )

    code: Mapped[str]
    version: Mapped[int]
    labels: Mapped[dict[str, str]] = mapped_column(JSONB)
    state: Mapped[ModelState] = mapped_column(states(ModelState), default=ModelState.DRAFT)
    base: Mapped[Decimal]
    made_by: Mapped[int] = mapped_column(BigInteger)
    activated_by: Mapped[int | None] = mapped_column(BigInteger)
    activated_at: Mapped[datetime | None]
    run_on: Mapped[date | None]
    run_at: Mapped[datetime | None]
    run_entry: Mapped[int | None] = mapped_column(BigInteger)


class ScoreTerm(Row):
    """One term of a version: an expression in CQL2 whose value is weighed, or looked up.

    `unknown` are the points of whom its value is not known or in no look-up; without them they have
    no score.
    """

    __tablename__ = "score_terms"
    __table_args__ = (UniqueConstraint("model_id", "place"),)

    model_id: Mapped[int] = mapped_column(ForeignKey("score_models.id"))
    place: Mapped[int]
    label: Mapped[str]
    expression: Mapped[str]
    weight: Mapped[Decimal]
    unknown: Mapped[Decimal | None]


class ScoreStep(Row):
    """One line of a term's look-up: a word, or numbers from one on and below another."""

    __tablename__ = "score_steps"
    __table_args__ = (UniqueConstraint("term_id", "place"),)

    term_id: Mapped[int] = mapped_column(ForeignKey("score_terms.id"))
    place: Mapped[int]
    word: Mapped[str | None]
    at_least: Mapped[Decimal | None]
    below: Mapped[Decimal | None]
    points: Mapped[Decimal]


class ScoreBand(Row):
    """One class of a version's scores: from one on and below another."""

    __tablename__ = "score_bands"
    __table_args__ = (UniqueConstraint("model_id", "place"),)

    model_id: Mapped[int] = mapped_column(ForeignKey("score_models.id"))
    place: Mapped[int]
    name: Mapped[str]
    at_least: Mapped[Decimal | None]
    below: Mapped[Decimal | None]


class Score(ToldOf, Base):
    """What one version comes to for one household since a day, term by term.

    `given` are the values of the terms and `points` what each added, in their order. A term of
    which nothing is known leaves the household without a score, which is no score of 0.
    """

    __tablename__ = "scores"
    __table_args__ = (Index(None, "registrant_id"),)

    model_id: Mapped[int] = mapped_column(ForeignKey("score_models.id"), primary_key=True)
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), primary_key=True)
    value: Mapped[Decimal | None]
    band: Mapped[str | None]
    on_day: Mapped[date]
    given: Mapped[Sequence[str | None]] = mapped_column(ARRAY(Text))
    points: Mapped[Sequence[Decimal | None]] = mapped_column(ARRAY(Numeric))
