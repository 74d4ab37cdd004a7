"""Vouchers: cards for what is due, and handing it over for a card, once."""

import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import day_said, today
from core.errors import Conflict, Invalid, NotFound
from core.money import said
from core.storage import Kept, keep_personal_file
from programs.documents.cards import Card, write_cards
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import (
    Entitlement,
    EntitlementState,
    Redemption,
    Voucher,
    VoucherState,
)
from programs.models.programs import Benefit, Delivery, Target
from programs.models.service_points import ServicePoint
from programs.permissions import May
from programs.queries.cycles import locked_cycle, nothing_left
from programs.queries.entitlements import still_good
from programs.queries.vouchers import OPEN, cards, refusal_of, voucher_id_of
from registry.queries.brand import brand


class NoVouchersDue(Conflict):
    """No voucher is due: this cycle gives none, or all of them are out already."""


class ExpiryPast(Invalid):
    """A voucher has to be good for some days; {day} has passed, choose a later one."""


class KeyTaken(Conflict):
    """This hand-over was already counted for another voucher; read the card again."""


class NotVoidable(Conflict):
    """Only a voucher nobody used yet can be made void; this one was handed over or has ended."""


@dataclass(frozen=True)
class Issued:
    """How many vouchers went out, and what they are worth in all."""

    vouchers: int
    total: Decimal


@dataclass(frozen=True)
class Sheets:
    """Cards as a file: what was kept, and how many cards stand in it."""

    kept: Kept
    cards: int


@dataclass(frozen=True)
class HandedOver:
    """What was handed over for a voucher, and when it was counted."""

    voucher_id: int
    amount: Decimal
    at: datetime


def issue_vouchers(session: Session, cycle_id: int, expires_on: date, *, actor: Actor) -> Issued:
    """Give each approved entitlement in vouchers its card; one statement issues them all.

    Running it again gives cards to those who have none: the ones whose card was made void.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, ExpiryPast, NoVouchersDue
    """
    actor.require(May.ISSUE_VOUCHERS)
    cycle = locked_cycle(session, cycle_id, *OPEN, actor=actor)
    if expires_on < today():
        raise ExpiryPast(day=expires_on)
    with audit.act(session, actor, "vouchers.issue", cycle) as figures:
        issued = Issued(*session.execute(_cards(cycle, expires_on)).one())
        if not issued.vouchers:
            raise NoVouchersDue
        if nothing_left(session, cycle):
            cycle.state = CycleState.DISTRIBUTED
        figures.update(vouchers=issued.vouchers, total=issued.total, until=expires_on)
    return issued


def print_sheets(
    session: Session, cycle_id: int, *, actor: Actor, report: Callable[[int, int], None]
) -> Sheets:
    """The cards of a cycle that can be used, as a PDF of A4 sheets, sorted by area and name.

    `report(done, total)` is told how far it is.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, NoVouchersDue
    """
    actor.require(May.ISSUE_VOUCHERS)
    cycle = locked_cycle(session, cycle_id, *OPEN, actor=actor)
    rows = session.execute(cards(cycle.id)).all()
    if not rows:
        raise NoVouchersDue
    with audit.act(session, actor, "vouchers.print", cycle) as figures:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cards.pdf"
            done = write_cards(
                path,
                map(_card, rows),
                made_at=cycle.created_at,
                report=lambda done: report(done, len(rows)),
                brand=brand(),
            )
            kept = keep_personal_file(path)
        figures.update(file="pdf", cards=done, sha256=kept.sha256)
    return Sheets(kept, done)


def void_voucher(session: Session, typed: str, reason: str, *, actor: Actor) -> Voucher:
    """Make a lost or spoiled card worthless; issuing again gives its household a new one.

    Raises:
        Forbidden, NumberMistyped, NotFound, NotVoidable
    """
    actor.require(May.ISSUE_VOUCHERS)
    voucher = _locked(session, voucher_id_of(session, typed, actor=actor))
    if voucher.state is not VoucherState.ISSUED:
        raise NotVoidable
    entitlement = session.get_one(Entitlement, voucher.entitlement_id)
    with audit.act(session, actor, "vouchers.void", voucher) as figures:
        voucher.state = VoucherState.VOID
        entitlement.state = EntitlementState.APPROVED
        figures.update(code=voucher.code, reason=reason.strip())
    return voucher


