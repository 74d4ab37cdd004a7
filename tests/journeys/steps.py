"""The steps of the journeys, each taken on the pages by one person, with mouse and keyboard."""

import csv
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineWorkbook

from app.auth.roles import Role
from tests.journeys.conftest import People
from tests.journeys.person import LONG, PHONE, Person
from tests.running import Platform

PASSWORD = "four plain words here"
NAMES = {
    Role.COORDINATOR: "Lena Marr",
    Role.GIS_ANALYST: "Ines Aro",
    Role.REGISTRAR: "Tomo Beli",
    Role.PROGRAM_MANAGER: "Dara Kesh",
    Role.APPROVER: "Rana Ode",
    Role.FINANCE: "Oto Velin",
    Role.DISTRIBUTOR: "Sefu Doro",
}

Team = dict[Role, Person]


@dataclass(frozen=True)
class Gift:
    """What a program gives each household, and how it reaches them."""

    name: str
    delivery: str
    currency: str
    base: int
    per_member: int
    cap: int


@dataclass(frozen=True)
class Meaning:
    """What an analyst confirms of a hazard file: the fields, by name, to fill in or to choose."""

    measure: str
    layer: str
    observed_at: str
    source: str
    choices: dict[str, str] = field(default_factory=dict)
    radios: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def first_administrator(platform: Platform, people: People) -> Person:
    """Somebody opens the first link; the command line is not needed again."""
    person = people("Amal Sero")
    person.go(platform.command("users", "first-link"))
    person.fill(name=person.name, email="amal@example.org")
    _choose_password(person)
    return person


def invite(administrator: Person, role: Role) -> str:
    """Make a user with one role; answers the one-time link to hand over."""
    name = NAMES[role]
    administrator.go("/admin/users")
    administrator.fill(name=name, email=f"{role}@example.org")
    administrator.tick("role", role)
    administrator.click("Make the user")
    return administrator.page.locator("code.link").inner_text()


def invite_team(administrator: Person, people: People, roles: Iterable[Role]) -> Team:
    """Make a user for each role and let each of them in by their own link."""
    team: Team = {}
    for role in roles:
        phone = role is Role.DISTRIBUTOR
        person = people(NAMES[role], **(PHONE if phone else {}))
        person.go(invite(administrator, role))
        _choose_password(person)
        team[role] = person
    return team


def _choose_password(person: Person) -> None:
    person.fill(password=PASSWORD, password_again=PASSWORD)
    person.click("Start")
    person.sees(f"Welcome, {person.name}")
    if person.path().startswith("/me/second-factor"):
        _set_up_codes(person)


def _set_up_codes(person: Person) -> None:
    """Take the key shown into the phone, and keep the recovery codes."""
    person.key = person.page.locator("code.secret").inner_text().replace(" ", "")
    person.fill(code=person.code())
    person.click("Switch it on")
    person.sees("Your recovery codes")
    person.finds_it_accessible()
    person.click("I have kept them")


def load_boundaries(analyst: Person, file: Path, **said: str) -> None:
    """Load the country's areas, and stay until they stand."""
    analyst.go("/")
    analyst.click("Load boundaries")
    analyst.attach("file", file)
    analyst.fill(**said)
    analyst.click("Load these boundaries")
    analyst.sees("areas were loaded", within=LONG)


def import_file(registrar: Person, kind: str, file: Path) -> None:
    """Take a file of households or people in by its five steps."""
    registrar.go("/registry/imports/")
    registrar.tick("kind", kind)
    registrar.attach("file", file)
    registrar.click("Read this file")
    registrar.click("Check the rows")
    take = registrar.page.get_by_role("button", name=re.compile("Take .* into the registry"))
    take.wait_for(timeout=LONG)
    registrar.shows(f"import-{kind}")
    take.click()
    registrar.sees("Merged", within=LONG)


def write_event(coordinator: Person, name: str, kind: str, began: str) -> None:
    """Write an event down on the hazard desk."""
    coordinator.go("/hazards/")
    coordinator.fill(name=name, began_at=began)
    coordinator.choose("kind", kind)
    coordinator.choose("severity", "severe")
    coordinator.click("Write the event down")
    coordinator.sees("Add a hazard file")


