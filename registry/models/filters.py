"""Filters: conditions on households that were given a name, for oneself or for everybody."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states


class Shared(StrEnum):
    """Who may use a filter beside who made it: nobody, who has a role, who is of an organisation,
    who works in an area, or everybody."""

    NONE = "none"
    ROLE = "role"
    ORGANISATION = "organisation"
    AREA = "area"
    EVERYBODY = "everybody"


class Subject(StrEnum):
    """Whom a filter is over."""

    HOUSEHOLDS = "households"
    PEOPLE = "people"


class Filter(Row):
    """One condition in CQL2 text, known by its code; `terms` are the names it uses.

    Who counts by it is counted by their own rights: it gives nobody more than they may ask.
    `shared_with` is the role, the key of the organisation, or the P-code of the area it is shared
    with. A changed one has the next `version`; what was made with an earlier one has its own text.
    """

    __tablename__ = "filters"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint(
            "made_by",
            "name",
            info={"refusal": "You have a filter of this name already; give it another."},
        ),
        CheckConstraint(
            "(shared_with is null) = (shared in ('none', 'everybody'))", name="shared_with_whom"
        ),
    )

    code: Mapped[str]
    name: Mapped[str]
    subject: Mapped[Subject] = mapped_column(
        states(Subject), default=Subject.HOUSEHOLDS, server_default="households"
    )
    written: Mapped[str]
    terms: Mapped[Sequence[str]] = mapped_column(ARRAY(Text))
    shared: Mapped[Shared] = mapped_column(states(Shared), default=Shared.NONE)
    shared_with: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    made_by: Mapped[int] = mapped_column(BigInteger, index=True)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class FilterVersion(Base):
    """What an earlier version of a filter was called and asked, from a moment on."""

    __tablename__ = "filter_versions"

    filter_id: Mapped[int] = mapped_column(
        ForeignKey("filters.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    written: Mapped[str]
    since: Mapped[datetime]
