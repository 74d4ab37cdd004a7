"""Users: people who sign in, how they prove who they are, and the roles they were given."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.auth.roles import Role
from core.db import Row, states


class User(Row):
    """A person with an account.

    A password is kept as an argon2id hash. `link_digest` is the SHA-256 of a one-time link with
    which a new or locked-out person sets a password. `second_key` is the sealed key of the one-time
    codes; it counts from `second_since` on, when a first code was right. `second_step` is the time
    step of the last code taken, which no code of it or before may follow.
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
    second_key: Mapped[str | None] = mapped_column(info={"sealed": "always"})
    second_since: Mapped[datetime | None]
    second_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    active: Mapped[bool] = mapped_column(default=True, server_default="true")


class RoleGrant(Row):
    """One role given to one person, for a time or for good.

    It holds everywhere, or is bound to an area, to an organisation's programs, or to one program.
    """

    __tablename__ = "role_grants"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(states(Role))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    program_id: Mapped[int | None] = mapped_column(ForeignKey("programs.id"))
    given_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class RecoveryCode(Row):
    """One code with which somebody signs in once without their phone; gone when it was used."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class SignIn(Row):
    """One browser in which somebody gave their password, until it is ended.

    The cookie carries a token of which only the SHA-256 is kept. `whole` is false while a code is
    still owed. `confirmed_at` is when they last proved to be there themselves.
    """

    __tablename__ = "sign_ins"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    address: Mapped[str]
    browser: Mapped[str]
    whole: Mapped[bool]
    seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Lockout(Row):
    """How often in a row signing in failed with one e-mail address, whether anybody has it or not.

    The address is kept as its SHA-256, for people type passwords into the wrong field. `locks` is
    how often it was locked, each time for twice as long.
    """

    __tablename__ = "lockouts"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    wrong: Mapped[int] = mapped_column(default=0)
    locks: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    tried_at: Mapped[datetime]


class ApiKey(Row):
    """A key with which a program of a person's asks for what they may see, until it ends.

    Of the key only the SHA-256 is kept, and its first letters to know it by. One with a `purpose`
    sees where single households stand.
    """

    __tablename__ = "api_keys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    purpose: Mapped[str | None]
