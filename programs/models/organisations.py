"""Organisations: who runs programs and employs those who sign in."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row


class Organisation(Row):
    """A government office, an agency or an NGO."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint(
            "name", info={"refusal": "An organisation of this name is already there."}
        ),
    )

    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="government", server_default="government")
