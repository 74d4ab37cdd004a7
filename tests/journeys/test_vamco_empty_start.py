"""From an empty platform to a payment list for Typhoon Vamco: real boundaries, a real flood."""

from decimal import Decimal
from pathlib import Path

from app.auth.roles import Role
from bench.cagayan.households import BOUNDARIES, Made, make
from bench.cagayan.known import known_answers
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.steps import Gift, Meaning, Team
from tests.places import DATA
from tests.running import Platform

EXTENT = DATA / "hazard" / "phl_vamco2020_flood_unosat.geojson"
LEVELS = "Country, Region, Province, Municipality, Barangay"
ONE_IN = 800  # of the households there really are: some 1,000
CASH = Gift("Cash", "cash", "PHP", base=3000, per_member=500, cap=6000)
FLOODED = Meaning(
    measure="Flooded",
    layer="Flood extent",
    observed_at="2020-11-13T00:00",
    source="UNOSAT, Sentinel-1",
    choices={"licence": "CC BY-SA 4.0"},
    radios={"observed_rule": "country"},
)
TEAM = (
    Role.COORDINATOR,
    Role.GIS_ANALYST,
    Role.REGISTRAR,
    Role.PROGRAM_MANAGER,
    Role.APPROVER,
    Role.FINANCE,
)


def test_an_empty_platform_pays_those_in_vamcos_flood(
    platform: Platform, people: People, tmp_path: Path
) -> None:
    made = make(DATA, tmp_path, one_in=ONE_IN)
    administrator = steps.first_administrator(platform, people)
    administrator.finds_it_accessible()
    team = steps.invite_team(administrator, people, TEAM)
    administrator.finds_it_accessible()
    steps.add_organisation(administrator, "Cagayan relief office")
    administrator.finds_it_accessible()
    _cagayan_is_loaded(team, made)
    roster = _flood_is_listed(team)
    _program_is_founded(team)
    amounts = _list_is_signed_and_paid(team, roster)

    known = _due_by_shapely(made.households_file)
    assert sorted(amounts["csv"]) == known
    assert sorted(amounts["xlsx"]) == known


def _cagayan_is_loaded(team: Team, made: Made) -> None:
    analyst, registrar = team[Role.GIS_ANALYST], team[Role.REGISTRAR]
    steps.load_boundaries(analyst, DATA / BOUNDARIES, version="2023", level_names=LEVELS)
    analyst.sees("1 row was not taken")  # one barangay has no shape
    analyst.finds_it_accessible()
    for kind, file in (("households", made.households_file), ("people", made.people_file)):
        steps.import_file(registrar, kind, file)
        registrar.finds_it_accessible()


def _flood_is_listed(team: Team) -> str:
    """Write Vamco down, publish its flood and keep who stands in it; answers the list's path."""
    coordinator, analyst = team[Role.COORDINATOR], team[Role.GIS_ANALYST]
    steps.write_event(coordinator, "Typhoon Vamco", "storm", "2020-11-11T00:00")
    coordinator.finds_it_accessible()
    steps.publish(analyst, EXTENT, FLOODED)
    analyst.finds_it_accessible()
    for path in ("/", "/select"):
        coordinator.go(path)
        coordinator.finds_it_accessible()
    steps.keep_list(coordinator)
    coordinator.finds_it_accessible()
    return coordinator.path()


def _program_is_founded(team: Team) -> None:
    manager, finance = team[Role.PROGRAM_MANAGER], team[Role.FINANCE]
    program = steps.make_program(manager, "Vamco cash", CASH)
    manager.finds_it_accessible()
    steps.post_money(finance, program, 10_000_000)
    finance.finds_it_accessible()


def _list_is_signed_and_paid(team: Team, roster: str) -> dict[str, list[Decimal]]:
    """Start a cycle with the list, sign it, pay it; answers the amounts in each file."""
    manager, approver, finance = (
        team[role] for role in (Role.PROGRAM_MANAGER, Role.APPROVER, Role.FINANCE)
    )
    cycle = steps.start_cycle(manager, roster, "Vamco cash")
    manager.finds_it_accessible()
    steps.open_approval(approver)
    approver.finds_it_accessible()
    steps.sign(approver)
    amounts = steps.payment_list(finance, cycle)
    finance.finds_it_accessible()
    return amounts


def _due_by_shapely(households: Path) -> list[Decimal]:
    """What each household in the extent is due, least first, as another library finds it."""
    known = known_answers(DATA, households)
    due = (CASH.base + CASH.per_member * known.rows["size"][known.inside]).clip(upper=CASH.cap)
    return sorted(Decimal(int(amount)) for amount in due)
