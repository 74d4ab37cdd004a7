"""A partner sees the people of its programs, on pages and for its programs, and nobody else."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from registry.models.registrants import Registrant
from registry.services.consents import Given, give
from tests.make.geo import make_country
from tests.make.programs import DARA, make_approved, make_family, make_program
from tests.make.registry import make_location
from tests.make.users import make_user
from tests.web.conftest import Browser

Seen = Callable[[Registrant], tuple[int, int, bool]]


@pytest.fixture
def homes(session: Session) -> list[Registrant]:
    """Two families, one in each of two programs."""
    areas = make_country(session)
    return [
        make_family(session, 2, make_location(session, lon, 1.0, area_id=areas[pcode].id))
        for lon, pcode in ((0.5, "X11"), (2.5, "X21"))
    ]


@pytest.fixture
def seen(
    session: Session,
    elsewhere: Browser,
    homes: list[Registrant],
    signed_in: Callable[..., Browser],
) -> Seen:
    """What a partner bound to the program of the first is answered of a record: the page, the API,
    and whether a search on the page finds it."""
    mine = make_program(session)
    make_approved(session, mine, homes[0])
    make_approved(session, make_program(session), homes[1])
    page = signed_in(Role.COORDINATOR, program_id=mine.id)
    user = make_user(session, Role.COORDINATOR, program_id=mine.id)
    key = keys.make(session, "Model", 1, actor=Actor(user.id, user.name, frozenset()))

    def of(home: Registrant) -> tuple[int, int, bool]:
        headers = {"Authorization": f"Bearer {key}"}
        by_key = elsewhere.get(f"/api/registrants/{home.number}", headers=headers)
        found = home.number in page.get(f"/registry/?q={home.number}").text.split("</form>")[-1]
        return page.get(f"/registry/{home.number}").status_code, by_key.status_code, found

    return of


def test_people_of_its_programs_alone(seen: Seen, homes: list[Registrant]) -> None:
    assert [seen(home) for home in homes] == [(200, 200, True), (404, 404, False)]


def test_who_does_not_agree_to_be_shown_is_seen_no_more(
    session: Session, seen: Seen, homes: list[Registrant]
) -> None:
    give(session, homes[0].number, Given("sharing", agrees=False), actor=DARA)

    assert seen(homes[0]) == (404, 404, False)
