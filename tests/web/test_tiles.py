"""Tiles over the web: kept by this browser alone, asked again by their tag."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.storage import keep_file
from geo.models.events import LayerKind
from geo.models.releases import Release, ReleaseState
from geo.services.areas import shape_areas
from tests.make.files import depth_file
from tests.make.geo import make_country, make_event, make_release
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]


def test_a_tile_of_areas_is_private_and_known_again(signed_in: SignIn, session: Session) -> None:
    make_country(session)
    shape_areas(session)
    browser = signed_in(Role.VIEWER)

    first = browser.get("/tiles/areas/1/6/32/31.mvt")
    again = browser.get(
        "/tiles/areas/1/6/32/31.mvt", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert first.mimetype == "application/vnd.mapbox-vector-tile"
    assert "private" in first.headers["Cache-Control"]
    assert again.status_code == 304
    assert browser.get("/tiles/areas/1/6/0/0.mvt").status_code == 204


def test_a_preview_is_asked_for_again_each_time(
    signed_in: SignIn, session: Session, storage: Path, tmp_path: Path
) -> None:
    kept = keep_file(depth_file(tmp_path / "depth.tif", [[1.0, 2.0], [0.0, 3.0]]))
    said: dict[str, Any] = {"kind": LayerKind.RASTER, "unit": "m", "grid_sha256": kept.sha256}
    shown = make_release(session, **said)
    worked_on = make_release(session, make_event(session, "Next"), state=ReleaseState.READ, **said)
    browser = signed_in(Role.GIS_ANALYST)

    def fresh(release: Release) -> int | None:
        tile = browser.get(f"/tiles/releases/{release.id}/7/64/63.png")
        return tile.cache_control.max_age

    assert (fresh(shown), fresh(worked_on)) == (300, 0)


def test_a_raster_release_is_a_picture(
    signed_in: SignIn, session: Session, storage: Path, tmp_path: Path
) -> None:
    kept = keep_file(depth_file(tmp_path / "depth.tif", [[1.0, 2.0], [0.0, 3.0]]))
    release = make_release(session, kind=LayerKind.RASTER, unit="m", grid_sha256=kept.sha256)
    browser = signed_in(Role.VIEWER)

    picture = browser.get(f"/tiles/releases/{release.id}/7/64/63.png")

    assert picture.mimetype == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert browser.get(f"/tiles/releases/{release.id}/7/0/0.png").status_code == 204
    assert browser.get(f"/tiles/releases/{release.id}/7/64/63.mvt").status_code == 204


@pytest.mark.parametrize("address", ["3/8/0", "3/0/8", "0/1/0", "25/0/0", "99999/0/0"])
@pytest.mark.parametrize("kind", ["households/{}.mvt", "areas/1/{}.mvt", "releases/1/{}.png"])
def test_a_tile_that_cannot_be_is_refused(
    signed_in: SignIn, session: Session, kind: str, address: str
) -> None:
    answer = signed_in(Role.COORDINATOR).get(f"/tiles/{kind.format(address)}")

    assert answer.status_code == 404
    assert f"There is no tile {address}" in answer.text
