"""The main job on the tiny Kesara: from a flood file to help handed over, by mouse and keyboard."""

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page

from app.auth.roles import Role
from tests.demo.country import tiny_country
from tests.from_disk import faults_of, opened_from_disk
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.person import TOUR, Person
from tests.journeys.steps import Gift, Meaning, Team
from tests.running import Platform

CASH, FOOD = "Flood cash", "Flood food"
FLOOD_DEPTH = Meaning(
    measure="Water depth",
    layer="Water depth",
    observed_at="2026-11-19T06:12",
    source="Kesara flood centre",
    choices={"unit": "m"},
)
SQUARE = [(0.40, 0.40), (0.60, 0.40), (0.60, 0.70), (0.40, 0.70)]  # shares of the map
CLAUSE = "at least 0.5 m"
ANSWERS = {
    "in": "In",
    "probable": "Probable",
    "out": "Out",
    "not_observed": "Not observed",
    "unlocated": "Unlocated",
}
FIGURES = """(list) => [...list.querySelectorAll('.num')].map((figure) =>
  [figure.previousElementSibling.firstChild.textContent.trim(), Number(figure.textContent)])"""
BANDS = ("0-4", "5-17", "18-59", "60+")


@dataclass(frozen=True)
class Country:
    """The files of the country, and what their maker knows of it."""

    folder: Path
    truth: dict[str, Any]

    @property
    def drawn(self) -> dict[str, Any]:
        """What is known of the polygon its maker drew, half a metre deep in the second release."""
        answers: dict[str, Any] = self.truth["drawn"]["answers"]
        known: dict[str, Any] = answers["flood_depth_r2.tif"]["at_least_0.5_m"]
        return known

    @property
    def corners(self) -> str:
        """The corners of that polygon as people type them."""
        [ring] = self.truth["drawn"]["polygon"]["coordinates"]
        return "\n".join(f"{latitude}, {longitude}" for longitude, latitude in ring)

    def gift(self, name: str, delivery: str) -> Gift:
        help_ = self.truth["help"]
        return Gift(name, delivery, help_["currency"], **help_["rule"])


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    folder = tiny_country(tmp_path_factory)
    return Country(folder, json.loads((folder / "truth.json").read_text()))


def test_a_flood_file_becomes_help_that_is_handed_over_once(
    platform: Platform, people: People, country: Country
) -> None:
    administrator = steps.first_administrator(platform, people)
    administrator.finds_it_good_on_any_screen()
    team = steps.invite_team(administrator, people, steps.NAMES)
    _administration(administrator)
    _country_is_loaded(team, country)
    programs = _programs_are_founded(team, country)

    before, began = _clicks(team), time.monotonic()
    _flood_is_published(team[Role.GIS_ANALYST], team[Role.COORDINATOR], country)
    _drawing_by_hand_is_answered(team[Role.COORDINATOR])
    roster = _known_polygon_is_kept(team[Role.COORDINATOR], country)

    cycle = _list_is_signed(team, country, roster)
    _tell(clicks=_clicks(team) - before, seconds=round(time.monotonic() - began))
    _map_is_taken_along(team[Role.COORDINATOR], country, roster)
    _cash_is_paid(team, country, cycle, programs[CASH])
    _food_is_handed_over(team, country, roster)


def _administration(administrator: Person) -> None:
    administrator.go("/admin/users")
    administrator.finds_it_good_on_any_screen()
    steps.add_organisation(administrator, "Kesara disaster office")
    administrator.finds_it_good_on_any_screen()


def _country_is_loaded(team: Team, country: Country) -> None:
    analyst, registrar = team[Role.GIS_ANALYST], team[Role.REGISTRAR]
    levels = "Country, Province, District, Commune"
    steps.load_boundaries(analyst, country.folder / "areas.gpkg", version="v1", level_names=levels)
    analyst.finds_it_accessible()
    analyst.click("Look at the map")
    analyst.finds_it_good_on_any_screen()
    for kind in ("households", "people"):
        steps.import_file(registrar, kind, country.folder / f"{kind}.csv")
        registrar.finds_it_accessible()
    registrar.click("Look in the registry")
    registrar.fill(q="H00000001")
    registrar.click("Find")
    registrar.finds_it_good_on_any_screen()
    registrar.page.locator("main tbody a").first.click()
    registrar.sees("Members")
    registrar.shows("household")
    registrar.finds_it_good_on_any_screen()


