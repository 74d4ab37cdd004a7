"""Composites: releases that were made of other releases."""

from sqlalchemy import ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class ReleaseParent(Base):
    """One of the releases a release was made of; `place` is its place among them."""

    __tablename__ = "release_parents"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    parent_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), index=True)
