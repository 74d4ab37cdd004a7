"""Every act over the households of a cycle costs the same statements for one as for many."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from programs.models.approvals import Approval
from programs.models.cycles import Cycle
from programs.models.programs import Delivery, Program
from programs.services.approvals import ask_approval, reject_approval, return_approval, sign
from programs.services.cycles import cancel_cycle, end_cycle, enrol, reopen_cycle
from programs.services.entitlements import prepare_entitlements
from programs.services.vouchers import issue_vouchers, print_sheets
from tests.make.programs import (
    DARA,
    LENA,
    make_cycle,
    make_family,
    make_gift,
    make_program,
)

MANY = 200
UNTIL = date(2099, 1, 1)
WHY = "The list was the wrong one."
Acts = Iterator[tuple[str, Callable[[], object]]]


def _to_the_end(session: Session, cycle: Cycle) -> Acts:
    yield "enrol", lambda: enrol(session, cycle.id, actor=DARA)
    yield "prepare", lambda: prepare_entitlements(session, cycle.id, actor=DARA)
    yield "ask", lambda: ask_approval(session, cycle.id, actor=DARA)
    yield "sign", lambda: sign(session, _asked(session, cycle), actor=LENA)
    yield "reopen", lambda: reopen_cycle(session, cycle.id, WHY, actor=DARA)
    yield "ask again", lambda: ask_approval(session, cycle.id, actor=DARA)
    yield "sign again", lambda: sign(session, _asked(session, cycle), actor=LENA)
    yield "issue", lambda: issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    yield "print", lambda: print_sheets(session, cycle.id, actor=DARA, report=lambda *_: None)
    yield "end", lambda: end_cycle(session, cycle.id, actor=DARA)


def _to_nothing(session: Session, cycle: Cycle) -> Acts:
    yield "enrol", lambda: enrol(session, cycle.id, actor=DARA)
    yield "prepare", lambda: prepare_entitlements(session, cycle.id, actor=DARA)
    yield "ask", lambda: ask_approval(session, cycle.id, actor=DARA)
    yield "return", lambda: return_approval(session, _asked(session, cycle), WHY, actor=LENA)
    yield "cancel", lambda: cancel_cycle(session, cycle.id, WHY, actor=DARA)


def _to_a_refusal(session: Session, cycle: Cycle) -> Acts:
    yield "enrol", lambda: enrol(session, cycle.id, actor=DARA)
    yield "prepare", lambda: prepare_entitlements(session, cycle.id, actor=DARA)
    yield "ask", lambda: ask_approval(session, cycle.id, actor=DARA)
    yield "reject", lambda: reject_approval(session, _asked(session, cycle), WHY, actor=LENA)


def _asked(session: Session, cycle: Cycle) -> int:
    newest = select(Approval.id).where(Approval.cycle_id == cycle.id).order_by(Approval.id.desc())
    return session.scalars(newest.limit(1)).one()


@pytest.mark.parametrize("way", [_to_the_end, _to_nothing, _to_a_refusal])
def test_no_act_on_a_cycle_costs_more_statements_for_two_hundred_than_for_one(
    session: Session, statements: list[str], way: Callable[[Session, Cycle], Acts]
) -> None:
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER))

    one = _counted(session, statements, way, program, 1)
    many = _counted(session, statements, way, program, MANY)

    assert many == one


def _counted(
    session: Session,
    statements: list[str],
    way: Callable[[Session, Cycle], Acts],
    program: Program,
    families: int,
) -> dict[str, int]:
    """How many statements each act on the way took, on a session that remembers nothing."""
    cycle = make_cycle(session, program, *(make_family(session, 1) for _ in range(families)))
    taken = {}
    for name, act in way(session, cycle):
        session.flush()
        session.expire_all()
        statements.clear()
        act()
        session.flush()
        taken[name] = len(statements)
    return taken
