"""Imports: a file of households or people on its way into the registry, and each of its rows."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.crypto import Sealed
from core.db import Base, Row, states
from registry.parsing.days import DayOrder


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
    """One file of registrants: what it is, how its columns are read, what became of its rows.

    `columns` are the headings of the file, `mapping` says which of them each field is read from,
    `day_order` how its days are written (none before it is mapped), `counts` has the rows by
    verdict and by finding.
    """

    __tablename__ = "imports"

    kind: Mapped[ImportKind] = mapped_column(states(ImportKind))
    state: Mapped[ImportState] = mapped_column(states(ImportState), default=ImportState.UPLOADED)
    original_name: Mapped[str]
    original_sha256: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    day_order: Mapped[DayOrder | None] = mapped_column(states(DayOrder))
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    refusal: Mapped[str | None]
    uploaded_by: Mapped[int] = mapped_column(BigInteger)
    checked_at: Mapped[datetime | None]
    merged_at: Mapped[datetime | None]


class ImportRow:
    """What every row of an import has, whatever it is about.

    `row_number` is the row of the sheet, its heading being row 1. `warnings` and `errors` hold the
    codes of findings, such as `swapped`; `accepted` says that a person looked at the
    warnings and takes the row as it is. `registrant_id` is the registrant it was found to be, and
    after the merge the one it became. `made_by` sent the file: of those bound to other areas nobody
    else sees the row.
    """

    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    verdict: Mapped[Verdict] = mapped_column(states(Verdict))
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    errors: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    accepted: Mapped[bool] = mapped_column(default=False, server_default="false")
    registrant_id: Mapped[int | None] = mapped_column(BigInteger)
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[int | None] = mapped_column(BigInteger)

    @declared_attr
    @classmethod
    def import_id(cls) -> Mapped[int]:
        """The import it belongs to."""
        imports = ForeignKey("imports.id", ondelete="CASCADE")
        return mapped_column(imports, primary_key=True, sort_order=-1)


class HouseholdRow(ImportRow, Base):
    """One household of a file: its cells as they were written."""

    __tablename__ = "import_households"
    __table_args__ = (Index(None, "import_id", "verdict"), Index(None, "registrant_id"))

    code: Mapped[str | None]
    area_pcode: Mapped[str | None]
    settlement: Mapped[str | None]
    longitude: Mapped[str | None]
    latitude: Mapped[str | None]
    accuracy_m: Mapped[str | None]
    location_source: Mapped[str | None]
    located_on: Mapped[str | None]
    size: Mapped[str | None]
    roster: Mapped[str | None]
    address: Mapped[str | None]
    phone: Mapped[str | None]


class PersonRow(ImportRow, Base):
    """One person of a file: the cells as they were written.

    The identifier is sealed where that is configured, before the merge and after it; `id_key` is
    what it is told to be the same by.
    """

    __tablename__ = "import_people"
    __table_args__ = (Index(None, "import_id", "verdict"), Index(None, "registrant_id"))

    code: Mapped[str | None]
    household_code: Mapped[str | None]
    name: Mapped[str | None]
    name_local: Mapped[str | None]
    sex: Mapped[str | None]
    birth_date: Mapped[str | None]
    birth_date_exact: Mapped[str | None]
    relation: Mapped[str | None]
    id_type: Mapped[str | None]
    id_number: Mapped[str | None] = mapped_column(Sealed("id_key"))
    id_key: Mapped[str | None]
    disability: Mapped[str | None]
