"""How long what is known of people is kept."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states


class What(StrEnum):
    """What a rule is about."""

    EXITED = "exited"
    DOCUMENTS = "documents"
    VISITS = "visits"


class Does(StrEnum):
    """What becomes of it once its time is over."""

    ERASE = "erase"
    ANONYMISE = "anonymise"
    DELETE = "delete"


class RuleState(StrEnum):
    """Whether a rule is kept to."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


class RetentionRule(Row):
    """One rule: what is taken away so many months after its time, how, and since when that is done.

    Whoever wrote it (`made_by`) does not start it; `kept_on` is the day it was last kept to.
    """

    __tablename__ = "retention_rules"
    __table_args__ = (
        CheckConstraint("after_months > 0", name="after_a_while"),
        Index(
            "uq_retention_rules_active",
            "what",
            unique=True,
            postgresql_where="state = 'active'",
            info={"refusal": "Another rule of this kind is kept to already; end that one first."},
        ),
    )

    what: Mapped[What] = mapped_column(states(What))
    after_months: Mapped[int]
    does: Mapped[Does] = mapped_column(states(Does))
    state: Mapped[RuleState] = mapped_column(
        states(RuleState), default=RuleState.DRAFT, server_default="draft"
    )
    made_by: Mapped[int] = mapped_column(BigInteger)
    started_by: Mapped[int | None] = mapped_column(BigInteger)
    kept_on: Mapped[date | None]
