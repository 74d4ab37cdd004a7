"""`highground demo`: Kesara, a country that does not exist, to look around in."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import app.tables  # noqa: F401 - the foreign keys need every table
from app.auth import second_factor
from app.auth.models import User
from app.auth.roles import Role
from app.deciding import currencies, profile
from app.loading import (
    Signing,
    Team,
    carried_out,
    load_areas,
    load_registrants,
    load_release,
    make_team,
    published_key,
    work_off,
)
from core.actor import Actor
from core.clock import today
from core.db import connect, transaction
from core.errors import Conflict, NotFound
from core.settings import ROOT, settings
from core.storage import keep_file
from geo.measures import FLOODED, WATER_DEPTH
from geo.models.areas import Area
from geo.models.events import EventKind, Severity
from geo.models.releases import ObservedRule
from geo.services.events import Shock, create_event
from geo.services.meanings import Meaning
from programs.jobs.service_points import import_service_points
from programs.models.programs import Delivery, Target
from programs.queries.gifts import Gift, plain_items
from programs.services.funds import deposit
from programs.services.organisations import create_organisation
from programs.services.programs import (
    Plan,
    activate_program,
    add_benefit,
    create_program,
)
from programs.services.recurrences import Rhythm
from registry.models.imports import ImportKind

PASSWORD = "high above the water"  # noqa: S105 - of the demonstration, and told to everybody
TEAM = [
    Signing(Role.ADMINISTRATOR, "Amal Sero", "administrator@kesara.example"),
    Signing(Role.COORDINATOR, "Lena Marr", "coordinator@kesara.example"),
    Signing(Role.GIS_ANALYST, "Ines Aro", "analyst@kesara.example"),
    Signing(Role.REGISTRAR, "Tomo Beli", "registrar@kesara.example"),
    Signing(Role.REGISTRY_SUPERVISOR, "Kiri Lato", "supervisor@kesara.example"),
    Signing(Role.PROGRAM_MANAGER, "Dara Kesh", "manager@kesara.example"),
    Signing(Role.APPROVER, "Rana Ode", "approver@kesara.example"),
    Signing(Role.SENIOR_APPROVER, "Vela Horn", "senior@kesara.example"),
    Signing(Role.FINANCE, "Oto Velin", "finance@kesara.example"),
    Signing(Role.DISTRIBUTOR, "Sefu Doro", "distributor@kesara.example"),
    Signing(Role.VIEWER, "Mira Tan", "viewer@kesara.example"),
]
COUNTRY = profile.Profile("Kesara", "", "Indian/Mauritius", "MU", "")
LEVELS = ["Country", "Province", "District", "Commune"]
FLOOD = Shock(
    "Oru river flood", EventKind.FLOOD, datetime(2026, 11, 12, tzinfo=UTC), Severity.SEVERE
)
SOURCE = "Kesara flood centre (invented)"


class NotEmpty(Conflict):
    """This platform holds users or areas already; start an empty one for the demonstration."""


class NotInTheTeam(NotFound):
    """{email} is nobody of the demonstration; `highground demo tour` lists who is."""


class NoCodeAsked(Conflict):
    """{email} signs in with the password alone; no code is asked for."""


class CodeJustUsed(Conflict):
    """This code was used just now; ask again in half a minute."""


@click.group()
def demo() -> None:
    """The demonstration country."""
    connect(settings().database_works_url)


@demo.command()
@click.option("--if-empty", is_flag=True, help="Do nothing where anything is there already.")
@click.option("--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def load(folder: Path | None, *, if_empty: bool) -> None:
    """Make the country's files (or take those of a folder) and load them as anybody would."""
    if _holds_anything():
        if if_empty:
            return
        raise NotEmpty
    folder = folder or _made()
    team = make_team(TEAM, PASSWORD)
    _describe(team[Role.ADMINISTRATOR])
    _load_country(folder, team)
    _load_hazards(folder, team)
    _found_program(team)
    work_off()


@demo.command()
def tour() -> None:
    """Say who may sign in, and what to look at first."""
    with transaction() as session:
        emails = set(session.scalars(select(User.email)))
    if TEAM[0].email not in emails:
        click.echo(f"Sign in at {settings().base_url}.")
        return
    click.echo(f"Kesara, an invented country, at {settings().base_url}\n")
    for person in TEAM:
        click.echo(f"  {person.email:32} {person.name}, {person.role.replace('_', ' ')}")
    click.echo(f"\n  Everybody's password: {PASSWORD}")
    click.echo("  Five are asked for a code too: .venv/bin/highground demo code EMAIL\n")
    for line in TOUR:
        click.echo(f"  {line}")


@demo.command()
@click.argument("email")
def code(email: str) -> None:
    """Print the code the phone of somebody in the demonstration would show now."""
    address = email.strip().lower()
    if address not in {person.email for person in TEAM}:
        raise NotInTheTeam(email=email)
    with transaction() as session:
        has_one = User.second_since.is_not(None)
        used = session.scalar(select(User.second_step).where(User.email == address, has_one))
    if used is None:
        raise NoCodeAsked(email=email)
    now = second_factor.step_now()
    step = max(now, used + 1)
    if step > now + second_factor.DRIFT:
        raise CodeJustUsed
    click.echo(second_factor.code_at(published_key(address), step))


