"""The pages of a new map of areas: prepared by one person, put in force by another."""

import csv
import io
import json
import zipfile
from collections.abc import Callable

from bs4 import BeautifulSoup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from core.audit import Look
from core.jobs import Job, JobState
from geo.jobs.area_changes import enforce_boundaries, stage_boundaries
from geo.models.area_changes import AreaChange
from geo.models.areas import Area
from geo.models.exposure import AreaExposure
from geo.queries.areas import in_force
from geo.services.area_changes import enforce_areas, stage_areas
from tests.make.areas import new_map
from tests.make.boundary_files import new_map_file
from tests.make.geo import make_country, make_release
from tests.make.jobs import Silent
from tests.make.registry import make_household, make_location
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]
CODES = "old_pcode,new_pcode\nX12,X19\n"


def boundaries() -> io.BytesIO:
    return io.BytesIO(new_map_file())


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
    crosswalk = zipfile.ZipFile(io.BytesIO(analyst.get(f"{place}/areas.csv").data))
    name = next(each for each in crosswalk.namelist() if "provenance" not in each)
    rows = list(csv.DictReader(io.StringIO(crosswalk.read(name).decode("utf-8-sig"))))
    links = {(row["old_pcode"], row["pcode"]): row["became"] for row in rows}
    assert len(links) == 8
    assert (links["X11", "X13"], links["X22", "X20"]) == ("split", "merged")
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


def test_who_moves_is_listed_by_number_before_and_after(
    signed_in: SignIn, session: Session, anybody: Actor
) -> None:
    areas = make_country(session)
    place = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    point = make_household(session, place, area_id=areas["X11"].id)
    alone = make_household(session, area_id=areas["X11"].id)
    make_household(session, area_id=areas["X1"].id)  # stays in its province
    change = stage_areas(
        session, new_map(), actor=Actor(7, "Boris", anybody.permissions, national=True)
    )
    administrator = signed_in(Role.ADMINISTRATOR)
    address = f"/areas/changes/{change.id}"

    def told() -> list[tuple[str, ...]]:
        answer = administrator.get(f"{address}/moved.csv")
        rows = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
        columns = ("number", "old_pcode", "new_pcode", "known_by", "to_look_at")
        return sorted(tuple(row[name] for name in columns) for row in rows)

    expected = sorted(
        [
            (point.number, "X11", "X13", "point", "f"),
            (alone.number, "X11", "X1", "none", "t"),
        ]
    )
    assert told() == expected
    page = BeautifulSoup(administrator.get(address).text, "html.parser")
    names, figures = (page.select(f".figures {each}") for each in ("dt", "dd"))
    told_of = {dt.get_text(): dd.get_text() for dt, dd in zip(names, figures, strict=True)}
    assert told_of["Households without a place that go with their area"] == "1"
    enforce_areas(session, change.id, actor=anybody)
    assert told() == expected
    looks = session.scalars(select(Look.number).where(Look.what == "area_changes.moved")).all()
    assert looks == [2, 2]


def test_a_wrong_list_of_codes_is_told_row_by_row(
    signed_in: SignIn, session: Session, anybody: Actor
) -> None:
    make_country(session)
    analyst = signed_in(Role.GIS_ANALYST)
    codes = io.BytesIO(f"{CODES}X11,X99\n".encode())
    analyst.act(
        "/areas/changes/", version="v2", file=(boundaries(), "v2.geojson"), codes=(codes, "c.csv")
    )
    job = done(session, anybody)
    page = analyst.get(f"/areas/changes/work/{job.id}").text

    assert "1 row of the list of codes does not fit" in page
    assert "X99 is no area of the new map." in page
    assert session.scalar(select(func.count()).select_from(AreaChange)) == 0


def test_what_a_hazard_map_said_of_the_areas_of_before_is_chosen_and_taken_along(
    signed_in: SignIn, session: Session, anybody: Actor
) -> None:
    areas = make_country(session)
    release = make_release(session)
    for code, hit in (("X1", 40.0), ("X2", 5.0)):
        said = {"area_id": areas[code].id, "observed_km2": 100.0, "hit_km2": hit}
        session.add(AreaExposure(release_id=release.id, **said))
    session.flush()
    analyst = signed_in(Role.GIS_ANALYST)
    page = f"/hazards/{release.id}"
    assert "Map of areas" not in analyst.get(page).text  # there is one alone
    change = stage_areas(
        session, new_map(), actor=Actor(7, "Boris", anybody.permissions, national=True)
    )
    enforce_areas(session, change.id, actor=anybody)
    x1 = session.scalars(select(Area.id).where(Area.pcode == "X1", in_force())).one()
    now = {"area_id": x1, "observed_km2": 100.0, "hit_km2": 39.0}
    session.add(AreaExposure(release_id=release.id, **now))
    session.flush()

    def told(address: str) -> list[list[str]]:
        shown = BeautifulSoup(analyst.get(address).text, "html.parser")
        rows = shown.select("#by-area tr[data-area]")
        return [[str(row["data-area"]), row.select("td")[0].get_text()] for row in rows]

    assert told(page) == [["X1", "39.0"]]
    assert told(f"{page}?map=v1") == [["X1", "40.0"], ["X2", "5.0"]]
    assert told(f"{page}?map=v9") == told(page)
    assert f"{page}/areas.geojson?map=v1" in analyst.get(f"{page}?map=v1").text
    file = json.loads(analyst.get(f"{page}/areas.geojson?map=v1").data)
    said_of = [each["properties"] for each in file["features"]]
    assert [(each["pcode"], each["hit_km2"]) for each in said_of] == [("X1", 40.0), ("X2", 5.0)]
    assert file["provenance"]["Map of areas"] == "v1"
