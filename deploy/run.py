"""`./run`: Highground on this machine, from nothing to a page in the browser."""

import argparse
import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy import addresses
from deploy.checkout import DEBROOT, VAR
from deploy.environment import PYTHON, Pins, clean_environment, prepare
from deploy.installation import highground, keep, variables
from deploy.packages import have_servers
from deploy.say import answer, command, note
from deploy.servers import Servers, throw_away
from deploy.serving import serve

DATABASES = ("DATABASE_URL", "DATABASE_WORKS_URL", "DATABASE_OWNER_URL")
EPILOG = """\
./run bench ...             measures Highground beside its peers (./run bench --help)
./run --headless-demo ...   takes --data DIR and --size SIZE (./run --headless-demo --help)

DATABASE_URL and REDIS_URL, where set, replace the private servers; workers and the owner of the
tables may have addresses of their own in DATABASE_WORKS_URL and DATABASE_OWNER_URL.
Everything it makes is below var/ and .venv/."""


@dataclass(frozen=True)
class Trial:
    """A module run once, on servers of its own that are gone afterwards."""

    module: str
    words: tuple[str, ...]
    pins: Pins


@dataclass(frozen=True)
class Start:
    """What a start was asked to be."""

    setup: bool
    empty: bool
    host: str
    port: int | None


def main(words: Sequence[str]) -> int:
    wanted = understand(words)
    return try_out(wanted) if isinstance(wanted, Trial) else start(wanted)


def understand(words: Sequence[str]) -> Start | Trial:
    """What the arguments ask for; a trial's own arguments are left to it."""
    if words[:1] == ["bench"]:
        return Trial("bench", tuple(words[1:]), Pins.DEVELOPMENT)
    if "--headless-demo" in words:
        others = tuple(word for word in words if word != "--headless-demo")
        return Trial("bench.journey", others, Pins.RUNTIME)
    given = _parser().parse_args(words)
    return Start(given.setup, given.empty, given.host, given.port)


def try_out(trial: Trial) -> int:
    """Run the trial where the person stands, so that its paths mean what they say."""
    prepare(trial.pins)
    have_servers()
    with throw_away(VAR, trial.module) as servers:
        made = variables(servers.environment(), servers.places.var, "http://127.0.0.1:8000")
        highground(made, "db", "upgrade")
        return subprocess.run(
            [PYTHON, "-P", "-m", trial.module, *trial.words],
            env={**clean_environment(), **made},
            check=False,
        ).returncode


def start(wanted: Start) -> int:
    """Prepare, and serve until Ctrl-C; started twice, it only says where the first one is."""
    VAR.mkdir(parents=True, exist_ok=True)
    with _claim(VAR / "running") as other:
        if other is not None:
            answer(f"Highground is already starting or running from this folder: {other}")
            return 0
        port = addresses.choose_port(wanted.host, wanted.port)
        address = addresses.address(wanted.host, port)
        (VAR / "running").write_text(address)
        prepare(Pins.RUNTIME)
        with _servers() as servers, suppress(KeyboardInterrupt):
            made = _set_up(servers, address)
            if wanted.setup:
                answer("Everything is prepared; ./run starts it.")
            else:
                serve(made, wanted.host, port, VAR / "log", empty=wanted.empty)
    return 0


@contextmanager
def _claim(file: Path) -> Iterator[str | None]:
    """Hold the file while we run; if another holds it, what it wrote there."""
    with file.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield file.read_text()
        else:
            yield None


@contextmanager
def _servers() -> Iterator[dict[str, str]]:
    """Where PostgreSQL and Redis answer: those named outside, else our own while we run."""
    if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        database = os.environ["DATABASE_URL"]
        urls = {name: os.environ.get(name, database) for name in DATABASES}
        yield {**urls, "REDIS_URL": os.environ["REDIS_URL"]}
        return
    have_servers()
    servers = Servers.of(VAR, DEBROOT)
    try:
        servers.up()
        yield servers.environment()
    finally:
        note("Stopping the servers.")
        servers.down()


def _set_up(servers: Mapping[str, str], address: str) -> dict[str, str]:
    """Make the variables known and the tables new. A variable set outside has the last word."""
    made = variables(servers, VAR, address)
    made |= {name: os.environ[name] for name in made if name in os.environ}
    keep(made, VAR)
    highground(made, "db", "upgrade")
    return made


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "./run",
        description="Prepare and start Highground: servers, pages, workers and the demo country.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--setup", action="store_true", help="prepare everything and stop")
    what.add_argument("--empty", action="store_true", help="start without the demo country")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
    parser.add_argument("--port", type=int, help="where to listen (the first free from 8000)")
    return parser


if __name__ == "__main__":
    command(main)
