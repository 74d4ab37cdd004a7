"""Small makers of believable programs, lists and cycles."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.selections import Selection
from programs.models.approvals import Approval
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from programs.models.organisations import Organisation
from programs.models.programs import Delivery, Program
from programs.queries.gifts import Gift, plain_items
from programs.services.approvals import ask_approval, sign
from programs.services.cycles import Start, enrol, reopen_cycle, start_cycle
from programs.services.entitlements import Change, adjust_entitlement, prepare_entitlements
from programs.services.funds import deposit
from programs.services.programs import Plan, activate_program, create_program
from registry.models.registrants import Registrant
from registry.models.rosters import Answer, Roster, RosterMember, RosterState
from tests.conftest import EVERYTHING
from tests.make.registry import make_household, make_person

STARTS_ON = date(2026, 11, 20)
UNTIL = datetime.now(UTC).date() + timedelta(days=30)
MANY = 50  # households from which the planner has to know how many there are, as after an import
LOOK = text("analyze registrants, groups, memberships, individuals, roster_members")
_next = count(1)


def make_actor(number: int, name: str, *permissions: str, **given: Any) -> Actor:
    """Somebody who may do these things, or everything, in the whole country."""
    said = {"national": True, **given}
    return Actor(id=number, name=name, permissions=frozenset(permissions) or EVERYTHING, **said)


DARA = make_actor(11, "Dara Kesh")  # prepares
LENA = make_actor(12, "Lena Marr")  # signs
OTO = make_actor(13, "Oto Velin")  # signs second, and pays
FINN = make_actor(14, "Finn Ode")  # finance


def make_organisation(session: Session, name: str = "Ministry of Relief") -> Organisation:
    """A government office."""
    organisation = Organisation(name=f"{name} {next(_next)}")
    session.add(organisation)
    session.flush()
    return organisation


def make_program(
    session: Session, gift: Gift | None = None, fund: int = 1_000_000, **given: Any
) -> Program:
    """An open program of cash for floods, by default 40 and 10 a person, at most 90 KES."""
    purposes = [given.pop("purpose", "flood")]
    said = {"name": f"Flood cash {next(_next)}", "purposes": purposes, "currency": "KES", **given}
    plan = Plan(organisation_id=make_organisation(session).id, **said)
    program = create_program(session, plan, gift or make_gift(), actor=DARA)
    activate_program(session, program.id, actor=DARA)
    if fund:
        deposit(session, program.id, Decimal(fund), "Treasury letter 7", actor=FINN)
    return program


def make_gift(**given: Any) -> Gift:
    """40 for a household and 10 for each person, at most 90, as cash."""
    base, per_member = given.pop("base", 40), given.pop("per_member", 10)
    said = {"items": plain_items(base, per_member), "cap": Decimal(90), **given}
    return Gift(**{"name": "Cash", "delivery": Delivery.CASH, **said})


def make_family(session: Session, size: int, location: Any = None, **given: Any) -> Registrant:
    """A household with so many women of thirty-six."""
    household = make_household(session, location, **given)
    for place in range(size):
        make_person(session, household, relation="child" if place else "head")
    return household


def make_roster(
    session: Session, *households: Registrant, status: Answer = Answer.IN, **given: Any
) -> Roster:
    """A frozen list of these households, all with one answer."""
    selection = Selection(code=f"S{next(_next)}", name="Lower Oru", made_by=1)
    session.add(selection)
    session.flush()
    frozen = {"state": RosterState.FROZEN, "frozen_by": 1, "frozen_at": datetime.now(UTC)}
    said = {"name": "Lower Oru", "hash": f"{next(_next):064x}", **frozen, **given}
    roster = Roster(code=f"R{next(_next)}", selection_id=selection.id, made_by=1, **said)
    session.add(roster)
    session.flush()
    add_to_roster(session, roster, *households, status=status)
    if len(households) > MANY:
        session.execute(LOOK)
    return roster


def add_to_roster(
    session: Session, roster: Roster, *households: Registrant, status: Answer = Answer.IN
) -> None:
    """Households with one answer, written into a list."""
    session.add_all(
        RosterMember(
            roster_id=roster.id,
            registrant_id=household.id,
            location_id=household.location_id,
            area_id=household.area_id,
            status=status,
        )
        for household in households
    )
    session.flush()


def make_cycle(session: Session, program: Program, *households: Registrant, **given: Any) -> Cycle:
    """A draft cycle for these households."""
    roster = given.pop("roster", None) or make_roster(session, *households)
    by = given.pop("by", DARA)
    start = Start(roster.id, "November", STARTS_ON, **given)
    return start_cycle(session, program.id, start, actor=by)


def make_prepared(session: Session, program: Program, *households: Registrant) -> Cycle:
    """A draft cycle whose households are enrolled and have their amounts."""
    cycle = make_cycle(session, program, *households)
    enrol(session, cycle.id, actor=DARA)
    prepare_entitlements(session, cycle.id, actor=DARA)
    return cycle


def make_approved(session: Session, program: Program, *households: Registrant) -> Cycle:
    """A cycle that was asked for by Dara and signed by Lena."""
    cycle = make_prepared(session, program, *households)
    approval = ask_approval(session, cycle.id, actor=DARA)
    sign(session, approval.id, actor=LENA)
    return cycle


def make_asked_again(session: Session, program: Program, *households: Registrant) -> Approval:
    """A request for what one household is to get one more of than in the one before, which was
    taken back."""
    cycle = make_prepared(session, program, *households)
    ask_approval(session, cycle.id, actor=DARA)
    reopen_cycle(session, cycle.id, "the amount was wrong", actor=DARA)
    due = select(Entitlement).where(Entitlement.cycle_id == cycle.id).order_by(Entitlement.id)
    first = session.scalars(due.limit(1)).one()
    change = Change(first.amount + 1, "as was promised")
    adjust_entitlement(session, cycle.id, first.ern, change, actor=DARA)
    return ask_approval(session, cycle.id, actor=DARA)
