"""Context layers are loaded by command, as a user with their rights."""

from pathlib import Path

import geopandas
import pyogrio
from shapely import LineString, Point
from sqlalchemy import func, select

from app.auth.roles import Role
from app.cli.layers import load
from core.db import transaction
from core.errors import Refusal
from geo.models.context import ContextFigure
from tests.cli.conftest import Run
from tests.make.files import depth_file
from tests.make.geo import make_country


def test_a_grid_of_people_is_loaded_and_says_what_it_holds(run: Run, tmp_path: Path) -> None:
    with transaction() as session:
        make_country(session)
    people = depth_file(tmp_path / "people.tif", [[10, 20, 30, 40]])

    result = run(load, people, "--name", "People", "--source", "Census")

    assert result.exception is None, result.exception
    assert result.stdout.startswith("People: layer ")
    assert result.stdout.endswith(", 100 People\n")
    assert "4 cells were read." in result.stderr


def test_of_several_parts_one_is_named_by_its_kind(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "there.gpkg"
    for name, shape in (("roads", LineString([(0, 0), (1, 0)])), ("sites", Point(0.5, 0.5))):
        frame = geopandas.GeoDataFrame(geometry=[shape], crs="EPSG:4326")
        pyogrio.write_dataframe(frame, file, layer=name, append=file.exists())
    said = ["--name", "Sites", "--source", "Ministry"]

    unclear = run(load, file, *said)
    with transaction() as session:
        make_country(session)
    clear = run(load, file, "--name", "Sites 2", "--source", "Ministry", "--kind", "points")

    assert isinstance(unclear.exception, Refusal)
    assert "1: roads (lines), 2: sites (points)" in unclear.exception.message
    assert clear.stdout.endswith(", 1 Sites 2\n")


def test_who_may_not_load_layers_is_refused(run: Run, tmp_path: Path) -> None:
    people = depth_file(tmp_path / "people.tif", [[10, 20, 30, 40]])

    result = run(load, people, "--name", "People", "--source", "Census", role=Role.VIEWER)

    assert isinstance(result.exception, Refusal)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(ContextFigure)) == 0