TOUR = (
    "1. As coordinator: the situation; then Select, slide the depth, keep the list.",
    "2. As manager: Programs, start a cycle with the list, prepare the amounts, ask for approval.",
    "3. As approver: sign it. As finance: make the payment list.",
    "4. As manager: print the voucher cards. As distributor: Hand over, scan one; scan it again.",
    "5. As registrar: Registry, ask for a change. As supervisor: Changes, validate and apply it.",
    "6. As administrator: Administration, Settings: what holds for the country.",
    "7. As analyst: Hazards, drop a flood file of your own and publish it.",
)


def _holds_anything() -> bool:
    with transaction() as session:
        return bool(session.scalar(select(func.count()).select_from(User))) or bool(
            session.scalar(select(func.count()).select_from(Area))
        )


def _made() -> Path:
    """The country's files, made by its generator where they are not there yet."""
    folder = Path(settings().storage).parent / "kesara"
    if not (folder / "README.txt").is_file():
        click.echo("Drawing Kesara ...")
        made = [sys.executable, "-m", "bench.country", "--size", "small", "--out", str(folder)]
        subprocess.run(made, cwd=ROOT, check=True)  # noqa: S603 - our own generator
    return folder


def _describe(administrator: Actor) -> None:
    """Say what the country is, as its administrator does on the page of settings."""
    with transaction(administrator) as session:
        profile.describe(session, COUNTRY, actor=administrator)
        currencies.offer(session, "MUR", ["MUR", "USD"], actor=administrator)


def _load_country(folder: Path, team: Team) -> None:
    click.echo("Loading areas, households and people ...")
    load_areas(
        folder / "areas.gpkg", actor=team[Role.GIS_ANALYST], version="v1", level_names=LEVELS
    )
    for kind in (ImportKind.HOUSEHOLDS, ImportKind.PEOPLE):
        load_registrants(folder / f"{kind}.csv", kind, actor=team[Role.REGISTRAR])
    points = keep_file(folder / "service_points.csv")
    manager = team[Role.PROGRAM_MANAGER]
    carried_out(import_service_points, actor=manager, sha256=points.sha256)


def _load_hazards(folder: Path, team: Team) -> None:
    click.echo("Publishing the flood ...")
    analyst = team[Role.GIS_ANALYST]
    with transaction(analyst) as session:
        event_id = create_event(session, FLOOD, actor=analyst).id
    load_release(folder / "flood_extent.geojson", event_id, radar_extent(folder), actor=analyst)
    for number, day in ((1, 16), (2, 19)):
        file = folder / f"flood_depth_r{number}.tif"
        load_release(file, event_id, depth_of(day), actor=analyst)


def radar_extent(folder: Path) -> Meaning:
    """What the radar extent of 13 November means; what it saw is in a file of its own."""
    seen = folder / "observed_extent.geojson"
    return Meaning(
        layer="Flood extent by radar",
        measure=FLOODED,
        unit="",
        observed_at=datetime(2026, 11, 13, 6, 12, tzinfo=UTC),
        source=SOURCE,
        licence="CC0",
        observed_rule=ObservedRule.LAYER,
        observed_file=(seen.name, keep_file(seen).sha256),
    )


def depth_of(day: int) -> Meaning:
    """What a depth grid of a day in November means."""
    return Meaning(
        layer="Flood depth",
        measure=WATER_DEPTH,
        unit="m",
        observed_at=datetime(2026, 11, day, 6, 12, tzinfo=UTC),
        source=SOURCE,
        licence="CC0",
        floor=0.1,
    )


def _found_program(team: Team) -> None:
    """Programs that are open, with money in their funds; the first cycle is the visitor's."""
    with transaction(team[Role.ADMINISTRATOR]) as session:
        office = create_organisation(
            session, "Ministry of Relief", "government", actor=team[Role.ADMINISTRATOR]
        )
        plan = Plan("Flood cash Lower Oru", ["flood relief"], office.id, "MUR")
        cash = Gift("Cash", Delivery.CASH, plain_items(2400, 300), cap=Decimal(4500))
        program = create_program(session, plan, cash, actor=team[Role.PROGRAM_MANAGER])
        food = Gift("Food voucher", Delivery.VOUCHER, plain_items(900))
        add_benefit(session, program.id, food, actor=team[Role.PROGRAM_MANAGER])
        _open(session, program.id, team)
        _found_pension(session, office.id, team)


def _found_pension(session: Session, office_id: int, team: Team) -> None:
    """A program for people, each on their own: those of sixty or over."""
    plan = Plan(
        "Social pension",
        ["social pension", "old age"],
        office_id,
        "MUR",
        eligibility="age >= 60",
        rhythm=Rhythm("FREQ=MONTHLY;INTERVAL=1", today()),
        target=Target.INDIVIDUAL,
    )
    gift = Gift("Pension", Delivery.CASH, plain_items(1500))
    program = create_program(session, plan, gift, actor=team[Role.PROGRAM_MANAGER])
    _open(session, program.id, team)


def _open(session: Session, program_id: int, team: Team) -> None:
    activate_program(session, program_id, actor=team[Role.PROGRAM_MANAGER])
    deposit(
        session, program_id, Decimal(60_000_000), "Kesara shock reserve", actor=team[Role.FINANCE]
    )
