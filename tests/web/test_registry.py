"""Finding households and people, and their pages."""

from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import GIVES, Role
from geo.models.areas import Area
from geo.models.locations import Location
from geo.permissions import May
from programs.models.entitlements import Voucher
from programs.models.programs import Delivery
from programs.services.memberships import pause_member
from programs.services.vouchers import issue_vouchers, void_voucher
from registry.models.registrants import FormerPlace, Registrant, RegistrantState
from tests.make.exposure import make_due, make_exposure
from tests.make.geo import make_country, make_event, make_release
from tests.make.programs import (
    DARA,
    OTO,
    UNTIL,
    make_approved,
    make_family,
    make_gift,
    make_program,
)
from tests.make.registry import (
    make_household,
    make_identifier,
    make_location,
    make_person,
)
from tests.web.conftest import Browser


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """A household of three in X11, at a point accurate to 6 m."""
    place = make_location(session, 0.25, 1.5, area_id=areas["X11"].id, accuracy_m=6.0)
    home = make_household(
        session,
        place,
        code="HH-7",
        phone="+000 55",
        name="Amina Doro",
        stated_size=4,
        is_partial=True,
    )
    for name, relation, born in (
        ("Amina Doro", "head", date(1992, 3, 14)),
        ("Sefu Doro", "spouse", date(1987, 1, 1)),
        ("Idris Doro", "child", None),
    ):
        make_person(
            session,
            home,
            birth_date=born,
            relation=relation,
            name=name,
            area_id=home.area_id,
            location_id=place.id,
        )
    return home


@pytest.fixture
def registrar(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.REGISTRAR)


def found(browser: Browser, text: str, **args: str) -> list[str]:
    """The numbers a search answers, in their order."""
    page = browser.get("/registry/", query_string={"q": text, **args}).text
    return [part.split('"')[0] for part in page.split('class="code" href="/registry/')[1:]]


def test_a_household_is_found_by_number_code_and_phone(
    registrar: Browser, home: Registrant
) -> None:
    for known in (
        home.number,
        home.number.lower().replace("-", " "),
        home.number[3:],
        "HH-7",
        "+000 55",
    ):
        assert found(registrar, known) == [home.number], known


def test_a_person_is_found_by_identifier(
    session: Session, registrar: Browser, home: Registrant, areas: dict[str, Area]
) -> None:
    person = make_person(session, area_id=areas["X11"].id)
    make_identifier(session, person, "N-4711")

    assert found(registrar, "N-4711") == [person.number]


def test_names_are_found_roughly_in_both_scripts_the_likest_first(
    session: Session, registrar: Browser, areas: dict[str, Area]
) -> None:
    here = areas["X11"].id
    like = make_person(session, name="Halima Senn", area_id=here)
    exact = make_person(session, name="Halima Sen", name_local="حليمة سين", area_id=here)
    make_person(session, name="Rana Ode", area_id=here)

    assert found(registrar, "Halima Sen") == [exact.number, like.number]
    assert found(registrar, "halima") == [like.number, exact.number]
    assert found(registrar, "حليمة") == [exact.number, like.number]


def test_a_long_list_is_read_page_by_page(
    session: Session, registrar: Browser, areas: dict[str, Area]
) -> None:
    people = [make_person(session, name="Halima Sen", area_id=areas["X11"].id) for _ in range(60)]

    page = registrar.get("/registry/?q=Halima+Sen").text
    after = page.split("after=")[1].split('"')[0]
    first, second = found(registrar, "Halima Sen"), found(registrar, "Halima Sen", after=after)
    assert [*first, *second] == [person.number for person in people]
    assert len(first) == 50


def test_a_place_leads_to_its_households(registrar: Browser, home: Registrant) -> None:
    page = registrar.get("/registry/?q=X11").text
    assert "/registry/?area=X11" in page

    assert found(registrar, "", area="X1") == [home.number]
    assert found(registrar, "", area="X2") == []
    assert found(registrar, "Amina", area="X2") == []


def test_nobody_is_found_outside_ones_area(
    session: Session,
    signed_in: Callable[..., Browser],
    home: Registrant,
    areas: dict[str, Area],
) -> None:
    browser = signed_in(Role.REGISTRAR, area_id=areas["X2"].id)

    assert found(browser, "HH-7") == []
    assert found(browser, "Amina") == []
    assert browser.get(f"/registry/{home.number}").status_code == 404


def test_a_household_page_names_its_people_and_its_place(
    registrar: Browser, home: Registrant
) -> None:
    page = registrar.get(f"/registry/{home.number}").text

    assert page.index("Amina Doro</bdi></a>") < page.index("Sefu Doro") < page.index("Idris Doro")
    assert "head of household" in page
    assert "4 people stated" in page
    assert "list incomplete" in page
    assert "Area X11" in page
    assert "accurate to 6 m" in page
    assert '"pin": {"accuracy": 6.0, "lat": 1.5, "lon": 0.25}' in page
    assert "1.500000, 0.250000" in page


def test_a_number_is_understood_as_it_is_read_out(registrar: Browser, home: Registrant) -> None:
    answer = registrar.get(f"/registry/{home.number[3:].lower()}")

    assert answer.status_code == 303
    assert answer.location == f"/registry/{home.number}"


def test_a_number_mistyped_is_told_as_such(registrar: Browser, home: Registrant) -> None:
    other = "A" if home.number[-2] != "A" else "B"
    mistyped = home.number[:-2] + other + home.number[-1]

    answer = registrar.get(f"/registry/{mistyped}")
    assert answer.status_code == 422
    assert "is not a valid number" in answer.text


