"""Providers of payments (FSPs): who carries money to people, by which way, and what they answer."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states
from core.money import Money
from programs.models.programs import Delivery


class ConnectorKind(StrEnum):
    """How orders reach a provider."""

    FILE = "file"
    ISO20022 = "iso20022"
    MOBILE_MONEY = "mobile_money"


class Fsp(Row):
    """One provider: by which mechanism it pays, how orders reach it, and what it takes at most.

    `secret` is sealed: what we show it, and what it signs its answers with. `wait` is for how many
    seconds a call may last. `columns` are those of its file, in its order.
    """

    __tablename__ = "fsps"
    __table_args__ = (
        UniqueConstraint("code", info={"refusal": "A provider of this code is already there."}),
        CheckConstraint("batch_size between 1 and 10000", name="batch_size_in_bounds"),
        CheckConstraint("wait between 1 and 120", name="wait_in_bounds"),
        CheckConstraint("most > 0", name="most_positive"),
    )

    code: Mapped[str]
    name: Mapped[str]
    mechanism: Mapped[Delivery] = mapped_column(states(Delivery))
    connector: Mapped[ConnectorKind] = mapped_column(states(ConnectorKind))
    address: Mapped[str | None]
    account: Mapped[str | None]
    secret: Mapped[str | None]
    columns: Mapped[Sequence[str]] = mapped_column(ARRAY(Text), server_default="{}")
    batch_size: Mapped[int] = mapped_column(default=500, server_default="500")
    most: Mapped[Decimal | None] = mapped_column(Money)
    wait: Mapped[int] = mapped_column(default=20, server_default="20")
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    made_by: Mapped[int] = mapped_column(BigInteger)


class FspAnswer(Row):
    """One answer a provider sent by itself, as it came; the same one sent twice is one row."""

    __tablename__ = "fsp_answers"
    __table_args__ = (
        UniqueConstraint("fsp_id", "digest"),
        Index("ix_fsp_answers_waiting", "fsp_id", postgresql_where="taken_at is null"),
    )

    fsp_id: Mapped[int] = mapped_column(ForeignKey("fsps.id"))
    digest: Mapped[str]
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    taken_at: Mapped[datetime | None]
