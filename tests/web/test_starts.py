"""From the page of a kept list to a cycle with its amounts, by one button."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.clock import today
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from tests.make.programs import make_approved, make_family, make_program, make_roster
from tests.web.test_programs import SignedIn

ASKED = {"ages_on": "2026-11-20", "threshold": None, "condition": None, "reach": None}
TOLD: dict[str, Any] = {"name": "Lower Oru, 1 m", "definition": ASKED}


def test_from_a_kept_list_to_its_amounts_is_one_click(
    session: Session, signed_in: SignedIn
) -> None:
    program = make_program(session)
    roster = make_roster(session, make_family(session, 3), **TOLD)
    manager = signed_in(Role.PROGRAM_MANAGER)
    page = manager.get(f"/rosters/{roster.id}").text
    assert f"Start {program.name}" in page

    filled = {"name": roster.name, "starts_on": today().isoformat(), "then": "amounts"}
    done = manager.act("/cycles/", roster_id=roster.id, program_id=program.id, **filled).text

    assert "1 of 1 household was enrolled" in done
    assert "Ask for the signatures" in done
    assert session.scalars(select(Cycle.name)).all() == ["Lower Oru, 1 m"]


def test_from_a_kept_list_to_amounts_on_top_of_a_pension_is_one_click(
    session: Session, signed_in: SignedIn
) -> None:
    pension, relief = make_program(session, purpose="old age"), make_program(session)
    amina = make_family(session, 3)
    base = make_approved(session, pension, amina, make_family(session, 2))
    roster = make_roster(session, amina, **TOLD)
    manager = signed_in(Role.PROGRAM_MANAGER)
    page = manager.get(f"/rosters/{roster.id}").text
    assert f"1 household of the list is in {pension.name}" in page

    filled = {"name": roster.name, "starts_on": today().isoformat(), "then": "amounts"}
    where = f"/cycles/{base.id}/top-up"
    done = manager.act(where, roster_id=roster.id, program_id=relief.id, **filled).text

    assert "1 of 1 household was enrolled" in done
    made = session.scalars(select(Cycle).order_by(Cycle.id.desc())).first()
    assert made is not None
    assert session.scalars(
        select(Entitlement.amount).where(Entitlement.cycle_id == made.id)
    ).all() == [Decimal(70)]
