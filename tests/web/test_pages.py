"""Every page in a real browser, on a desk and on a phone, in English and in the pseudo-language."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Response
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.roles import Role
from core.words import PSEUDO, SOURCE
from tests.conftest import OWNER
from tests.journeys.person import Person
from tests.make.users import PASSWORD, make_user
from tests.places import ROOT
from tests.running import own_database, served
from tests.web.no_pages import FRAGMENTS
from tests.web.sentences import raw_words
from tests.web.world import addresses, furnish

pytestmark = pytest.mark.xdist_group("pages")  # one platform for both languages
AXE = (ROOT / "tests" / "js" / "vendor" / "axe.min.js").read_text()
RUN_AXE = """axe.run({resultTypes: ['violations'], preload: false}).then(({violations}) =>
  violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 99)).join(' | ')}`))"""
FAULTS = Path(__file__).with_name("faults.js").read_text()
DESK, PHONE = (1440, 900), (360, 780)
DESKS = {  # nobody holds all roles at once: some exclude one another
    "office": tuple(
        role
        for role in Role
        if role not in {Role.PROGRAM_MANAGER, Role.APPROVER, Role.SENIOR_APPROVER, Role.FINANCE}
    ),
    "manager": (Role.PROGRAM_MANAGER, Role.DISTRIBUTOR),
    "approver": (Role.APPROVER,),
    "finance": (Role.FINANCE,),
}
FOR = {
    "manager": ("/programs", "/cycles", "/approvals", "/organisations", "/messages"),
    "approver": ("/approvals",),
    "finance": (
        "/programs/1",
        "/programs/2",
        "/cycles/3",
        "/cycles/4",
        "/reconciliations",
        "/payments",
        "/exchange-rates",
    ),
}
UNSETTLED = (
    "[data-module]:not([data-started])",  # a behaviour that has not begun
    "[hx-trigger=load]:empty",  # a part that has not come
    "[hx-trigger=load][hx-swap=outerHTML]:not(.htmx-settling)",  # nor what stands in its place
    ".map:not([data-ready])",
)


@dataclass(frozen=True)
class Site:
    """A running platform in which there is one of everything."""

    address: str
    pages: list[str]


@pytest.fixture(scope="session")
def site(web: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    files = tmp_path_factory.mktemp("site")
    with own_database("pages", files) as environment:
        for name in ("STORAGE", "SECRET_KEY"):  # as this process keeps files, and seals keys
            environment[name] = os.environ[name]
        engine = create_engine(environment[OWNER])
        with Session(engine) as session, session.begin():
            users = {(tag, d): _user(session, tag, d) for tag in (SOURCE, PSEUDO) for d in DESKS}
            rows = furnish(session, users[SOURCE, "office"])
        engine.dispose()
        with served(environment, files) as platform:
            yield Site(platform.address, addresses(web, rows, without=FRAGMENTS))


def _user(session: Session, language: str, desk: str) -> User:
    """Somebody who sits at this desk, and reads this language."""
    user = make_user(session, *DESKS[desk], email=_email(language, desk), name="Ωρου")
    user.language = language
    return user


def _email(language: str, desk: str) -> str:
    return f"{[*DESKS].index(desk)}.{language.lower()}@example.org"  # no words on a page


@pytest.mark.parametrize("language", [SOURCE, PSEUDO])
def test_every_page_is_whole_on_a_desk_and_on_a_phone(
    chromium: Browser, site: Site, language: str
) -> None:
    found = {}
    for desk in DESKS:
        context = chromium.new_context(locale="en")
        context.add_init_script(AXE)
        reader = Person("Ωρου", context.new_page(), site.address)
        reader.page.on("response", partial(_note, reader))
        reader.sign_in(_email(language, desk), PASSWORD)
        for address in site.pages:
            if _is_of(desk, address) and (faults := _faults(reader, address)):
                found[desk, address] = faults
        context.close()

    assert found == {}


def _is_of(desk: str, address: str) -> bool:
    """Whether a page is looked at from a desk; what no other desk is for, from the office."""
    if desk == "office":
        return not address.startswith((*FOR["manager"], "/payments"))
    return address.startswith(FOR[desk])


def _note(reader: Person, answer: Response) -> None:
    """Whatever a page asks for must be there."""
    if answer.status >= 400 and not answer.request.is_navigation_request():
        reader.faults.append(f"{answer.status} {answer.url}")


def _faults(reader: Person, address: str) -> list[str]:
    """What is wrong with one page."""
    page = reader.page
    reader.faults.clear()
    faults = []
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        if width == DESK[0]:
            reader.go(address)
        for part in UNSETTLED:
            page.wait_for_selector(part, state="detached")
        faults += [f"{width}: {fault}" for fault in page.evaluate(FAULTS)]
        faults += [f"{width}: {fault}" for fault in page.evaluate(RUN_AXE)]
    if page.locator(f"html[lang={PSEUDO}]").count():
        faults += [f"raw: {word}" for word in raw_words(page.content())]
    return faults + reader.faults
