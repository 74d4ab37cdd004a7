"""The ground of the drill of payments: a few households with telephones, a program, a provider.

Run as a process of its own, with the provider's address, it prints what each household is due.
"""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

import app.tables  # noqa: F401 - the foreign keys need every table
from app.auth.roles import Role
from app.cli.demo import PASSWORD, TEAM
from app.drill.books import Expected
from app.loading import Team, make_team
from core.actor import PLATFORM
from core.db import connect, transaction
from core.settings import settings
from geo.models.selections import Selection
from programs.models.fsps import ConnectorKind
from programs.models.programs import Delivery
from programs.queries.gifts import Gift, plain_items
from programs.services.fsps import Provider, write_fsp
from programs.services.funds import deposit
from programs.services.organisations import create_organisation
from programs.services.programs import Plan, activate_program, create_program
from registry.models.contacts import Contact, ContactKind
from registry.models.registrants import Group, Registrant, RegistrantKind
from registry.models.rosters import Answer, Roster, RosterMember, RosterState

GROUND = "app.drill.payment_ground"
HOUSEHOLDS = 12
LARGEST = 6
FUND = Decimal(10_000_000)
SECRET = "of the drill"  # noqa: S105 - of a stack that is thrown away
CODE = "rehearsal"
BASE, PER_MEMBER, CAP = Decimal(40), Decimal(10), Decimal(90)


@dataclass(frozen=True)
class Ground:
    """What each household is due in a round, by its key: told by the rule, not by the product."""

    due: dict[int, Decimal]

    def expected(self, rounds: int) -> Expected:
        """What so many rounds should come to."""
        return Expected(self.due, rounds)


def lay(address: str) -> dict[int, Decimal]:
    """Set it all up; what each household is due."""
    team = make_team(TEAM, PASSWORD)
    with transaction(PLATFORM) as session:
        homes = {_household(session, n): 1 + n % LARGEST for n in range(HOUSEHOLDS)}
        _list(session, list(homes))
        _program(session, team)
        said = Provider(
            *(CODE, "Rehearsal", Delivery.MOBILE, ConnectorKind.MOBILE_MONEY),
            *(address, "RELIEF", SECRET),
            batch_size=5,
            wait=1,
        )
        write_fsp(session, said, actor=team[Role.ADMINISTRATOR])
    return {key: min(BASE + PER_MEMBER * size, CAP) for key, size in homes.items()}


def _household(session: Session, number: int) -> int:
    home = Registrant(kind=RegistrantKind.GROUP, name=f"Household {number}")
    session.add(home)
    session.flush()
    size = 1 + number % LARGEST
    session.add(Group(registrant_id=home.id, stated_size=size, is_partial=True))
    phone = {"kind": ContactKind.PHONE, "value": f"+2547000000{number:02}", "is_main": True}
    session.add(Contact(registrant_id=home.id, **phone))
    return home.id


def _list(session: Session, homes: list[int]) -> None:
    selection = Selection(code="DRILL", name="Drill", made_by=1)
    session.add(selection)
    session.flush()
    frozen = {"state": RosterState.FROZEN, "frozen_by": 1, "frozen_at": datetime.now(UTC)}
    said = {"code": "DRILL", "name": "Drill", "hash": "0" * 64, "made_by": 1, **frozen}
    roster = Roster(selection_id=selection.id, **said)
    session.add(roster)
    session.flush()
    for home in homes:
        session.add(RosterMember(roster_id=roster.id, registrant_id=home, status=Answer.IN))


def _program(session: Session, team: Team) -> None:
    manager, finance = team[Role.PROGRAM_MANAGER], team[Role.FINANCE]
    office = create_organisation(session, "Relief", "government", actor=team[Role.ADMINISTRATOR])
    gift = Gift("Cash", Delivery.MOBILE, plain_items(BASE, PER_MEMBER), cap=CAP)
    plan = Plan("Drill", ["drill"], office.id, "KES")
    program = create_program(session, plan, gift, actor=manager)
    activate_program(session, program.id, actor=manager)
    deposit(session, program.id, FUND, "Reserve", actor=finance)


def main() -> None:
    """Lay the ground and tell it."""
    connect(settings().database_works_url)
    due = lay(sys.argv[1])
    sys.stdout.write(json.dumps({str(key): str(amount) for key, amount in due.items()}) + "\n")


if __name__ == "__main__":
    main()
