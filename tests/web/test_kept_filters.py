"""Kept filters where a condition is chosen: in the rule of a program, in files, by programs."""

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from core.clock import today
from core.cql import Terms
from registry.models.filters import Subject
from registry.queries.queryables import household_terms
from registry.queries.subjects import person_terms
from registry.services.filters import keep_filter, share_filter
from tests.make.programs import DARA, make_organisation
from tests.make.registry import make_household
from tests.make.users import make_user
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


def _terms(subject: Subject = Subject.HOUSEHOLDS) -> Terms:
    return person_terms(today()) if subject is Subject.PEOPLE else household_terms(today())


def _shared(session: Session, name: str, written: str, **said: Subject) -> str:
    code = keep_filter(session, name, written, actor=DARA, terms=_terms(**said), **said).code
    share_filter(session, code, actor=DARA)
    return code


def test_a_kept_filter_is_part_of_a_rule_as_it_stands(
    session: Session, signed_in: SignedIn
) -> None:
    for size in (2, 6, 8):
        make_household(session, stated_size=size)
    make_organisation(session)
    large = _shared(session, "Large ones", "size >= 5")
    _shared(session, "Twins", "duplicates_open > 0")
    manager = signed_in(Role.PROGRAM_MANAGER)

    page = manager.get("/programs/new").text
    told = manager.act("/programs/rule", kept=large, eligibility="size < 8").text

    assert f'<option value="{large}">Large ones</option>' in page
    assert "<b>1</b> of 3 registered households" in told
    assert "(size &gt;= 5) AND (size &lt; 8)" in told


def test_whom_a_filter_means_is_taken_along_as_a_file(
    session: Session, signed_in: SignedIn
) -> None:
    for size in (2, 6):
        make_household(session, stated_size=size, code=f"home-of-{size}")
    large = _shared(session, "Large ones", "size >= 5")
    young = _shared(session, "Young", "age < 5", subject=Subject.PEOPLE)
    registrar = signed_in(Role.REGISTRAR)

    file = registrar.get(f"/registry/exports/households.csv?filter={large}")
    other = registrar.get(f"/registry/exports/households.csv?filter={young}")

    assert "home-of-6" in file.text
    assert "home-of-2" not in file.text
    assert other.status_code == 422
    assert "Young is a filter over people" in other.text


def test_programs_are_told_the_kept_filters_and_count_by_them(
    session: Session, browser: Browser
) -> None:
    make_household(session, stated_size=6)
    large = _shared(session, "Large ones", "size >= 5")
    user = make_user(session, Role.REGISTRAR)
    key = keys.make(session, f"Model {uuid.uuid4()}", 1, actor=Actor(user.id, "", frozenset()))
    headers = {"Authorization": f"Bearer {key}"}

    listed: Any = browser.open("/api/filters/", headers=headers).json
    counted = browser.open(
        "/api/filters/count", method="POST", headers=headers, json={"code": large}
    ).json

    assert [(each["code"], each["filter"], each["version"]) for each in listed["filters"]] == [
        (large, "size >= 5", 1)
    ]
    assert counted == {"households": 1, "of": 1, "about": False}
