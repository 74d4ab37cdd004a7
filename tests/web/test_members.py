"""The pages of members, of what came back and of when cycles begin: each act by its person."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.clock import today
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement
from programs.models.memberships import MembershipState, ProgramMembership
from programs.services.cycles import enrol
from programs.services.payments import make_payments
from registry.models.registrants import Registrant
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    FINN,
    make_approved,
    make_cycle,
    make_family,
    make_program,
)
from tests.make.registry import make_location
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def served(session: Session) -> tuple[Cycle, list[Registrant]]:
    """An approved cycle of which three households of X11 have orders."""
    areas = make_country(session)
    place = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    homes = [make_family(session, size, place) for size in (2, 3, 4)]
    cycle = make_approved(session, make_program(session), *homes)
    make_payments(session, cycle.id, actor=FINN)
    return cycle, homes


def _states(session: Session) -> dict[int, MembershipState]:
    session.expire_all()
    found = select(ProgramMembership.registrant_id, ProgramMembership.state)
    return {row[0]: row[1] for row in session.execute(found)}


def test_ticked_members_are_paused_and_those_of_a_question_let_go(
    session: Session, served: tuple[Cycle, list[Registrant]], signed_in: SignedIn
) -> None:
    cycle, (amina, oto, ada) = served
    manager, at = signed_in(Role.PROGRAM_MANAGER), f"/programs/{cycle.program_id}/members/"
    manager.act(f"{at}conditions", kind="graduation", rule="people >= 4")
    assert b"Ready to leave: 1" in manager.get(f"{at}?check=graduation").data

    manager.act(at, whom="ticked", registrant=amina.id, to="paused", reason="moved")
    page = manager.act(
        at, whom="all", check="graduation", to="exited", cause="graduated", reason="is four"
    )

    assert page.status_code == 200
    states = _states(session)
    assert states[amina.id] is MembershipState.PAUSED
    assert states[oto.id] is MembershipState.ENROLLED
    assert states[ada.id] is MembershipState.EXITED
    assert b"graduated" in manager.get(f"{at}?state=exited").data
    assert b"moved" in manager.get(f"{at}{amina.id}").data
    told = manager.get(f"{at}members.csv?state=paused").data.decode()
    assert amina.number in told
    assert oto.number not in told


def test_nothing_ticked_moves_nobody(
    session: Session, served: tuple[Cycle, list[Registrant]], signed_in: SignedIn
) -> None:
    cycle, _homes = served
    manager = signed_in(Role.PROGRAM_MANAGER)

    refused = manager.act(
        f"/programs/{cycle.program_id}/members/", whom="ticked", to="paused", reason="moved"
    )

    assert refused.status_code == 409
    assert set(_states(session).values()) == {MembershipState.ENROLLED}


def test_one_amount_comes_back_the_list_is_paid_and_the_cycle_is_followed_up_and_closed(
    session: Session, served: tuple[Cycle, list[Registrant]], signed_in: SignedIn
) -> None:
    cycle, (amina, *_others) = served
    ern = session.scalars(select(Entitlement.ern).filter_by(registrant_id=amina.id)).one()
    at = f"/cycles/{cycle.id}"
    assert signed_in(Role.PROGRAM_MANAGER).act(f"{at}/close").status_code == 409

    finance = signed_in(Role.FINANCE)
    finance.act(f"{at}/returned", ern=ern, cause="account_unknown")
    finance.act(f"{at}/paid", reference="Bank letter 7")
    manager = signed_in(Role.PROGRAM_MANAGER)
    assert b"Account unknown" in manager.get(f"{at}/returned").data
    manager.act(f"{at}/follow-up", name="November again", starts_on=today().isoformat())
    manager.act(f"{at}/close")

    session.expire_all()
    after = session.scalars(select(Cycle).where(Cycle.follows_id == cycle.id)).one()
    assert (cycle.state, after.state) == (CycleState.ENDED, CycleState.DRAFT)
    assert b"November again" in manager.get(at).data
    assert b"in a cycle that follows" in manager.get(f"{at}/returned").data


def test_what_came_back_is_given_again(
    session: Session, served: tuple[Cycle, list[Registrant]], signed_in: SignedIn
) -> None:
    cycle, (amina, *_others) = served
    ern = session.scalars(select(Entitlement.ern).filter_by(registrant_id=amina.id)).one()
    signed_in(Role.FINANCE).act(f"/cycles/{cycle.id}/returned", ern=ern, cause="refused")

    manager = signed_in(Role.PROGRAM_MANAGER)
    manager.act(f"/cycles/{cycle.id}/reissue", ern=ern)

    assert b"given again as ERN-" in manager.get(f"/cycles/{cycle.id}/returned").data


def test_cycles_begin_each_month_and_the_one_that_is_due_is_started(
    session: Session, served: tuple[Cycle, list[Registrant]], signed_in: SignedIn
) -> None:
    cycle, _homes = served
    manager, at = signed_in(Role.PROGRAM_MANAGER), f"/programs/{cycle.program_id}/recurrence/"
    first = today().isoformat()
    said = {"interval": 1, "every": "MONTHLY", "until": "", "rule": "", "rechecks": "yes"}
    manager.act(at, first_day=first, **said)
    assert b"FREQ=MONTHLY;INTERVAL=1" in manager.get(at).data

    manager.act(f"{at}due")
    manager.act(
        "/cycles/next", program_id=cycle.program_id, name="Once more", starts_on=first, rechecks=""
    )

    made = select(Cycle.number, Cycle.due_on, Cycle.rechecks).where(Cycle.id != cycle.id)
    assert session.execute(made.order_by(Cycle.number)).all() == [
        (2, today(), True),
        (3, None, True),
    ]


def test_another_program_gives_on_top_and_drafts_that_overlap_are_told(
    session: Session, served: tuple[Cycle, list[Registrant]], signed_in: SignedIn
) -> None:
    cycle, (amina, *_others) = served
    manager, top = signed_in(Role.PROGRAM_MANAGER), make_program(session, purpose="heat")
    said = {"program_id": top.id, "name": "On top", "starts_on": today().isoformat()}
    manager.act(f"/cycles/{cycle.id}/top-up", **said)
    on_top = session.scalars(select(Cycle).where(Cycle.tops_up_id == cycle.id)).one()
    rival = make_cycle(session, make_program(session, purpose="heat"), amina)
    for each in (on_top, rival):
        enrol(session, each.id, actor=DARA)

    page = manager.get(f"/cycles/{on_top.id}").data
    assert b"1 household is in a draft of another program of the same purpose, too" in page
    manager.act(f"/cycles/{on_top.id}/overlap", reason="They cook for many")

    assert b"They cook for many" in manager.get(f"/cycles/{on_top.id}").data
