"""`./test`: every check there is, in one run, on servers of its own."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.browser import browser, have_browser, node
from deploy.checkout import ROOT, VAR
from deploy.environment import BIN, PYTHON, Pins, clean_environment, prepare
from deploy.installation import variables
from deploy.packages import have_servers
from deploy.say import answer, command, note
from deploy.servers import throw_away

WORKERS = str((os.cpu_count() or 1) + 1)  # one more than can work: some wait for their browser
PYTEST = (PYTHON, "-m", "pytest", "-n", WORKERS, "--dist", "loadgroup")


@dataclass(frozen=True)
class Check:
    """One check: what it is called, and the command that is silent about nothing."""

    name: str
    command: tuple[str | Path, ...]


def main(words: Sequence[str]) -> int:
    """Prepare, check, sum up; 0 only if every check passed."""
    prepare(Pins.DEVELOPMENT)
    have_servers()
    have_browser()
    checks = [Check("pytest", (*PYTEST, *words))] if words else _all()
    with throw_away(VAR, "test") as servers:
        given = _variables(servers.environment(), servers.places.var)
        return _sum_up([(check, *_timed(check, given)) for check in checks])


def _all() -> list[Check]:
    checks = [
        Check("format", (BIN / "ruff", "format", "--check")),
        Check("lint", (BIN / "ruff", "check")),
        Check("types", (BIN / "mypy",)),
        Check("contracts", (BIN / "lint-imports",)),
    ]
    if scripts := sorted((ROOT / "tests/js").glob("**/*.test.js")):
        checks.append(Check("javascript", (node(), "--test", *scripts)))
    return [*checks, Check("pytest", PYTEST)]


def _variables(servers: Mapping[str, str], folder: Path) -> dict[str, str]:
    made = variables(servers, folder, "http://127.0.0.1:8000")
    return {
        **clean_environment(),
        **made,
        "CHROMIUM": str(browser()),
        "PLAYWRIGHT_NODEJS_PATH": str(node()),
    }


def _timed(check: Check, given: Mapping[str, str]) -> tuple[bool, float]:
    note(f"\n== {check.name}")
    began = time.monotonic()
    done = subprocess.run(check.command, cwd=ROOT, env=given, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0, time.monotonic() - began


def _sum_up(results: Sequence[tuple[Check, bool, float]]) -> int:
    """The last word. pytest's own closing line stands right above it."""
    for check, passed, seconds in results:
        answer(f"{'passed' if passed else 'FAILED'}  {check.name:<12}{seconds:7.1f} s")
    return 0 if all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    command(main)
