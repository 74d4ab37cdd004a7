"""A person at a browser: goes, clicks, fills in, and notices what is wrong with a page."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Download, Error, Page, Request, Response

from app.auth.second_factor import DRIFT, code_at, step_now
from app.loading import published_key

AXE = Path(__file__).parents[1] / "js" / "vendor" / "axe.min.js"
RULES = """axe.run(document, {resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"""
SETTLED = """() => !document.querySelector('.asking, .htmx-request, .htmx-added, .htmx-settling')
  && document.getAnimations().every((one) => one.effect.getTiming().iterations === Infinity)"""
IDLE = "[data-module]:not([data-started])"
BEGUN = f":not({IDLE}, {IDLE} *)"  # what listens already
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PHONE = {"width": 360, "height": 780}
TOUR = os.environ.get("HIGHGROUND_TOUR")  # the folder that pictures are put into, if any
EXPECTED = ("status of 4", "GPU stall", "htmx:sendAbort", "htmx:afterRequest")  # gone on elsewhere
LOOKS = 3
SOON, LONG = 60_000, 180_000  # milliseconds: for a page, and for a job on a busy machine
TAKEN: dict[str, int] = {}  # by key of a phone, the step of the last code that was used


@dataclass
class Person:
    """One person, one page; everything the browser complains of is kept until `met_no_fault`.

    `clicks` counts what a hand does: pages gone to, fields filled in, things clicked or chosen. A
    field that already holds the answer is left as it is.
    """

    name: str
    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    clicks: int = 0
    key: str = ""  # of the codes on their phone

    def __post_init__(self) -> None:
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._watch)
        self.page.on("response", self._answered)
        self.page.set_default_timeout(SOON)

    def go(self, path: str) -> None:
        """Open a page of the platform, or a whole address of it."""
        self.page.goto(path if path.startswith("http") else self.address + path)
        self.clicks += 1

    def click(self, what: str) -> None:
        """Click the first button, link or tab of this name, once it is there."""
        page = self.page.locator("main")
        button = page.get_by_role("button", name=what)
        link, tab = page.get_by_role("link", name=what), page.get_by_role("tab", name=what)
        button.or_(link).or_(tab).and_(self.page.locator(BEGUN)).first.click()
        self.clicks += 1

    def fill(self, **answers: str) -> None:
        """Fill in fields by their names."""
        for name, answer in answers.items():
            field = self.page.locator(f"main [name='{name}']").first
            if field.input_value() != answer:
                field.fill(answer)
                self.clicks += 1

    def tick(self, name: str, value: str) -> None:
        """Tick a box, or choose one of several circles."""
        self.page.locator(f"main [name='{name}'][value='{value}']").first.check()
        self.clicks += 1

    def choose(self, name: str, value: str) -> None:
        """Choose from a list by the value behind the words."""
        choices = self.page.locator(f"main select[name='{name}']").first
        if choices.input_value() != value:
            choices.select_option(value)
            self.clicks += 1

    def choose_words(self, name: str, words: str) -> None:
        """Choose from a list the entry that has these words in it."""
        entry = self.page.locator(f"main select[name='{name}'] option", has_text=words).first
        self.choose(name, entry.get_attribute("value") or "")

    def attach(self, name: str, file: Path) -> None:
        """Choose a file of the disk."""
        self.page.locator(f"main input[type=file][name='{name}']").first.set_input_files(file)
        self.clicks += 2

    def downloads(self, what: str) -> Path:
        """Click on what gives a file; answers where the browser put it."""
        with self.page.expect_download() as given:
            self.click(what)
        download: Download = given.value
        return Path(download.path())

    def path(self) -> str:
        """Where the person is, without the host."""
        return urlsplit(self.page.url).path

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the door."""
        self.go("/sign-in")
        self.fill(email=email, password=password)
        self.page.locator("form[action='/sign-in'] button").click()
        self.page.wait_for_url(lambda url: not url.endswith("/sign-in"))
        if self.path() == "/sign-in/code":
            self.key = self.key or published_key(email)
            self.fill(code=self.code())
            self.click("Sign in")
            self.page.wait_for_url(lambda url: "sign-in" not in url)

    def code(self) -> str:
        """The next code of this person's phone; each is taken once, in whichever browser."""
        while (step := max(step_now(), TAKEN.get(self.key, 0) + 1)) > step_now() + DRIFT:
            time.sleep(1)
        TAKEN[self.key] = step
        return code_at(self.key, step)

    def sees(self, words: str, within: float = SOON) -> None:
        """Wait until the page shows these words, for so many milliseconds."""
        self.page.get_by_text(words).first.wait_for(timeout=within)

    def finds_it_accessible(self) -> None:
        """No violation of WCAG 2.2 AA that axe can see, and nothing wider than the window.

        What fades while it is asked for again is waited for; an answer that was asked for while
        axe was looking is looked at again, so that only what stays is a fault. So is the page that
        comes where the one looked at was about to be left.
        """
        found: list[str] = []
        for look in range(LOOKS):
            try:
                found = self._violations()
            except Error:
                if look == LOOKS - 1:
                    raise
                continue
            if not found:
                break
        assert found == [], f"{self.page.url}\n" + "\n".join(found)
        assert self.page.evaluate(WIDER) <= 0, f"{self.page.url} is wider than its window"

    def _violations(self) -> list[str]:
        self.page.evaluate(AXE.read_text())
        self.page.wait_for_function(SETTLED)
        report: dict[str, Any] = self.page.evaluate(RULES)
        return [
            f"{v['id']}: {node['html'][:120]}" for v in report["violations"] for node in v["nodes"]
        ]

    def finds_it_good_on_any_screen(self) -> None:
        """Accessible, and no wider than the window, on a desk and on a phone."""
        if TOUR:
            return  # its time is counted, and it is for looking
        desk = self.page.viewport_size
        assert desk
        self.finds_it_accessible()
        self.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        self.page.reload()
        self.finds_it_accessible()
        self.page.set_viewport_size(desk)
        self.page.reload()

    def shows(self, name: str, page: Page | None = None) -> None:
        """Keep the first picture of the page, or of another at hand, where a tour is asked for."""
        shown = page or self.page
        if TOUR and not (Path(TOUR) / f"{name}.png").exists():
            shown.wait_for_load_state("networkidle")
            shown.wait_for_timeout(2000)  # the map fades in, the word of the last act goes
            shown.screenshot(path=Path(TOUR) / f"{name}.png", full_page=page is not None)

    def met_no_fault(self) -> None:
        """Nothing in the console, nothing from elsewhere, no answer of 500."""
        assert self.faults == [], f"{self.name}: " + "\n".join(self.faults)

    def _listen(self, message: ConsoleMessage) -> None:
        expected = any(words in message.text for words in EXPECTED)
        if message.type == "error" and not expected:
            self.faults.append(message.text)

    def _watch(self, request: Request) -> None:
        parts = urlsplit(request.url)
        ours = urlsplit(self.address).netloc
        if parts.scheme in {"http", "https"} and parts.netloc != ours:
            self.faults.append(f"a request left for {parts.netloc}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")
