"""Conditions: what a program asks of its members beside its rule."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, states


class ConditionKind(StrEnum):
    """What a condition is for: who gets nothing in a cycle, and who is done with the program."""

    COMPLIANCE = "compliance"
    GRADUATION = "graduation"


class Condition(Base):
    """One condition of one program, as CQL2 text over its households."""

    __tablename__ = "conditions"

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), primary_key=True)
    kind: Mapped[ConditionKind] = mapped_column(states(ConditionKind), primary_key=True)
    rule: Mapped[str]
    made_by: Mapped[int] = mapped_column(BigInteger)
