"""Where money reaches registrants."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.crypto import Sealed, equality_of
from core.db import Row, states
from registry.models.told_of import ToldOf
from registry.parsing.numbers import account_key


class AccountKind(StrEnum):
    """What an account is."""

    BANK = "bank"
    WALLET = "wallet"


class AccountState(StrEnum):
    """Whether an account is good today."""

    VALID = "valid"
    CLOSED = "closed"


class Account(ToldOf, Row):
    """One account at a bank or a wallet of a telephone company; others may have the same one."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index(None, "key"),
        Index(
            "uq_accounts_valid",
            "registrant_id",
            "key",
            unique=True,
            postgresql_where="state = 'valid'",
            info={"refusal": "This account is written down twice; take one away."},
        ),
        Index(
            "uq_accounts_main",
            "registrant_id",
            unique=True,
            postgresql_where="is_main and state = 'valid'",
        ),
    )

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    kind: Mapped[AccountKind] = mapped_column(states(AccountKind))
    provider: Mapped[str | None]
    holder: Mapped[str | None]
    value: Mapped[str] = mapped_column(Sealed("key", account_key))
    key: Mapped[str] = mapped_column(default=equality_of("value", account_key))
    currency: Mapped[str | None]
    state: Mapped[AccountState] = mapped_column(
        states(AccountState), default=AccountState.VALID, server_default="valid"
    )
    is_main: Mapped[bool] = mapped_column(default=False, server_default="false")
