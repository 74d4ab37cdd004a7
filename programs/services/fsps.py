"""Providers of payments: writing one down, and taking what it answers by itself."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.crypto import opened, sealed
from core.errors import Forbidden, Invalid, NotFound
from programs.fsp.files import COLUMNS
from programs.fsp.mobile_money import answer_in, is_signed
from programs.fsp.orders import Unsure
from programs.models.fsps import ConnectorKind, Fsp, FspAnswer
from programs.models.programs import Delivery
from programs.permissions import May

HERE = ("127.0.0.1", "localhost", "::1")
MOST_OF_A_BATCH, LONGEST_WAIT = 10_000, 120


class FspUnnamed(Invalid):
    """A provider needs a name and a short code of letters, digits and hyphens; write both."""


class AddressUnsafe(Invalid):
    """{address} is no address that orders may be sent to: it has to begin with https://; only a
    rehearsal provider on this machine may be called without."""


class AccessMissing(Invalid):
    """A provider that is called needs its address, the account that pays and the secret it gave;
    write all three."""


class AccountMissing(Invalid):
    """A credit transfer names the account that pays; write it."""


class MechanismUnfit(Invalid):
    """Only mobile money is called through, and only banks take ISO 20022; files every provider
    takes. Choose another way to hand the orders over."""


class LimitsWrong(Invalid):
    """A batch has 1 to {most} orders and a call lasts 1 to {wait} seconds; correct that."""


class ColumnUnknown(Invalid):
    """{column} is no column of an order; take some of {columns}, divided by commas."""


class ColumnsLack(Invalid):
    """A file of orders has at least the columns reference and amount; add what lacks."""


class AnswerUnsigned(Forbidden):
    """This answer is not signed with the provider's secret, or is too old; it was not taken."""


class AnswerUnreadable(Invalid):
    """This answer names no order of ours, or no state that is known; it was not taken."""


@dataclass(frozen=True)
class Provider:
    """What is said of a provider; without `secret` the one that is kept stays, unless it is to be
    `unlocked`. Of a provider that is called it is what its answers are signed with, of one that
    takes files the password of its workbooks."""

    code: str
    name: str
    mechanism: Delivery
    connector: ConnectorKind
    address: str = ""
    account: str = ""
    secret: str = ""
    columns: tuple[str, ...] = ()
    batch_size: int = 500
    most: Decimal | None = None
    wait: int = 20
    active: bool = True
    unlocked: bool = False


def write_fsp(session: Session, said: Provider, *, actor: Actor, fsp_id: int | None = None) -> Fsp:
    """Write a provider down, or change one.

    Raises:
        Forbidden, NotFound, FspUnnamed, AddressUnsafe, AccessMissing, MechanismUnfit, LimitsWrong
        ColumnUnknown
    """
    actor.require(May.WRITE_FSPS)
    fsp = _kept(session, fsp_id) if fsp_id is not None else Fsp(made_by=actor.id)
    if said.unlocked or (fsp.connector and said.connector is not fsp.connector):
        fsp.secret = None
    _refuse(said, fsp)
    given = {**vars(said), "columns": list(said.columns)}
    secret, unlocked = given.pop("secret"), given.pop("unlocked")
    for name, value in given.items():
        setattr(fsp, name, value)
    if secret:
        fsp.secret = sealed(secret)
    with audit.act(session, actor, "fsps.write", fsp) as figures:
        session.add(fsp)
        figures.update(name=fsp.name, connector=fsp.connector.value, active=fsp.active)
        figures.update(new_secret=bool(secret or unlocked))
    return fsp


def receive_answer(
    session: Session, code: str, body: bytes, date: str, signature: str
) -> int | None:
    """Keep what a provider answered by itself; its key, or None where the same came before.

    Nothing is changed yet: that is work put off, by the provider this answers.

    Raises:
        NotFound, AnswerUnsigned, AnswerUnreadable
    """
    fsp = session.scalar(select(Fsp).where(Fsp.code == code))
    if fsp is None or fsp.connector is not ConnectorKind.MOBILE_MONEY:
        raise NotFound(fsp=code)
    if not is_signed(opened(fsp.secret or ""), date, body, signature, datetime.now(UTC)):
        raise AnswerUnsigned
    row = {"fsp_id": fsp.id, "digest": hashlib.sha256(body).hexdigest(), "answer": _read(body)}
    new = insert(FspAnswer).values(row).on_conflict_do_nothing().returning(FspAnswer.fsp_id)
    return session.scalar(new)


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
        answer_in(said)
    except (ValueError, AttributeError, Unsure) as error:
        raise AnswerUnreadable from error
    return dict(said)


def _kept(session: Session, fsp_id: int) -> Fsp:
    fsp = session.get(Fsp, fsp_id, with_for_update=True)
    if fsp is None:
        raise NotFound(fsp=fsp_id)
    return fsp


def _refuse(said: Provider, fsp: Fsp) -> None:
    if not said.name.strip() or not said.code.replace("-", "").isalnum():
        raise FspUnnamed
    _refuse_columns(said)
    fits = 1 <= said.batch_size <= MOST_OF_A_BATCH and 1 <= said.wait <= LONGEST_WAIT
    if not fits or (said.most is not None and said.most <= 0):
        raise LimitsWrong(most=MOST_OF_A_BATCH, wait=LONGEST_WAIT)
    called = said.connector is ConnectorKind.MOBILE_MONEY
    if called and said.mechanism is not Delivery.MOBILE:
        raise MechanismUnfit
    if called:
        _refuse_access(said, fsp)
    if said.connector is ConnectorKind.ISO20022:
        _refuse_bank(said)


def _refuse_columns(said: Provider) -> None:
    for each in said.columns:
        if each not in COLUMNS:
            raise ColumnUnknown(column=each, columns=", ".join(COLUMNS))
    if said.columns and not {"reference", "amount"} <= set(said.columns):
        raise ColumnsLack


def _refuse_bank(said: Provider) -> None:
    if said.mechanism is not Delivery.BANK:
        raise MechanismUnfit
    if not said.account:
        raise AccountMissing


def _refuse_access(said: Provider, fsp: Fsp) -> None:
    if not (said.address and said.account and (said.secret or fsp.secret)):
        raise AccessMissing
    at = urlsplit(said.address)
    safe = at.scheme == "https" or (at.scheme == "http" and at.hostname in HERE)
    if not safe or not at.hostname or at.username:
        raise AddressUnsafe(address=said.address)
