"""Word lists: sex, kinds of identifier, kinds of membership, kinds of group."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row


class Word(Row):
    """One word of one list, with its labels by language tag.

    `synonyms` are other ways in which files are known to write it, in lower case. `inverse` is the
    word of the other direction of a tie; a kind of group may `takes_groups` as its members.
    """

    __tablename__ = "vocabularies"
    __table_args__ = (
        UniqueConstraint("list", "code", info={"refusal": "This code is already in the list."}),
    )

    list: Mapped[str]
    code: Mapped[str]
    labels: Mapped[dict[str, str]] = mapped_column(JSONB)
    synonyms: Mapped[Sequence[str]] = mapped_column(ARRAY(Text), server_default="{}")
    uri: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    inverse: Mapped[str | None]
    takes_groups: Mapped[bool] = mapped_column(default=False, server_default="false")
