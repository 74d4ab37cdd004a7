"""The pages of a new map of areas: prepared by one person, put in force by another."""

import io
import json
from collections.abc import Callable

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job, JobState
from geo.jobs.area_changes import enforce_boundaries, stage_boundaries
from geo.models.areas import Area
from geo.queries.areas import in_force
from tests.make.areas import new_map
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.registry import make_household, make_location
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]
CODES = "old_pcode,new_pcode\nX12,X19\n"


def boundaries() -> io.BytesIO:
    """The new map as a file of its districts."""
    rows = [area for area in new_map().areas if area.level == 2]
    features = [
        {
            "type": "Feature",
            "properties": {
                "ADM2_EN": area.name,
                "ADM2_PCODE": area.pcode,
                "ADM1_EN": f"Area {area.parent}",
                "ADM1_PCODE": area.parent,
                "ADM0_EN": "Karsa",
                "ADM0_PCODE": "X",
            },
            "geometry": json.loads(shapely.to_geojson(area.shape) or ""),
        }
        for area in rows
    ]
    return io.BytesIO(json.dumps({"type": "FeatureCollection", "features": features}).encode())


def done(session: Session, actor: Actor) -> Job:
    """The last job, done as a worker would."""
    job = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job is not None
    works = {work.__name__: work for work in (stage_boundaries, enforce_boundaries)}
    work = works[job.work.rpartition(".")[2]]
    job.result = work(session, actor=actor, progress=Silent(), **job.args)
    job.state = JobState.DONE
    session.flush()
    return job


def test_a_map_is_prepared_looked_at_and_put_in_force_by_somebody_else(
    signed_in: SignIn, session: Session, anybody: Actor
) -> None:
    areas = make_country(session)
    for lat in (0.5, 1.5):
        make_household(session, make_location(session, 0.5, lat, area_id=areas["X11"].id))
    analyst = signed_in(Role.GIS_ANALYST)
    files = {"file": (boundaries(), "v2.geojson"), "codes": (io.BytesIO(CODES.encode()), "c.csv")}
    waiting = analyst.act("/areas/changes/", version="v2", **files)
    assert "/jobs/" in waiting.text
    change = done(session, Actor(7, "Boris", anybody.permissions, national=True))
    assert change.result

    shown = analyst.get(f"/areas/changes/work/{change.id}", follow_redirects=True).text
    for words in ("Map v2", "It waits; v1 is in force.", "X13", "by the list of codes"):
        assert words in shown
    place = f"/areas/changes/{change.result['change']}"
    analyst.act(f"{place}/enforce")
    done(session, anybody)
    shown = analyst.get(place).text
    assert "It followed v1" in shown
    codes = select(Area.pcode).where(in_force(), Area.is_leaf).order_by(Area.pcode)
    assert session.scalars(codes).all() == ["X13", "X14", "X19", "X20"]


def test_a_map_that_waits_is_given_up(signed_in: SignIn, session: Session, anybody: Actor) -> None:
    make_country(session)
    analyst = signed_in(Role.GIS_ANALYST)
    analyst.act("/areas/changes/", version="v2", file=(boundaries(), "v2.geojson"))
    change = done(session, anybody)
    assert change.result
    page = analyst.act(f"/areas/changes/{change.result['change']}/drop")

    assert "The map v2 is given up." in page.text
    assert "given up" in analyst.get("/areas/changes/").text


def test_who_loads_no_boundaries_sees_no_new_maps(signed_in: SignIn, session: Session) -> None:
    viewer = signed_in(Role.VIEWER)

    assert viewer.get("/areas/changes/").status_code == 403
    assert viewer.act("/areas/changes/").status_code == 403
