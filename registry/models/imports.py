"""Imports: a file of households and people on its way into the registry, and each of its rows."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, REAL, BigInteger, ForeignKey, Index, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

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
    UNDONE = "undone"


class ImportKind(StrEnum):
    """What a row of a file is.

    A household; a member of one that is registered; a household with the person who speaks for it;
    or a member of a household that its members' rows make.
    """

    HOUSEHOLDS = "households"
    PEOPLE = "people"
    REGISTRATIONS = "registrations"
    ROSTER = "roster"

    @property
    def tells_of_households(self) -> bool:
        """Whether its rows make households."""
        return self is not ImportKind.PEOPLE

    @property
    def tells_of_people(self) -> bool:
        """Whether its rows make people."""
        return self is not ImportKind.HOUSEHOLDS


class Verdict(StrEnum):
    """What merging will do with a row."""

    CREATE = "create"
    UPDATE = "update"
    LINK = "link"
    IGNORE = "ignore"
    ERROR = "error"


class Import(Row):
    """One file of registrants: what it is, how its columns are read, what became of its rows.

    `columns` are the headings of the file, `made` those that are put together from them or taken
    out of one (as `registry.checking.made` reads them). `mapping` says which column each field is
    read from, `constants` what is meant of a field where a row says nothing, `words` the codes of
    this file's own words by field. `day_order` is how its days are written (none before it is
    mapped), `fields` what the cells of its rows say in their order, `counts` has the rows by
    verdict and by finding; `compared_at` is when its rows were held against the registry.
    """

    __tablename__ = "imports"

    kind: Mapped[ImportKind] = mapped_column(states(ImportKind))
    state: Mapped[ImportState] = mapped_column(states(ImportState), default=ImportState.UPLOADED)
    original_name: Mapped[str]
    original_sha256: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    made: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    words: Mapped[dict[str, dict[str, str]]] = mapped_column(JSONB, server_default="{}")
    constants: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    day_order: Mapped[DayOrder | None] = mapped_column(states(DayOrder))
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    refusal: Mapped[str | None]
    uploaded_by: Mapped[int] = mapped_column(BigInteger)
    checked_at: Mapped[datetime | None]
    compared_at: Mapped[datetime | None]
    merged_at: Mapped[datetime | None]


class ImportRow(Base):
    """One row of a file: what it says, what was found in it, and what merging does or did with it.

    `row_number` is the row of the sheet. `household_key` and `person_key` are the codes of whom it
    tells; `cells` say the rest, each written one way, in the order of the import's `fields`, and
    `faulted` has the cells something was found in as they stand in the file. `warnings` and
    `errors` hold the codes of findings, such as `swapped`; `accepted` says that a person looked at
    the warnings and takes the row as it is, `decided` what they chose instead of the verdict.

    `registrant_id` and `group_id` are who it was found to be, and after the merge who it became.
    `made_by` sent the file: of those bound to other areas nobody else sees the row. The identifier
    is sealed where that is configured; `id_key` is what it is told to be the same by.

    Rows of an import stand in a part of the table that is made for it, so that no key need be
    looked up for each of a million to know that there is such an import.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        Index(None, "import_id", "verdict"),
        Index(None, "registrant_id"),
        Index(None, "group_id"),
        {"postgresql_partition_by": "LIST (import_id)"},
    )

    import_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    household_key: Mapped[str | None]
    person_key: Mapped[str | None]
    verdict: Mapped[Verdict] = mapped_column(states(Verdict))
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    errors: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    faulted: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    cells: Mapped[list[str | None]] = mapped_column(ARRAY(Text), server_default="{}")
    id_number: Mapped[str | None] = mapped_column(Sealed("id_key"))
    id_key: Mapped[str | None]
    accepted: Mapped[bool] = mapped_column(default=False, server_default="false")
    decided: Mapped[Verdict | None] = mapped_column(states(Verdict))
    registrant_id: Mapped[int | None] = mapped_column(BigInteger)
    group_id: Mapped[int | None] = mapped_column(BigInteger)
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[int | None] = mapped_column(BigInteger)


class ImportBefore(Base):
    """What a merge changed of a row of the registry, as it was; with it the merge is undone.

    It is written by the merge that holds its import, so no key says so for each row.
    """

    __tablename__ = "import_befores"
    __table_args__ = (Index(None, "registrant_id"),)

    import_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    registrant_id: Mapped[int] = mapped_column(BigInteger)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[int | None] = mapped_column(BigInteger)


class ImportCell(Base):
    """A cell of a file that somebody corrected before the file was merged.

    `heading` is that of its column, or what a made column is called; `value` is what they wrote, as
    the file might have said it, and empty where they took it away. `made_by` sent the file, as in
    its rows.
    """

    __tablename__ = "import_cells"

    import_id: Mapped[int] = mapped_column(
        ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True
    )
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    heading: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Sealed("value_key"))
    value_key: Mapped[str]
    corrected_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[int | None] = mapped_column(BigInteger)


class ImportMatch(Base):
    """A registrant that is much like a row which would make a new one, and why.

    `area_id` is that of the registrant: who may not see them is not told of the likeness.
    """

    __tablename__ = "import_matches"
    __table_args__ = (Index(None, "registrant_id"),)

    import_id: Mapped[int] = mapped_column(
        ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True
    )
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    registrant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    score: Mapped[float] = mapped_column(REAL)
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    area_id: Mapped[int | None] = mapped_column(BigInteger)


class ImportMapping(Row):
    """How files of some headings are read, kept under a name by `made_by`, or `shared` with all."""

    __tablename__ = "import_mappings"
    __table_args__ = (
        UniqueConstraint(
            "kind",
            "name",
            info={"refusal": "A mapping of this name is kept already; choose another name."},
        ),
    )

    kind: Mapped[ImportKind] = mapped_column(states(ImportKind))
    name: Mapped[str]
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB)
    made: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    words: Mapped[dict[str, dict[str, str]]] = mapped_column(JSONB, server_default="{}")
    constants: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    day_order: Mapped[DayOrder | None] = mapped_column(states(DayOrder))
    shared: Mapped[bool] = mapped_column(default=False, server_default="false")
    made_by: Mapped[int] = mapped_column(BigInteger)
