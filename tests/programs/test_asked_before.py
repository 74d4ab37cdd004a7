"""Who signs sees by name who entered and who left since it was last asked for."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import Forbidden, NotFound
from geo.models.areas import Area
from programs.models.approvals import Approval, ApprovalLine
from programs.models.entitlements import Entitlement
from programs.queries.asked_before import Difference, difference_of, differences_page
from programs.services.approvals import ask_approval, return_approval, sign
from programs.services.cycles import enrol, reopen_cycle
from programs.services.entitlements import Change, adjust_entitlement, prepare_entitlements
from programs.services.memberships import pause_member
from registry.models.rosters import Roster
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    LENA,
    add_to_roster,
    make_actor,
    make_asked_again,
    make_family,
    make_prepared,
    make_program,
)
from tests.make.registry import make_location


def _rows(found: Difference | None) -> dict[str, tuple[int | None, ...]]:
    """By name what was due then and now."""
    assert found is not None
    return {
        row.name: tuple(None if one is None else int(one) for one in (row.was, row.now))
        for row in found.first.rows
    }


def test_who_left_who_entered_and_who_is_due_another_amount_are_told_apart(
    session: Session,
) -> None:
    program = make_program(session)
    amina, oto, bem = (make_family(session, n, name=f"Family {n}") for n in (1, 2, 3))
    new = make_family(session, 4, name="Family 4")
    cycle = make_prepared(session, program, amina, oto, bem)
    first = ask_approval(session, cycle.id, actor=DARA)
    assert difference_of(session, first, actor=LENA) is None
    return_approval(session, first.id, "look at Oto", actor=LENA)
    pause_member(session, program.id, oto.id, "moved", actor=DARA)
    add_to_roster(session, session.get_one(Roster, cycle.roster_id), new)
    enrol(session, cycle.id, actor=DARA)
    prepare_entitlements(session, cycle.id, actor=DARA)
    due = select(Entitlement.ern).where(Entitlement.registrant_id == bem.id)
    ern = session.scalars(due).one()
    adjust_entitlement(session, cycle.id, ern, Change(Decimal(71), "rounded"), actor=DARA)

    found = difference_of(session, ask_approval(session, cycle.id, actor=DARA), actor=LENA)

    assert found is not None
    assert (found.entered, found.left, found.changed, found.all) == (1, 1, 1, 3)
    assert _rows(found) == {"Family 2": (60, None), "Family 3": (70, 71), "Family 4": (None, 80)}


def test_who_left_between_the_request_and_its_return_is_among_them(session: Session) -> None:
    program = make_program(session)
    amina, oto = (make_family(session, n, name=f"Family {n}") for n in (1, 2))
    cycle = make_prepared(session, program, amina, oto)
    asked = ask_approval(session, cycle.id, actor=DARA)
    pause_member(session, program.id, oto.id, "moved", actor=DARA)
    assert sign(session, asked.id, actor=LENA).returned

    again = ask_approval(session, cycle.id, actor=DARA)

    assert _rows(difference_of(session, again, actor=LENA)) == {"Family 2": (60, None)}


def test_the_same_request_again_differs_in_nobody(session: Session) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 1))
    ask_approval(session, cycle.id, actor=DARA)
    reopen_cycle(session, cycle.id, "a pause", actor=DARA)

    found = difference_of(session, ask_approval(session, cycle.id, actor=DARA), actor=LENA)

    assert found is not None
    assert (found.all, list(found.first.rows)) == (0, [])


def test_an_approved_cycle_that_was_opened_again_is_held_against_what_was_signed(
    session: Session,
) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 1, name="Family 1"))
    sign(session, ask_approval(session, cycle.id, actor=DARA).id, actor=LENA)
    reopen_cycle(session, cycle.id, "too little", actor=DARA)
    ern = session.scalars(select(Entitlement.ern)).one()
    adjust_entitlement(session, cycle.id, ern, Change(Decimal(55), "rounded"), actor=DARA)

    again = ask_approval(session, cycle.id, actor=DARA)

    assert _rows(difference_of(session, again, actor=LENA)) == {"Family 1": (50, 55)}


def test_what_differs_is_shown_within_reach_and_to_who_reads_lists(session: Session) -> None:
    areas: dict[str, Area] = make_country(session)
    homes = [
        make_family(session, 1, make_location(session, 0.5, 0.5, area_id=areas[pcode].id))
        for pcode in ("X11", "X21")
    ]
    again = make_asked_again(session, make_program(session), *homes)
    lines = update(ApprovalLine).where(ApprovalLine.approval_id < again.id)
    session.execute(lines.values(amount=1))  # both differ
    reach = {"national": False, "area_ids": frozenset([areas["X1"].id])}
    near = make_actor(41, "Nia", "program:read", "roster:read", **reach)

    _approval, page = differences_page(session, again.id, actor=near)

    assert [row.pcode for row in page.rows] == ["X11"]
    blind = make_actor(42, "Pia", "program:read")
    assert difference_of(session, again, actor=blind) is None
    with pytest.raises(Forbidden):
        differences_page(session, again.id, actor=blind)
    with pytest.raises(NotFound):
        differences_page(session, session.scalars(select(Approval.id)).first() or 0, actor=DARA)


def test_forty_cost_no_more_statements_to_keep_than_one(
    session: Session, statements: list[str]
) -> None:
    taken = []
    for families in (1, 40):
        homes = [make_family(session, 1) for _ in range(families)]
        cycle = make_prepared(session, make_program(session), *homes)
        ask_approval(session, cycle.id, actor=DARA)
        session.expire_all()
        statements.clear()
        reopen_cycle(session, cycle.id, "a pause", actor=DARA)
        taken.append(len(statements))

    assert taken[0] == taken[1]