def test_who_may_not_see_points_sees_the_area_alone(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    signed_in: Callable[..., Browser],
    home: Registrant,
) -> None:
    without = GIVES[Role.REGISTRAR] - {May.EXACT_LOCATIONS}
    monkeypatch.setitem(GIVES, Role.REGISTRAR, without)
    page = signed_in(Role.REGISTRAR).get(f"/registry/{home.number}").text

    assert '"pin"' not in page
    assert "0.25" not in page
    assert '"picked": ["X11"]' in page


def test_a_household_page_says_what_open_releases_show_at_its_place(
    session: Session, registrar: Browser, home: Registrant
) -> None:
    event = make_event(session)
    stands = session.get_one(Location, home.location_id)
    wet = make_release(session, event, unit="m", floor=0.1)
    make_exposure(session, wet, {stands: 1.3})
    unseen = make_release(session, event, unit="m", floor=0.1)
    make_exposure(session, unseen, {stands: None})
    waiting = make_release(session, event, unit="m", floor=0.1)
    make_due(session, waiting, stands)

    page = registrar.get(f"/registry/{home.number}").text
    assert "in, 1.3 m" in " ".join(BeautifulSoup(page, "html.parser").get_text().split())
    assert "not observed" in page
    assert "not asked yet" in page


def test_history_tells_of_moves(session: Session, registrar: Browser, home: Registrant) -> None:
    before = make_location(session, 0.75, 1.5)
    session.add(FormerPlace(registrant_id=home.id, location_id=before.id))
    session.flush()

    assert "Moved to another place" in registrar.get(f"/registry/{home.number}").text


def test_a_person_page_leads_to_the_household(
    session: Session, registrar: Browser, home: Registrant
) -> None:
    person = session.scalars(select(Registrant).where(Registrant.name == "Sefu Doro")).one()
    make_identifier(session, person, "N-1")

    page = registrar.get(f"/registry/{person.number}").text
    assert f'href="/registry/{home.number}"' in page
    assert "spouse" in page
    assert "1 Jan 1987" in page or "Jan 1, 1987" in page
    assert "N-1" in page


def test_a_merged_record_leads_to_the_one_it_became(
    session: Session, registrar: Browser, home: Registrant
) -> None:
    old = make_household(
        session, area_id=home.area_id, state=RegistrantState.MERGED, merged_into_id=home.id
    )

    page = registrar.get(f"/registry/{old.number}").text
    assert "This record was merged into another one" in page
    assert f'href="/registry/{home.number}"' in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.GIS_ANALYST, Role.FINANCE])
def test_who_may_not_read_people_is_told_so(
    signed_in: Callable[..., Browser], home: Registrant, role: Role
) -> None:
    browser = signed_in(role)

    counts = browser.get("/registry/?q=Amina")
    assert counts.status_code == 200
    assert "Amina" not in counts.text
    assert home.number not in counts.text
    assert browser.get(f"/registry/{home.number}").status_code == 403


def test_who_may_count_is_told_how_many_live_where_and_not_of_a_few(
    signed_in: Callable[..., Browser], session: Session, areas: dict[str, Area]
) -> None:
    def settle(pcode: str, lon: float, homes: int) -> None:
        place = make_location(session, lon, 1.0, area_id=areas[pcode].id)
        for _home in range(homes):
            make_person(session, make_household(session, place), relation="head")

    settle("X11", 0.5, 7)
    settle("X21", 2.5, 3)
    browser = signed_in(Role.VIEWER)
    assert counted_rows(browser, "") == {"Area X1": ["*", "*", "0"], "Area X2": ["*", "*", "0"]}
    assert "10 households are registered here" in browser.get("/registry/").text

    settle("X21", 2.5, 6)
    assert counted_rows(browser, "") == {"Area X1": ["7", "7", "0"], "Area X2": ["9", "9", "0"]}
    assert counted_rows(browser, "?area=X1") == {"Area X11": ["7", "7", "0"]}


def counted_rows(browser: Browser, asked: str) -> dict[str, list[str]]:
    """By area the households, the people, and the households nobody knows the place of."""
    page = BeautifulSoup(browser.get(f"/registry/{asked}").text, "html.parser")
    rows = page.select("tbody tr")
    return {row.a.text: [cell.text for cell in row("td")] for row in rows if row.a}


def test_word_lists_can_be_read(signed_in: Callable[..., Browser]) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/vocabularies/").text

    assert "head of household" in page
    assert "chef de ménage" in page
    assert "national_id" in page


def test_the_history_tells_what_programs_did_who_did_it_and_why(
    registrar: Browser, session: Session, areas: dict[str, Area]
) -> None:
    family = make_family(session, 3, make_location(session, 0.5, 1.0, area_id=areas["X11"].id))
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER), name="Flood food")
    cycle = make_approved(session, program, family)
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    code = session.scalars(select(Voucher.code)).one()
    void_voucher(session, code, "Lost in the river", actor=OTO)
    pause_member(session, program.id, family.id, "Moved away", actor=DARA)
    session.flush()

    page = BeautifulSoup(registrar.get(f"/registry/{family.number}").text, "html.parser")

    told = [" ".join(entry.get_text(" ").split()) for entry in page.select(".activity li span")]
    assert {
        "Dara Kesh paused it in Flood food. Moved away",
        "Oto Velin made its card of Flood food void. Lost in the river",
        "On a list, in: Lower Oru",
        "Registered.",
    } < {*told}
    assert "Due, cancelled: KES 70 Flood food, November, Cash" in told
    assert told[-1] == "Registered."
