"""Words that mark registrants."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from registry.models.told_of import ToldOf


class RegistrantTag(ToldOf, Base):
    """One registrant marked with one word of the list of tags."""

    __tablename__ = "registrant_tags"
    __table_args__ = (Index(None, "tag"),)

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
