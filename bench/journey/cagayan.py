"""The journey on Typhoon Vamco: real boundaries, a real flood, figures others computed."""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.auth.roles import Role
from app.cli.demo import PASSWORD, TEAM
from app.loading import Team, load_areas, load_registrants, load_release, make_team, work_off
from bench.cagayan.households import BOUNDARIES, CENSUS, FLOOD_DAY, Made, make
from bench.cagayan.known import EXTENT, known_answers
from bench.journey.help import Due, deliver_cash, deliver_vouchers
from bench.journey.ledger import Ledger
from core.db import transaction
from geo.measures import FLOODED
from geo.models.areas import Area
from geo.models.events import EventKind, Severity
from geo.models.exposure import AreaExposure
from geo.models.releases import ObservedRule
from geo.queries.selections import Question
from geo.services.events import Shock, create_event
from geo.services.meanings import Meaning
from registry.models.imports import ImportKind
from registry.queries.answers import ask
from registry.services.rosters import keep_list

MASK = "hazard/phl_vamco2020_flood_mask_50m_utm51n.tif"
KNOWN = "expected_shared.json"
FIGURES = "D1_phl_vamco_flood_x_admin (shared, demo numbers)"
BEGAN = datetime(2020, 11, 13, tzinfo=UTC)
SHOCK = Shock("Typhoon Vamco", EventKind.STORM, BEGAN, Severity.SEVERE)
OF_AREAS = 0.003  # what two ways of measuring an area may differ by
OF_PEOPLE = 0.005
OF_SHARES = 0.01  # sixteenths of a circle each
BASE, PER_MEMBER, CAP = 3000, 500, 6000  # PHP


@dataclass(frozen=True)
class Flood:
    """What a release says of one area: its P-code, level, whole size and the part that was hit."""

    pcode: str
    level: int
    km2: float
    hit_km2: float


def walk(ledger: Ledger, data: Path, folder: Path) -> None:
    """Load the region, publish the flood twice, hold it against others' figures, and help."""
    known = json.loads((data / KNOWN).read_text())[FIGURES]
    team = make_team(TEAM, PASSWORD)
    made = _load(ledger, team, data, folder)
    ledger.begin("Extent and mask published")
    with transaction(team[Role.GIS_ANALYST]) as session:
        event_id = create_event(session, SHOCK, actor=team[Role.GIS_ANALYST]).id
    vector = load_release(data / EXTENT, event_id, _extent(), actor=team[Role.GIS_ANALYST]).id
    raster = load_release(data / MASK, event_id, _mask(), actor=team[Role.GIS_ANALYST]).id
    work_off()
    _compare_areas(ledger, _flooded(vector), known)
    _compare_raster(ledger, _flooded(raster), known)
    _compare_people(ledger, data, _flooded(vector), known)
    _help(ledger, team, data, made, vector)


def _load(ledger: Ledger, team: Team, data: Path, folder: Path) -> Made:
    ledger.begin("Areas and registry")
    told = load_areas(data / BOUNDARIES, actor=team[Role.GIS_ANALYST], version="2023")
    levels = {"1": 1, "2": 5, "3": 93, "4": 2311 - 1}  # one barangay has no shape
    for level, count in levels.items():
        ledger.equal(f"areas of level {level}", told["levels"].get(level), count)
    ledger.equal("rows told to be without a shape", told["faults"], 1)
    made = make(data, folder)
    rows = {ImportKind.HOUSEHOLDS: made.households, ImportKind.PEOPLE: made.people}
    for kind, file in zip(rows, (made.households_file, made.people_file), strict=True):
        merged = load_registrants(file, kind, actor=team[Role.REGISTRAR])
        ledger.equal(f"{kind} created", merged.counts["create"], rows[kind])
    return made


def _extent() -> Meaning:
    return Meaning(
        layer="Flood extent",
        measure=FLOODED,
        unit="",
        observed_at=BEGAN,
        source="UNOSAT, Sentinel-1",
        licence="CC BY-SA 4.0",
        observed_rule=ObservedRule.COUNTRY,
    )


def _mask() -> Meaning:
    return Meaning(
        layer="Flood mask 50 m",
        measure=FLOODED,
        unit="",
        observed_at=BEGAN,
        source="UNOSAT, Sentinel-1, as cells of 50 m",
        licence="CC BY-SA 4.0",
        floor=1,
    )


