"""What programs did for registrants, for the timeline of each."""

from typing import Any

from sqlalchemy import CTE, Select, String, and_, cast, func, literal
from sqlalchemy.orm import InstrumentedAttribute

from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from geo.queries.reach import within_reach
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, Redemption, Voucher
from programs.models.memberships import ProgramMembership
from programs.models.payments import Payment
from programs.models.programs import Benefit, Program
from programs.models.service_points import ServicePoint
from programs.permissions import May
from programs.queries.reach import within_programs
from registry.queries.timeline import Source, Topic, happened


def _acted(whom: CTE, actor: Actor) -> Select[Any]:
    """What people did about their part in a program, and why."""
    said = {"by": AuditEntry.actor_name, "more": AuditEntry.figures["reason"].astext}
    about = and_(
        AuditEntry.subject == ProgramMembership.__tablename__,
        AuditEntry.subject_id == ProgramMembership.id,
    )
    return (
        happened(whom, AuditEntry.at, AuditEntry.action, text=Program.name, ref=Program.id, **said)
        .join(ProgramMembership, ProgramMembership.registrant_id == whom.c.id)
        .join(AuditEntry, about)
        .join(Program, Program.id == ProgramMembership.program_id)
        .where(*_seen(actor, ProgramMembership.area_id))
    )


def _acted_together(whom: CTE, actor: Actor) -> Select[Any]:
    """The same, where it was done with many at once."""
    of, many = FieldChange, "_many"
    what = func.replace(AuditEntry.action, many, "")
    said = {"by": AuditEntry.actor_name, "more": AuditEntry.figures["reason"].astext}
    about = and_(of.registrant_id == whom.c.id, of.table_name == ProgramMembership.__tablename__)
    return (
        happened(whom, AuditEntry.at, what, text=Program.name, ref=Program.id, **said)
        .join(of, about)
        .join(AuditEntry, AuditEntry.id == of.entry_id)
        .join(Program, Program.id == AuditEntry.subject_id)
        .where(AuditEntry.action.startswith("memberships."), AuditEntry.action.endswith(many))
        .where(*_seen(actor, of.area_id))
    )


def _voided(whom: CTE, actor: Actor) -> Select[Any]:
    """Cards that were made void, and why."""
    said = {"by": AuditEntry.actor_name, "more": AuditEntry.figures["reason"].astext}
    about = and_(
        AuditEntry.subject == Voucher.__tablename__,
        AuditEntry.subject_id == Voucher.id,
        AuditEntry.action == "vouchers.void",
    )
    return (
        happened(whom, AuditEntry.at, AuditEntry.action, text=Program.name, ref=Cycle.id, **said)
        .join(Entitlement, Entitlement.registrant_id == whom.c.id)
        .join(Voucher, Voucher.entitlement_id == Entitlement.id)
        .join(AuditEntry, about)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .where(*_seen(actor, Entitlement.area_id))
    )


def _due(whom: CTE, actor: Actor) -> Select[Any]:
    """What was made ready to be given."""
    what = literal("entitlements.").concat(cast(Entitlement.state, String))
    money = {"amount": Entitlement.amount, "currency": Program.currency, "text": _named()}
    return _of_cycle(
        happened(whom, Entitlement.created_at, what, ref=Cycle.id, **money).join(
            Entitlement, Entitlement.registrant_id == whom.c.id
        )
    ).where(*_seen(actor, Entitlement.area_id))


def _paid(whom: CTE, actor: Actor) -> Select[Any]:
    """Payment orders, by how far they have come."""
    what = literal("payments.").concat(cast(Payment.state, String))
    money = {"amount": Payment.amount, "currency": Program.currency, "text": _named()}
    return _of_cycle(
        happened(whom, Payment.created_at, what, ref=Cycle.id, **money)
        .join(Payment, Payment.registrant_id == whom.c.id)
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
    ).where(*_seen(actor, Payment.area_id))


def _handed_over(whom: CTE, actor: Actor) -> Select[Any]:
    """What was handed over, and where."""
    named = func.concat_ws(", ", _named(), ServicePoint.name)
    money = {"amount": Redemption.amount, "currency": Program.currency, "text": named}
    return (
        _of_cycle(
            happened(whom, Redemption.created_at, literal("redemptions"), ref=Cycle.id, **money)
            .join(Entitlement, Entitlement.registrant_id == whom.c.id)
            .join(Redemption, Redemption.entitlement_id == Entitlement.id)
        )
        .outerjoin(ServicePoint, ServicePoint.id == Redemption.service_point_id)
        .where(*_seen(actor, Redemption.area_id))
    )


def _of_cycle(told: Select[Any]) -> Select[Any]:
    """The cycle, program and benefit of an entitlement."""
    return (
        told.join(Cycle, Cycle.id == Entitlement.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .join(Benefit, Benefit.id == Entitlement.benefit_id)
    )


def _named() -> Any:
    return func.concat_ws(", ", Program.name, Cycle.name, Benefit.name)


def _seen(actor: Actor, area_id: InstrumentedAttribute[int | None]) -> tuple[Any, Any]:
    return within_reach(actor, area_id), within_programs(actor, Program.id)


SOURCES = (
    Source(Topic.PROGRAMS, _acted, (May.READ_PROGRAMS,)),
    Source(Topic.PROGRAMS, _acted_together, (May.READ_PROGRAMS,)),
    Source(Topic.PROGRAMS, _voided, (May.READ_PROGRAMS,)),
    Source(Topic.MONEY, _due, (May.READ_PROGRAMS,)),
    Source(Topic.MONEY, _paid, (May.READ_PROGRAMS,)),
    Source(Topic.MONEY, _handed_over, (May.READ_PROGRAMS,)),
)