def _programs_are_founded(team: Team, country: Country) -> dict[str, str]:
    """Make and fund one program of cash and one of vouchers; answers their paths."""
    manager, finance = team[Role.PROGRAM_MANAGER], team[Role.FINANCE]
    manager.go("/programs/new")
    manager.finds_it_good_on_any_screen()
    paths = {
        CASH: steps.make_program(manager, CASH, country.gift("Cash", "cash")),
        FOOD: steps.make_program(manager, FOOD, country.gift("Food", "voucher")),
    }
    for path in paths.values():
        steps.post_money(finance, path, country.truth["help"]["amount"])
    finance.finds_it_good_on_any_screen()
    return paths


def _flood_is_published(analyst: Person, coordinator: Person, country: Country) -> None:
    steps.write_event(coordinator, "Oru river flood", "flood", "2026-11-12T00:00")
    coordinator.finds_it_good_on_any_screen()
    steps.publish(analyst, country.folder / "flood_depth_r2.tif", FLOOD_DEPTH)
    analyst.finds_it_good_on_any_screen()
    analyst.go("/hazards/")
    analyst.finds_it_good_on_any_screen()


def _drawing_by_hand_is_answered(coordinator: Person) -> None:
    """Corners by mouse, one of them dragged, the depth by arrow keys: each changes the card."""
    coordinator.go("/")
    coordinator.shows("1-situation")
    coordinator.finds_it_good_on_any_screen()
    coordinator.click("Select households in it")
    coordinator.finds_it_good_on_any_screen()
    whole = _asked(coordinator)
    _draw(coordinator, SQUARE)
    coordinator.sees("4 corners")
    drawn = _other_than(coordinator, whole)
    _drag(coordinator, SQUARE[2], (0.66, 0.75))
    dragged = _other_than(coordinator, drawn)
    _slide_to_a_metre(coordinator)
    _other_than(coordinator, dragged)
    coordinator.shows("3-select")


def _known_polygon_is_kept(coordinator: Person, country: Country) -> str:
    """The polygon of truth.json, typed: exactly its figures; then kept. Answers the list's path."""
    coordinator.go("/select")
    coordinator.page.get_by_text("Without a mouse").click()
    coordinator.page.locator("#typed-corners").fill(country.corners)
    coordinator.click("Use these corners")
    coordinator.fill(least="0.5")
    households = country.drawn["households"]
    coordinator.page.locator("#tally", has_text=f"{households['in']} in").wait_for(state="attached")
    coordinator.sees(CLAUSE)
    assert _answers(coordinator) == households
    assert _people(coordinator) == country.drawn["people_in_by_sex_and_age"]
    coordinator.clicks += 2  # unfolded, and typed into
    steps.keep_list(coordinator)
    coordinator.finds_it_good_on_any_screen()
    return coordinator.path()


def _list_is_signed(team: Team, country: Country, roster: str) -> str:
    """From the kept list to the signature of somebody else; answers the cycle's path."""
    manager, approver = team[Role.PROGRAM_MANAGER], team[Role.APPROVER]
    cycle = steps.start_cycle(manager, roster, CASH)
    _due_is_known(manager, country)
    manager.shows("5-cycle")
    manager.finds_it_good_on_any_screen()
    steps.open_approval(approver)
    _due_is_known(approver, country)
    approver.shows("6-approve")
    approver.finds_it_good_on_any_screen()
    steps.sign(approver)
    return cycle


def _map_is_taken_along(coordinator: Person, country: Country, roster: str) -> None:
    """The situation map of the list, opened from disk: its figures are the list's."""
    file = steps.make_situation_map(coordinator, roster)
    with opened_from_disk(coordinator.page.context, file) as page:
        households, people = country.drawn["households"], country.drawn["people"]["in"]
        assert page.inner_text(".large b") == str(households["in"])
        listed = page.inner_text(".answers-list").split("\n")
        assert {
            key: int(listed[listed.index(word) + 1]) for key, word in ANSWERS.items()
        } == households
        assert f"{people:,} people" in page.inner_text(".figure")
        columns = zip(*(row.split("\t")[1:] for row in _rows(page)), strict=True)
        assert [sum(map(_number, column)) for column in columns] == [households[a] for a in ANSWERS]
        coordinator.shows("situation-map", page)
        for width, height in ((1440, 900), (360, 780)):
            page.set_viewport_size({"width": width, "height": height})
            page.reload()
            assert faults_of(page) == []


def _rows(page: Page) -> list[str]:
    """The rows of a page's table."""
    return page.inner_text("table tbody").split("\n")


def _number(written: str) -> int:
    return int(written.replace(",", ""))


def _cash_is_paid(team: Team, country: Country, cycle: str, program: str) -> None:
    finance = team[Role.FINANCE]
    amounts = steps.payment_list(finance, cycle)
    finance.shows("7-payment-list")
    for paid in amounts.values():
        assert len(paid) == country.truth["help"]["households"]
        assert sum(paid) == country.truth["help"]["amount"]
    finance.finds_it_good_on_any_screen()
    finance.go(program)
    finance.sees("Bound")


