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
from core.errors import Conflict, NotFound
from geo.models.areas import Area
from geo.queries.reach import within_reach
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, Voucher, VoucherState
from programs.models.memberships import CycleMember
from programs.models.programs import Benefit, Program, Target
from programs.permissions import May
from programs.queries.reach import within_programs
from registry.models.registrants import Registrant

PLACES = 12
OPEN = (CycleState.APPROVED, CycleState.DISTRIBUTED)


class NoSuchVoucher(NotFound):
    """There is no voucher {code} in your areas; look at the card again, or ask the office."""


class NotHandedOver(Conflict):
    """Nothing may be handed over for this voucher now; ask the office."""


class VoucherUsed(NotHandedOver):
    """What this card stands for was handed over on {when} by {name}; nothing more is due for it."""


class VoucherVoid(NotHandedOver):
    """This voucher was made void; ask for the card that replaced it."""


class VoucherExpired(NotHandedOver):
    """This voucher was good until {day}; it can no longer be used."""


class CycleClosed(NotHandedOver):
    """The cycle of this voucher is closed; nothing is handed over for it any more."""


@dataclass(frozen=True)
class Held:
    """A voucher as the one who hands over sees it; `refusal` is why nothing may be, if so."""

    code: str
    registrant_id: int
    registrant: str
    name: str
    name_local: str | None
    people: int
    target: Target
    area: str | None
    program: str
    benefit: str
    amount: Decimal
    currency: str
    expires_on: date
    refusal: NotHandedOver | None


def voucher_id_of(session: Session, typed: str, *, actor: Actor) -> int:
    """The key of the voucher somebody typed or scanned.

    Raises:
        NumberMistyped: it cannot be a voucher's code. NoSuchVoucher: there is none within reach.
    """
    code = understood(typed, "V", PLACES)
    found = session.scalar(
        select(Voucher.id)
        .join(Entitlement, Entitlement.id == Voucher.entitlement_id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(
            Voucher.code == code,
            within_reach(actor, Voucher.area_id),
            within_programs(actor, Cycle.program_id),
        )
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
    return Held(**row._asdict(), refusal=refusal_of(session, voucher_id))


def cards(cycle_id: int) -> Select[*tuple[Any, ...]]:
    """The cards of a cycle that can be used, by area and name, so that a bundle goes one way."""
    live = _card().where(Cycle.id == cycle_id, Voucher.state == VoucherState.ISSUED)
    return live.order_by(Area.pcode, Registrant.name, Voucher.id)


def refusal_of(session: Session, voucher_id: int) -> NotHandedOver | None:
    """Why nothing may be handed over for a voucher, if nothing may."""
    asked = (
        select(Voucher.state, Voucher.expires_on, Cycle.state.label("cycle"))
        .join(Entitlement, Entitlement.id == Voucher.entitlement_id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(Voucher.id == voucher_id)
    )
    voucher = session.execute(asked).one()
    if voucher.state is VoucherState.REDEEMED:
        return _used(session, voucher_id)
    if voucher.state is VoucherState.VOID:
        return VoucherVoid()
    if voucher.state is VoucherState.EXPIRED or voucher.expires_on < today():
        return VoucherExpired(day=day_said(voucher.expires_on))
    return None if voucher.cycle in OPEN else CycleClosed()


def _card() -> Select[*tuple[Any, ...]]:
    """Columns as in `Held`, but for the refusal."""
    return (
        select(
            Voucher.code,
            Registrant.id.label("registrant_id"),
            Registrant.number.label("registrant"),
            Registrant.name,
            Registrant.name_local,
            CycleMember.people,
            Program.target,
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


def _used(session: Session, voucher_id: int) -> VoucherUsed:
    """When and by whom, from the trail of acts, which keeps the name the person had."""
    entry = session.scalars(
        select(AuditEntry).where(
            AuditEntry.subject == Voucher.__tablename__,
            AuditEntry.subject_id == voucher_id,
            AuditEntry.action == "vouchers.redeem",
        )
    ).one()
    return VoucherUsed(when=moment_said(entry.at), name=entry.actor_name)