def _flooded(release_id: int) -> list[Flood]:
    """What a release says of every area of the country."""
    said = (
        select(Area.pcode, Area.level, Area.km2, func.coalesce(AreaExposure.hit_km2, 0))
        .outerjoin(
            AreaExposure,
            (AreaExposure.area_id == Area.id) & (AreaExposure.release_id == release_id),
        )
        .order_by(Area.pcode)
    )
    with transaction() as session:
        return [Flood(*row) for row in session.execute(said)]


def _compare_areas(ledger: Ledger, flooded: list[Flood], known: dict[str, Any]) -> None:
    ledger.begin("Extent by area")
    at = {area.pcode: area for area in flooded}
    region = known["flood_in_region2_km2"]["vector"]
    ledger.near("km2 in the region", _hit(flooded, 2), region, OF_AREAS)
    for pcode, km2 in known["by_province_km2_vector"].items():
        ledger.near(f"km2 in {pcode}", at[pcode].hit_km2, km2, OF_AREAS)
    for said, km2 in known["top5_municipalities_km2"].items():
        ledger.near(f"km2 in {said}", at[said.split()[-1]].hit_km2, km2, OF_AREAS)
    touched = [area for area in flooded if area.level == 4 and area.hit_km2 > 0]
    ledger.equal("barangays touched", len(touched), known["barangays_touched"])
    for share in (25, 50):
        found = sum(area.hit_km2 >= share / 100 * area.km2 for area in touched)
        ledger.equal(
            f"barangays flooded by {share} %", found, known[f"barangays_share_ge_{share}pct"]
        )
    towns = sum(area.level == 3 and area.hit_km2 > 0 for area in flooded)
    ledger.equal("municipalities touched", towns, known["municipalities_touched"])


def _compare_raster(ledger: Ledger, flooded: list[Flood], known: dict[str, Any]) -> None:
    ledger.begin("Mask by area")
    both = known["flood_in_region2_km2"]
    ledger.near("km2 in the region", _hit(flooded, 2), both["raster50m"], OF_AREAS)


def _hit(flooded: Iterable[Flood], level: int) -> float:
    return sum(area.hit_km2 for area in flooded if area.level == level)


def _compare_people(
    ledger: Ledger, data: Path, flooded: list[Flood], known: dict[str, Any]
) -> None:
    """People of the census, spread evenly over their barangay."""
    ledger.begin("Census by barangay")
    with (data / CENSUS).open(newline="", encoding="utf-8") as file:
        census = {row["PCODE"]: float(row["pop2020"] or 0) for row in csv.DictReader(file)}
    barangays = [area for area in flooded if area.level == 4 and area.km2 > 0]
    people = sum(census.get(area.pcode, 0) * area.hit_km2 / area.km2 for area in barangays)
    exposed = known["dasymetric_pop_exposed_2020 (uniform within barangay)"]["vector"]
    ledger.near("people in the flooded part", people, exposed, OF_PEOPLE)


def _help(ledger: Ledger, team: Team, data: Path, made: Made, release_id: int) -> None:
    """Ask about every household, keep those in, and help them; Shapely knows who they are."""
    ledger.begin("Households asked and kept")
    known = known_answers(data, made.households_file)
    households = int(known.inside.sum())
    each = (BASE + PER_MEMBER * known.rows["size"][known.inside]).clip(upper=CAP)
    question = Question(release_id=release_id)
    with transaction(team[Role.COORDINATOR]) as session:
        found = ask(session, question, actor=team[Role.COORDINATOR], on=FLOOD_DAY)
        kept = keep_list(session, question, "Vamco", actor=team[Role.COORDINATOR])
    ledger.equal("households asked", found.answers.asked, made.households)
    ledger.equal("households in", found.answers.in_, households)
    ledger.equal("households probable", found.answers.probable, int(known.probable.sum()))
    ledger.near("of them expected in", found.answers.expected, known.expected, OF_SHARES)
    ledger.equal("households not observed", found.answers.not_observed, int(known.unseen.sum()))
    ledger.equal("households out", found.answers.out, known.out)
    ledger.equal("households on the kept list", kept.answers.in_, households)
    amount = Decimal(int(each.sum()))
    due = Due(kept.roster_id, "PHP", BASE, PER_MEMBER, CAP, households=households, amount=amount)
    deliver_cash(ledger, team, due, FLOOD_DAY)
    deliver_vouchers(ledger, team, due, FLOOD_DAY)
