"""The main job without a browser agrees with what was known before any database existed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import DATA, ROOT
from tests.running import own_database


def _journey(name: str, files: Path, *words: str) -> str:
    with own_database(name, files) as environment:
        done = subprocess.run(
            [sys.executable, "-m", "bench.journey", *words],
            env=environment,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.xdist_group("kesara")
def test_on_kesara_every_figure_is_the_one_its_maker_wrote_down(tmp_path: Path) -> None:
    assert "every figure agrees" in _journey("kesara", tmp_path, "--size", "tiny")


@pytest.mark.xdist_group("vamco")
def test_on_vamco_every_figure_is_the_one_others_computed(tmp_path: Path) -> None:
    assert "every figure agrees" in _journey("vamco", tmp_path, "--data", str(DATA))
