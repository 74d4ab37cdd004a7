"""The commands as an operator gives them: what they say, and the code they end with."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from app.backup.files import place
from app.backup.installation import Installation
from tests.backup.test_making import FIRST, flip
from tests.conftest import DATABASES
from tests.places import ROOT
from tests.running import BIN

KEYS = {
    "rows_before",
    "rows_after",
    "files_before",
    "files_after",
    "sums_equal",
    "chain_ok",
    "lost_after_backup_point",
    "seconds",
}


def given(installation: Installation, *words: object) -> subprocess.CompletedProcess[str]:
    """What a command answers in an installation."""
    environment = os.environ | {
        **dict.fromkeys(DATABASES, installation.database),
        "STORAGE": str(installation.storage),
        "HIGHGROUND_VAR": str(installation.var),
        **installation.secrets,
    }
    command = [str(BIN / "highground"), *map(str, words)]
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_backup_is_made_listed_checked_and_restored(
    filled: Installation, theirs: Installation, tmp_path: Path
) -> None:
    shelf = tmp_path / "shelf"
    made = given(filled, "backup", "make", shelf)
    assert made.returncode == 0, made.stderr
    [folder, told] = made.stdout.splitlines()
    assert "2 files" in told
    assert given(filled, "backup", "list", shelf).stdout == f"{folder}  {told}\n"
    checked = given(filled, "backup", "check", folder)
    assert (checked.returncode, checked.stdout) == (0, f"The backup is whole. {told}\n")
    restored = given(theirs, "backup", "restore", folder)
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout == f"Restored and compared. {told}\n"
    assert restored.stderr == (
        f"SECRET_KEY is set to another one outside: set that of {theirs.var}.\n"
    )
    again = given(theirs, "backup", "restore", folder)
    assert again.returncode == 2
    assert "holds something already" in again.stderr


def test_what_is_missing_or_broken_ends_with_code_1_and_its_place(
    filled: Installation, tmp_path: Path
) -> None:
    flip(place(filled.storage, FIRST))
    made = given(filled, "backup", "make", tmp_path / "shelf")
    assert made.returncode == 1
    assert made.stderr == f"The stored file {FIRST} is missing or damaged.\n"
    folder = Path(made.stdout.splitlines()[0])
    flip(folder / "dump/toc.dat", 40)
    checked = given(filled, "backup", "check", folder)
    assert checked.returncode == 1
    assert f"{folder}/dump/toc.dat is not what it was" in checked.stderr


def test_a_folder_that_holds_no_backup_is_told_so(tmp_path: Path) -> None:
    command = [str(word) for word in (BIN / "highground", "backup", "check", tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path} holds no backup; ")


@pytest.mark.xdist_group("servers")
def test_the_drill_loses_what_came_after_the_backup_and_nothing_before(tmp_path: Path) -> None:
    """On servers of its own: it is told of none, and writes nothing outside its folder."""
    var = tmp_path / "var"
    known = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    done = subprocess.run(
        [BIN / "highground", "drill", "restore", "--json"],
        env=known | {"HIGHGROUND_VAR": str(var)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.keys() == KEYS
    assert told["sums_equal"] is True
    assert told["chain_ok"] is True
    # The tiny country has 800 households of 4313 registrants, and a file for each act of sending.
    assert told["rows_before"] == told["rows_after"] > 4313
    assert told["files_before"] == told["files_after"] > 14
    assert told["lost_after_backup_point"] >= 20
    assert [file.name for file in var.iterdir()] == ["throw-away.lock"]
