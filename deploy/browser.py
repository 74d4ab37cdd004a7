"""The browser of the tests: Debian's Chromium, also when it was unpacked without root."""

import os
import shlex
from pathlib import Path

from deploy.checkout import DEBROOT, VAR
from deploy.say import Trouble
from deploy.tools import SYSTEM, find_program, libraries

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir><dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def browser() -> Path:
    """The program to start as Chromium."""
    if given := os.environ.get("CHROMIUM"):
        return Path(given)
    found = find_program(DEBROOT, "chromium")
    if found is None:
        raise Trouble("Chromium is not installed: run ./test, which installs it.")
    return found.path if found.root == SYSTEM else _wrapped()


def _wrapped() -> Path:
    """A starter that tells an unpacked Chromium where its libraries and fonts are."""
    fonts = VAR / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=DEBROOT / "usr/share/fonts", cache=VAR / "fonts.cache"))
    variables = {
        "LD_LIBRARY_PATH": ":".join(map(str, libraries(DEBROOT))),
        "FONTCONFIG_FILE": str(fonts),
    }
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    program = shlex.quote(str(DEBROOT / "usr/lib/chromium/chromium"))
    starter = VAR / "chromium"
    starter.write_text(f'#!/bin/sh\n{given} exec {program} "$@"\n')
    starter.chmod(0o755)
    return starter
