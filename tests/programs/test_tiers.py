"""Tiers of an approval: from which cost on, in which order, by whom, and what waits for whom."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from programs.models.approvals import Approval, ApprovalState, Signature
from programs.models.cycles import Cycle, CycleState
from programs.models.programs import Program
from programs.queries.approvals import Tier, steps_of_request, tiers_of
from programs.queries.situation import inbox_of
from programs.services.approvals import (
    NotYourOwn,
    OtherRoleFirst,
    SignedAlready,
    ask_approval,
    return_approval,
    sign,
)
from programs.services.programs import (
    Plan,
    SignersWrong,
    TiersUnordered,
    TooManyTiers,
    change_program,
)
from tests.make.programs import (
    DARA,
    LENA,
    OTO,
    make_actor,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)

HEAD = make_actor(21, "Hela Brand", roles=frozenset({"senior_approver"}))
CHIEF = make_actor(22, "Cato Rime", roles=frozenset({"senior_approver"}))


def _asked(session: Session, *tiers: Tier, **given: Any) -> tuple[Program, Cycle, Approval]:
    """A cycle for one family of three, due 70 and two in fees, asked for by Dara."""
    program = make_program(session, make_gift(fee=Decimal(2)), tiers=tiers, **given)
    cycle = make_prepared(session, program, make_family(session, 3))
    return program, cycle, ask_approval(session, cycle.id, actor=DARA)


@pytest.mark.parametrize(
    ("begins", "needed"), [("0", 2), ("71.99", 2), ("72", 2), ("72.01", 1), ("500", 1)]
)
def test_a_tier_counts_from_its_amount_on_fees_among_it(
    session: Session, begins: str, needed: int
) -> None:
    _program, _cycle, approval = _asked(session, Tier(1, Decimal(begins)))

    assert approval.signers_needed == needed


def test_tiers_are_signed_in_their_order_and_the_last_signature_binds(session: Session) -> None:
    tiers = (Tier(2, Decimal(50), "senior_approver"), Tier(1, Decimal(1000)))
    _program, cycle, approval = _asked(session, *tiers)

    assert sign(session, approval.id, actor=LENA).needed == 3
    with pytest.raises(OtherRoleFirst, match="Tier 2"):
        sign(session, approval.id, actor=OTO)
    assert sign(session, approval.id, actor=HEAD).state is ApprovalState.PENDING
    with pytest.raises(SignedAlready):
        sign(session, approval.id, actor=HEAD)
    assert sign(session, approval.id, actor=CHIEF).state is ApprovalState.APPROVED

    assert cycle.state is CycleState.APPROVED
    places = select(Signature.signer_id, Signature.place).order_by(Signature.id)
    assert [tuple(row) for row in session.execute(places)] == [(12, 1), (21, 2), (22, 2)]


def test_nobody_signs_in_two_tiers(session: Session) -> None:
    _program, _cycle, approval = _asked(session, Tier(1))
    sign(session, approval.id, actor=LENA)

    with pytest.raises(SignedAlready):
        sign(session, approval.id, actor=LENA)
    with pytest.raises(NotYourOwn):
        sign(session, approval.id, actor=DARA)
    assert sign(session, approval.id, actor=OTO).state is ApprovalState.APPROVED


def test_changed_tiers_send_back_what_was_asked_for_with_others(session: Session) -> None:
    program, cycle, approval = _asked(session, Tier(1))
    said = (program.name, program.purposes, program.organisation_id, program.currency)

    change_program(session, program.id, Plan(*said), actor=DARA)

    assert sign(session, approval.id, actor=LENA).returned
    assert cycle.state is CycleState.DRAFT
    again = ask_approval(session, cycle.id, actor=DARA)
    assert [step.signers for step in steps_of_request(session, again.id)] == [1]
    assert sign(session, again.id, actor=LENA).state is ApprovalState.APPROVED


@pytest.mark.parametrize(
    ("tiers", "refusal"),
    [
        ((Tier(0),), SignersWrong),
        ((Tier(6),), SignersWrong),
        ((Tier(1, Decimal(9)), Tier(1, Decimal(8))), TiersUnordered),
        ((Tier(1, Decimal(-1)),), TiersUnordered),
        ((Tier(1),) * 6, TooManyTiers),
    ],
)
def test_tiers_that_cannot_stand_are_refused(
    session: Session, tiers: tuple[Tier, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        make_program(session, tiers=tiers)


def test_tiers_are_kept_in_their_order(session: Session) -> None:
    tiers = [Tier(1, Decimal(5)), Tier(2, Decimal(5), "senior_approver")]

    assert tiers_of(session, make_program(session, tiers=tiers).id) == tiers


def test_the_inbox_holds_what_waits_for_ones_own_signature(session: Session) -> None:
    _program, _cycle, approval = _asked(session, Tier(1, role="senior_approver"))
    reader = make_actor(23, "Rea Moss", "program:read")

    def mine() -> list[str]:
        people = (DARA, LENA, OTO, HEAD)
        return [each.name for each in people if inbox_of(session, actor=each).mine]

    assert mine() == ["Lena Marr", "Oto Velin", "Hela Brand"]
    first = inbox_of(session, actor=LENA).mine[0]
    assert [first.total, first.cost, first.signed, first.needed] == [70, 72, 0, 2]
    sign(session, approval.id, actor=LENA)
    assert mine() == ["Hela Brand"]
    assert [each.signed for each in inbox_of(session, actor=reader).others] == [1]
    return_approval(session, approval.id, "Too dear.", actor=HEAD)
    assert mine() == []
    assert inbox_of(session, actor=reader).others == []
