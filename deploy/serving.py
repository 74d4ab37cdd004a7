"""The processes of a running installation, and what the person who started it is told."""

import os
from collections.abc import Mapping
from pathlib import Path

from deploy import addresses
from deploy.accounts import Words
from deploy.environment import BIN, clean_environment
from deploy.installation import highground
from deploy.say import answer, note
from deploy.supervisor import Process, Supervisor

LONGEST_START = 120.0


def serve(made: Mapping[str, str], host: str, port: int, logs: Path, *, empty: bool) -> None:
    """Run web, workers and sweeper until we are told to stop."""
    supervisor = Supervisor(processes(host, port, logs), {**clean_environment(), **made})
    try:
        supervisor.start()
        address = addresses.address(host, port)
        addresses.wait_for_answer(f"{address}/health", LONGEST_START, supervisor.look)
        answer(_greeting(made, address, empty=empty))
        supervisor.watch()
    finally:
        supervisor.stop()


def processes(host: str, port: int, logs: Path) -> list[Process]:
    """One of each on a small machine; a core is left to the pages, the others to the workers."""
    cores = os.cpu_count() or 1
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = Process("web", _web(bind, max(2, cores)), logs)
    workers = [
        Process(f"worker{number}", [BIN / "highground", "worker"], logs)
        for number in range(1, max(1, cores - 1) + 1)
    ]
    sweeper = Process("sweep", [BIN / "highground", "sweep"], logs)
    return [web, *workers, sweeper]


def _web(bind: str, workers: int) -> Words:
    """Threads for the many short questions; no control socket in anybody's home."""
    return [
        *(BIN / "gunicorn", "--no-control-socket", "-k", "gthread", "--threads", "8"),
        *("--workers", str(workers), "--timeout", "120", "--bind", bind, "app.wsgi:app"),
    ]


def _greeting(made: Mapping[str, str], address: str, *, empty: bool) -> str:
    """The address, and the first thing to do there."""
    if empty:
        first_thing = highground(made, "users", "first-link")
    else:
        note("Loading the demo country, unless the database already holds something.")
        highground(made, "demo", "load", "--if-empty")
        first_thing = highground(made, "demo", "tour")
    return f"\nHighground is at {address} (Ctrl-C stops it)\n\n{first_thing}\n"
