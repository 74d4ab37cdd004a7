"""The journey on Kesara, held against `truth.json`, which nothing but this reads."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.cli.demo import FLOOD, LEVELS, PASSWORD, TEAM, depth_of, radar_extent
from app.loading import Team, load_areas, load_registrants, load_release, make_team, work_off
from bench.country.making import make
from bench.country.sizes import SIZES
from bench.journey.help import Due, deliver_cash, deliver_vouchers
from bench.journey.ledger import Ledger
from core.db import transaction
from geo.models.areas import Area
from geo.queries.differences import Change, pair_of
from geo.queries.selections import Question
from geo.services.events import create_event
from registry.counting.people import People
from registry.models.imports import ImportKind
from registry.models.registrants import Registrant, RegistrantKind
from registry.models.rosters import Answer
from registry.queries.answers import Result, ask
from registry.queries.differences import difference
from registry.services.rosters import keep_list

FILES = {"flood_extent.geojson": None, "flood_depth_r1.tif": 16, "flood_depth_r2.tif": 19}
CLAUSES = {"at_least_0.5_m": 0.5, "at_least_0.1_m": 0.1, "inside": None}
BANDS = {"0-4": "0_4", "5-17": "5_17", "18-59": "18_59", "60+": "60"}
COMMUNES = 3
MOVEMENTS = {
    "enter": (Change.ENTER,),
    "leave": (Change.LEAVE,),
    "stay": (Change.STAY_IN, Change.CHANGE_CLASS),
    "in_now_not_observed_before": (Change.NOW_IN,),
    "in_before_not_observed_now": (Change.WAS_IN,),
}


@dataclass(frozen=True)
class Country:
    """The country as it was made, and what its maker wrote down of it."""

    folder: Path
    truth: dict[str, Any]


def walk(ledger: Ledger, size: str, folder: Path) -> None:
    """Make the country, load it, flood it, ask about it, and help those in the water."""
    ledger.begin("Country made")
    make(SIZES[size], 7, folder)
    country = Country(folder, json.loads((folder / "truth.json").read_text()))
    team = make_team(TEAM, PASSWORD)
    _load(ledger, country, team)
    releases = _flood(ledger, country, team)
    work_off()
    for file, release_id in releases.items():
        for clause, known in country.truth["answers"][file].items():
            _ask(
                ledger,
                team,
                file,
                Question(release_id=release_id, threshold=CLAUSES[clause]),
                known,
            )
    _compare_releases(ledger, country, team, releases)
    due = _keep(ledger, country, team, releases["flood_depth_r2.tif"])
    day = datetime(2026, 11, 20, tzinfo=UTC).date()
    _deliver(ledger, team, due, day)


def _deliver(ledger: Ledger, team: Team, due: Due, day: date) -> None:
    deliver_cash(ledger, team, due, day)
    deliver_vouchers(ledger, team, due, day)


def _load(ledger: Ledger, country: Country, team: Team) -> None:
    ledger.begin("Areas and registry")
    analyst, registrar = team[Role.GIS_ANALYST], team[Role.REGISTRAR]
    load_areas(country.folder / "areas.gpkg", actor=analyst, version="v1", level_names=LEVELS)
    for kind in (ImportKind.HOUSEHOLDS, ImportKind.PEOPLE):
        load_registrants(country.folder / f"{kind}.csv", kind, actor=registrar)
    counts = country.truth["counts"]
    with transaction(registrar) as session:
        for level in range(len(LEVELS)):
            found = _count(session, Area.level == level, Area)
            ledger.equal(f"areas of level {level}", found, counts["areas"][f"adm{level}"])
        groups = _count(session, Registrant.kind == RegistrantKind.GROUP, Registrant)
        people = _count(session, Registrant.kind == RegistrantKind.INDIVIDUAL, Registrant)
    ledger.equal("households", groups, counts["households"])
    ledger.equal("people listed", people, counts["people_listed"])


def _count(session: Session, which: Any, table: Any) -> int:
    return session.scalars(select(func.count()).select_from(table).where(which)).one()


def _flood(ledger: Ledger, country: Country, team: Team) -> dict[str, int]:
    ledger.begin("Hazards published")
    analyst = team[Role.GIS_ANALYST]
    with transaction(analyst) as session:
        event_id = create_event(session, FLOOD, actor=analyst).id
    releases = {}
    for file, day in FILES.items():
        meaning = depth_of(day) if day else radar_extent(country.folder)
        release = load_release(country.folder / file, event_id, meaning, actor=analyst)
        releases[file] = release.id
        known = country.truth["files"][file]["sha256"]
        ledger.equal(f"SHA-256 of {file}", release.original_sha256[:12], known[:12])
    return releases


def _ask(ledger: Ledger, team: Team, file: str, question: Question, known: dict[str, Any]) -> None:
    said = f"at least {question.threshold} m" if question.threshold else "inside"
    ledger.begin(f"{file}, {said}")
    with transaction(team[Role.COORDINATOR]) as session:
        found = ask(session, question, actor=team[Role.COORDINATOR], level=COMMUNES)
    _compare(ledger, found, known["country"])
    communes = {row.pcode: row for row in found.areas if row.pcode}
    agreeing = sum(
        _counts(communes[pcode].answers) == row["households"]
        and communes[pcode].people_in == row["people"]["in"]
        for pcode, row in known["by_area"]["commune"].items()
        if pcode in communes
    )
    asked = [row for row in known["by_area"]["commune"].values() if any(row["households"].values())]
    empty = len(known["by_area"]["commune"]) - len(asked)
    ledger.equal("communes that agree", agreeing + empty, len(asked) + empty)


def _compare(ledger: Ledger, found: Result, known: dict[str, Any]) -> None:
    for answer, households in known["households"].items():
        ledger.equal(f"households {answer}", _counts(found.answers)[answer], households)
    for answer, people in known["people"].items():
        ledger.equal(f"people {answer}", _people(found, answer).people, people)
    expected = known["expected_of_the_probable"]
    ledger.near("households expected of the probable", found.answers.expected, expected, 0.03)
    told = known["people_in_by_sex_and_age"]
    ledger.equal("people in, by sex and age", _pyramid(found.people_in), _known_pyramid(told))


def _counts(answers: Any) -> dict[str, int]:
    return {
        "in": answers.in_,
        "out": answers.out,
        "not_observed": answers.not_observed,
        "unlocated": answers.unlocated,
        "probable": answers.probable,
    }


def _people(found: Result, answer: str) -> People:
    return found.people.get(Answer(answer), People())


def _pyramid(people: People) -> str:
    bands = [f"{getattr(people, s + b)}" for s in ("f", "m") for b in BANDS.values()]
    return " ".join([*bands, f"?{people.unknown}"])


def _known_pyramid(told: dict[str, Any]) -> str:
    bands = [f"{told[sex][band]}" for sex in ("female", "male") for band in BANDS]
    return " ".join([*bands, f"?{told['unknown']}"])


def _compare_releases(
    ledger: Ledger, country: Country, team: Team, releases: dict[str, int]
) -> None:
    """Who enters the water from the first release of depths to the second, and who leaves it."""
    ledger.begin("From release 1 to release 2")
    before, after = (releases[f"flood_depth_r{number}.tif"] for number in (1, 2))
    coordinator = team[Role.COORDINATOR]
    with transaction(coordinator) as session:
        pair = pair_of(session, after, before, actor=coordinator)
        told = difference(session, pair, 0.5, COMMUNES, actor=coordinator)
    for became, known in country.truth["difference_r1_to_r2_at_least_0.5_m"].items():
        found = sum(told.of(change).households for change in MOVEMENTS[became])
        ledger.equal(f"households: {became.replace('_', ' ')}", found, known)


def _keep(ledger: Ledger, country: Country, team: Team, release_id: int) -> Due:
    """Draw the truth's polygon, ask, and keep the answer as a list that never changes."""
    ledger.begin("Drawn and kept")
    drawn, told = country.truth["drawn"], country.truth["help"]
    [ring] = drawn["polygon"]["coordinates"]
    shape = shapely.MultiPolygon([shapely.Polygon(ring)])
    question = Question(shape=shape.wkb, release_id=release_id, threshold=0.5)
    with transaction(team[Role.COORDINATOR]) as session:
        found = ask(session, question, actor=team[Role.COORDINATOR])
        kept = keep_list(session, question, "Drawn", actor=team[Role.COORDINATOR])
    known = drawn["answers"]["flood_depth_r2.tif"]["at_least_0.5_m"]
    _compare(ledger, found, known)
    ledger.equal("households on the kept list", kept.answers.in_, told["households"])
    return Due(
        kept.roster_id,
        told["currency"],
        **told["rule"],
        households=told["households"],
        amount=Decimal(told["amount"]),
    )
