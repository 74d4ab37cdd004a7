"""The pages of filters: built without writing, counted, kept, shared."""

from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.clock import today
from programs.queries.queryables import widest_terms
from registry.models.filters import Filter, Shared, Subject
from registry.services.filters import keep_filter, share_filter, unshare_filter
from tests.make.geo import make_country
from tests.make.programs import DARA
from tests.make.registry import make_household, make_location, make_person
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def families(session: Session) -> None:
    """Two households in X11, one with two children under five, and one without people in X21."""
    areas = make_country(session)
    west = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    east = make_location(session, 2.5, 0.5, area_id=areas["X21"].id)
    young = date(today().year - 2, 1, 1)
    full = make_household(session, west, name="Doro")
    for _child in range(2):
        make_person(session, full, birth_date=young)
    make_person(session, make_household(session, west, name="Kesh"), birth_date=young)
    make_household(session, east, name="Ode")


def test_a_filter_is_built_of_choices_and_kept(
    session: Session, signed_in: SignedIn, families: None
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)
    rows = {
        "joined": "all",
        "0.term": "area_in",
        "0.operator": "in",
        "0.value": "X1",
        "1.term": "count_of",
        "1.operator": ">=",
        "1.value": "2",
        "1.0.term": "age",
        "1.0.operator": "<",
        "1.0.value": "5",
    }

    page = manager.act("/filters/new", **rows, do="count").text

    text = "area_in('X1') AND count_of(age < 5) >= 2"
    assert "<b>1</b> of 3 registered households" in page
    assert text.replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;") in page
    manager.act("/filters/", name="Small children in the west", written=text)
    kept = session.scalars(select(Filter)).one()
    assert (kept.written, kept.shared) == (text, Shared.NONE)
    assert kept.terms == ["age", "area_in", "count_of"]
    assert "Small children in the west" in manager.get("/filters/").text


def test_only_the_builder_is_sent_again_while_one_builds(
    signed_in: SignedIn, families: None
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)

    part = manager.post(
        "/filters/new",
        data={"csrf_token": manager.token(), "0.term": "people", "do": "add"},
        headers={"HX-Request": "true"},
    ).text

    assert part.lstrip().startswith('<div id="builder"')
    assert 'name="0.operator"' in part
    assert 'name="1.term"' in part


def test_the_answer_is_told_together_and_leads_to_a_map_by_area(
    session: Session, signed_in: SignedIn, families: None
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)
    sent = {"csrf_token": manager.token(), "written": "people >= 1", "subject": "households"}

    part = manager.post("/filters/where", data=sent, headers={"HX-Request": "true"}).text
    page = manager.get("/filters/where?written=people%20%3E%3D%201").text
    below = manager.get("/filters/where?written=people%20%3E%3D%201&area=X1").text

    assert part.lstrip().startswith("<div")
    assert "3 people live in them." in part
    assert ["X1", "2", "3", "2", "100.0 %"] in rows_of(page)
    assert ["X2", "0", "0", "1", "0.0 %"] in rows_of(page)
    assert ["X11", "2", "3", "2", "100.0 %"] in rows_of(below)
    assert '"X1": "--h5", "X2": "--h1"' in page


def test_the_map_of_a_kept_filter_is_known_by_its_code(
    session: Session, signed_in: SignedIn, families: None
) -> None:
    terms = widest_terms(session, today(), actor=DARA, subject=Subject.PEOPLE)
    young = keep_filter(
        session, "Young", "age < 5", actor=DARA, terms=terms, subject=Subject.PEOPLE
    )
    share_filter(session, young.code, actor=DARA)

    page = signed_in(Role.REGISTRAR).get(f"/filters/where?code={young.code}").text

    assert "They are of 2 households." in page
    assert ["X1", "2", "3", "3", "100.0 %"] in rows_of(page)
    told = signed_in(Role.VIEWER).get(f"/filters/where?code={young.code}").text
    assert "Figures are rounded" in told


def rows_of(page: str) -> list[list[str]]:
    """The rows of a page's table, each area by its P-code."""
    table = BeautifulSoup(page, "html.parser").select("#by-area tbody tr")
    return [
        [(cell.select_one(".pc") or cell).get_text(strip=True) for cell in row.select("th, td")]
        for row in table
    ]


