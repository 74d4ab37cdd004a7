"""A whole installation on servers of its own: nothing of the real one is read or written."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.backup.installation import Installation
from core.errors import Refusal
from deploy.checkout import VAR
from deploy.environment import PYTHON, clean_environment
from deploy.installation import highground, variables
from deploy.servers import Servers, throw_away

ADDRESS = "http://127.0.0.1:8000"  # nobody listens

LAST_WORDS = 600


class LoadFailed(Refusal):
    """The country of the drill could not be loaded: {said}"""

    status = 503


@dataclass(frozen=True)
class Stack:
    """Servers, and all that our commands need to know of them."""

    servers: Servers

    @property
    def variables(self) -> dict[str, str]:
        """What leads our commands to them; the secrets are those of this moment."""
        var = self.servers.places.var
        given = variables(self.servers.environment(), var, ADDRESS)
        return {**given, "HIGHGROUND_VAR": str(var)}

    @property
    def installation(self) -> Installation:
        """What a backup is made of, or restored into."""
        given, var = self.variables, self.servers.places.var
        return Installation(
            database=given["DATABASE_OWNER_URL"],
            storage=Path(given["STORAGE"]),
            var=var,
            heads=var / "audit-heads.jsonl",
            secrets={"SECRET_KEY": given["SECRET_KEY"], "AUDIT_KEY": ""},
            sealing=None,
        )

    def command(self, *words: str) -> str:
        """Run `highground WORDS` here, and hand back what it answers.

        Raises:
            Trouble: it did not succeed.
        """
        return highground(self.variables, *words)

    def load(self, size: str) -> None:
        """Walk the way from an invented country to help delivered; vouchers are left over.

        Raises:
            LoadFailed
        """
        log = self.servers.places.var / "load.log"
        if self._start("bench.journey", "--size", size, log=log).wait():
            raise LoadFailed(
                said=log.with_suffix(".errors").read_text(errors="replace")[-LAST_WORDS:]
            )

    def start(self, module: str, log: Path) -> subprocess.Popen[bytes]:
        """Run a module of ours against these servers; what it answers goes into the log."""
        return self._start(module, log=log)

    def kill(self) -> None:
        """End the servers as a power cut does."""
        for pid in (self.servers.cluster.process(), self.servers.queue.process()):
            if pid is not None:
                os.kill(pid, signal.SIGKILL)

    def _start(self, module: str, *words: str, log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as out, log.with_suffix(".errors").open("wb") as errors:
            return subprocess.Popen(  # noqa: S603 - a module of ours
                [PYTHON, "-P", "-m", module, *words],
                env={**clean_environment(), **self.variables},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
            )


@contextmanager
def stack() -> Iterator[Stack]:
    """An empty stack, gone when the block ends."""
    with throw_away(VAR, "drill") as servers:
        yield Stack(servers)
