"""`highground releases difference`: the figures of the page, and its table as a file."""

import json
from pathlib import Path

from app.auth.roles import Role
from app.cli.differences import KindOfFileUnknown, difference
from core.db import transaction
from tests.cli.conftest import Run
from tests.make.differences import make_two_releases

HEAD = "change,areas,households,people"


def _made() -> tuple[int, int]:
    with transaction() as session:
        pair = make_two_releases(session).pair
        return pair.before.id, pair.after.id


def test_figures_are_told_line_by_line_and_the_table_is_written(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "difference.geojson"

    said = run(difference, *_made(), "--at-least", 0.5, "--out", file, role=Role.COORDINATOR)

    lines = said.output.splitlines()
    assert lines[:4] == [HEAD, "enter,0,2,4", "leave,0,1,2", "change_class,0,1,2"]
    assert len(lines) == 11
    assert json.loads(file.read_bytes())["provenance"]["after: Release"] == "2"


def test_who_may_not_see_a_few_is_told_of_areas(run: Run) -> None:
    said = run(difference, *_made())

    assert said.output.splitlines()[:2] == [HEAD, "enter,0,,"]


def test_a_file_of_another_kind_is_refused_before_anything_is_asked(run: Run) -> None:
    said = run(difference, 1, 2, "--out", "table.pdf")

    assert isinstance(said.exception, KindOfFileUnknown)
