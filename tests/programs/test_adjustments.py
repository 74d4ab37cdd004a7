"""One amount changed by hand: before anybody signs, with a reason, in sight of who signs."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from programs.models.approvals import ApprovalState
from programs.models.entitlements import Entitlement
from programs.queries.approvals import subject_hash
from programs.queries.cycles import CycleElsewhere, ReasonMissing
from programs.queries.requests import request_page
from programs.services.approvals import NotYourOwn, ask_approval, sign
from programs.services.entitlements import (
    AmountWrong,
    Change,
    EntitlementUnknown,
    adjust_entitlement,
    prepare_entitlements,
)
from tests.make.programs import DARA, LENA, OTO, make_family, make_prepared, make_program

WHY = "The twins were born after the list was kept."


def test_an_amount_changed_by_hand_is_signed_by_another_who_reads_why(session: Session) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 3))
    ern = session.scalars(select(Entitlement.ern)).one()
    before = subject_hash(session, cycle)

    adjust_entitlement(session, cycle.id, f" {ern.lower()}", Change(Decimal(95), WHY), actor=OTO)
    session.flush()

    assert subject_hash(session, cycle) != before
    assert prepare_entitlements(session, cycle.id, actor=DARA).entitlements == 0
    approval = ask_approval(session, cycle.id, actor=DARA)
    assert approval.total == 95
    act = request_page(session, approval.id, actor=LENA).prepared[-3]
    told = {"ern": ern, "amount_before": "70.0000", "amount": "95.00", "reason": WHY}
    assert (act.action, act.figures) == ("entitlements.adjust", told)
    with pytest.raises(NotYourOwn):
        sign(session, approval.id, actor=OTO)
    assert sign(session, approval.id, actor=LENA).state is ApprovalState.APPROVED
    with pytest.raises(CycleElsewhere):
        adjust_entitlement(session, cycle.id, ern, Change(Decimal(9), WHY), actor=OTO)


def test_a_change_of_an_amount_that_cannot_stand_is_refused(
    session: Session, visitor: Actor
) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 3))
    ern = session.scalars(select(Entitlement.ern)).one()

    for amount in ("0", "0.004", "70", "70.001"):
        with pytest.raises(AmountWrong):
            adjust_entitlement(session, cycle.id, ern, Change(Decimal(amount), WHY), actor=OTO)
    with pytest.raises(ReasonMissing):
        adjust_entitlement(session, cycle.id, ern, Change(Decimal(9), " "), actor=OTO)
    with pytest.raises(EntitlementUnknown):
        adjust_entitlement(session, cycle.id, "ERN-1", Change(Decimal(9), WHY), actor=OTO)
    with pytest.raises(Forbidden):
        adjust_entitlement(session, cycle.id, ern, Change(Decimal(9), WHY), actor=visitor)
