"""Files of known products through the desk: dropped, recognised, confirmed as their form stands,
published, and asked who stands in them; households are counted by hand.

Cells are of one degree, two rows of four from 0 east and 2 north on; in the middle of each cell
stands a household, but not where water always is.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
import shapely
from bs4 import BeautifulSoup, Tag
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from geo.models.release_findings import Code
from geo.models.releases import Release, ReleaseState
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event
from tests.make.products import zip_of
from tests.make.registry import make_household, make_location
from tests.web.conftest import Browser
from tests.web.test_hazards import SignIn, carry_out, only_release
from tests.web.test_intake import held, send

DAY = "2026-11-19T06:00"
ALL = (0.5, 1.5, 2.5, 3.5)


@pytest.fixture
def analyst(signed_in: SignIn) -> Browser:
    return signed_in(Role.GIS_ANALYST)


def people(session: Session, north: Sequence[float], south: Sequence[float]) -> None:
    """A household at each of these longitudes, at 1.5 north and at 0.5."""
    areas = make_country(session)
    for lat, row in ((1.5, north), (0.5, south)):
        for lon in row:
            code = f"X{1 + int(lon) // 2}{1 + int(lon) % 2}"
            place = make_location(session, lon, lat, accuracy_m=None, area_id=areas[code].id)
            make_household(session, place)


def codes_in(path: Path, rows: Sequence[Sequence[int]]) -> Path:
    return depth_file(path, rows, nodata=None, dtype="uint8")


def as_it_stands(page: str) -> dict[str, str]:
    """What the form of the meaning holds, as a browser would send it."""
    form = BeautifulSoup(page, "html.parser").select_one("#meaning")
    assert form is not None
    fields = [field for field in form.select("input[name], select[name]") if _is_sent(field)]
    return {str(field["name"]): _value(field) for field in fields}


def _is_sent(field: Tag) -> bool:
    kind = field.get("type")
    ours = field["name"] in ("csrf_token", "act_key")
    return (
        not ours
        and kind != "file"
        and (kind not in ("radio", "checkbox") or "checked" in field.attrs)
    )


def _value(field: Tag) -> str:
    if field.name == "input":
        return str(field.get("value", ""))
    chosen = field.select_one("option[selected]") or field.select_one("option")
    return str(chosen["value"]) if chosen else ""


def faults(page: str) -> list[str]:
    return [
        each.get_text()
        for each in BeautifulSoup(page, "html.parser").select("[role=alert], .error")
    ]


def through_the_desk(
    browser: Browser, session: Session, actor: Actor, file: Path, **changed: str
) -> Release:
    """Drop a file, confirm its form as it stands but for what is changed, and publish it."""
    send(browser, make_event(session), *held(file))
    carry_out(session, actor)
    release = only_release(session)
    address = f"/hazards/{release.id}"
    answer = browser.act(f"{address}/meaning", **as_it_stands(browser.get(address).text) | changed)
    assert answer.status_code == 200, faults(answer.text)
    carry_out(session, actor)
    browser.act(f"{address}/publication", accepted=[code.value for code in Code])
    carry_out(session, actor)
    assert release.state is ReleaseState.PUBLISHED
    return release


def counted(signed_in: SignIn, release: Release, least: str = "") -> str:
    """How many households are told, to somebody who is told small numbers too."""
    browser = signed_in(Role.COORDINATOR)
    asked = f"&min={least}" if least else ""
    page = browser.get(f"/select?r={release.id}&areas=X{asked}").text
    start = page.index(" households in, ")
    return page[page.rindex('"', 0, start) + 1 : page.index('"', start)]


def test_the_values_of_viirs(
    analyst: Browser, signed_in: SignIn, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    """Fill and cloud are not observed, bare land and 100 are dry; from 101 on a share is wet."""
    people(session, north=(0.5, 1.5, 2.5), south=ALL)
    codes = [[1, 17, 30, 99], [100, 101, 150, 200]]
    file = codes_in(tmp_path / "VIIRS-Flood-1day-20201113.tif", codes)

    release = through_the_desk(analyst, session, anybody, file)

    assert (release.product, release.source) == ("viirs-v1", "NOAA VIIRS")
    assert release.product_title == "VIIRS flood map, 13 Nov 2020"
    assert counted(signed_in, release, "1").startswith(
        "3 households in, 0 probable, 2 out, 2 not observed"
    )
    assert counted(signed_in, release, "50").startswith("2 households in, 0 probable, 3 out")


def test_the_picture_of_viirs(
    analyst: Browser, signed_in: SignIn, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    people(session, north=(0.5, 2.5, 3.5), south=ALL)
    codes = [[98, 126, 140, 254], [98, 98, 200, 150]]
    file = codes_in(tmp_path / "VIIRS-Flood-1day-20201113.tif", codes)

    release = through_the_desk(analyst, session, anybody, file)

    assert release.product == "viirs-picture"
    assert counted(signed_in, release).startswith(
        "4 households in, 0 probable, 0 out, 3 not observed"
    )


@pytest.mark.parametrize("family", ["MCDWD", "VCDWD"])
def test_the_flood_maps_of_nasa(
    family: str,
    analyst: Browser,
    signed_in: SignIn,
    session: Session,
    anybody: Actor,
    tmp_path: Path,
) -> None:
    """Recurring flood counts as hit unless the analyst says otherwise; too few clear looks do not
    tell."""
    people(session, north=(0.5, 2.5, 3.5), south=ALL)
    codes = [[0, 1, 2, 3], [255, 3, 0, 255]]
    file = codes_in(tmp_path / f"{family}_L3_F2_NRT.A2020318.061.tif", codes)

    release = through_the_desk(analyst, session, anybody, file)

    assert release.product_title == "NASA flood map, 13 Nov 2020"
    assert counted(signed_in, release).startswith(
        "3 households in, 0 probable, 2 out, 2 not observed"
    )


def test_recurring_flood_of_nasa_is_said_to_be_none(
    analyst: Browser, signed_in: SignIn, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    people(session, north=(0.5, 2.5, 3.5), south=ALL)
    codes = [[0, 1, 2, 3], [255, 3, 0, 255]]
    file = codes_in(tmp_path / "MCDWD_L3_F2_NRT.A2020318.061.tif", codes)

    release = through_the_desk(analyst, session, anybody, file, means_2="out")

    assert counted(signed_in, release).startswith(
        "2 households in, 0 probable, 3 out, 2 not observed"
    )


def test_the_package_of_copernicus(
    analyst: Browser, signed_in: SignIn, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    """Flooded 0..1 east, a trace 1..2; the image saw 0.2..3, the area of interest ends at 1 north,
    so what lies north of it, or at 3.5 east, nobody knows."""
    people(session, north=ALL, south=ALL)
    name = "EMSR487_AOI01_DEL_MONIT02"
    taken = {"acq_date": "13/11/2020", "acq_time": "21:56", "or_src_id": 1}
    flood = [
        (shapely.box(west, 0, west + 1, 1), {"event_type": "5-Flood", "notation": notation})
        for west, notation in ((0, "Flooded area"), (1, "Flood trace"))
    ]
    file = zip_of(
        tmp_path / f"{name}.zip",
        shapes_file(tmp_path / f"{name}_observedEventA_r1_v1.geojson", *flood),
        shapes_file(
            tmp_path / f"{name}_areaOfInterestA_r1_v1.geojson", (shapely.box(0, 0, 4, 1), {})
        ),
        shapes_file(
            tmp_path / f"{name}_imageFootprintA_r1_v1.geojson", (shapely.box(0.2, 0, 3, 2), taken)
        ),
    )

    release = through_the_desk(analyst, session, anybody, file)

    assert release.product_title == "Copernicus EMS EMSR487 AOI01, delineation, monitoring 2"
    assert counted(signed_in, release).startswith(
        "2 households in, 0 probable, 1 out, 5 not observed"
    )


def test_depth_classes_of_copernicus(
    analyst: Browser, signed_in: SignIn, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    """At least half a metre on 0..1 east, less on 1..2, nothing said of 2..3; it saw its box."""
    people(session, north=(), south=ALL)
    depths = [
        (shapely.box(west, 0, west + 1, 1), {"value": said})
        for west, said in ((0, "0.50 - 1.00 m"), (1, "Below 0.50 m"), (3.9, "1.00 - 2.00 m"))
    ]
    file = shapes_file(tmp_path / "EMSR487_AOI01_DEL_MONIT02_floodDepthA_r1_v1.geojson", *depths)

    release = through_the_desk(
        analyst, session, anybody, file, observed_rule="box", observed_at=DAY
    )

    assert (release.measure, release.unit) == ("Water depth", "m")
    assert counted(signed_in, release, "0.5").startswith(
        "1 households in, 0 probable, 3 out, 0 not observed"
    )
