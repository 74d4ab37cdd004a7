"""A person at a browser: goes, clicks, fills in, and notices what is wrong with a page."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

AXE = Path(__file__).parents[1] / "js" / "vendor" / "axe.min.js"
RULES = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Person:
    """One person, one page; everything the browser complains of is kept until `met_no_fault`."""

    name: str
    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    clicks: int = 0

    def __post_init__(self) -> None:
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._watch)
        self.page.on("response", self._answered)
        self.page.set_default_timeout(20_000)

    def go(self, path: str) -> None:
        """Open a page of the platform, or a whole address of it."""
        self.page.goto(path if path.startswith("http") else self.address + path)

    def click(self, what: str) -> None:
        """Click the button, link or tab of this name."""
        roles: tuple[Literal["button", "link", "tab"], ...] = ("button", "link", "tab")
        for role in roles:
            found = self.page.get_by_role(role, name=what)
            if found.count():
                found.first.click()
                self.clicks += 1
                return
        self.page.get_by_text(what, exact=True).first.click()
        self.clicks += 1

    def fill(self, **answers: str) -> None:
        """Fill in fields by their names."""
        for name, answer in answers.items():
            self.page.locator(f"[name='{name}']").first.fill(answer)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the door."""
        self.go("/sign-in")
        self.fill(email=email, password=password)
        self.page.locator("form[action='/sign-in'] button").click()
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def sees(self, words: str) -> None:
        """Wait until the page shows these words."""
        self.page.get_by_text(words).first.wait_for()

    def finds_it_accessible(self) -> None:
        """No violation of WCAG 2.2 AA that axe can see, and nothing wider than the window."""
        self.page.evaluate(AXE.read_text())
        report: dict[str, Any] = self.page.evaluate(RULES)
        found = [
            f"{v['id']}: {node['html'][:120]}" for v in report["violations"] for node in v["nodes"]
        ]
        assert found == [], f"{self.page.url}\n" + "\n".join(found)
        assert self.page.evaluate(WIDER) <= 0, f"{self.page.url} is wider than its window"

    def met_no_fault(self) -> None:
        """Nothing in the console, nothing from elsewhere, no answer of 500."""
        assert self.faults == [], f"{self.name}: " + "\n".join(self.faults)

    def _listen(self, message: ConsoleMessage) -> None:
        expected = "status of 4" in message.text or "GPU stall" in message.text
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