def test_a_filter_over_people_is_counted_and_kept_as_one(
    session: Session, signed_in: SignedIn, families: None
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)
    page = manager.get("/filters/new?subject=people&written=group_of(people%20%3E%3D%202)").text
    assert "registered people meet this today" in page
    assert "Ask of the household" in page

    manager.act("/filters/", name="Of many", written="age < 5", subject="people")

    kept = session.scalars(select(Filter)).one()
    assert (kept.subject, kept.terms) == (Subject.PEOPLE, ["age"])
    assert "registered people" in manager.get(f"/filters/{kept.code}").text


def test_rows_of_one_subject_are_not_taken_for_those_of_the_other(
    signed_in: SignedIn, families: None
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)
    sent = {"csrf_token": manager.token(), "0.term": "people", "0.operator": ">="}
    sent |= {"0.value": "2", "was": "households", "subject": "people"}

    part = manager.post("/filters/new", data=sent, headers={"HX-Request": "true"}).text

    assert 'name="0.term"' not in part


def test_who_may_only_count_is_told_about_how_many(
    session: Session, signed_in: SignedIn, families: None
) -> None:
    page = (
        signed_in(Role.VIEWER).get("/filters/new?written=count_of(age%20%3C%205)%20%3E%3D%202").text
    )

    assert "<b>1</b>" not in page
    assert "Fewer than 5 registered households" in page or "About <b>5</b>" in page
    assert "Keep this filter" not in page


def test_a_text_that_is_no_condition_says_where_it_stops_being_one(
    signed_in: SignedIn, families: None
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)

    answer = manager.get("/filters/new?written=peeple%20%3E%203")

    assert answer.status_code == 422
    assert "perhaps people is meant" in answer.text


def test_a_filter_is_its_makers_until_it_is_everybodys(
    session: Session, signed_in: SignedIn, families: None
) -> None:
    theirs = keep_filter(session, "Large", "people >= 2", actor=DARA)
    registrar = signed_in(Role.REGISTRAR)
    assert registrar.get(f"/filters/{theirs.code}").status_code == 404

    share_filter(session, theirs.code, actor=DARA)

    assert "<b>1</b> of 3" in registrar.get(f"/filters/{theirs.code}").text
    assert registrar.act(f"/filters/{theirs.code}/remove").status_code == 403
    unshare_filter(session, theirs.code, actor=DARA)
    assert registrar.get(f"/filters/{theirs.code}").status_code == 404


def test_whoever_made_a_filter_shares_it_and_takes_it_away(
    session: Session, signed_in: SignedIn, families: None
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)
    manager.act("/filters/", name="Large", written="people >= 2")
    code = session.scalars(select(Filter.code)).one()

    said = manager.act(f"/filters/{code}/share", **{"with": "everybody"})
    assert "Shared with: everybody." in said.text
    assert session.scalar(select(Filter.shared)) is Shared.EVERYBODY
    assert "Only you" in manager.act(f"/filters/{code}/unshare").text
    assert session.scalar(select(Filter.shared)) is Shared.NONE
    manager.act(f"/filters/{code}/remove")
    assert session.scalars(select(Filter)).all() == []


def test_earlier_versions_keep_their_text(
    session: Session, signed_in: SignedIn, families: None
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)
    manager.act("/filters/", name="Large", written="people >= 2")
    code = session.scalars(select(Filter.code)).one()
    assert "Earlier versions" not in manager.get(f"/filters/{code}").text

    manager.act(f"/filters/{code}", name="Larger", written="people >= 4")
    page = BeautifulSoup(
        manager.act(f"/filters/{code}", name="Larger", written="people >= 5").text, "html.parser"
    )

    [earlier] = [each for each in page.select("section.card") if "Earlier" in each.text]
    assert [each.text for each in earlier.select("code")] == ["people >= 4", "people >= 2"]
    told = [each.get_text(" ", strip=True) for each in earlier.select("summary")]
    assert told[1].startswith("version 1,")
    assert told[1].endswith("Large")
    [again] = {str(each["href"]) for each in earlier.select("a")} & {
        "/filters/new?written=people+%3E%3D+2&subject=households"
    }
    assert "<b>1</b> of 3" in manager.get(again).text
    manager.act(f"/filters/{code}/remove")
    assert session.scalars(select(Filter)).all() == []


def test_nobody_keeps_a_filter_without_a_name_or_one_that_says_nothing(
    signed_in: SignedIn, families: None
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)

    assert manager.act("/filters/", name=" ", written="people > 1").status_code == 422
    assert manager.act("/filters/", name="All", written=" ").status_code == 422
