"""Sums that decide are the whole country's, whoever stands before the database."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db import stand
from geo.models.areas import Area
from programs.models.cycles import CycleState
from programs.models.memberships import CycleMember, LeftOut
from programs.queries.cycles import CycleBeyondReach, preview
from programs.queries.eligibility import round_of
from programs.queries.programs import program_page
from programs.queries.requests import request_page
from programs.queries.standing import standing_of
from programs.services.approvals import ask_approval, sign
from programs.services.cycles import enrol
from programs.services.entitlements import prepare_entitlements
from programs.services.funds import FundShort
from programs.services.payments import make_payments
from programs.services.vouchers import issue_vouchers
from registry.models.registrants import Membership, Registrant
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    STARTS_ON,
    make_actor,
    make_approved,
    make_cycle,
    make_family,
    make_prepared,
    make_program,
)
from tests.make.registry import make_location


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def near(areas: dict[str, Area]) -> Actor:
    """Somebody who may do everything in the west."""
    return make_actor(51, "Near", national=False, area_ids=frozenset({areas["X1"].id}))


@pytest.fixture
def west(session: Session, areas: dict[str, Area]) -> Registrant:
    """A family of two in X11, which is due 60."""
    return make_family(session, 2, make_location(session, 0.5, 1.0, area_id=areas["X11"].id))


@pytest.fixture
def east(session: Session, areas: dict[str, Area]) -> Registrant:
    """A family of two in X21, which is due 60."""
    return make_family(session, 2, make_location(session, 2.5, 1.0, area_id=areas["X21"].id))


def test_money_bound_beyond_reach_is_not_there_to_be_bound_again(
    session: Session, near: Actor, west: Registrant, east: Registrant
) -> None:
    program = make_program(session, fund=100)
    make_approved(session, program, east)
    cycle = make_prepared(session, program, west)
    approval = ask_approval(session, cycle.id, actor=DARA)

    stand(session, near)
    with pytest.raises(FundShort, match="KES 40 free and this cycle needs KES 60"):
        sign(session, approval.id, actor=near)


def test_who_was_served_while_they_lived_beyond_reach_is_not_served_twice(
    session: Session, areas: dict[str, Area], near: Actor, west: Registrant, east: Registrant
) -> None:
    make_approved(session, make_program(session), east)
    east.area_id = areas["X12"].id
    session.flush()
    session.execute(
        update(Registrant)
        .where(Registrant.id.in_(select(Membership.member_id).filter_by(group_id=east.id)))
        .values(area_id=areas["X12"].id)
    )
    cycle = make_cycle(session, make_program(session), west, east)

    stand(session, near)
    enrol(session, cycle.id, actor=near)
    left_out = select(CycleMember.registrant_id).where(CycleMember.reason == LeftOut.SAME_PURPOSE)
    assert session.scalars(left_out).all() == [east.id]


def test_who_is_served_beyond_reach_after_the_request_sends_it_back(
    session: Session, near: Actor, west: Registrant, east: Registrant, areas: dict[str, Area]
) -> None:
    cycle = make_prepared(session, make_program(session), west)
    approval = ask_approval(session, cycle.id, actor=DARA)
    other = make_program(session, purpose="drought")
    elsewhere = make_approved(session, other, west)
    other.purposes = ["flood"]
    for table in ("entitlements", "cycle_members"):
        moved = CycleMember.metadata.tables[table]
        session.execute(
            update(moved).where(moved.c.cycle_id == elsewhere.id).values(area_id=areas["X21"].id)
        )

    stand(session, near)
    signed = sign(session, approval.id, actor=near)
    assert "1 household is meanwhile served by another program" in signed.returned


@pytest.mark.parametrize("beyond", ["listed", "moved", "member"])
def test_who_sees_a_part_of_a_cycle_neither_changes_signs_nor_pays_it(
    session: Session,
    areas: dict[str, Area],
    near: Actor,
    west: Registrant,
    east: Registrant,
    beyond: str,
) -> None:
    """Part of it lies beyond: as it was listed, as it is registered now, or one of its people."""
    cycle = make_prepared(session, make_program(session), west, *[east] * (beyond == "listed"))
    if beyond == "moved":
        west.area_id = areas["X22"].id
    if beyond == "member":
        member = select(Membership.member_id).filter_by(group_id=west.id).limit(1)
        session.get_one(Registrant, session.scalars(member).one()).area_id = areas["X22"].id
    session.flush()

    stand(session, near)
    for prepares in (enrol, prepare_entitlements, ask_approval):
        with pytest.raises(CycleBeyondReach):
            prepares(session, cycle.id, actor=near)
    with pytest.raises(CycleBeyondReach):
        preview(session, round_of(session, cycle), actor=near)
    cycle.state = CycleState.APPROVED
    session.flush()
    with pytest.raises(CycleBeyondReach):
        make_payments(session, cycle.id, actor=near)
    with pytest.raises(CycleBeyondReach):
        issue_vouchers(session, cycle.id, STARTS_ON.replace(year=2099), actor=near)


def test_the_figures_of_a_cycle_are_the_whole_of_it_also_for_who_sees_a_part(
    session: Session, near: Actor, west: Registrant, east: Registrant
) -> None:
    program = make_program(session)
    cycle = make_approved(session, program, west, east)

    stand(session, near)
    found = standing_of(session, cycle.id, actor=near)
    [line] = program_page(session, program.id, actor=near).cycles
    assert (found.members.households, found.members.people, found.total) == (2, 4, Decimal(120))
    assert (line.households, line.total) == (2, Decimal(120))
    assert found.approval is not None
    page = request_page(session, found.approval.id, actor=near)
    assert (page.people, page.most) == (None, Decimal(60))  # by sex and age only to who sees all


def test_all_of_it_within_reach_is_prepared_and_signed_under_the_wall(
    session: Session, near: Actor, west: Registrant
) -> None:
    cycle = make_cycle(session, make_program(session), west)
    stand(session, near)
    enrol(session, cycle.id, actor=near)
    prepared = prepare_entitlements(session, cycle.id, actor=near)
    approval = ask_approval(session, cycle.id, actor=near)
    other = make_actor(52, "Beside", national=False, area_ids=near.area_ids)
    stand(session, other)

    assert (prepared.entitlements, prepared.total) == (1, Decimal(60))
    assert sign(session, approval.id, actor=other).state.value == "approved"
