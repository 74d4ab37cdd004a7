"""Everything the description of the service says may be asked, asked in ways nobody would."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import keys
from app.auth.models import User
from app.auth.roles import Role, permissions_of
from core.actor import Actor
from core.jobs import defer
from geo.models.releases import Release
from tests.api.asked import bodies, really_there
from tests.api.conftest import Told
from tests.make.users import make_user
from tests.web.world import wait

ITSELF = "/api/ogc/openapi"
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SAID_YES = {200, 201, 202, 204}
FILTERS = [
    "S_INTERSECTS(geometry, POINT(0.5 1))",
    "hit_share > 0.5 AND NOT pcode LIKE 'X%'",
    "km2 ^ 99 / 0 = 1",
    "T_AFTER(observed_at, DATE('2026-11-18'))",
    "status = 'not_observed' OR class LIKE '2 +' AND low >= 2",
    "hazard(1) > 0 OR hazard_status(1, 0.5) = 'in' OR accuracy_m < 5",
    "A_CONTAINS(trail, ('X', 'X1'))",
    "S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 1), POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))))",
    '{"op": "s_touches", "args": [{"property": "geometry"}, {"bbox": [180, -90, -180, 90]}]}',
]


@pytest.fixture(scope="module")
def key(session: Session, told: Told) -> str:
    roles = (Role.COORDINATOR, Role.GIS_ANALYST, Role.REGISTRAR, Role.REGISTRY_SUPERVISOR)
    user, may = make_user(session, *roles), permissions_of(roles)
    return keys.make(session, "Tests", 1, actor=Actor(user.id, user.name, may), purpose="Survey")


@st.composite
def _cases(draw: st.DrawFn, operation: Any, real: dict[str, list[Any]]) -> Any:
    """A question of an operation; what it names is now real, now made up."""
    case = draw(operation.as_strategy())
    for asked in (case.path_parameters or {}, case.query or {}):
        for name in real.keys() & asked:
            asked[name] = draw(st.sampled_from([*real[name], asked[name]]))
    if "filter" in (case.query or {}):
        case.query["filter"] = draw(st.sampled_from([*FILTERS, case.query["filter"]]))
    for name, body in bodies(real).items():
        if isinstance(case.body, dict) and name in case.body:
            case.body = draw(st.sampled_from([{**case.body, **body}, body, case.body]))
    return case


def _answers(cases: st.SearchStrategy[Any], said: dict[str, str]) -> set[int]:
    """The statuses that were answered, none of which is a stumble."""
    statuses = set()

    @EXAMPLES
    @given(cases)
    def ask(case: Any) -> None:
        status = case.call(headers=said).status_code
        statuses.add(status)
        assert status < 500, case.as_curl_command()

    ask()
    return statuses


def jobs_put_off(session: Session) -> list[int]:
    """Work that waits, some for each time it is asked to stop."""
    asker = session.scalars(select(User.id).order_by(User.id.desc())).first()
    actor = Actor(asker or 0, "Ines", frozenset())
    return [defer(session, wait, actor=actor) for _each in range(5)]


def test_nothing_that_is_asked_makes_the_service_stumble(
    web: Flask, session: Session, key: str, told: Told, tmp_path: Path, anybody: Actor
) -> None:
    said = {"Authorization": f"Bearer {key}"}
    schema = schemathesis.openapi.from_wsgi(ITSELF, web, headers=said)
    names = ["areas-2", "releases", "selections", "households", f"release-{told.extent}"]
    real: dict[str, list[Any]] = {
        **really_there(session, tmp_path, anybody),
        "collection": [*names, f"release-{told.depths}", f"release-{told.depths}-areas-2"],
        "scheme": ["WebMercatorQuad"],
        "feature": ["X11", "1"],
        "area": ["X1"],
        "release_id": [told.depths],
        "job_id": jobs_put_off(session),
        "event": [session.get_one(Release, told.depths).event_id],
        "z": [6],
        "row": [31],
        "col": [32],
    }
    operations: list[Any] = [each.ok() for each in schema.get_all_operations()]  # type: ignore[union-attr]

    assert {each.path for each in operations} == set(schema.raw_schema["paths"]) - {ITSELF}
    answered = {(each.method, each.path): _answers(_cases(each, real), said) for each in operations}
    never = [way for way, statuses in answered.items() if not statuses & SAID_YES]
    assert never == []
