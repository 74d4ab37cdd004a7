"""From scenarios to a follow-up: signed by two, paid by a provider and by a file, held against what
came back, and asked whether it arrived."""

import csv
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point, shape

from app.auth.roles import Role
from app.cli.demo import PASSWORD, TEAM
from tests.demo.country import tiny_country
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.person import LONG, Person
from tests.running import BIN, Platform

pytestmark = pytest.mark.xdist_group("paying")

EACH = 100  # what the promoted scenario gives each household
COLUMNS = {"reference": "reference", "outcome": "state", "amount": "paid"}
PROGRAM = "Cash by telephone"
WHOM = {
    Role.ADMINISTRATOR: "administrator",
    Role.COORDINATOR: "coordinator",
    Role.PROGRAM_MANAGER: "manager",
    Role.APPROVER: "approver",
    Role.SENIOR_APPROVER: "senior",
    Role.FINANCE: "finance",
}


@dataclass(frozen=True)
class Company:
    """A rehearsal provider that runs: where it answers, and its ledger."""

    address: str
    ledger: Path

    def paid(self) -> list[dict[str, Any]]:
        """The transfers it carried out, as it tells them itself."""
        told = subprocess.run(
            [BIN / "highground", "rehearsal", "ledger", "--ledger", self.ledger],
            check=True,
            capture_output=True,
            text=True,
        )
        rows = [json.loads(line) for line in told.stdout.splitlines()]
        return [row for row in rows if row["transactionStatus"] == "completed"]


