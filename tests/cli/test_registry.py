"""Importing from the command line: what it says, and with which code it ends."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from app.cli.registry import import_file
from core.errors import Refusal
from registry.models.registrants import Registrant
from tests.make.geo import make_country
from tests.make.imports import csv_file, household, households_file
from tests.make.registry import place_of, registered


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(import_file, [str(word) for word in words], standalone_mode=False)


def test_a_good_file_is_taken_in_and_reported(session: Session, tmp_path: Path) -> None:
    make_country(session)

    answer = run("households", households_file(tmp_path, household()))
    assert answer.return_value == 0
    assert "list.csv: 1 rows" in answer.stdout
    assert "create               1" in answer.stdout
    assert session.get(Registrant, registered(session).id) is not None


def test_rows_left_out_are_told_with_their_reasons_and_code_1(
    session: Session, tmp_path: Path
) -> None:
    make_country(session)
    rows = (household(), household(code="H2", size="six"))

    answer = run("households", households_file(tmp_path, *rows))
    assert answer.return_value == 1
    assert "Size is not a number (size_not_a_number)" in answer.stdout


def test_flagged_cells_are_used_where_the_command_says_so(session: Session, tmp_path: Path) -> None:
    make_country(session)
    far = households_file(tmp_path, household(longitude="12.5", latitude="41.9"))

    run("households", far)
    place = place_of(session)
    assert place is not None
    assert place.lon is None

    run("households", far, "--accept-flagged")
    session.expire_all()
    moved = place_of(session)
    assert moved is not None
    assert moved.lon == 12.5


def test_a_file_that_cannot_be_used_is_refused(session: Session, tmp_path: Path) -> None:
    answer = run("people", csv_file(tmp_path, "colour,shape\nred,round\n"))

    assert isinstance(answer.exception, Refusal)
    assert str(answer.exception).startswith("Say which column holds: Code")


@pytest.mark.parametrize("words", [("animals", "list.csv"), ("people", "nowhere.csv")])
def test_other_kinds_and_missing_files_are_not_understood(words: tuple[str, str]) -> None:
    assert run(*words).exit_code != 0
