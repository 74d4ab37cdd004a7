"""What a voucher stands for, whose it is, and whether anything may be handed over for it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.clock import day_said, moment_said, today
from core.codes import understood
from core.errors import NotFound
from core.words import _
from geo.models.areas import Area
from geo.queries.reach import within_reach
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, Voucher, VoucherState
from programs.models.memberships import CycleMember
from programs.models.programs import Benefit, Program
from programs.permissions import May
from registry.models.registrants import Registrant

PLACES = 12
OPEN = (CycleState.APPROVED, CycleState.DISTRIBUTED)


class NoSuchVoucher(NotFound):
    """There is no voucher {code} in your areas; look at the card again, or ask the office."""


@dataclass(frozen=True)
class Held:
    """A voucher as the one who hands over sees it; `refusal` is why nothing may be, if so."""

    code: str
    registrant: str
    name: str
    name_local: str | None
    people: int
    area: str | None
    program: str
    benefit: str
    amount: Decimal
    currency: str
    expires_on: date
    refusal: str


def voucher_id_of(session: Session, typed: str, *, actor: Actor) -> int:
    """The key of the voucher somebody typed or scanned.

    Raises:
        NumberMistyped: it cannot be a voucher's code. NoSuchVoucher: there is none within reach.
    """
    code = understood(typed, "V", PLACES)
    found = session.scalar(
        select(Voucher.id).where(Voucher.code == code, within_reach(actor, Voucher.area_id))
    )
    if found is None:
        raise NoSuchVoucher(code=code)
    return found


def held(session: Session, typed: str, *, actor: Actor) -> Held:
    """Whose a voucher is, what is due for it, and whether it may be handed over now.

    Raises:
        Forbidden, NumberMistyped, NoSuchVoucher
    """
    actor.require(May.REDEEM_VOUCHERS)
    voucher_id = voucher_id_of(session, typed, actor=actor)
    row = session.execute(_card().where(Voucher.id == voucher_id)).one()
    return Held(**row._asdict(), refusal=why_not(session, voucher_id))


def cards(cycle_id: int) -> Select[*tuple[Any, ...]]:
    """The cards of a cycle that can be used, by area and name, so that a bundle goes one way."""
    live = _card().where(Cycle.id == cycle_id, Voucher.state == VoucherState.ISSUED)
    return live.order_by(Area.pcode, Registrant.name, Voucher.id)


def why_not(session: Session, voucher_id: int) -> str:
    """Why nothing may be handed over for a voucher, in a sentence; empty if it may."""
    asked = (
        select(Voucher.state, Voucher.expires_on, Cycle.state.label("cycle"))
        .join(Entitlement, Entitlement.id == Voucher.entitlement_id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(Voucher.id == voucher_id)
    )
    voucher = session.execute(asked).one()
    if voucher.state is VoucherState.REDEEMED:
        return _redeemed_by(session, voucher_id)
    if voucher.state is VoucherState.VOID:
        return _("This voucher was made void; ask for the card that replaced it.")
    if voucher.expires_on < today() or voucher.state is VoucherState.EXPIRED:
        return _(
            "This voucher was good until {day}; it can no longer be used.",
            day=day_said(voucher.expires_on),
        )
    if voucher.cycle not in OPEN:
        return _("The cycle of this voucher is closed; nothing is handed over for it any more.")
    return ""


def _card() -> Select[*tuple[Any, ...]]:
    """Columns as in `Held`, but for the refusal."""
    return (
        select(
            Voucher.code,
            Registrant.number.label("registrant"),
            Registrant.name,
            Registrant.name_local,
            CycleMember.people,
            Area.name.label("area"),
            Program.name.label("program"),
            Benefit.name.label("benefit"),
            Entitlement.amount,
            Program.currency,
            Voucher.expires_on,
        )
        .select_from(Voucher)
        .join(Entitlement, Entitlement.id == Voucher.entitlement_id)
        .join(Benefit, Benefit.id == Entitlement.benefit_id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .join(Registrant, Registrant.id == Entitlement.registrant_id)
        .join(
            CycleMember,
            (CycleMember.cycle_id == Cycle.id)
            & (CycleMember.registrant_id == Entitlement.registrant_id),
        )
        .outerjoin(Area, Area.id == Voucher.area_id)
    )


def _redeemed_by(session: Session, voucher_id: int) -> str:
    """When and by whom, from the trail of acts, which keeps the name the person had."""
    entry = session.scalars(
        select(AuditEntry).where(
            AuditEntry.subject == Voucher.__tablename__,
            AuditEntry.subject_id == voucher_id,
            AuditEntry.action == "vouchers.redeem",
        )
    ).one()
    return _(
        "This voucher was handed over on {when} by {name}; nothing more is due for it.",
        when=moment_said(entry.at),
        name=entry.actor_name,
    )
