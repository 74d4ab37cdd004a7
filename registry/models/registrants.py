"""Registrants: the groups and the individuals of the registry."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from core.crypto import Sealed, equality_of
from core.db import Base, Row, states
from registry.models.told_of import ToldOf
from registry.parsing.abilities import ANSWERS, DISABLED
from registry.parsing.names import Searchable, searchable


def _read(row: DefaultExecutionContext) -> Searchable:
    """What the names of a row that is being written are searched by."""
    given = row.get_current_parameters()  # type: ignore[no-untyped-call]
    return searchable(given["name"], given.get("name_local"))


class RegistrantKind(StrEnum):
    """Whether a registrant is one person or people who belong together."""

    GROUP = "group"
    INDIVIDUAL = "individual"


class RegistrantState(StrEnum):
    """Whether a registrant still stands on its own; all but the active are never counted."""

    ACTIVE = "active"
    EXITED = "exited"
    MERGED = "merged"
    ERASED = "erased"


class Registrant(Row):
    """One individual or one group, known outside by its number, `HG-` and 8 characters.

    `code` is the number it has in the source it came from. `area_id` is the leaf area of its place,
    copied so that every wall and every table by area needs no join. `made_by` is the user whose act
    it came by: they see it also while it has no area. `names` and `bones` are its names as they are
    searched by (registry.parsing.names); they are empty until the names have been read. `phone` is
    as a file wrote it, and read from the contacts alone.
    """

    __tablename__ = "registrants"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("kind", "code", info={"refusal": "This code is already in use."}),
        Index(None, "location_id"),
        Index(None, "area_id"),
        Index(None, "phone"),
        Index(
            "ix_registrants_groups",
            "area_id",
            postgresql_include=["id", "location_id"],
            postgresql_where="kind = 'group' and state = 'active'",
        ),
        Index(None, "names", postgresql_using="gin", postgresql_ops={"names": "gin_trgm_ops"}),
        Index("ix_registrants_names_whole", "names", postgresql_using="hash"),
        Index(None, "bones", postgresql_using="gin"),
        Index(
            "ix_registrants_unread", "id", postgresql_where="names is null and state <> 'erased'"
        ),
    )

    number: Mapped[str] = mapped_column(Computed("public_number('HG', id, 8)", persisted=True))
    kind: Mapped[RegistrantKind] = mapped_column(states(RegistrantKind))
    code: Mapped[str | None]
    name: Mapped[str]
    name_local: Mapped[str | None]
    names: Mapped[str | None] = mapped_column(default=lambda row: _read(row).names)
    bones: Mapped[Sequence[str] | None] = mapped_column(
        ARRAY(Text), default=lambda row: [*_read(row).bones]
    )
    language: Mapped[str | None]
    state: Mapped[RegistrantState] = mapped_column(
        states(RegistrantState), default=RegistrantState.ACTIVE, server_default="active"
    )
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("registrants.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    settlement: Mapped[str | None]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    registered_on: Mapped[date | None]
    exited_on: Mapped[date | None]
    exit_reason: Mapped[str | None]
    import_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    made_by: Mapped[int | None] = mapped_column(BigInteger)


class FormerPlace(Base):
    """A place a registrant stood at until it moved to another."""

    __tablename__ = "former_places"

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"), primary_key=True)
    left_at: Mapped[datetime] = mapped_column(server_default=func.now())
    area_id: Mapped[int | None] = mapped_column(BigInteger)


class MovedRegistrant(Base):
    """A registrant whom no place tells the area of, and who came into another by a new map.

    `area_id` is the old area, for the wall; `to_look_at` as with `PlaceMove`.
    """

    __tablename__ = "moved_registrants"

    change_id: Mapped[int] = mapped_column(
        ForeignKey("area_changes.id", ondelete="CASCADE"), primary_key=True
    )
    registrant_id: Mapped[int] = mapped_column(
        ForeignKey("registrants.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    to_area_id: Mapped[int | None] = mapped_column(BigInteger)
    to_look_at: Mapped[bool] = mapped_column(default=False, server_default="false")


class Group(ToldOf, Base):
    """What is said of a group alone: its kind, the size it stated, whether its roster is whole."""

    __tablename__ = "groups"
    __table_args__ = (CheckConstraint("stated_size >= 0", name="size_not_negative"),)

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(default="household", server_default="household")
    stated_size: Mapped[int | None]
    is_partial: Mapped[bool] = mapped_column(default=False, server_default="false")


class Individual(ToldOf, Base):
    """What is said of an individual alone. An inexact birth date is kept as 1 July of its year.

    Answers to the short set of the Washington Group are 1 (no difficulty) to 4 (cannot at all), 7
    refused, 9 not known; `disabled` follows from them. `counted_in` is the group they count in.
    """

    __tablename__ = "individuals"
    __table_args__ = (
        CheckConstraint(
            " and ".join(f"{answer} in (1, 2, 3, 4, 7, 9)" for answer in ANSWERS),
            name="washington_group",
        ),
        Index(None, "counted_in"),
    )

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), primary_key=True)
    sex: Mapped[str | None]
    birth_date: Mapped[date | None]
    birth_date_exact: Mapped[bool] = mapped_column(default=True, server_default="true")
    has_disability: Mapped[bool | None]
    family_name: Mapped[str | None]
    given_name: Mapped[str | None]
    other_names: Mapped[str | None]
    civil_status: Mapped[str | None]
    education: Mapped[str | None]
    occupation: Mapped[str | None]
    wg_seeing: Mapped[int | None] = mapped_column(SmallInteger)
    wg_hearing: Mapped[int | None] = mapped_column(SmallInteger)
    wg_walking: Mapped[int | None] = mapped_column(SmallInteger)
    wg_remembering: Mapped[int | None] = mapped_column(SmallInteger)
    wg_self_care: Mapped[int | None] = mapped_column(SmallInteger)
    wg_communicating: Mapped[int | None] = mapped_column(SmallInteger)
    disabled: Mapped[bool | None] = mapped_column(Computed(DISABLED, persisted=True))
    counted_in: Mapped[int | None] = mapped_column(BigInteger)


class Membership(ToldOf, Row):
    """One registrant in one group for a time, as head, spouse, child and so on.

    Who is principal receives for the group, who is alternate in their place; a caretaker looks
    after it.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_head",
            "group_id",
            unique=True,
            postgresql_where="kind = 'head' and ended_on is null",
            info={"refusal": "This household already has a head; end that membership first."},
        ),
        Index(
            "uq_memberships_current",
            "group_id",
            "member_id",
            unique=True,
            postgresql_where="ended_on is null",
            info={"refusal": "This person is already a member of this household."},
        ),
        Index(
            "uq_memberships_principal",
            "group_id",
            unique=True,
            postgresql_where="is_principal and ended_on is null",
            info={"refusal": "Somebody else of this household already receives for it."},
        ),
        Index(
            "uq_memberships_alternate",
            "group_id",
            unique=True,
            postgresql_where="is_alternate and ended_on is null",
            info={"refusal": "Somebody else of this household already stands in for who receives."},
        ),
        Index(None, "member_id"),
        CheckConstraint("group_id <> member_id", name="nobody_in_themselves"),
        CheckConstraint("ended_on >= started_on", name="ends_after_it_starts"),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    kind: Mapped[str]
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    is_principal: Mapped[bool] = mapped_column(default=False, server_default="false")
    is_alternate: Mapped[bool] = mapped_column(default=False, server_default="false")
    is_caretaker: Mapped[bool] = mapped_column(default=False, server_default="false")
    note: Mapped[str | None]


class IdentifierState(StrEnum):
    """Whether an identifier is good today."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Identifier(ToldOf, Row):
    """A number somebody else gave a registrant: a national ID, a card, a case number.

    `key` tells whether two values are the same, where the values themselves are sealed.
    """

    __tablename__ = "identifiers"
    __table_args__ = (
        Index(
            "uq_identifiers_valid",
            "type",
            "key",
            unique=True,
            postgresql_where="state = 'valid'",
            info={"refusal": "Another registrant already has this identifier."},
        ),
        Index(None, "registrant_id"),
        Index(None, "key"),
        Index("ix_identifiers_expires_on", "expires_on", postgresql_where="state = 'valid'"),
    )

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    type: Mapped[str]
    value: Mapped[str] = mapped_column(Sealed("key"))
    key: Mapped[str] = mapped_column(default=equality_of("value"))
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    state: Mapped[IdentifierState] = mapped_column(
        states(IdentifierState), default=IdentifierState.VALID, server_default="valid"
    )
