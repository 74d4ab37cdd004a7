"""The pages of records that may be of one: the queue, two side by side, what became of a merge."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.areas import Area
from programs.models.memberships import MembershipState, ProgramMembership
from programs.services.merging import merge
from registry.models.registrants import Registrant, RegistrantState
from tests.make.duplicates import make_pair
from tests.make.geo import make_country
from tests.make.programs import DARA, make_program
from tests.make.registry import make_household, make_location, make_person
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]
APART = "Take them apart again"


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def twice(session: Session, areas: dict[str, Area]) -> tuple[Registrant, Registrant]:
    """Amina in two households of X11, eleven metres apart."""
    found = []
    for name, lon in (("Amina Yusuf", 0.5), ("Amina Yussuf", 0.5001)):
        place = make_location(session, lon, 0.0, area_id=areas["X11"].id)
        home = make_household(session, place, name=name)
        found.append(make_person(session, home, relation="head", name=name))
    return found[0], found[1]


def test_a_merged_record_leads_on_and_is_taken_apart_from_either_page(
    session: Session, twice: tuple[Registrant, Registrant], signed_in: SignIn
) -> None:
    kept, gone = twice
    merge(session, kept.number, gone.number, actor=DARA)
    assert APART not in signed_in(Role.COORDINATOR).get(f"/registry/{gone.number}").text
    browser = signed_in(Role.REGISTRY_SUPERVISOR)

    old, new = (browser.get(f"/registry/{each.number}").text for each in (gone, kept))
    assert f"/registry/{kept.number}" in old
    assert f"/registry/{gone.number}" in new
    assert APART in old
    assert APART in new

    shown = browser.act(f"/registry/duplicates/apart/{gone.number}").text
    assert f"{gone.number} is a record of its own again." in shown
    session.refresh(gone)
    assert gone.state is RegistrantState.ACTIVE
    assert APART not in browser.get(f"/registry/{kept.number}").text


def test_what_cannot_be_taken_apart_is_said_with_what_to_do(
    session: Session, twice: tuple[Registrant, Registrant], signed_in: SignIn
) -> None:
    kept, gone = twice
    further = make_person(session, name="Amina Yousuf")
    merge(session, kept.number, gone.number, actor=DARA)
    merge(session, further.number, kept.number, actor=DARA)
    browser = signed_in(Role.REGISTRY_SUPERVISOR)
    assert f"/registry/{further.number}" in browser.get(f"/registry/{gone.number}").text

    answer = browser.act(f"/registry/duplicates/apart/{gone.number}")
    assert answer.status_code == 409
    assert "take those two apart first" in answer.text


def test_an_old_number_is_still_found_and_told_to_be_merged(
    session: Session, twice: tuple[Registrant, Registrant], signed_in: SignIn
) -> None:
    kept, gone = twice
    merge(session, kept.number, gone.number, actor=DARA)

    page = signed_in(Role.REGISTRAR).get(f"/registry/?q={gone.number}").text
    assert f"/registry/{gone.number}" in page
    assert "merged" in page


def test_pairs_are_shown_of_one_program_alone(
    session: Session, twice: tuple[Registrant, Registrant], signed_in: SignIn
) -> None:
    others = [make_person(session, name=name) for name in ("Zuri Bakari", "Zury Bakari")]
    make_pair(session, *twice)
    make_pair(session, others[0], others[1])
    program = make_program(session)
    for each in twice:
        said = {"state": MembershipState.ENROLLED, "area_id": each.area_id}
        session.add(ProgramMembership(program_id=program.id, registrant_id=each.id, **said))
    session.flush()
    browser = signed_in(Role.REGISTRY_SUPERVISOR)

    everywhere = browser.get("/registry/duplicates/").text
    assert "Zuri Bakari" in everywhere
    assert "Amina Yussuf" in everywhere
    page = browser.get(f"/registry/duplicates/?program={program.id}").text
    assert "Amina Yussuf" in page
    assert "Zuri Bakari" not in page


def test_who_left_meanwhile_waits_no_more(
    session: Session, twice: tuple[Registrant, Registrant], signed_in: SignIn
) -> None:
    make_pair(session, *twice)
    browser = signed_in(Role.REGISTRY_SUPERVISOR)
    assert "Amina Yussuf" in browser.get("/registry/duplicates/").text

    twice[0].state = RegistrantState.EXITED
    session.flush()
    assert "Amina Yussuf" not in browser.get("/registry/duplicates/").text