def publish(analyst: Person, file: Path, meaning: Meaning) -> None:
    """Upload a hazard file, confirm what it means, publish it, and wait until it is published."""
    analyst.go("/hazards/")
    analyst.attach("file", file)  # the desk sends it at once
    analyst.sees("What the numbers mean", within=LONG)
    analyst.shows("2-hazard-desk")
    analyst.choose("measure", meaning.measure)
    for name, value in meaning.choices.items():
        analyst.choose(name, value)
    for name, value in meaning.radios.items():
        analyst.tick(name, value)
    texts = {"layer": meaning.layer, "observed_at": meaning.observed_at, "source": meaning.source}
    analyst.fill(**texts | meaning.texts)
    analyst.click("Confirm what it means")
    analyst.sees("Before it is published", within=LONG)
    for finding in analyst.page.locator("input[name=accepted]").all():
        finding.check()
    analyst.click("Publish as release")
    analyst.sees("Select households in it", within=LONG)


def keep_list(coordinator: Person) -> None:
    """Keep the answer of the page Select, under the name it is given, as a list for ever."""
    coordinator.click("Keep this list")
    coordinator.click("Keep it")
    coordinator.sees("frozen")


def make_situation_map(coordinator: Person, roster: str) -> Path:
    """Have the map of a kept list made, and take it along; made again it stands."""
    coordinator.go(roster)
    file = _made_file(coordinator, "Make a situation map", "Situation map 1")
    coordinator.click("Make it again")
    coordinator.sees("Nothing has changed since this map was made")
    coordinator.finds_it_good_on_any_screen()
    return Path(shutil.copy(file, file.with_suffix(".html")))  # as a browser names it on the disk


def add_organisation(administrator: Person, name: str) -> None:
    administrator.go("/organisations/")
    administrator.fill(name=name)
    administrator.click("Add it")
    administrator.sees(name)


def make_program(manager: Person, name: str, gift: Gift) -> str:
    """Make and open a program; answers its path."""
    manager.go("/programs/")
    manager.click("New program")
    manager.fill(name=name, purpose=name.lower(), currency=gift.currency, benefit=gift.name)
    manager.choose("delivery", gift.delivery)
    amounts = {"amount-0": gift.base, "amount-1": gift.per_member, "cap": gift.cap}
    manager.fill(**{field: str(amount) for field, amount in amounts.items()})
    manager.click("Make the program")
    manager.click("Open the program")
    manager.sees("End the program")
    return manager.path()


def post_money(finance: Person, program: str, amount: int) -> None:
    finance.go(program)
    finance.fill(amount=str(amount), reference="Reserve of the year")
    finance.click("Post it")
    finance.sees("Reserve of the year")


def start_cycle(manager: Person, roster: str, program_name: str) -> str:
    """From the kept list to a cycle that waits for its signatures; answers the cycle's path."""
    manager.go(roster)
    manager.shows("4-list")
    manager.click("Start a cycle with it")
    manager.choose_words("program_id", program_name)
    manager.click("Start it and prepare the amounts")
    manager.click("Ask for the signatures")
    manager.sees("Next: signature 1 of 1")
    return manager.path()


def open_approval(approver: Person) -> None:
    """What waits for the approver on the first page is looked at."""
    approver.go("/")
    approver.click("Sign cycle")
    approver.sees("You are asked to sign")


def sign(approver: Person) -> None:
    approver.tick("looked", "yes")
    approver.click("Sign for")
    approver.page.get_by_role("button", name="Sign for").wait_for(state="detached")


def payment_list(finance: Person, cycle: str) -> dict[str, list[Decimal]]:
    """Make the payment list and take it along both ways; answers the amounts in each file."""
    finance.go(cycle)
    finance.click("Make the payment list")
    table = finance.downloads("Payment list as CSV")
    workbook = _made_file(finance, "As a workbook (XLSX)", ".xlsx")
    with table.open(newline="", encoding="utf-8") as rows:
        amounts = [Decimal(row["amount"]) for row in csv.DictReader(rows)]
    header, *rows_of = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0).to_python()
    at = header.index("amount")
    return {"csv": amounts, "xlsx": [Decimal(str(row[at])) for row in rows_of if row[at] != ""]}


def print_cards(manager: Person, cycle: str, until: str) -> Path:
    """Issue the vouchers of a signed cycle and print their cards; answers the PDF."""
    manager.go(cycle)
    manager.fill(expires_on=until)
    manager.click("Issue them")
    return _made_file(manager, "Print the cards", ".pdf")


def _made_file(person: Person, act: str, name: str) -> Path:
    """Have a worker make a file, wait for it among the files of the page, and take it along."""
    person.click(act)
    link = person.page.locator("main a", has_text=name).first
    link.wait_for(timeout=LONG)
    return person.downloads(link.inner_text())


def look_up(distributor: Person, code: str) -> None:
    """Type a card's code on the phone."""
    distributor.go("/redeem/")
    distributor.fill(code=code)
    distributor.click("Look it up")
    distributor.sees(f"Card {code}")
