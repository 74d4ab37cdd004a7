"""Act keys: a form sent twice unchanged is one act, and the second gets the first one's answer."""

import uuid

from sqlalchemy import Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row


class Act(Row):
    """One form or API write that was answered: its key, and the answer to give again."""

    __tablename__ = "acts"
    __table_args__ = (UniqueConstraint("actor_id", "key"),)

    actor_id: Mapped[int]
    key: Mapped[uuid.UUID]
    status: Mapped[int | None] = mapped_column(Integer)
    location: Mapped[str | None]
    body: Mapped[str | None]
