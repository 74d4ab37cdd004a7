"""Approving a cycle: who may sign, over what, and from which money."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden, NotFound
from geo.models.events import LayerKind
from geo.models.releases import Release, ReleaseState
from geo.models.selections import Selection
from programs.models.approvals import Approval, ApprovalState, Signature
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.programs import Benefit, FundEntry, FundEntryKind, Program
from programs.queries.approvals import subject_hash
from programs.queries.cycles import CycleBeyondReach, CycleElsewhere, ReasonMissing
from programs.queries.funds import balance
from programs.queries.requests import request_page
from programs.services.approvals import (
    ApprovalDecided,
    NothingToApprove,
    NotYourOwn,
    ReleaseWithdrawn,
    RuleChanged,
    SignedAlready,
    ask_approval,
    reject_approval,
    return_approval,
    sign,
)
from programs.services.cycles import accept_overlap, enrol
from programs.services.entitlements import prepare_entitlements
from programs.services.funds import FundShort
from programs.services.programs import Plan, change_program
from registry.counting.people import People
from registry.models.rosters import Roster
from tests.make.geo import make_country, make_release
from tests.make.programs import (
    DARA,
    LENA,
    OTO,
    make_actor,
    make_cycle,
    make_family,
    make_prepared,
    make_program,
    make_roster,
)
from tests.make.registry import make_location


def _asked(session: Session, **program: Any) -> tuple[Program, Cycle, Approval]:
    """A cycle for families of three and one, due 70 and 50, which Dara prepared and asked for."""
    made = make_program(session, **program)
    cycle = make_prepared(session, made, make_family(session, 3), make_family(session, 1))
    return made, cycle, ask_approval(session, cycle.id, actor=DARA)


def test_a_signature_of_somebody_else_approves_the_cycle_and_binds_its_money(
    session: Session,
) -> None:
    program, cycle, approval = _asked(session, fund=1000)

    signed = sign(session, approval.id, actor=LENA)

    assert (signed.state, cycle.state) == (ApprovalState.APPROVED, CycleState.APPROVED)
    assert set(session.scalars(select(Entitlement.state))) == {EntitlementState.APPROVED}
    found = balance(session, program.id)
    assert (found.bound, found.free) == (Decimal(120), Decimal(880))


def test_two_signatures_are_of_two_people_and_the_last_one_binds(session: Session) -> None:
    program, cycle, approval = _asked(session, signers_needed=2)

    first = sign(session, approval.id, actor=LENA)
    assert (first.state, first.signatures, first.needed) == (ApprovalState.PENDING, 1, 2)
    assert balance(session, program.id).bound == 0
    with pytest.raises(SignedAlready):
        sign(session, approval.id, actor=LENA)
    second = sign(session, approval.id, actor=OTO)

    assert second.state is ApprovalState.APPROVED
    assert cycle.state is CycleState.APPROVED
    hashes = session.scalars(select(Signature.hash)).all()
    assert hashes == [approval.hash, approval.hash]


def test_nobody_signs_who_had_a_hand_in_it(session: Session) -> None:
    starter, enroller, preparer, asker, keeper = (
        make_actor(70 + n, name) for n, name in enumerate(["S", "E", "P", "A", "K"])
    )
    program = make_program(session)
    roster = make_roster(session, make_family(session, 2), frozen_by=keeper.id)
    cycle = make_cycle(session, program, roster=roster, by=starter)
    enrol(session, cycle.id, actor=enroller)
    prepare_entitlements(session, cycle.id, actor=preparer)
    approval = ask_approval(session, cycle.id, actor=asker)

    for person in (starter, enroller, preparer, asker, keeper):
        with pytest.raises(NotYourOwn):
            sign(session, approval.id, actor=person)
    assert sign(session, approval.id, actor=LENA).state is ApprovalState.APPROVED


@pytest.mark.parametrize(("fund", "approved"), [(120, True), (119, False), (0, False)])
def test_the_fund_has_to_suffice_for_all_of_it(session: Session, fund: int, approved: bool) -> None:
    program, cycle, approval = _asked(session, fund=fund)
    if approved:
        sign(session, approval.id, actor=LENA)
        assert balance(session, program.id).free == 0
        return

    with pytest.raises(FundShort, match=rf"KES {fund} free and this cycle needs KES 120"):
        sign(session, approval.id, actor=LENA)
    session.expire_all()
    assert cycle.state is CycleState.TO_APPROVE
    assert set(session.scalars(select(Entitlement.state))) == {EntitlementState.PENDING_VALIDATION}
    commits = select(FundEntry).where(FundEntry.kind == FundEntryKind.COMMIT)
    assert session.scalars(commits).all() == []


def test_money_bound_by_one_cycle_is_not_there_for_the_next(session: Session) -> None:
    program, _cycle, approval = _asked(session, fund=150)
    sign(session, approval.id, actor=LENA)
    second = make_prepared(session, program, make_family(session, 1))
    again = ask_approval(session, second.id, actor=DARA)

    with pytest.raises(FundShort, match="KES 30 free and this cycle needs KES 50; post KES 20"):
        sign(session, again.id, actor=LENA)


def _another_amount(session: Session, _cycle: Cycle) -> None:
    session.execute(update(Entitlement).where(Entitlement.amount == 70).values(amount=71))


def _another_household(session: Session, _cycle: Cycle) -> None:
    other = make_family(session, 3)
    session.execute(
        update(Entitlement).where(Entitlement.amount == 70).values(registrant_id=other.id)
    )


def _another_benefit(session: Session, _cycle: Cycle) -> None:
    session.execute(update(Benefit).values(cap=Decimal(91)))


def _another_rule(session: Session, cycle: Cycle) -> None:
    session.get_one(Program, cycle.program_id).eligibility = "people > 0"


def _another_area(session: Session, cycle: Cycle) -> None:
    roster = session.get_one(Roster, cycle.roster_id)
    shape = "SRID=4326;MULTIPOLYGON(((0 0,1 0,1 1,0 0)))"
    session.get_one(Selection, roster.selection_id).shape = shape  # type: ignore[assignment]


def _another_list(session: Session, cycle: Cycle) -> None:
    session.get_one(Roster, cycle.roster_id).hash = "0" * 64


@pytest.mark.parametrize(
    "change",
    [
        _another_amount,
        _another_household,
        _another_benefit,
        _another_rule,
        _another_area,
        _another_list,
    ],
)
def test_whatever_changes_after_the_request_sends_it_back(
    session: Session, change: Callable[[Session, Cycle], None]
) -> None:
    program, cycle, approval = _asked(session)
    change(session, cycle)
    session.flush()
    session.expire_all()

    signed = sign(session, approval.id, actor=LENA)

    assert signed.state is ApprovalState.RETURNED
    assert "changed after it was asked for" in signed.returned
    assert cycle.state is CycleState.DRAFT
    assert balance(session, program.id).bound == 0
    assert session.scalars(select(Signature)).all() == []


def test_nobody_is_asked_to_sign_a_rule_that_was_not_applied(session: Session) -> None:
    program = make_program(session)
    cycle = make_prepared(session, program, make_family(session, 3))
    stricter = Plan(
        program.name, program.purposes, program.organisation_id, program.currency, "size > 4"
    )
    change_program(session, program.id, stricter, actor=DARA)

    with pytest.raises(RuleChanged):
        ask_approval(session, cycle.id, actor=DARA)

    enrol(session, cycle.id, actor=DARA)
    prepare_entitlements(session, cycle.id, actor=DARA)
    with pytest.raises(NothingToApprove):
        ask_approval(session, cycle.id, actor=DARA)


def test_what_did_not_change_keeps_its_hash(session: Session) -> None:
    _program, cycle, approval = _asked(session)

    assert subject_hash(session, cycle) == approval.hash
    assert len(approval.hash) == 64


def _with_release(session: Session, cycle: Cycle) -> Release:
    release = make_release(session, number=3, kind=LayerKind.RASTER)
    roster = session.get_one(Roster, cycle.roster_id)
    session.get_one(Selection, roster.selection_id).release_id = release.id
    session.flush()
    return release


def test_a_withdrawn_release_is_not_targeted(session: Session) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 2))
    release = _with_release(session, cycle)
    release.state = ReleaseState.WITHDRAWN
    session.flush()

    with pytest.raises(ReleaseWithdrawn, match="Release 3 of the hazard map was withdrawn"):
        ask_approval(session, cycle.id, actor=DARA)


def test_a_release_withdrawn_after_the_request_is_not_signed_for(session: Session) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 2))
    release = _with_release(session, cycle)
    approval = ask_approval(session, cycle.id, actor=DARA)
    release.state = ReleaseState.WITHDRAWN
    session.flush()

    with pytest.raises(ReleaseWithdrawn):
        sign(session, approval.id, actor=LENA)


def test_a_superseded_release_is_still_signed_for(session: Session) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 2))
    release = _with_release(session, cycle)
    approval = ask_approval(session, cycle.id, actor=DARA)
    release.state = ReleaseState.SUPERSEDED
    session.flush()

    assert sign(session, approval.id, actor=LENA).state is ApprovalState.APPROVED


def test_whom_another_program_serves_meanwhile_sends_the_request_back(session: Session) -> None:
    family = make_family(session, 2)
    first = make_prepared(session, make_program(session), family)
    second = make_prepared(session, make_program(session), family)
    accept_overlap(session, first.id, "They cook for many", actor=DARA)
    of_first = ask_approval(session, first.id, actor=DARA)
    first.state = CycleState.DRAFT  # as of a time when both could be asked for
    accept_overlap(session, second.id, "They cook for many", actor=DARA)
    of_second = ask_approval(session, second.id, actor=DARA)
    first.state = CycleState.TO_APPROVE
    session.flush()

    signed = sign(session, of_first.id, actor=LENA)

    assert "1 household is meanwhile served by another program" in signed.returned
    assert enrol(session, first.id, actor=DARA).households == 0
    assert sign(session, of_second.id, actor=LENA).state is ApprovalState.APPROVED


def test_a_request_sent_back_can_be_changed_and_asked_for_again(session: Session) -> None:
    _program, cycle, approval = _asked(session)
    with pytest.raises(ReasonMissing):
        return_approval(session, approval.id, " ", actor=LENA)

    return_approval(session, approval.id, "The island is missing.", actor=LENA)

    assert (approval.state, approval.comment) == (
        ApprovalState.RETURNED,
        "The island is missing.",
    )
    assert cycle.state is CycleState.DRAFT
    with pytest.raises(ApprovalDecided):
        sign(session, approval.id, actor=LENA)
    again = ask_approval(session, cycle.id, actor=DARA)
    assert sign(session, again.id, actor=LENA).state is ApprovalState.APPROVED


def test_a_rejected_cycle_gives_nothing_and_is_not_asked_for_again(session: Session) -> None:
    _program, cycle, approval = _asked(session)

    reject_approval(session, approval.id, "The event is over.", actor=LENA)

    session.expire_all()
    assert cycle.state is CycleState.CANCELLED
    assert set(session.scalars(select(Entitlement.state))) == {EntitlementState.CANCELLED}
    with pytest.raises(CycleElsewhere, match="is cancelled"):
        ask_approval(session, cycle.id, actor=DARA)


def test_nothing_is_asked_for_where_nobody_is_due_anything(session: Session) -> None:
    cycle = make_cycle(session, make_program(session), make_family(session, 2))

    with pytest.raises(NothingToApprove):
        ask_approval(session, cycle.id, actor=DARA)


def test_a_cycle_is_asked_for_once_at_a_time(session: Session) -> None:
    _program, cycle, _approval = _asked(session)

    with pytest.raises(CycleElsewhere, match="waiting for signatures"):
        ask_approval(session, cycle.id, actor=DARA)


def test_who_does_not_see_all_of_it_does_not_sign(session: Session) -> None:
    areas = make_country(session)
    west = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    east = make_location(session, 2.5, 0.5, area_id=areas["X21"].id)
    families = [make_family(session, 2, west), make_family(session, 2, east)]
    cycle = make_prepared(session, make_program(session), *families)
    approval = ask_approval(session, cycle.id, actor=DARA)
    part = make_actor(81, "Part", national=False, area_ids=frozenset({areas["X1"].id}))
    whole = make_actor(82, "Whole", national=False, area_ids=frozenset({areas["X"].id}))

    with pytest.raises(CycleBeyondReach):
        sign(session, approval.id, actor=part)
    assert sign(session, approval.id, actor=whole).state is ApprovalState.APPROVED


def test_the_page_to_sign_says_people_money_and_hands(session: Session) -> None:
    _program, _cycle, approval = _asked(session, signers_needed=2)
    sign(session, approval.id, actor=LENA)

    page = request_page(session, approval.id, actor=OTO)

    assert page.people == People(people=4, f18_59=4)
    assert page.most == 70
    assert [act.action for act in page.prepared] == [
        "cycles.start",
        "cycles.enrol",
        "entitlements.prepare",
        "approvals.ask",
    ]
    assert [act.actor_name for act in page.at.signatures] == ["Lena Marr"]
    with pytest.raises(NotFound):
        request_page(session, 0, actor=OTO)


def test_each_act_needs_its_permission_and_leaves_an_entry(
    session: Session, visitor: Actor
) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 2))
    with pytest.raises(Forbidden):
        ask_approval(session, cycle.id, actor=visitor)
    approval = ask_approval(session, cycle.id, actor=DARA)
    with pytest.raises(Forbidden):
        sign(session, approval.id, actor=visitor)
    for decide in (return_approval, reject_approval):
        with pytest.raises(Forbidden):
            decide(session, approval.id, "why", actor=visitor)

    sign(session, approval.id, actor=LENA)

    entry = session.scalars(select(AuditEntry).filter_by(action="approvals.sign")).one()
    assert entry.figures == {"hash": approval.hash, "total": "60.0000", "state": "approved"}


def test_a_thousand_entitlements_cost_no_more_statements_to_sign_than_one(
    session: Session, statements: list[str]
) -> None:
    program = make_program(session)
    counts = []
    for families in (1, 100):
        households = [make_family(session, 1) for _ in range(families)]
        cycle = make_prepared(session, program, *households)
        approval = ask_approval(session, cycle.id, actor=DARA)
        session.expire_all()
        statements.clear()
        sign(session, approval.id, actor=LENA)
        counts.append(len(statements))

    assert counts[0] == counts[1]
