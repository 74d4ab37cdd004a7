"""Users: people who sign in, and the roles they were given."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.auth.roles import Role
from core.db import Row, states


class User(Row):
    """A person with an account.

    A password is kept as an argon2id hash. `link_digest` is the SHA-256 of a one-time link with
    which a new or locked-out person sets a password.
    """

    __tablename__ = "users"
    __table_args__ = (
        Index(
            "uq_users_email",
            "email",
            unique=True,
            info={"refusal": "Somebody already signs in with this address."},
        ),
    )

    name: Mapped[str]
    email: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    password_hash: Mapped[str | None]
    link_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    link_until: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    active: Mapped[bool] = mapped_column(default=True, server_default="true")


class RoleGrant(Row):
    """One role given to one person, in one area or everywhere, for a time or for good."""

    __tablename__ = "role_grants"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(states(Role))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
