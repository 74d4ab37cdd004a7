"""Imports: a file of households or people on its way into the registry, and each of its rows."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states


class ImportState(StrEnum):
    """How far a file has come."""

    UPLOADED = "uploaded"
    MAPPED = "mapped"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    MERGED = "merged"
    REFUSED = "refused"


class ImportKind(StrEnum):
    """What the rows of a file are."""

    HOUSEHOLDS = "households"
    PEOPLE = "people"


class Verdict(StrEnum):
    """What merging will do with a row."""

    CREATE = "create"
    UPDATE = "update"
    LINK = "link"
    IGNORE = "ignore"
    ERROR = "error"


class Import(Row):
    """One file of registrants: what it is, how its columns are read, what became of its rows."""

    __tablename__ = "imports"

    kind: Mapped[ImportKind] = mapped_column(states(ImportKind))
    state: Mapped[ImportState] = mapped_column(states(ImportState), default=ImportState.UPLOADED)
    original_name: Mapped[str]
    original_sha256: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    refusal: Mapped[str | None]
    uploaded_by: Mapped[int] = mapped_column(BigInteger)


class ImportRow(Base):
    """One row of a file: its cells by field as they were written, and the verdict on it.

    `warnings` and `errors` hold the codes of findings, such as `swapped_coordinates`.
    """

    __tablename__ = "import_rows"
    __table_args__ = (Index(None, "import_id", "verdict"),)

    import_id: Mapped[int] = mapped_column(
        ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True
    )
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cells: Mapped[dict[str, str]] = mapped_column(JSONB)
    verdict: Mapped[Verdict | None] = mapped_column(states(Verdict))
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    errors: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    registrant_id: Mapped[int | None] = mapped_column(BigInteger)