def _food_is_handed_over(team: Team, country: Country, roster: str) -> None:
    manager, distributor = team[Role.PROGRAM_MANAGER], team[Role.DISTRIBUTOR]
    cycle = steps.start_cycle(manager, roster, FOOD)
    steps.open_approval(team[Role.APPROVER])
    steps.sign(team[Role.APPROVER])
    cards = steps.print_cards(manager, cycle, "2027-12-31")
    manager.shows("8-vouchers")
    manager.finds_it_good_on_any_screen()
    codes = _codes_on(cards)
    assert len(set(codes)) == country.truth["help"]["households"]
    steps.look_up(distributor, codes[0])
    distributor.shows("9-hand-over")
    distributor.click("Hand over")
    distributor.sees("Handed over.")
    distributor.finds_it_accessible()
    steps.look_up(distributor, codes[0])
    refusal = distributor.page.get_by_role("alert").first
    assert "nothing more is due" in refusal.inner_text()
    assert distributor.page.get_by_role("button", name="Hand over").count() == 0
    distributor.finds_it_accessible()


def _clicks(team: Team) -> int:
    return sum(person.clicks for person in team.values())


def _tell(**counted: int) -> None:
    """Write down, for the tour, what the way from the flood file to the signed list took."""
    if TOUR:
        (Path(TOUR) / "counted.json").write_text(json.dumps(counted))


def _due_is_known(person: Person, country: Country) -> None:
    amount = country.truth["help"]["amount"]
    person.sees(f"MUR {amount:,}")


def _spot(person: Person, at: tuple[float, float]) -> tuple[float, float]:
    """A share of the map as a point of the window."""
    box = person.page.locator(".maplibregl-canvas").bounding_box()
    assert box
    return box["x"] + box["width"] * at[0], box["y"] + box["height"] * at[1]


def _draw(person: Person, corners: Iterable[tuple[float, float]]) -> None:
    """Set corners by mouse, and the first one again to close."""
    corners = list(corners)
    for corner in [*corners, corners[0]]:
        person.page.mouse.move(*_spot(person, corner), steps=3)
        person.page.mouse.down()
        person.page.mouse.up()
        person.page.wait_for_timeout(80)
        person.clicks += 1


def _drag(person: Person, start: tuple[float, float], end: tuple[float, float]) -> None:
    person.page.mouse.move(*_spot(person, start), steps=3)
    person.page.mouse.down()
    person.page.mouse.move(*_spot(person, end), steps=6)
    person.page.mouse.up()
    person.clicks += 1


def _slide_to_a_metre(person: Person) -> None:
    slider = person.page.get_by_role("slider")
    slider.focus()
    while float(slider.input_value()) < 1:
        person.page.keyboard.press("ArrowRight")
    person.sees("at least 1 m")


def _asked(person: Person) -> int:
    """How many households the question on the page asks."""
    return sum(_answers(person).values())


def _other_than(person: Person, before: int) -> int:
    """Wait until the card has another answer; answers how many households are in then."""
    tally = person.page.locator("#tally b")
    for _look in range(300):
        if (found := int(tally.text_content() or 0)) != before:
            return found
        person.page.wait_for_timeout(100)
    raise AssertionError(f"the card still says {before}")


def _answers(person: Person) -> dict[str, int]:
    told = dict(person.page.locator("#result .answers-list").evaluate(FIGURES))
    return {key: told[word] for key, word in ANSWERS.items()}


def _people(person: Person) -> dict[str, Any]:
    """People in, by sex and age band, as the page draws them."""
    text = person.page.locator("#who").inner_text()
    drawn = person.page.locator("#who .pyramid").inner_text()
    rows = re.findall(r"(\d+)\s+(?:0-4|5-17|18-59|60 and over)\s+(\d+)", drawn)
    unknown = re.search(r"Sex or age not known\s+(\d+)", text)
    assert unknown
    return {
        "female": {band: int(row[0]) for band, row in zip(BANDS, rows, strict=True)},
        "male": {band: int(row[1]) for band, row in zip(BANDS, rows, strict=True)},
        "unknown": int(unknown[1]),
    }


def _codes_on(cards: Path) -> list[str]:
    """What a reader of another maker reads on the sheets."""
    sheets = [page.render(scale=200 / 72).to_numpy() for page in pypdfium2.PdfDocument(cards)]
    return [code.text for sheet in sheets for code in zxingcpp.read_barcodes(sheet)]
