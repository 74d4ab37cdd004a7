"""Where money reaches registrants: bank accounts and wallets, written down and closed."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.country import country
from core.db import changed
from core.errors import Conflict, Invalid, NotFound
from core.money import refuse_unoffered
from registry.models.accounts import Account, AccountKind, AccountState
from registry.models.registrants import Registrant
from registry.parsing.accounts import bank_account
from registry.parsing.phones import dialled
from registry.permissions import May
from registry.services.records import record_of

LONGEST = 200


class NameTooLong(Invalid):
    """The bank and the name on the account have at most 200 signs each; shorten them."""


class AccountUnknown(NotFound):
    """This record has no such account; reload the page."""


class AccountClosed(Conflict):
    """This account is closed already."""


@dataclass(frozen=True)
class Written:
    """An account as somebody wrote it; a wallet's number is a telephone number."""

    kind: AccountKind
    value: str
    provider: str = ""
    holder: str = ""
    currency: str = ""


def add(session: Session, number: str, written: Written, *, actor: Actor) -> Account:
    """Write an account down; the first good one is the main one.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, IbanWrong, AccountImpossible, PhoneImpossible,
        NameTooLong, CurrencyUnknown, CurrencyNotOffered; Conflict: it is written down already.
    """
    actor.require(May.WRITE_REGISTRANTS)
    found = record_of(session, number, actor=actor)
    if max(len(written.provider), len(written.holder)) > LONGEST:
        raise NameTooLong
    currency = written.currency.strip().upper() or None
    if currency is not None:
        refuse_unoffered(currency)
    value, bank = _read(written)
    made = Account(
        registrant_id=found.id,
        kind=written.kind,
        value=value,
        provider=written.provider.strip() or bank,
        holder=written.holder.strip() or None,
        currency=currency,
        is_main=_main(session, found) is None,
        area_id=found.area_id,
        made_by=found.made_by,
    )
    with audit.act(session, actor, "accounts.add", found) as figures:
        session.add(made)
        session.flush()
        figures.update(number=found.number)
    return made


def close(session: Session, number: str, account_id: int, *, actor: Actor) -> Account:
    """Close an account; of those that stay the oldest becomes the main one.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, AccountUnknown, AccountClosed
    """
    actor.require(May.WRITE_REGISTRANTS)
    found = record_of(session, number, actor=actor)
    held = session.get(Account, account_id)
    if held is None or held.registrant_id != found.id:
        raise AccountUnknown
    if held.state is AccountState.CLOSED:
        raise AccountClosed
    with audit.act(session, actor, "accounts.close", found) as figures:
        held.state, held.is_main = AccountState.CLOSED, False
        session.flush()
        _appoint_main(session, found)
        figures.update(number=found.number)
    return held


def _read(written: Written) -> tuple[str, str | None]:
    """The number in the form that is kept, and the bank it tells."""
    if written.kind is AccountKind.WALLET:
        return dialled(written.value, country().phone_region or "").value, None
    read = bank_account(written.value)
    return read.value, read.bank


def _main(session: Session, found: Registrant) -> Account | None:
    main = select(Account).where(Account.registrant_id == found.id, Account.is_main)
    return session.scalar(main.where(Account.state == AccountState.VALID))


def _appoint_main(session: Session, found: Registrant) -> None:
    if _main(session, found) is not None:
        return
    good = Account.registrant_id == found.id, Account.state == AccountState.VALID
    oldest = select(Account.id).where(*good).order_by(Account.id).limit(1).scalar_subquery()
    changed(session, update(Account).where(Account.id == oldest).values(is_main=True))
