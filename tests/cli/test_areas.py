"""Boundaries and hazard files are loaded by command, as a user with their rights."""

import json
from pathlib import Path

import pytest
import shapely
from click.testing import Result
from sqlalchemy import func, select

from app.auth.roles import Role
from app.cli import acting
from app.cli.areas import import_areas
from app.cli.releases import publish
from core.db import transaction
from core.errors import Forbidden, NotFound, Refusal
from geo.models.areas import Area
from geo.models.releases import Release, ReleaseState
from tests.cli.conftest import Run
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, square
from tests.make.products import zip_of


def boundaries(path: Path) -> Path:
    columns = {"ADM1_EN": "North", "ADM1_PCODE": "X1", "ADM0_EN": "Karsa", "ADM0_PCODE": "X"}
    geometry = json.loads(shapely.to_geojson(square(0, 0)))
    whole = {"type": "Feature", "properties": columns, "geometry": geometry}
    empty = {"type": "Feature", "properties": {**columns, "ADM1_PCODE": "X2"}, "geometry": None}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [whole, empty]}))
    return path


def refusal(result: Result) -> Refusal:
    assert isinstance(result.exception, Refusal), result.exception
    return result.exception


def test_boundaries_are_loaded_and_faulty_rows_are_told(run: Run, tmp_path: Path) -> None:
    file = boundaries(tmp_path / "areas.geojson")

    result = run(import_areas, file, "--version", "v1", "--levels", "Country,Province")

    assert result.exception is None
    assert "2 areas, version v1" in result.stdout
    assert "areas, row 2, X2: There is no shape" in result.stderr
    with transaction() as session:
        assert set(session.scalars(select(Area.pcode))) == {"X", "X1"}


def test_without_a_version_the_command_says_what_is_missing(run: Run, tmp_path: Path) -> None:
    result = run(import_areas, boundaries(tmp_path / "areas.geojson"))

    assert "does not say which version" in refusal(result).message


def test_a_command_has_the_rights_of_its_user(run: Run, tmp_path: Path) -> None:
    file = boundaries(tmp_path / "areas.geojson")

    result = run(import_areas, file, "--version", "v1", role=Role.VIEWER)

    assert isinstance(result.exception, Refusal | Forbidden)


def test_nobody_acts_under_an_unknown_address(apart: None) -> None:
    with pytest.raises(NotFound, match="Nobody signs in as"):
        acting.acting_as("nobody@example.org")


def test_a_hazard_file_is_published_for_an_event_that_is_new(run: Run, tmp_path: Path) -> None:
    with transaction() as session:
        make_country(session)
    file = depth_file(tmp_path / "depth.tif", [[0.0, 0.4], [2.0, -9999.0]])
    event = ["--event", "Oru flood", "--kind", "flood", "--began", "2026-11-12"]
    meaning = ["--measure", "Water depth", "--unit", "m", "--observed-at", "2026-11-16T06:00"]

    result = run(publish, file, *event, *meaning, "--source", "Flood centre")

    assert result.exception is None, result.exception
    assert "depth.tif: release 1" in result.stdout
    with transaction() as session:
        release = session.scalars(select(Release)).one()
        assert release.state is ReleaseState.PUBLISHED


def test_the_part_of_a_file_that_is_meant_is_named(run: Run, tmp_path: Path) -> None:
    with transaction() as session:
        make_country(session)
    files = [
        shapes_file(tmp_path / f"{name}.geojson", (square(west, 0), {}))
        for name, west in (("first", 0), ("second", 2))
    ]
    both = zip_of(tmp_path / "both.zip", *files)
    event = ["--event", "Oru flood", "--kind", "flood", "--began", "2026-11-12"]
    meaning = ["--measure", "Flooded", "--observed-at", "2026-11-16", "--observed", "box"]
    words = [*event, *meaning, "--source", "Flood centre"]

    assert "choose the one that is meant" in refusal(run(publish, both, *words)).message
    result = run(publish, both, *words, "--part", "second.geojson")

    assert result.exception is None, result.exception
    with transaction() as session:
        west = session.scalars(select(func.ST_XMin(Release.bounds))).all()
    assert west == [2.0]


def test_an_event_that_is_not_there_has_to_be_described(run: Run, tmp_path: Path) -> None:
    file = depth_file(tmp_path / "depth.tif", [[0.0, 0.4], [2.0, -9999.0]])
    meaning = ["--measure", "Water depth", "--unit", "m", "--observed-at", "2026-11-16"]

    result = run(publish, file, "--event", "Oru flood", *meaning, "--source", "Centre")

    assert "no event called Oru flood" in refusal(result).message
