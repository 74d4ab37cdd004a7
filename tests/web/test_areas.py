"""Pages of areas: the tree, its search, and loading boundaries with every faulty row told."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core import jobs
from core.actor import PLATFORM, Actor
from core.jobs import Job, JobState
from geo.jobs.areas import import_boundaries
from geo.jobs.exposure import sample_due
from tests.make.geo import make_country, square
from tests.make.jobs import Silent
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]


def districts() -> io.BytesIO:
    """Two districts of province X1, one of them without a shape."""
    columns = {"ADM1_EN": "North", "ADM1_PCODE": "X1", "ADM0_EN": "Karsa", "ADM0_PCODE": "X"}
    shapes = {"X11": json.loads(shapely.to_geojson(square(0, 0))), "X12": None}
    features = [
        {
            "type": "Feature",
            "properties": {"ADM2_EN": f"District {code}", "ADM2_PCODE": code, **columns},
            "geometry": shape,
        }
        for code, shape in shapes.items()
    ]
    return io.BytesIO(json.dumps({"type": "FeatureCollection", "features": features}).encode())


def carry_out(session: Session, actor: Actor) -> Job:
    """Do the import as a worker would, and close its job."""
    job = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job is not None
    job.result = import_boundaries(session, actor=actor, progress=Silent(), **job.args)
    job.state = JobState.DONE
    session.flush()
    return job


def test_before_anything_is_loaded_the_page_says_what_to_do(signed_in: SignIn) -> None:
    page = signed_in(Role.GIS_ANALYST).get("/areas/").text

    assert "No boundaries are loaded yet" in page
    assert "/areas/imports/new" in page


def test_the_tree_is_walked_area_by_area(signed_in: SignIn, session: Session) -> None:
    make_country(session)
    browser = signed_in(Role.VIEWER)

    country = browser.get("/areas/").text
    assert "2 areas lie directly in it" in country
    assert "/areas/X1" in country
    province = browser.get("/areas/X1").text
    assert "Karsa" in province
    assert "/areas/X11" in province
    assert "/areas/imports/new" not in province


def test_an_area_is_found_by_name(signed_in: SignIn, session: Session) -> None:
    make_country(session)

    page = signed_in(Role.VIEWER).get("/areas/?q=Area+X21").text

    assert "/areas/X21" in page
    assert "Area X2, Karsa" in page


def test_an_unknown_pcode_is_answered_by_a_sentence(signed_in: SignIn) -> None:
    answer = signed_in(Role.VIEWER).get("/areas/X9")

    assert answer.status_code == 404
    assert "No area has the P-code X9" in answer.text


def test_a_sent_file_is_imported_and_its_faulty_rows_are_told(
    signed_in: SignIn, session: Session, anybody: Actor
) -> None:
    browser = signed_in(Role.GIS_ANALYST)
    file = (districts(), "districts.geojson")
    levels = "Country, Province, District"

    waiting = browser.act("/areas/imports", file=file, version="v1", level_names=levels)
    assert "districts.geojson" in waiting.text
    job = carry_out(session, anybody)

    done = browser.get(f"/areas/imports/{job.id}").text
    assert "3 areas were loaded" in done
    assert "1 row was not taken" in done
    assert "X12" in done
    assert "There is no shape" in done
    assert "District" in browser.get("/areas/").text


def test_a_second_file_is_not_taken_for_the_first_that_still_waits(
    signed_in: SignIn, session: Session, storage: Path
) -> None:
    browser = signed_in(Role.GIS_ANALYST)
    north, south = districts(), io.BytesIO(districts().getvalue().replace(b"North", b"South"))

    for file in (north, south, io.BytesIO(south.getvalue())):
        browser.act("/areas/imports", file=(file, "karsa.geojson"), version="v1")

    assert len(session.scalars(select(Job)).all()) == 2


def test_a_form_without_a_file_says_so(signed_in: SignIn) -> None:
    answer = signed_in(Role.GIS_ANALYST).act("/areas/imports", version="v1")

    assert answer.status_code == 422
    assert "No file was chosen" in answer.text


def test_who_may_not_import_is_refused(signed_in: SignIn, storage: Path) -> None:
    browser = signed_in(Role.VIEWER)

    assert browser.get("/areas/imports/new").status_code == 403
    assert browser.act("/areas/imports", file=(districts(), "a.geojson")).status_code == 403


def test_other_work_is_no_import_of_areas(session: Session, signed_in: SignIn) -> None:
    browser = signed_in(Role.GIS_ANALYST)
    other = jobs.defer(session, sample_due, actor=PLATFORM)

    assert browser.get(f"/areas/imports/{other}").status_code == 404
