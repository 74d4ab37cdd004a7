"""The tiny Kesara, made once for a whole test run, whatever tests and workers ask for it."""

import fcntl
import os
from pathlib import Path

import pytest

from bench.country.making import make
from bench.country.sizes import SIZES

SEED = 7


def tiny_country(temporary: pytest.TempPathFactory) -> Path:
    """The folder of the tiny country; the first to ask makes it, others wait.

    Workers of pytest-xdist have folders of their own side by side, so the country lies above them.
    """
    root = temporary.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / "kesara-tiny"
    with (root / "kesara-tiny.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "truth.json").exists():
            make(SIZES["tiny"], SEED, folder)
    return folder
