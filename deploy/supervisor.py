"""The processes of a running Highground: started, watched, started again, stopped together."""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from deploy.accounts import Words
from deploy.say import note

LONGEST_PAUSE = 30.0
"""Seconds between two starts of a process that keeps ending."""
STEADY = 60.0
"""Seconds after which a process counts as having started well."""
GRACE = 15.0
"""Seconds a process has to finish what it is at when all is stopped."""
LOG_BYTES = 10_000_000


@dataclass
class Process:
    """One process that is to run as long as we do; what it says goes to the screen and a file."""

    name: str
    words: Words
    logs: Path
    child: subprocess.Popen[str] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0
    log: logging.Logger = field(init=False)

    def __post_init__(self) -> None:
        self.log = _log(self.name, self.logs / f"{self.name}.log")

    def start(self, variables: Mapping[str, str]) -> None:
        """A session of its own keeps the terminal's Ctrl-C from it: we stop it, in our order.
        Should we be killed outright, the kernel tells it to stop (`--pdeathsig`)."""
        self.child = subprocess.Popen(
            ["/usr/bin/setpriv", "--pdeathsig", "TERM", "--", *map(str, self.words)],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started = time.monotonic()
        if self.child.stdout is not None:
            threading.Thread(target=self._pass_on, args=[self.child.stdout], daemon=True).start()

    def ended(self) -> int | None:
        """The exit code of a process that ended since it was last started."""
        return self.child.poll() if self.child else None

    def plan_restart(self, code: int) -> None:
        """Again at once if it ran well; if it keeps ending, after ever longer pauses."""
        now = time.monotonic()
        self.failures = 0 if now - self.started > STEADY else self.failures + 1
        pause = min(2.0 ** (self.failures - 1), LONGEST_PAUSE) if self.failures else 0.0
        self.child, self.due = None, now + pause
        self.log.warning("ended with code %s; starting it again in %.0f s", code, pause)

    def tell(self, what: signal.Signals) -> None:
        if self.child and self.child.poll() is None:
            self.child.send_signal(what)

    def kill(self) -> None:
        """It and all it started."""
        if self.child and self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()

    def _pass_on(self, said: IO[str]) -> None:
        for line in said:
            self.log.info("%s", line.rstrip())


class Supervisor:
    """Keeps processes running until told to stop."""

    def __init__(self, processes: Sequence[Process], variables: Mapping[str, str]) -> None:
        self.processes, self.variables = processes, variables

    def start(self) -> None:
        for process in self.processes:
            process.start(self.variables)

    def watch(self) -> None:
        """Look after them for ever; leaves by the exception a signal raises."""
        while True:
            self.look()
            time.sleep(0.2)

    def look(self) -> None:
        """Notice what ended, start what is due."""
        for process in self.processes:
            if (code := process.ended()) is not None:
                process.plan_restart(code)
            if process.child is None and time.monotonic() >= process.due:
                process.start(self.variables)

    def stop(self) -> None:
        """Ask all to finish, and after a while insist; another Ctrl-C changes nothing."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        note("Stopping.")
        for process in self.processes:
            process.tell(signal.SIGTERM)
        until = time.monotonic() + GRACE
        while any(p.child and p.child.poll() is None for p in self.processes):
            if time.monotonic() > until:
                note("Some processes did not finish in time and are ended.")
                break
            time.sleep(0.05)
        for process in self.processes:
            process.kill()


def _log(name: str, file: Path) -> logging.Logger:
    """To the screen with the process's name before each line, to its file with the time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    log = logging.getLogger(f"highground.{name}")
    log.setLevel(logging.INFO)
    log.propagate = False
    screen, kept = logging.StreamHandler(), RotatingFileHandler(file, "a", LOG_BYTES, 3)
    screen.setFormatter(logging.Formatter(f"{name:>8} | %(message)s"))
    kept.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.handlers = [screen, kept]
    return log