@contextmanager
def company_at_work(files: Path) -> Iterator[Company]:
    """The rehearsal provider as a process of its own; one transfer in four fails."""
    ledger = files / "ledger.sqlite"
    serve = [str(BIN / "highground"), "rehearsal", "serve", "--port", "0", "--ledger", str(ledger)]
    manners = ["--fail", "0.25", "--seed", "3", "--no-callbacks"]
    with subprocess.Popen([*serve, *manners], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Company(process.stdout.readline().strip(), ledger)
        finally:
            process.terminate()


def test_scenarios_become_a_cycle_that_is_paid_and_followed_up(
    platform: Platform, people: People, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tiny_country(tmp_path_factory)
    truth = json.loads((folder / "truth.json").read_text())
    platform.command("demo", "load", "--from", str(folder))
    team = _signed_in(people)
    manager, finance = team[Role.PROGRAM_MANAGER], team[Role.FINANCE]

    roster = _list_is_kept(team[Role.COORDINATOR], truth)
    program = _program_is_founded(manager, finance)
    cycle = _scenarios_are_compared(manager, program, roster, truth)
    _two_sign(manager, team, cycle)
    with company_at_work(tmp_path_factory.mktemp("company")) as company:
        _providers_are_written(team[Role.ADMINISTRATOR], company)
        failed = _orders_are_sent(finance, cycle, _commune(folder, truth), company)
    orders = _orders_go_as_a_file(finance, cycle)
    missed = failed + _answers_are_reconciled(finance, cycle, orders)
    _some_are_asked(manager, team[Role.COORDINATOR], cycle)
    _who_got_nothing_is_followed_up(manager, cycle, missed)


def _signed_in(people: People) -> dict[Role, Person]:
    team = {}
    for role, at in WHOM.items():
        name = next(person.name for person in TEAM if person.role is role)
        team[role] = people(name)
        team[role].sign_in(f"{at}@kesara.example", PASSWORD)
    return team


def _list_is_kept(coordinator: Person, truth: dict[str, Any]) -> str:
    """The polygon whose answers its maker knows, half a metre deep in the second release."""
    [ring] = truth["drawn"]["polygon"]["coordinates"]
    corners = "\n".join(f"{latitude}, {longitude}" for longitude, latitude in ring)
    coordinator.go("/")
    coordinator.click("Select households in it")
    coordinator.page.get_by_text("Without a mouse").click()
    coordinator.page.locator("#typed-corners").fill(corners)
    coordinator.click("Use these corners")
    coordinator.fill(least="0.5")
    known = truth["drawn"]["answers"]["flood_depth_r2.tif"]["at_least_0.5_m"]["households"]
    coordinator.page.locator("#tally", has_text=f"{known['in']} in").wait_for(state="attached")
    steps.keep_list(coordinator)
    return coordinator.path()


def _program_is_founded(manager: Person, finance: Person) -> str:
    """A program of mobile money that two tiers sign; answers its path."""
    manager.go("/programs/new")
    manager.fill(name=PROGRAM, purpose="telephone", currency="MUR", benefit="Cash")
    manager.choose("delivery", "mobile")
    manager.fill(**{"amount-0": "2400", "amount-1": "300", "cap": "4500"})
    manager.page.get_by_text("More signatures for larger amounts").click()
    manager.fill(**{"tier-from-0": "1", "tier-signers-0": "1"})
    manager.choose("tier-role-0", Role.SENIOR_APPROVER)
    manager.click("Make the program")
    manager.click("Open the program")
    manager.sees("End the program")
    program = manager.path()
    steps.post_money(finance, program, 10_000_000)
    return program


def _scenarios_are_compared(
    manager: Person, program: str, roster: str, truth: dict[str, Any]
) -> str:
    """Three side by side on maps and in a table, the third made the cycle; answers its path."""
    manager.go(f"{program}/scenarios")
    manager.click("Make the first scenario")
    _scenario(manager, roster, "As the program")
    manager.click("Another scenario")
    _scenario(manager, roster, "Large families", rule="people >= 5")
    manager.click("Another scenario")
    _scenario(manager, roster, "A hundred each", amounts=(str(EACH), "0"))
    told = manager.page.locator("tr", has_text="Households helped").locator(".big")
    helped = [int(words.replace(",", "")) for words in told.all_inner_texts()]
    households = truth["help"]["households"]
    assert helped[0] == helped[2] == households > helped[1] > 0
    manager.sees(f"MUR {truth['help']['amount']:,}")
    manager.sees(f"MUR {households * EACH:,}")
    assert manager.page.locator("svg.cover-map").count() == len(helped) == 3
    manager.shows("10-scenarios")
    manager.finds_it_good_on_any_screen()
    manager.page.get_by_role("button", name="Make it the next cycle").last.click()
    manager.page.get_by_role("button", name="Start the cycle").locator("visible=true").click()
    manager.sees(f"{households} households are due")
    return manager.path()


def _scenario(
    manager: Person, roster: str, name: str, rule: str = "", amounts: tuple[str, ...] = ()
) -> None:
    manager.choose("roster_id", roster.rsplit("/", 1)[-1])
    manager.fill(name=name, rule=rule)
    for place, amount in enumerate(amounts):
        manager.page.locator(f"main input[name$='.{place}']").fill(amount)
    manager.click("Keep it and compare")
    manager.sees("What a cycle might be")


def _two_sign(manager: Person, team: dict[Role, Person], cycle: str) -> None:
    """The approver signs first, the senior approver then; neither can do without the other."""
    manager.click("Ask for the signatures")
    manager.sees("Next: signature 1 of 2")
    for role in (Role.APPROVER, Role.SENIOR_APPROVER):
        steps.open_approval(team[role])
        team[role].sees("Tier 2")
        steps.sign(team[role])
    manager.go(cycle)
    manager.sees("Next: make the payment list")


def _providers_are_written(administrator: Person, company: Company) -> None:
    """One that is called, and one that gets a file."""
    said = {"called": {"address": company.address, "account": "RELIEF", "secret": "rehearsal"}}
    for name, connector in (("called", "mobile_money"), ("by-file", "file")):
        administrator.go("/fsps/")
        administrator.fill(name=f"Company {name}", code=name)
        administrator.choose("mechanism", "mobile")
        administrator.choose("connector", connector)
        if name in said:
            administrator.page.get_by_text("For a provider that is called").click()
            administrator.fill(**said[name])
        administrator.click("Add it")
        administrator.sees(f"Company {name}")


def _orders_are_sent(finance: Person, cycle: str, commune: str, company: Company) -> int:
    """The orders of one commune go out by the company; answers how many it could not pay."""
    finance.go(cycle)
    finance.click("Give it to a provider")
    finance.choose_words("fsp_id", "Company called")
    finance.fill(pcode=commune)
    finance.click("Make the orders")
    finance.sees("Plan 1")
    finance.finds_it_good_on_any_screen()
    finance.click("Batch 1")
    finance.click("Send what waits")
    finance.page.locator("main .tag", has_text="with the provider").first.wait_for(timeout=LONG)
    finance.click("Ask the provider")
    finance.page.locator("main .tag", has_text="paid").first.wait_for(timeout=LONG)
    finance.shows("11-payments")
    finance.finds_it_good_on_any_screen()
    stand = _states(finance)
    assert set(stand) == {"paid", "failed"}
    paid = company.paid()
    assert len(paid) == stand["paid"]
    assert sum(Decimal(transfer["amount"]) for transfer in paid) == stand["paid"] * EACH
    return stand["failed"]


def _commune(folder: Path, truth: dict[str, Any]) -> str:
    """The code of the commune with most of the households that stand in the polygon."""
    drawn = shape(truth["drawn"]["polygon"])
    with (folder / "households.csv").open(newline="", encoding="utf-8") as rows:
        inside = Counter(
            row["area_pcode"]
            for row in csv.DictReader(rows)
            if row["longitude"]
            and drawn.contains(Point(float(row["longitude"]), float(row["latitude"])))
        )
    return inside.most_common(1)[0][0]


def _states(person: Person) -> dict[str, int]:
    """How many orders of a batch stand where, as its page says."""
    words = person.page.locator("main .in > p", has=person.page.locator(".tag")).first.inner_text()
    return {state.strip(): int(n) for state, n in re.findall(r"([a-z ]+?)\s+(\d+)", words)}


def _orders_go_as_a_file(finance: Person, cycle: str) -> Path:
    """All that is left goes to the other company, which has the file then."""
    finance.go(cycle)
    finance.click("Payments")
    finance.choose_words("fsp_id", "Company by-file")
    finance.click("Make the orders")
    finance.sees("Plan 2")
    finance.page.locator("main section", has_text="Plan 2").get_by_role("link").first.click()
    orders = finance.downloads("File of orders as CSV")
    finance.page.reload()
    finance.click("It has the file")
    finance.sees("with the provider")
    return orders


def _answers_are_reconciled(finance: Person, cycle: str, orders: Path) -> int:
    """The company answers with errors, then with what was wrong put right; how many failed."""
    with orders.open(newline="", encoding="utf-8") as written:
        ours = list(csv.DictReader(written))
    first, second, third, *others = ours
    answer = [
        {**first, "state": "Rejected"},
        {**second, "state": "In part", "paid": "40.00"},
        {**third, "state": "Done", "paid": "1000.00"},
        *({**order, "state": "Done", "paid": order["amount"]} for order in others),
        {**first, "reference": "ERN-NOBODYS", "state": "Done", "paid": "100.00"},
    ]
    _look_at(finance, cycle, _answer(orders.with_name("answer.csv"), answer))
    finance.choose("word:Done", "paid")
    finance.choose("word:In part", "partly_paid")
    finance.click("That is what it means")
    finance.sees("another amount")
    finance.shows("12-reconciliation")
    finance.finds_it_good_on_any_screen()
    told = finance.page.locator("main aside .pairs").first
    found, rows = (told.locator(each).all_inner_texts() for each in ("dt", "dd"))
    assert dict(zip(found, rows, strict=True)) == {
        "paid": str(len(others)),
        "paid in part": "1",
        "failed": "1",
        "another amount": "1",
        "reference not known": "1",
    }
    finance.click(f"Let {len(others) + 2} rows count")
    _counts(finance)
    finance.sees("1 order, MUR 100 in all, has no answer yet.")

    right = _answer(orders.with_name("right.csv"), [{**third, "state": "Done", "paid": "100.00"}])
    _look_at(finance, cycle, right)
    finance.click("Let 1 row count")
    _counts(finance)
    finance.sees("Every order has its answer.")
    finance.finds_it_good_on_any_screen()
    return 1


def _answer(file: Path, rows: list[dict[str, str]]) -> Path:
    """A provider's file: our columns, what became of each order, and what was paid."""
    with file.open("w", newline="", encoding="utf-8") as out:
        written = csv.DictWriter(out, [*rows[-1]])
        written.writeheader()
        written.writerows(rows)
    return file


def _look_at(finance: Person, cycle: str, file: Path) -> None:
    """Bring a file in; its columns are named once, and remembered for the next."""
    finance.go(cycle)
    finance.click("Reconciliation")
    finance.fill(provider="Company by-file")
    finance.attach("file", file)
    finance.click("Look at it")
    finance.page.get_by_role("heading", name="Which column holds what").or_(
        finance.page.get_by_role("heading", name="What applying it does")
    ).first.wait_for(timeout=LONG)
    if finance.page.get_by_text("Which column holds what").count():
        for field, column in COLUMNS.items():
            finance.choose(field, column)
        finance.click("Hold it against the orders")
        finance.sees("What applying it does", within=LONG)


def _counts(finance: Person) -> None:
    finance.page.get_by_role("button", name="Let them count").locator("visible=true").click()
    finance.sees("answered")


def _some_are_asked(manager: Person, coordinator: Person, cycle: str) -> None:
    """A sample is drawn; one says it got nothing, which is seen and settled."""
    manager.go(cycle)
    manager.click("Verification")
    manager.finds_it_good_on_any_screen()
    manager.choose("confidence", "90")
    manager.fill(margin="25", cluster="3", seed="7")
    manager.choose("by", "area")
    manager.click("Draw it")
    manager.sees("Whom to ask")
    sample = manager.path()

    coordinator.go(sample)
    coordinator.click("Walk 1")
    coordinator.tick("result", "not_received")
    coordinator.click("Write it down")
    coordinator.sees("received nothing")
    coordinator.finds_it_good_on_any_screen()

    manager.go(sample)
    manager.sees("What differs from what the provider says")
    manager.fill(because="Paid by hand on the same day")
    manager.shows("13-verification")
    manager.click("Settled")
    manager.sees("Settled: Paid by hand on the same day")
    manager.finds_it_good_on_any_screen()


def _who_got_nothing_is_followed_up(manager: Person, cycle: str, missed: int) -> None:
    """Those whose orders failed, and nobody else, are in the cycle that follows."""
    manager.go(cycle)
    manager.sees(f"What came back: {missed} households")
    manager.page.get_by_text("Follow up those who got nothing").click()
    manager.click("Start it")
    manager.click("Enrol the households")
    manager.click("Prepare the amounts")
    manager.sees(f"{missed} households are due MUR {missed * EACH:,}")
    manager.finds_it_good_on_any_screen()
