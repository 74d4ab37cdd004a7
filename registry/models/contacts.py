"""How registrants are reached."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.crypto import Sealed, equality_of
from core.db import Row, states
from registry.models.told_of import ToldOf
from registry.parsing.numbers import contact_key


class ContactKind(StrEnum):
    """What a contact is."""

    PHONE = "phone"
    EMAIL = "email"
    OTHER = "other"


class Contact(ToldOf, Row):
    """One number or address a registrant is reached by; one of each kind is the main one.

    `region` is the country of a telephone number (ISO 3166-1), where it can be told. `messages`
    says whether they want to be written to by it.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint(
            "registrant_id",
            "kind",
            "key",
            info={"refusal": "This number or address is written down twice; take one away."},
        ),
        Index(None, "key"),
        Index("uq_contacts_main", "registrant_id", "kind", unique=True, postgresql_where="is_main"),
    )

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    kind: Mapped[ContactKind] = mapped_column(states(ContactKind))
    value: Mapped[str] = mapped_column(Sealed("key", contact_key))
    key: Mapped[str] = mapped_column(default=equality_of("value", contact_key))
    region: Mapped[str | None]
    is_main: Mapped[bool] = mapped_column(default=False, server_default="false")
    messages: Mapped[bool] = mapped_column(default=False, server_default="false")
