"""What was refused for something odd is published once that is taken on, from the same bytes."""

from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from app.cli.releases import publish
from core.db import transaction
from core.errors import Refusal
from geo.models.release_findings import Code, ReleaseFinding
from geo.models.releases import Release
from tests.cli.conftest import Run
from tests.make.files import depth_file
from tests.make.geo import make_country, make_event

FLOOD = "Flood of the Oru"
MOST = [[0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.0, 0.0]]  # six of the eight squares of the country
SAID = {
    "--event": FLOOD,
    "--measure": "Water depth",
    "--unit": "m",
    "--floor": "0.2",
    "--zeros": "value",
    "--observed-at": "2026-11-19T06:00",
    "--source": "National Flood Centre",
}


@pytest.fixture
def depths(apart: None, tmp_path: Path) -> Path:
    """A flood of three quarters of the country, in an event of its own."""
    with transaction() as session:
        make_country(session)
        make_event(session, FLOOD)
    return depth_file(tmp_path / "depth.tif", MOST)


def given(run: Run, file: Path, *more: str) -> Result:
    return run(publish, file, *(word for pair in SAID.items() for word in pair), *more)


def releases() -> list[tuple[str, int | None]]:
    with transaction() as session:
        return [(row.state, row.number) for row in session.scalars(select(Release))]


def test_what_was_refused_for_a_finding_is_published_once_that_is_accepted(
    depths: Path, run: Run
) -> None:
    refused = given(run, depths)

    assert isinstance(refused.exception, Refusal)
    assert "half_country" in refused.exception.message
    assert releases() == [("confirmed", None)]

    accepted = given(run, depths, "--accept", "half_country")

    assert accepted.exception is None
    assert "depth.tif: release 1, " in accepted.stdout
    assert releases() == [("published", 1)]
    with transaction() as session:
        assert session.scalars(select(ReleaseFinding.code)).all() == [Code.HALF_COUNTRY]


def test_what_is_published_already_says_so_and_stays(depths: Path, run: Run) -> None:
    given(run, depths, "--accept", "half_country")

    again = given(run, depths, "--accept", "half_country")

    assert isinstance(again.exception, Refusal)
    assert "This release is published" in again.exception.message
    assert releases() == [("published", 1)]
