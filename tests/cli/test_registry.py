"""Importing from the command line: what it says, and with which code it ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from app.auth.roles import Role
from app.cli.registry import import_file, undo_merge
from core.db import transaction
from core.errors import Forbidden, Refusal
from registry.models.registrants import Registrant
from tests.cli.conftest import Run
from tests.make.geo import make_country
from tests.make.imports import csv_file, household, households_file
from tests.make.registry import place_of, registered

Take = Callable[..., Result]


@pytest.fixture
def take(run: Run) -> Take:
    """Give the command as a registrar."""
    return lambda *words: run(import_file, *words, role=Role.REGISTRAR)


def test_a_good_file_is_taken_in_and_reported(take: Take, tmp_path: Path) -> None:
    with transaction() as session:
        make_country(session)

    answer = take("households", households_file(tmp_path, household()))
    assert answer.return_value == 0
    assert "list.csv: 1 rows" in answer.stdout
    assert "create               1" in answer.stdout
    with transaction() as session:
        assert registered(session).area_id is not None


def test_a_merge_is_undone_by_the_number_its_report_tells(
    take: Take, run: Run, tmp_path: Path
) -> None:
    with transaction() as session:
        make_country(session)
    told = take("households", households_file(tmp_path, household())).stdout
    number = told.splitlines()[0].rpartition(" ")[2]

    answer = run(undo_merge, number, role=Role.REGISTRAR)

    assert answer.stdout == f"Import {number} is undone.\n"
    with transaction() as session:
        assert session.scalars(select(Registrant)).all() == []
    with pytest.raises(Refusal, match="it is undone"):
        raise run(undo_merge, number, role=Role.REGISTRAR).exception or AssertionError


def test_rows_left_out_are_told_with_their_reasons_and_code_1(take: Take, tmp_path: Path) -> None:
    with transaction() as session:
        make_country(session)
    rows = (household(), household(code="H2", size="six"))

    answer = take("households", households_file(tmp_path, *rows))
    assert answer.return_value == 1
    assert "Size is not a number (size_not_a_number)" in answer.stdout


def test_flagged_cells_are_used_where_the_command_says_so(take: Take, tmp_path: Path) -> None:
    with transaction() as session:
        make_country(session)
    far = households_file(tmp_path, household(longitude="12.5", latitude="41.9"))

    take("households", far)
    assert _longitude() is None

    take("households", far, "--accept-flagged")
    assert _longitude() == 12.5


def _longitude() -> float | None:
    with transaction() as session:
        place = place_of(session)
        assert place is not None
        return place.lon


def test_a_file_that_cannot_be_used_is_refused(take: Take, tmp_path: Path) -> None:
    answer = take("people", csv_file(tmp_path, "colour,shape\nred,round\n"))

    assert isinstance(answer.exception, Refusal)
    assert str(answer.exception).startswith("Say which column holds: Code")


@pytest.mark.parametrize("words", [("animals", "list.csv"), ("people", "nowhere.csv")])
def test_other_kinds_and_missing_files_are_not_understood(
    take: Take, words: tuple[str, str]
) -> None:
    assert take(*words).exit_code != 0


def test_who_may_not_import_may_not_by_command(run: Run, tmp_path: Path) -> None:
    answer = run(
        import_file, "households", households_file(tmp_path, household()), role=Role.VIEWER
    )

    assert isinstance(answer.exception, Forbidden)


def test_a_command_says_how_unclear_days_are_written(take: Take, tmp_path: Path) -> None:
    with transaction() as session:
        make_country(session)
    file = households_file(tmp_path, household(located_on="03/04/2026"))

    unclear = take("households", file)
    clear = take("households", file, "--days", "dmy")

    assert "03/04/2026 can be read" in str(unclear.exception)
    assert clear.return_value == 0
