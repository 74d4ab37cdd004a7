"""The page on which the members of a household change."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

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


def test_a_group_of_groups_shows_the_groups_in_it_and_each_leads_back(
    session: Session, home: Registrant, registrar: Browser
) -> None:
    farm = make_household(session, group_kind="farm", name="Upper Farm")
    for member, relation in ((home, "member"), (called(session, "Idris Doro"), "head")):
        assert join_by_page(registrar, farm, member, relation).status_code == 200

    page = BeautifulSoup(registrar.get(f"/registry/{farm.number}").text, "html.parser")
    heads = [" ".join(cell.get_text(" ").split()) for cell in page.select("tbody th")]
    assert heads == ["Idris Doro", "Amina Doro"]  # the person, and below the group
    (row,) = [row for row in page.select("tbody tr") if home.number in row.text]
    assert [cell.text for cell in row("td")] == ["household", "2", home.number]
    assert "Farm Idris Doro" in " ".join(page.select(".lede")[0].get_text(" ").split())

    home_page = BeautifulSoup(registrar.get(f"/registry/{home.number}").text, "html.parser")
    (belongs,) = [card for card in home_page.select(".card") if "Belongs to" in card.text]
    assert belongs.select("dd a")[0].text == farm.number


def test_a_household_takes_no_group_and_no_group_stands_within_itself(
    session: Session, home: Registrant, registrar: Browser
) -> None:
    farm, coop = (make_household(session, group_kind="farm", name=name) for name in "AB")
    assert join_by_page(registrar, coop, farm).status_code == 200
    for into, who, said in (
        (home, farm, "Groups of this kind are made of people"),
        (farm, coop, "A group cannot be a part of itself"),
        (farm, farm, "A group cannot be a part of itself"),
    ):
        refused = join_by_page(registrar, into, who)
        assert refused.status_code == 409
        assert said in refused.text


def join_by_page(
    registrar: Browser, group: Registrant, member: Registrant, relation: str = "member"
) -> TestResponse:
    form = {"member": member.number, "relation": relation}
    return registrar.act(f"/registry/{group.number}/members/join", **form)
