"""Programs prepare a new map of areas, look at what it changes, and put another's in force."""

import io
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job
from geo.models.area_changes import AreaChange
from geo.services.area_changes import stage_areas
from tests.make.areas import new_map
from tests.make.boundary_files import new_map_file
from tests.make.programs import DARA
from tests.make.users import make_user
from tests.web.conftest import Browser


def test_a_program_prepares_looks_and_puts_in_force(
    session: Session, browser: Browser, taken_back: None
) -> None:
    user = make_user(session, Role.GIS_ANALYST)
    key = keys.make(session, "Borders", 1, actor=Actor(user.id, user.name, frozenset()))

    def call(method: str, path: str, **sent: Any) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Act-Key": str(uuid.uuid4())}
        return browser.open(path, method=method, headers=headers, **sent)

    files = {"file": (io.BytesIO(new_map_file()), "new.geojson"), "version": "v2"}
    sent = call("POST", "/api/areas/changes/", data=files)
    assert sent.status_code == 202
    job = session.get_one(Job, sent.json["job"])
    assert (job.work.rpartition(".")[2], job.args["version"]) == ("stage_boundaries", "v2")
    missing = call("POST", "/api/areas/changes/", data={"version": "v2"})
    assert missing.status_code == 422

    change: AreaChange = stage_areas(session, new_map(), actor=DARA)
    told = call("GET", f"/api/areas/changes/{change.id}").json
    assert (told["state"], told["from_version"], told["areas"]["split"]) == ("staged", "v1", 2)
    assert {each["version"] for each in call("GET", "/api/areas/changes/").json["changes"]} == {
        "v2"
    }
    put = call("POST", f"/api/areas/changes/{change.id}/enforce")
    assert put.status_code == 202
    last = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert last is not None
    assert last.args == {"change_id": change.id}
