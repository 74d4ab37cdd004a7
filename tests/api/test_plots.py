"""Programs read and write the land somebody holds."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from core.audit import Look
from geo.models.areas import Area
from geo.permissions import May as Geo
from registry.models.registrants import Registrant
from registry.permissions import May
from tests.make.registry import make_household, make_location
from tests.make.users import make_user
from tests.web.conftest import Browser

Call = Callable[..., Any]
SQUARE = [[0.5, 0.5], [0.501, 0.5], [0.501, 0.501], [0.5, 0.501], [0.5, 0.5]]
HELD = {"tenure": "owned", "use": "cropland", "crop": "maize", "from_day": "2020-05-01"}


def plot(ring: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "geometry": geometry, "properties": {**HELD, **properties}}


@pytest.fixture
def home(session: Session, taken_back: None) -> Registrant:
    area_id = session.scalars(select(Area.id).where(Area.pcode == "X11")).one()
    return make_household(session, make_location(session, 0.5, 0.5, area_id=area_id))


@pytest.fixture
def program(session: Session, browser: Browser, home: Registrant) -> Callable[..., Call]:
    """A program of somebody with a role, made for a purpose or none, that asks for their land."""

    def of(role: Role, purpose: str = "") -> Call:
        user = make_user(session, role)
        sees = frozenset({Geo.EXACT_LOCATIONS, May.READ_REGISTRANTS})
        maker = Actor(user.id, user.name, sees, national=True)
        key = keys.make(session, "Land", 1, actor=maker, purpose=purpose)

        def call(method: str, path: str = "", **sent: Any) -> Any:
            headers = {"Authorization": f"Bearer {key}", "Act-Key": str(uuid.uuid4())}
            address = f"/api/registrants/{home.number}/plots/{path}"
            return browser.open(address, method=method, headers=headers, **sent)

        return call

    return of


def test_a_program_writes_a_plot_reads_it_and_ends_its_holding(
    session: Session, program: Callable[..., Call], home: Registrant
) -> None:
    call = program(Role.REGISTRAR, "Land survey")
    made = call("POST", json=plot(SQUARE))
    assert made.status_code == 201
    # A square of 0.001 degrees at the equator: 111.32 m by 110.57 m.
    assert made.json["hectares"] == pytest.approx(111.32 * 110.57 / 1e4, rel=1e-3)
    assert made.json["overlaps"] == []
    shifted = [[lon + 0.0005, lat] for lon, lat in SQUARE]
    again = call("POST", json=plot(shifted)).json
    assert [each["number"] for each in again["overlaps"]] == [made.json["number"]]

    told = call("GET").json
    assert told["features"][0]["id"] == made.json["number"]
    assert told["features"][0]["geometry"] == {"type": "MultiPolygon", "coordinates": [[SQUARE]]}
    shapeless = program(Role.REGISTRAR)("GET").json["features"][0]
    assert (shapeless["geometry"], shapeless["properties"]["tenure"]) == (None, "owned")
    assert told["features"][0]["properties"]["crop"] == "maize"
    looks = session.scalars(select(Look).where(Look.what == "api_plots.index")).all()
    assert [look.registrant_ids for look in looks] == [[home.id]] * 2

    ended = call("POST", f"{again['number']}/end", json={"on": "2026-01-31"})
    assert ended.json == {"number": again["number"], "until": "2026-01-31"}


def test_what_is_no_plot_and_who_may_not_is_refused(program: Callable[..., Call]) -> None:
    call = program(Role.REGISTRAR)
    faults = (
        {"type": "Feature"},
        plot([[0, 0], [1, 1]]),
        plot([SQUARE[at] for at in (0, 2, 1, 3, 0)]),
        plot(SQUARE, tenure="stolen"),
    )
    for fault in faults:
        assert call("POST", json=fault).status_code == 422, fault
    assert program(Role.VIEWER)("GET").status_code == 403
    assert program(Role.COORDINATOR)("POST", json=plot(SQUARE)).status_code == 403
