"""Files as providers answer with."""

import io

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.storage import keep_personal
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from programs.models.reconciliations import Reconciliation
from programs.services.payments import make_payments
from programs.services.reconciliations import check, map_columns, upload
from tests.make.jobs import Silent
from tests.make.programs import FINN, make_approved, make_family, make_program

SIZES = (2, 3, 4, 5)  # 40 and 10 a person: 60, 70, 80 and 90
HEADINGS = "Our reference,Status,Amount,Reason"


def make_ordered(session: Session, *sizes: int) -> Cycle:
    """A cycle whose households have their orders; of four by default: 60, 70, 80 and 90."""
    families = [make_family(session, size) for size in sizes or SIZES]
    cycle = make_approved(session, make_program(session), *families)
    make_payments(session, cycle.id, actor=FINN)
    return cycle


def references_of(session: Session, cycle: Cycle) -> dict[int, str]:
    """The references of a cycle's orders, by amount."""
    asked = select(Entitlement.amount, Entitlement.ern).where(Entitlement.cycle_id == cycle.id)
    return {int(amount): ern for amount, ern in session.execute(asked)}


def make_file(
    session: Session, cycle: Cycle, text: str, name: str = "answers.csv"
) -> Reconciliation:
    """A provider's file that was sent in."""
    kept = keep_personal(io.BytesIO(text.encode()))
    return upload(session, cycle.id, "Kesara Mobile", kept, name, actor=FINN)


def make_checked(
    session: Session, cycle: Cycle, *rows: str, name: str = "answers.csv"
) -> Reconciliation:
    """A provider's file that was held against the orders."""
    made = make_file(session, cycle, "\n".join([HEADINGS, *rows]) + "\n", name)
    map_columns(session, made.id, made.mapping, actor=FINN)
    return check(session, made.id, actor=FINN, report=Silent().report)


def make_answers(session: Session, cycle: Cycle, name: str) -> Reconciliation:
    """A file that says something of every order of a cycle, and something nobody understands."""
    orders = select(Entitlement.ern).where(Entitlement.cycle_id == cycle.id)
    rows = [f"{ern},stuck in the mud,,{name}" for ern in session.scalars(orders)]
    return make_checked(session, cycle, *rows, "ERN-0000000000,paid,1,", name=f"{name}.csv")
