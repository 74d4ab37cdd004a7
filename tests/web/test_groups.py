"""The page on which the members of a household change."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from registry.models.registrants import Membership, Registrant
from tests.make.registry import make_household, make_person
from tests.web.conftest import Browser


@pytest.fixture
def registrar(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.REGISTRAR)


@pytest.fixture
def home(session: Session) -> Registrant:
    """Amina, the head, and Idris."""
    home = make_household(session, name="Amina Doro")
    make_person(session, home, relation="head", name="Amina Doro")
    make_person(session, home, name="Idris Doro")
    return home


def called(session: Session, name: str) -> Registrant:
    person = Registrant.kind == "individual"
    return session.scalars(select(Registrant).where(Registrant.name == name, person)).one()


def members(session: Session, group: Registrant) -> dict[str, str]:
    rows = (
        select(Registrant.name, Membership.kind)
        .join(Membership, Membership.member_id == Registrant.id)
        .where(Membership.group_id == group.id, Membership.ended_on.is_(None))
    )
    return dict(session.execute(rows).all())


def test_the_four_changes_are_made_on_the_page(
    session: Session, home: Registrant, registrar: Browser
) -> None:
    page = f"/registry/{home.number}/members"
    neema, idris = make_person(session, name="Neema Oro"), called(session, "Idris Doro")
    other = make_household(session, name="Sen")
    for offered in ("Amina Doro", "Idris Doro", "Somebody moves to another household"):
        assert offered in registrar.get(f"{page}/").text

    joined = registrar.act(f"{page}/join", member=neema.number, relation="spouse", on="")
    assert "Neema Oro" in joined.text
    registrar.act(f"{page}/head", member=neema.number, former="spouse")
    registrar.act(f"{page}/leave", member=called(session, "Amina Doro").number)
    registrar.act(f"{page}/move", member=idris.number, to=other.number, relation="child")

    session.expire_all()
    history = registrar.get(f"/registry/{home.number}").text.partition("History")[2]
    for told, whom in (
        ("A member joined:", neema),
        ("The head is now:", neema),
        ("A member left:", called(session, "Amina Doro")),
    ):
        assert whom.number in history.partition(told)[2].partition("</li>")[0]
    theirs = registrar.get(f"/registry/{idris.number}").text.partition("History")[2]
    assert "Moved to another household." in theirs
    assert "Became the head" not in theirs
    assert members(session, home) == {"Neema Oro": "head"}
    assert members(session, other) == {"Idris Doro": "child"}


def test_what_breaks_a_rule_is_said(session: Session, home: Registrant, registrar: Browser) -> None:
    page = f"/registry/{home.number}/members"
    idris = called(session, "Idris Doro").number

    again = registrar.act(f"{page}/join", member=idris, relation="child")
    assert (again.status_code, "a member of this group already" in again.text) == (409, True)
    never = registrar.act(f"{page}/leave", member=idris, on="yesterday")
    assert (never.status_code, "yesterday is not a date" in never.text) == (422, True)


def test_who_may_not_write_is_not_offered_to(
    session: Session, home: Registrant, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.COORDINATOR)

    assert "/members/" not in browser.get(f"/registry/{home.number}").text
    assert browser.get(f"/registry/{home.number}/members/").status_code == 403


def test_somebody_leaves_the_registry_and_comes_back(
    session: Session, home: Registrant, registrar: Browser
) -> None:
    page = f"/registry/{called(session, 'Idris Doro').number}"

    left = registrar.act(f"{page}/exit", reason="moved to Kano").text
    assert "has left the registry." in left
    assert "moved to Kano" in left
    session.expire_all()
    assert members(session, home) == {"Amina Doro": "head"}
    back = registrar.act(f"{page}/readmit").text
    assert "is in the registry again." in back
    assert "Taken back into the registry." in back
    again = registrar.act(f"{page}/readmit")
    assert (again.status_code, "did not leave the registry" in again.text) == (409, True)
