"""The Python environment `.venv`: made once, brought in line when the pinned list changes."""

import fcntl
import hashlib
import json
import os
import shlex
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from deploy.accounts import Words
from deploy.checkout import ROOT, VAR
from deploy.say import Trouble, note

FOLDER = ROOT / ".venv"
BIN = FOLDER / "bin"
PYTHON = BIN / "python"
STAMP = FOLDER / "highground.json"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


class Pins(StrEnum):
    """The two lists of pinned packages; the second holds the first."""

    RUNTIME = "requirements.txt"
    DEVELOPMENT = "requirements-dev.txt"

    @property
    def file(self) -> Path:
        return ROOT / "deploy" / self.value


def prepare(wanted: Pins) -> None:
    """Have an environment with at least these packages, each checked against its hash."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "environment.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        pins = Pins.DEVELOPMENT if _stamp().get("pins") == Pins.DEVELOPMENT else wanted
        stamp = {"place": str(FOLDER), "pins": pins.value, "sha256": _digest(pins.file)}
        if _stamp() != stamp or not _works():
            _make()
            _install(pins)
            _install_ourselves()
            STAMP.write_text(json.dumps(stamp, indent=1))


def clean_environment() -> dict[str, str]:
    """Our environment variables for a process in `.venv`: without what belongs to this one."""
    ours = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"PATH": f"{BIN}:{kept.get('PATH', '/usr/bin:/bin')}"}


def _stamp() -> dict[str, str]:
    if not STAMP.exists():
        return {}
    found: dict[str, str] = json.loads(STAMP.read_text())
    return found


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _works() -> bool:
    old_enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and _call([PYTHON, "-c", old_enough]) == 0


def _make() -> None:
    """Keep an environment that works, whoever made it; one that was moved no longer does."""
    moved = _stamp().get("place", str(FOLDER)) != str(FOLDER)
    if moved or not _works():
        note("Making the Python environment.")
        _must([sys.executable, "-m", "venv", "--clear", FOLDER], "make .venv")
    if _call([PYTHON, "-m", "pip", "--version"], quiet=True):
        _must([PYTHON, "-m", "ensurepip"], "put pip into .venv")


def _install(pins: Pins) -> None:
    """With uv, three times as fast; with pip where uv cannot reach its index as pip does."""
    note(f"Installing the packages of deploy/{pins}.")
    pip: Words = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--quiet"]
    with_uv = _call([*pip, "-r", ROOT / "deploy/requirements-uv.txt"]) == 0 and _sync(pins) == 0
    if not with_uv:
        note("uv did not manage; trying pip, which is slower.")
        _must([*pip, "-r", pins.file], f"install deploy/{pins}")


def _sync(pins: Pins) -> int:
    sync: Words = [BIN / "uv", "pip", "sync", "--require-hashes", "--compile-bytecode", "--quiet"]
    return _call([*sync, "--python", PYTHON, pins.file])


def _install_ourselves() -> None:
    """The checkout itself is the package: a path entry, and the command `highground`."""
    packages = next((FOLDER / "lib").glob("python3.*/site-packages"))
    (packages / "highground.pth").write_text(f"{ROOT}\n")
    command = BIN / "highground"
    start = 'import sys; from app.cli import main; sys.argv[0] = "highground"; sys.exit(main())'
    words = shlex.join([str(PYTHON), "-P", "-c", start])
    command.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    command.chmod(0o755)


def _call(words: Words, *, quiet: bool = False) -> int:
    """Run an installer's step; what it says goes beside our answer, never into it."""
    trusted = {"UV_SYSTEM_CERTS": "1"} if CERTIFICATES.exists() else {}
    out = subprocess.DEVNULL if quiet else sys.stderr
    return subprocess.run(
        [str(word) for word in words],
        env=clean_environment() | trusted,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=out,
        check=False,
    ).returncode


def _must(words: Words, what: str) -> None:
    if _call(words):
        raise Trouble(f"Could not {what}; what went wrong is said above.")
