"""Who works in the drill of payments: web, worker, sweeper, provider and desk, each a process that
may be killed and comes back; and the database under them."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, NullPool, create_engine, text

from app.drill.payment_ground import SECRET, Ground
from app.drill.plants import PLANTS, Plant
from app.drill.stack import Stack
from app.rehearsal.manners import Fault
from deploy.environment import BIN, PYTHON, clean_environment

Planted = AbstractContextManager[tuple[Connection, Path]]
WEB = ("--no-control-socket", "-k", "gthread", "--threads", "4", "-b")


class Crew:
    """The processes of a drill, by name; who is not wanted any more is not revived."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.folder = stack.servers.places.var
        self.ledger = self.folder / "rehearsal.sqlite"
        self._ports = {"web": _free_port(), "provider": _free_port()}
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._engine = create_engine(
            stack.variables["DATABASE_OWNER_URL"], poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.rest()
        if self._connection is not None:
            self._connection.close()

    @property
    def database(self) -> Connection:
        """A connection of the database's owner."""
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def lay(self, module: str) -> Ground:
        """Lay the ground, and set everybody to work who works in every round."""
        place = f"http://127.0.0.1:{self._ports['provider']}"
        done = subprocess.run(  # noqa: S603 - ours
            [str(PYTHON), "-P", "-m", module, place],
            env=self._environment(),
            check=True,
            stdout=subprocess.PIPE,
        )
        due = {int(key): Decimal(amount) for key, amount in json.loads(done.stdout).items()}
        web = f"127.0.0.1:{self._ports['web']}"
        self._start("web", [str(BIN / "gunicorn"), *WEB, web, "app.wsgi:app"])
        self._start("worker", [str(BIN / "highground"), "worker"])
        self._start("sweep", [str(BIN / "highground"), "sweep"])
        return Ground(due)

    def provider(self, faults: Sequence[Fault], *, delay: float, fail: float, seed: int) -> None:
        """Let the provider behave in a new way."""
        said = {"--port": self._ports["provider"], "--ledger": self.ledger, "--secret": SECRET}
        ways = {"--delay": delay, "--fail": fail, "--seed": seed}
        options = [str(word) for pair in (said | ways).items() for word in pair]
        named = [word for fault in faults for word in ("--fault", fault.value)]
        self._stop("provider")
        self._start("provider", [str(BIN / "highground"), "rehearsal", "serve", *options, *named])

    def desk(self, number: int) -> None:
        """Let people begin a round."""
        self._start("desk", [str(PYTHON), "-P", "-m", "app.drill.desk", str(number)])

    def finished(self) -> bool:
        """Whether the desk has ended well."""
        return self._running["desk"].poll() == 0

    def kill(self, name: str) -> None:
        """End something as a power cut does, with all that it began."""
        if name == "database":
            pid = self._stack.servers.cluster.process()
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
            return
        process = self._running[name]
        if process.poll() is None:
            for pid in [*_children(process.pid), process.pid]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()

    def revive(self) -> None:
        """Start again whatever is not there and did not end well."""
        if self._stack.servers.cluster.process() is None:
            self._stack.servers.up()
        for name, process in list(self._running.items()):
            if process.poll() not in (None, 0):
                self._start(name, self._commands[name])

    def rest(self) -> None:
        """End everybody."""
        for name in list(self._running):
            self._stop(name)

    def plants(self) -> dict[str, Planted]:
        """One loss of each kind, planted while a block lasts."""
        return {name: self._planted(plant) for name, plant in PLANTS.items()}

    @contextmanager
    def _planted(self, plant: Plant) -> Iterator[tuple[Connection, Path]]:
        with tempfile.TemporaryDirectory() as folder, self._engine.connect() as plain:
            ledger = Path(folder) / "ledger"
            shutil.copy(self.ledger, ledger)
            plain.execute(text("begin"))
            try:
                plant(plain, ledger)
                yield plain, ledger
            finally:
                plain.execute(text("rollback"))

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._commands[name] = command
            self._running[name] = subprocess.Popen(  # noqa: S603 - ours
                command,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _stop(self, name: str) -> None:
        if name in self._running:
            self.kill(name)
            del self._running[name]

    def _environment(self) -> dict[str, str]:
        here = {"BASE_URL": f"http://127.0.0.1:{self._ports['web']}"}
        return {**clean_environment(), **self._stack.variables, **here}


def _children(pid: int) -> list[int]:
    """The processes a process began, and those they began."""
    try:
        begun = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [each for child in map(int, begun) for each in (*_children(child), child)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