def redeem(
    session: Session,
    typed: str,
    client_id: uuid.UUID,
    *,
    actor: Actor,
    service_point_id: int | None = None,
) -> HandedOver:
    """Hand over what a voucher stands for, once.

    `client_id` was made by the one who hands over, before it was sent: sent twice it counts once,
    and the second sending gets the first's answer.

    Raises:
        Forbidden, NumberMistyped, NotFound; VoucherUsed, VoucherVoid, VoucherExpired,
        CycleClosed; KeyTaken: the UUID was used for another voucher.
    """
    actor.require(May.REDEEM_VOUCHERS)
    if service_point_id is not None and session.get(ServicePoint, service_point_id) is None:
        raise NotFound(service_point=service_point_id)
    voucher = _locked(session, voucher_id_of(session, typed, actor=actor))
    known = session.scalar(select(Redemption).where(Redemption.client_id == client_id))
    if known is not None:
        return _again(known, voucher)
    if refusal := refusal_of(session, voucher.id):
        raise refusal
    entitlement = session.get_one(Entitlement, voucher.entitlement_id)
    redemption = Redemption(
        client_id=client_id,
        entitlement_id=entitlement.id,
        voucher_id=voucher.id,
        service_point_id=service_point_id,
        amount=entitlement.amount,
        area_id=entitlement.area_id,
        made_by=actor.id,
    )
    with audit.act(session, actor, "vouchers.redeem", voucher) as figures:
        session.add(redemption)
        entitlement.redeemed = entitlement.amount
        entitlement.state = EntitlementState.REDEEMED
        voucher.state = VoucherState.REDEEMED
        figures.update(code=voucher.code, ern=entitlement.ern, amount=entitlement.amount)
    session.refresh(redemption)
    return HandedOver(voucher.id, redemption.amount, redemption.created_at)


def _cards(cycle: Cycle, expires_on: date) -> Select[int, Decimal]:
    """Write a voucher for each entitlement that is due in them, mark it sent, count and sum."""
    due = (
        select(
            Entitlement.id,
            Entitlement.area_id,
            func.least(literal(expires_on), Entitlement.valid_until),
        )
        .join(Benefit, Benefit.id == Entitlement.benefit_id)
        .where(
            Entitlement.cycle_id == cycle.id,
            Entitlement.state == EntitlementState.APPROVED,
            Benefit.delivery == Delivery.VOUCHER,
            still_good(today()),
        )
    )
    made = (
        insert(Voucher)
        .from_select(["entitlement_id", "area_id", "expires_on"], due)
        .returning(Voucher.entitlement_id)
        .cte("made")
    )
    sent = (
        update(Entitlement)
        .where(Entitlement.id == made.c.entitlement_id)
        .values(state=EntitlementState.SENT)
        .returning(Entitlement.amount)
        .cte("sent")
    )
    return select(func.count(), func.coalesce(func.sum(sent.c.amount), 0)).select_from(sent)


def _card(row: Row[Any]) -> Card:
    return Card(
        code=row.code,
        registrant=row.registrant,
        name=row.name,
        name_local=row.name_local,
        people=row.people,
        alone=row.target is Target.INDIVIDUAL,
        area=row.area,
        program=row.program,
        benefit=row.benefit,
        amount=said(row.amount, row.currency),
        expires_on=day_said(row.expires_on),
    )


def _locked(session: Session, voucher_id: int) -> Voucher:
    """The voucher, locked: who reads the same card at the same moment comes after."""
    voucher = session.get(Voucher, voucher_id, with_for_update=True, populate_existing=True)
    if voucher is None:
        raise NotFound(voucher=voucher_id)
    return voucher


def _again(known: Redemption, voucher: Voucher) -> HandedOver:
    if known.voucher_id != voucher.id:
        raise KeyTaken
    return HandedOver(voucher.id, known.amount, known.created_at)
