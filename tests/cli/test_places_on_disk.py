"""Where a command is told to read and write: what cannot be there is refused, never stumbled on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli.tables import OutUnwritable, answering
from geo.archives import FileLocked, FileMissing, NotAFile, unpacked
from tests.cli.running import csv_file, run
from tests.make.files import depth_file

NOBODY = 65_534
TOO_LONG = "a" * 300  # file systems end at 255


@contextmanager
def locked(folder: Path, mode: int = 0) -> Iterator[Path]:
    """A folder that may not be entered or written to, not even by who runs the tests as root."""
    folder.mkdir()
    folder.chmod(mode)
    as_root = os.geteuid() == 0
    if as_root:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if as_root:
            os.seteuid(0)
        folder.chmod(0o700)


def test_a_name_no_file_can_have_is_a_file_that_is_not_there() -> None:
    with pytest.raises(FileMissing), unpacked(Path(TOO_LONG)):
        pass


def test_a_file_in_a_folder_that_may_not_be_entered_is_locked(tmp_path: Path) -> None:
    inside = tmp_path / "private/flood.tif"

    with locked(inside.parent), pytest.raises(FileLocked), unpacked(inside):
        pass


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "points.csv"
    os.mkfifo(pipe)

    with pytest.raises(NotAFile), unpacked(pipe):
        pass


@pytest.mark.parametrize("mode", [0, 0o555])
def test_a_folder_that_takes_no_files_is_told_before_anything_is_asked(
    tmp_path: Path, mode: int
) -> None:
    out = tmp_path / "private/out.csv"

    with locked(out.parent, mode), pytest.raises(OutUnwritable), answering(out):
        raise AssertionError("asked all the same")


def test_answers_cannot_have_a_name_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(OutUnwritable), answering(tmp_path / TOO_LONG):
        pass


@pytest.mark.parametrize("threshold", ["nan", "inf"])
@pytest.mark.parametrize("command", ["sample", "zonal"])
def test_a_threshold_that_is_no_number_leaves_no_table_of_an_earlier_run(
    tmp_path: Path, command: str, threshold: str
) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[1.0]])
    points = csv_file(tmp_path / "points.csv", "lon,lat\n0.5,1.5\n")
    (tmp_path / "out.csv").write_text("of yesterday\n")

    ran = run(command, hazard, points, "--at-least", threshold, out=tmp_path / "out.csv")

    assert ran.refused


def test_what_stands_in_a_folder_beside_files_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    hazard = depth_file(folder / "h.tif", [[1.0]])
    os.mkfifo(folder / "pipe")
    (folder / "gone").symlink_to(tmp_path / "nowhere")
    points = csv_file(tmp_path / "points.csv", "lon,lat\n0.5,1.5\n")

    ran = run("sample", folder, points, out=tmp_path / "out.csv")

    assert hazard.exists()
    assert ran.column("value") == ["1.0"]
