"""From an empty platform to a payment list for Typhoon Vamco: real boundaries, a real flood."""

from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from app.auth.roles import Role
from bench.cagayan.households import BOUNDARIES, make
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.steps import Gift, Meaning
from tests.places import DATA
from tests.running import Platform

pytestmark = pytest.mark.xdist_group("journeys")

EXTENT = DATA / "hazard" / "phl_vamco2020_flood_unosat.geojson"
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
    team = steps.invite_team(administrator, people, TEAM)
    steps.add_organisation(administrator, "Cagayan relief office")
    steps.load_boundaries(team[Role.GIS_ANALYST], DATA / BOUNDARIES, version="2023")
    team[Role.GIS_ANALYST].sees("1 row was not taken")  # one barangay has no shape
    steps.import_file(team[Role.REGISTRAR], "households", made.households_file)
    steps.import_file(team[Role.REGISTRAR], "people", made.people_file)
    steps.write_event(team[Role.COORDINATOR], "Typhoon Vamco", "storm", "2020-11-11T00:00")
    steps.publish(team[Role.GIS_ANALYST], EXTENT, FLOODED)

    team[Role.COORDINATOR].go("/select")
    steps.keep_list(team[Role.COORDINATOR], "In the flood of Vamco")
    roster = team[Role.COORDINATOR].path()
    program = steps.make_program(team[Role.PROGRAM_MANAGER], "Vamco cash", CASH)
    steps.post_money(team[Role.FINANCE], program, 10_000_000)
    cycle = steps.start_cycle(team[Role.PROGRAM_MANAGER], roster, "Vamco cash")
    steps.open_approval(team[Role.APPROVER])
    steps.sign(team[Role.APPROVER])
    amounts = steps.payment_list(team[Role.FINANCE], cycle)

    known = _due_by_shapely(made.households_file)
    assert sorted(amounts["csv"]) == known
    assert sorted(amounts["xlsx"]) == known


def _due_by_shapely(households: Path) -> list[Decimal]:
    """What each household in the extent is due, least first, as another library finds it."""
    flood = gpd.read_file(EXTENT).geometry.iloc[0]
    rows = pd.read_csv(households)
    shapely.prepare(flood)
    wet = rows[shapely.intersects_xy(flood, rows.longitude, rows.latitude)]
    due = (CASH.base + CASH.per_member * wet["size"]).clip(upper=CASH.cap)
    return sorted(Decimal(int(amount)) for amount in due)
