"""A whole platform on servers of its own: web, worker and sweeper run as they do in earnest."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from tests.conftest import in_database, server, template
from tests.places import ROOT

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Platform:
    """A running platform: where it answers, and the environment its commands run in."""

    address: str
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """What `highground ...` prints in this platform's environment."""
        done = subprocess.run(
            [BIN / "highground", *words],
            env=self.environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()


@contextmanager
def own_database(name: str, files: Path) -> Iterator[dict[str, str]]:
    """The environment of an empty platform on a database of its own, which goes at the end."""
    name = f"{name}_{os.getpid()}"
    with server().connect() as at:
        at.execute(text(f'create database "{name}" template "{template()}"'))
    try:
        yield os.environ | {
            **in_database(name),
            "REDIS_URL": f"{os.environ['REDIS_URL'].split('?')[0]}?db={_bell()}",
            "SECRET_KEY": secrets.token_hex(16),
            "STORAGE": str(files / "storage"),
        }
    finally:
        with server().connect() as at:
            at.execute(text(f'drop database "{name}" with (force)'))


def _bell() -> int:
    """A Redis of this process' own, or nearly: another run's worker would swallow our bells."""
    return 2 + os.getpid() % 14


@contextmanager
def started(name: str, files: Path) -> Iterator[Platform]:
    """An empty platform with web, worker and sweeper; then gone."""
    with own_database(name, files) as environment, at_work(environment, files) as platform:
        yield platform


@contextmanager
def at_work(environment: dict[str, str], files: Path) -> Iterator[Platform]:
    """The pages, a worker and the sweeper."""
    with ExitStack() as stack:
        platform = stack.enter_context(served(environment, files))
        for role in ("worker", "sweep"):
            command = [str(BIN / "highground"), role]
            stack.enter_context(_process(command, platform.environment, files / f"{role}.log"))
        yield platform


@contextmanager
def served(environment: dict[str, str], files: Path) -> Iterator[Platform]:
    """The pages alone: what is put off waits."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = environment | {"BASE_URL": address}
    web = [str(BIN / "gunicorn"), "--no-control-socket", "-k", "gthread", "--threads", "8"]
    command = [*web, "-b", f"127.0.0.1:{port}", "app.wsgi:app"]
    with _process(command, environment, files / "web.log"):
        _wait_for(f"{address}/health")
        yield Platform(address, environment)


@contextmanager
def _process(command: list[str], environment: dict[str, str], log_file: Path) -> Iterator[None]:
    with log_file.open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address).close()  # noqa: S310 - our own server
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
