"""Approving a cycle: who may sign, over what, and from which money."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from programs.models.approvals import ApprovalState
from programs.models.cycles import CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.queries.funds import balance
from programs.services.approvals import (
    ask_approval,
    sign,
)
from tests.make.programs import DARA, LENA, make_family, make_prepared, make_program


def test_a_signature_of_somebody_else_approves_the_cycle_and_binds_its_money(
    session: Session,
) -> None:
    program = make_program(session, fund=1000)
    cycle = make_prepared(session, program, make_family(session, 3), make_family(session, 1))
    approval = ask_approval(session, cycle.id, actor=DARA)

    signed = sign(session, approval.id, actor=LENA)

    assert (signed.state, cycle.state) == (ApprovalState.APPROVED, CycleState.APPROVED)
    assert set(session.scalars(select(Entitlement.state))) == {EntitlementState.APPROVED}
    assert (balance(session, program.id).bound, balance(session, program.id).free) == (
        Decimal(120),
        Decimal(880),
    )
