"""The tiny Kesara, made once for as long as its generator stays the same, whoever asks for it."""

import fcntl
import hashlib
import os
from pathlib import Path

import pytest

import bench.country
from bench.country.making import make
from bench.country.sizes import SIZES

SEED = 7
GENERATOR = Path(bench.country.__file__).parent


def tiny_country(temporary: pytest.TempPathFactory) -> Path:
    """The folder of the tiny country; not to be written to. The first to ask makes it, others wait.

    It lies beside the folders of single test runs, and is found again by what its generator was.
    """
    base = temporary.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base).parent
    folder = root / f"kesara-tiny-{_digest()}"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "truth.json").exists():
            make(SIZES["tiny"], SEED, folder)
    return folder


def _digest() -> str:
    sources = sorted(path for path in GENERATOR.iterdir() if path.is_file())
    told = b"".join(path.name.encode() + path.read_bytes() for path in sources)
    return hashlib.sha256(told).hexdigest()[:12]
