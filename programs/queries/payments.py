"""The orders of a payment list."""

from typing import Any

from sqlalchemy import Numeric, Select, cast, literal, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.bulk import as_text
from core.errors import NotFound
from core.money import digits_of
from geo.models.areas import Area
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from programs.models.payments import Payment, PaymentBatch
from programs.models.programs import Benefit, Program
from programs.queries.reach import within_programs
from registry.models.registrants import Registrant

COLUMNS = (
    "ern",
    "registrant",
    "name",
    "area_pcode",
    "area",
    "amount",
    "currency",
    "delivery",
)


def batch_of(
    session: Session, batch_id: int, *, actor: Actor
) -> tuple[PaymentBatch, Cycle, Program]:
    """A payment list with its cycle and program.

    Raises:
        NotFound: there is none, or it is of a program the actor does not see.
    """
    asked = (
        select(PaymentBatch, Cycle, Program)
        .join(Cycle, Cycle.id == PaymentBatch.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .where(PaymentBatch.id == batch_id, within_programs(actor, Program.id))
    )
    found = session.execute(asked).one_or_none()
    if found is None:
        raise NotFound(batch=batch_id)
    return found


def order_lines(batch_id: int, currency: str) -> Select[*tuple[Any, ...]]:
    """The orders of a list in the order of their ERN, one row each, columns as in `COLUMNS`."""
    columns: tuple[Any, ...] = (
        Entitlement.ern,
        Registrant.number,
        as_text(Registrant.name),
        Area.pcode,
        Area.name,
        cast(Payment.amount, Numeric(20, digits_of(currency))),
        literal(currency),
        Benefit.delivery,
    )
    named = [column.label(label) for column, label in zip(columns, COLUMNS, strict=True)]
    return (
        select(*named)
        .select_from(Payment)
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .join(Benefit, Benefit.id == Entitlement.benefit_id)
        .join(Registrant, Registrant.id == Payment.registrant_id)
        .outerjoin(Area, Area.id == Payment.area_id)
        .where(Payment.batch_id == batch_id)
        .order_by(Entitlement.ern)
    )
