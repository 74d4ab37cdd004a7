"""The browser of the tests and the Node that drives it, also where there is no root."""

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.checkout import DEBROOT, VAR
from deploy.environment import FOLDER
from deploy.packages import have
from deploy.say import Trouble
from deploy.tools import SYSTEM, find_program, libraries

PACKAGES = ("chromium", "chromium-common", "fonts-dejavu-core", "libatomic1")
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir><dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def have_browser() -> None:
    """Chromium and a Node that runs, for the tests that use the pages as people do."""
    have("Chromium", PACKAGES, lambda: bool(find_program(DEBROOT, "chromium") and _runs(node())))


def browser() -> Path:
    """The program to start as Chromium."""
    found = find_program(DEBROOT, "chromium")
    if found is None:
        raise Trouble("Chromium is not installed: run ./test, which installs it.")
    if found.root == SYSTEM:
        return found.path
    fonts = VAR / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=DEBROOT / "usr/share/fonts", cache=VAR / "fonts.cache"))
    variables = {"LD_LIBRARY_PATH": _libraries(), "FONTCONFIG_FILE": str(fonts)}
    return _starter("chromium", DEBROOT / "usr/lib/chromium/chromium", variables)


def node() -> Path:
    """The Node that comes with Playwright: none has to be installed, save one library of its."""
    own = next((FOLDER / "lib").glob("python3.*/site-packages/playwright/driver/node"))
    return own if _runs(own) else _starter("node", own, {"LD_LIBRARY_PATH": _libraries()})


def _libraries() -> str:
    return ":".join(map(str, libraries(DEBROOT)))


def _runs(program: Path) -> bool:
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


def _starter(name: str, program: Path, variables: Mapping[str, str]) -> Path:
    """A script that starts a program among the unpacked libraries, and keeps them to itself."""
    given = " ".join(f"{key}={shlex.quote(value)}" for key, value in variables.items())
    starter = VAR / name
    starter.write_text(f'#!/bin/sh\n{given} exec {shlex.quote(str(program))} "$@"\n')
    starter.chmod(0o755)
    return starter
