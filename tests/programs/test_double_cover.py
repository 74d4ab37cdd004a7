"""Households that two programs of one purpose would serve: never where one of them is locked, and
where both are drafts only for a reason that was said."""

import pytest
from sqlalchemy.orm import Session

from programs.models.cycles import Cycle
from programs.queries.cycles import ReasonMissing
from programs.queries.double_cover import AlsoDrafted, ServedElsewhere, drafted_elsewhere
from programs.services.approvals import ask_approval, sign
from programs.services.cycles import NoOverlap, accept_overlap, enrol
from programs.services.entitlements import prepare_entitlements
from registry.models.registrants import Registrant
from tests.make.programs import DARA, LENA, make_cycle, make_family, make_prepared, make_program


def _two_drafts(session: Session) -> tuple[Cycle, Cycle, Registrant]:
    """Two programs for floods, whose drafts share one of two households."""
    both, one, other = (make_family(session, size) for size in (3, 1, 2))
    mine = make_prepared(session, make_program(session), both, one)
    return mine, make_prepared(session, make_program(session), both, other), both


def test_a_draft_of_the_same_purpose_stops_the_request_until_somebody_says_why(
    session: Session,
) -> None:
    mine, theirs, _both = _two_drafts(session)
    assert drafted_elsewhere(session, mine) == {theirs.program_id: 1}
    with pytest.raises(AlsoDrafted, match="1 of them"):
        ask_approval(session, mine.id, actor=DARA)
    with pytest.raises(ReasonMissing):
        accept_overlap(session, mine.id, " ", actor=DARA)

    accept_overlap(session, mine.id, "They cook for many", actor=DARA)

    approval = ask_approval(session, mine.id, actor=DARA)
    assert sign(session, approval.id, actor=LENA).returned == ""


def test_a_locked_cycle_of_the_same_purpose_is_not_overridden(session: Session) -> None:
    mine, theirs, both = _two_drafts(session)
    for cycle in (mine, theirs):
        accept_overlap(session, cycle.id, "They cook for many", actor=DARA)
    ask_approval(session, mine.id, actor=DARA)

    with pytest.raises(ServedElsewhere, match="1 of them"):
        ask_approval(session, theirs.id, actor=DARA)

    assert enrol(session, theirs.id, actor=DARA).households == 1
    prepare_entitlements(session, theirs.id, actor=DARA)
    assert ask_approval(session, theirs.id, actor=DARA).households == 1
    assert both.id


def test_why_both_may_serve_them_holds_until_they_are_enrolled_again(session: Session) -> None:
    mine, _theirs, _both = _two_drafts(session)
    accept_overlap(session, mine.id, "They cook for many", actor=DARA)

    enrol(session, mine.id, actor=DARA)
    prepare_entitlements(session, mine.id, actor=DARA)

    with pytest.raises(AlsoDrafted):
        ask_approval(session, mine.id, actor=DARA)


def test_another_purpose_and_ones_own_drafts_are_no_overlap(session: Session) -> None:
    program, home = make_program(session), make_family(session, 2)
    mine = make_prepared(session, program, home)
    enrol(session, make_cycle(session, program, home).id, actor=DARA)
    enrol(session, make_cycle(session, make_program(session, purpose="heat"), home).id, actor=DARA)

    assert drafted_elsewhere(session, mine) == {}
    with pytest.raises(NoOverlap):
        accept_overlap(session, mine.id, "why", actor=DARA)
